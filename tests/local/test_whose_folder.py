"""A service keeps its things in a folder of its own, and leaves everybody else's as it was."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from folder_content import content
from hypothesis import given, settings
from hypothesis import strategies as st
from lab import Lab
from processes import NotRunning
from running_service import RunningService, StartedService, in_process, running_service

from modelarts_magics.core.errors import InvalidArgumentError
from modelarts_magics.local.storage import mark
from modelarts_magics.local.storage.root import MARK, CannotServe, Root
from modelarts_magics.notebook.shell import embedded

KEYS = dict.fromkeys(("access_key", "secret_key", "username", "password", "domain"), "x")
OUR_NAMES = (
    "credentials.json",
    "service.json",
    "service.json.new",
    "credentials.json.new",
    "service.log",
    "service.lock",
    "users.lock",
    "modelarts.sqlite",
    "logs/training/1/theirs.txt",
    "logs/visualization/1/theirs.txt",
    "obs/bucket/theirs.txt",
    mark.NAME,
    "thesis.txt",
)


def their_folder(path: Path) -> Path:
    """A folder with everything that a service could take for its own."""
    for name in OUR_NAMES:
        if name != mark.NAME:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_text("theirs")
    with closing(sqlite3.connect(path / "their.sqlite")) as database:
        database.execute("CREATE TABLE job (name TEXT)")
    shutil.move(path / "their.sqlite", path / "modelarts.sqlite")
    path.chmod(0o755)
    return path


def folder_of_before(path: Path) -> Path:
    """A folder of a service that knew no marks, killed before SQLite had moved its log."""
    with running_service(path) as service:
        service.train("old", "print('old')").wait(10)
        service.kill()
    (path / mark.NAME).unlink()
    return path


@pytest.fixture(scope="module")
def of_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of_before(tmp_path_factory.mktemp("before") / "root")


def refusal(root: Path, *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "modelarts_magics.local", "--root", str(root), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    return ended.stderr


# ---- somebody else's -----------------------------------------------------------------------------


def test_a_service_refuses_the_folder_of_somebody_else_and_says_what_it_found(
    tmp_path: Path,
) -> None:
    theirs = their_folder(tmp_path / "theirs")
    before = content(theirs)
    words = refusal(theirs)
    assert words.count("\n") == 1
    assert f"{theirs} holds other things" in words
    assert "credentials.json, " in words
    assert content(theirs) == before


def test_a_notebook_refuses_it_likewise(tmp_path: Path) -> None:
    theirs = their_folder(tmp_path / "theirs")
    before = content(theirs)
    with pytest.raises(InvalidArgumentError, match=r"holds other things: credentials\.json"):
        embedded.use(theirs)
    assert content(theirs) == before


def test_a_lab_refuses_it_likewise(tmp_path: Path) -> None:
    theirs = their_folder(tmp_path / "theirs")
    (theirs / "logs" / "modelarts.log").write_text("theirs")
    before = content(theirs)
    with Lab(theirs) as lab, pytest.raises(NotRunning, match=r"credentials\.json") as refused:
        lab.start()
    assert "\n" not in str(refused.value)
    assert content(theirs) == before


def test_a_lab_refuses_a_folder_whose_data_are_somebody_elses(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    their_folder(theirs / "modelarts")
    settings_file = theirs / "jupyter/config/labconfig/default_setting_overrides.json"
    settings_file.parent.mkdir(parents=True)
    settings_file.write_text("{}")
    before = content(theirs)
    with Lab(theirs) as lab, pytest.raises(NotRunning):
        lab.start()
    assert content(theirs) == before


def test_a_link_to_the_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    theirs = their_folder(tmp_path / "theirs")
    before = content(theirs)
    (tmp_path / "link").symlink_to(theirs)
    with pytest.raises(CannotServe):
        Root(tmp_path / "link").claim()
    assert content(theirs) == before


THINGS = st.dictionaries(
    st.sampled_from(OUR_NAMES),
    st.one_of(
        st.binary(max_size=8),
        st.sampled_from(
            [
                json.dumps(KEYS).encode(),
                b'{"format": "another", "version": 1}',
                b'{"format": "modelarts-magics service", "version": "1"}',
                b'{"format": "modelarts-magics service"}',
                b"[" * 3000,
                b"SQLite format 3\0",
            ]
        ),
        st.none(),  # a link that leads nowhere
    ),
    min_size=1,
)


@given(THINGS, st.sampled_from([0o700, 0o755, 0o500]))
@settings(max_examples=60, deadline=None)
def test_whatever_else_a_folder_holds_stays_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, things: dict[str, bytes | None], mode: int
) -> None:
    if all(name == mark.NAME and things[name] == b"" for name in things):
        return  # what a crash leaves of a mark
    theirs = tmp_path_factory.mktemp("theirs")
    for name, data in things.items():
        path = theirs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data) if data is not None else path.symlink_to(theirs / "nowhere")
    theirs.chmod(mode)
    before = content(theirs)
    with pytest.raises(CannotServe) as refused:
        Root(theirs).claim()
    assert content(theirs) == before
    assert "\n" not in str(refused.value)
    shutil.rmtree(theirs)


def test_odd_names_stay_on_one_line(tmp_path: Path) -> None:
    (tmp_path / "a\nb\x1b[31m").write_text("")
    (tmp_path / ("c" * 200)).write_text("")
    with pytest.raises(CannotServe) as refused:
        Root(tmp_path).claim()
    assert str(refused.value).isprintable()
    assert "c" * 41 not in str(refused.value)


def test_a_folder_of_a_newer_version_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    newer = {"format": MARK.format, "version": mark.VERSION + 1}
    (tmp_path / mark.NAME).write_text(json.dumps(newer))
    before = content(tmp_path)
    with pytest.raises(CannotServe, match="newer version"):
        Root(tmp_path).claim()
    assert content(tmp_path) == before


# ---- ours ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", [b"", b'{"format": "modelarts-'])
def test_a_folder_becomes_ours_although_a_crash_cut_its_mark(tmp_path: Path, left: bytes) -> None:
    (tmp_path / mark.NAME).write_bytes(left)
    MARK.claim(tmp_path)
    assert MARK.is_ours(tmp_path)


def test_an_empty_folder_gets_the_mark_and_is_closed_to_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    MARK.claim(tmp_path)
    assert json.loads((tmp_path / mark.NAME).read_bytes()) == {
        "format": MARK.format,
        "version": mark.VERSION,
    }
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_what_is_ours_stays_ours_whatever_is_put_there(tmp_path: Path) -> None:
    MARK.claim(tmp_path)
    (tmp_path / "thesis.txt").write_text("theirs")
    MARK.claim(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "theirs"


def test_a_folder_of_before_is_adopted_with_all_its_jobs(of_before: Path, tmp_path: Path) -> None:
    root = shutil.copytree(of_before, tmp_path / "root")
    (root / "notes.txt").write_text("mine")

    def see(service: StartedService) -> None:
        assert service.call("GET", "/training-jobs")["jobs"][0]["job_name"] == "old"
        log = service.call("GET", "/training-jobs/1/versions/1/log?log_file=job-old.0")["log"]
        assert log.startswith("old\n")

    in_process(root, see)
    assert MARK.is_ours(root)
    assert (root / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("lacks", ["credentials.json", "modelarts.sqlite", "tables", "a key"])
def test_half_a_folder_of_before_is_refused(of_before: Path, tmp_path: Path, lacks: str) -> None:
    root = shutil.copytree(of_before, tmp_path / "root")
    if lacks == "tables":
        (root / "modelarts.sqlite-wal").unlink()
        (root / "modelarts.sqlite").unlink()
        sqlite3.connect(root / "modelarts.sqlite").close()
    elif lacks == "a key":
        (root / "credentials.json").write_text(json.dumps({"access_key": "theirs"}))
    else:
        (root / lacks).rename(tmp_path / lacks)
        (root / lacks).symlink_to(tmp_path / lacks)  # not there, but elsewhere
    before = content(root)
    with pytest.raises(CannotServe):
        Root(root).claim()
    assert content(root) == before


def test_a_lab_of_before_is_adopted(of_before: Path, tmp_path: Path) -> None:
    root = tmp_path / "lab"
    shutil.copytree(of_before, root / "modelarts")
    settings_file = root / "jupyter/config/labconfig/default_setting_overrides.json"
    settings_file.parent.mkdir(parents=True)
    settings_file.write_text("{}")
    with Lab(root) as lab:
        lab.start_service()
    assert (root / mark.NAME).is_file()


# ---- what is deleted -----------------------------------------------------------------------------


@pytest.fixture
def with_files_of_others(of_before: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A folder of ours into which somebody has put things, and links to things of his."""
    root = shutil.copytree(of_before, tmp_path / "root")
    theirs = tmp_path / "theirs"
    for folder in (root / "logs/training/77", root / "logs/visualization/5", theirs / "1"):
        folder.mkdir(parents=True)
        (folder / "thesis.txt").write_text("theirs")
    return root, theirs


def test_a_start_deletes_nothing_that_its_records_do_not_name(
    with_files_of_others: tuple[Path, Path],
) -> None:
    root, theirs = with_files_of_others
    (root / "logs/training/78").symlink_to(theirs)
    in_process(root, lambda _: None)
    assert (root / "logs/training/77/thesis.txt").read_text() == "theirs"
    assert (root / "logs/visualization/5/thesis.txt").read_text() == "theirs"
    assert (theirs / "1/thesis.txt").read_text() == "theirs"


@pytest.mark.parametrize("link", ["logs", "logs/training", "logs/training/1"])
def test_nothing_is_deleted_through_a_link(
    with_files_of_others: tuple[Path, Path], link: str
) -> None:
    root, theirs = with_files_of_others
    (root / link).rename(root / "aside")
    target = {"logs": theirs / "logs", "logs/training": theirs, "logs/training/1": theirs / "1"}
    (theirs / "logs/training/1").mkdir(parents=True)
    (theirs / "logs/training/1/thesis.txt").write_text("theirs")
    (root / link).symlink_to(target[link])
    in_process(root, lambda service: service.call("DELETE", "/training-jobs/1") and None)
    in_process(root, lambda _: None)
    assert (theirs / "1/thesis.txt").read_text() == "theirs"
    assert (theirs / "logs/training/1/thesis.txt").read_text() == "theirs"


def test_the_keys_are_not_read_through_a_link(of_before: Path, tmp_path: Path) -> None:
    root = shutil.copytree(of_before, tmp_path / "root")
    (root / "credentials.json").rename(tmp_path / "elsewhere.json")
    (root / "credentials.json").symlink_to(tmp_path / "elsewhere.json")
    (tmp_path / "elsewhere.json").chmod(0o644)
    with pytest.raises(OSError, match="credentials"):
        Root(root).credentials()
    assert stat.S_IMODE((tmp_path / "elsewhere.json").stat().st_mode) == 0o644


@pytest.mark.parametrize("kind", ["a folder", "a link", "a file"])
def test_a_new_job_takes_no_place_where_something_is(
    of_before: Path, tmp_path: Path, kind: str
) -> None:
    """As when somebody has removed the database to begin anew."""
    root, theirs = shutil.copytree(of_before, tmp_path / "root"), tmp_path / "theirs"
    MARK.claim(root)
    for old in root.glob("modelarts.sqlite*"):
        old.unlink()
    place = root / "logs/training/1"
    if kind != "a folder":
        place.rename(root / "aside")
        theirs.mkdir()
        place.symlink_to(theirs) if kind == "a link" else place.write_text("theirs")
    before = content(root / "logs/training/1"), content(theirs) if theirs.exists() else {}

    def create(service: StartedService) -> None:
        config = {"app_url": "/bucket/code/", "engine_id": 1, "spec_id": 1, "worker_server_num": 1}
        boot = next((root / "obs/bucket/code").iterdir()).name
        config["boot_file_url"] = f"/bucket/code/{boot}"
        body = {"job_name": "old", "config": config}
        made = service.call("POST", "/training-jobs", json=body)
        assert made["version_id"] == 2
        service.wait("/training-jobs/1/versions/2", 10)

    in_process(root, create)
    after = content(root / "logs/training/1"), content(theirs) if theirs.exists() else {}
    assert after == before


def test_the_logs_of_a_job_go_with_it(service: RunningService) -> None:
    job = service.train("gone", "print(1)")
    job.wait(10)
    folder = service.root / "logs" / "training" / str(job.version_id)
    assert folder.is_dir()
    service.succeed("DELETE", job.job_path)
    assert not folder.exists()
