"""What is refused leaves nothing behind, and the vendor's own words are not refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from folder_content import content
from running_service import RunningService, Training, in_process, until

from modelarts_magics.local.storage.database import Store

BOARDS = "/visualization-jobs"
FOREVER = "import time; time.sleep(600)"


def everything(root: Path) -> tuple[object, ...]:
    """What a service keeps: its records, and what lies in its folders."""
    with closing(sqlite3.connect(root / "modelarts.sqlite")) as database:
        records = tuple(database.iterdump())
    return records, content(root / "obs"), content(root / "logs")


@pytest.fixture(scope="module")
def ended(service: RunningService) -> Training:
    job = service.train("refusals", "print(1)")
    job.wait(10)
    return job


@pytest.fixture(scope="module")
def board(service: RunningService) -> str:
    """A visualization job that has ended."""
    (service.root / "obs/bucket").mkdir(exist_ok=True)
    body = {"job_name": "refusals", "train_url": "/bucket/events/"}
    path = f"{BOARDS}/{service.succeed('POST', BOARDS, json=body)['job_id']}"
    service.succeed("POST", path + "/stop")
    until(lambda: service.get(path)["status"] == 12, "the end of a TensorBoard")
    return path


@contextmanager
def no_log_folders(service: RunningService, kind: str) -> Iterator[None]:
    """The folder for logs of a kind is a file."""
    folder, aside = service.root / "logs" / kind, service.root / "aside"
    folder.rename(aside)
    folder.write_text("no folder")
    yield
    folder.unlink()
    aside.rename(folder)


NEW = {"train_url": "/bucket/not/there/yet/"}
CONFIGS: dict[str, dict[str, Any]] = {
    "an export that cannot be": {**NEW, "log_url": "not a path"},
    "an output below a file": {"train_url": "/bucket/code/a-file/out/"},
    "an output outside": {"train_url": "/bucket/../../out/"},
    "no such engine": {**NEW, "engine_id": 99},
    "too many workers": {**NEW, "worker_server_num": 99},
    "what only the cloud has": {**NEW, "model_id": 1},
}


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_refused_config_leaves_nothing(
    service: RunningService, ended: Training, kind: str
) -> None:
    (service.root / "obs/bucket/code/a-file").write_text("")
    config = {**service.write_code("print(1)"), **CONFIGS[kind]}
    before = everything(service.root)
    body = {"job_name": "refused", "config": config}
    service.refuse("POST", "/training-jobs", json=body)
    body = {"job_desc": "new", "config": {**config, "pre_version_id": ended.version_id}}
    service.refuse("POST", ended.job_path + "/versions", json=body)
    assert everything(service.root) == before


def test_a_name_that_is_taken_leaves_nothing(service: RunningService, ended: Training) -> None:
    config = {**service.write_code("print(1)"), **NEW}
    before = everything(service.root)
    body = {"job_name": "refusals", "config": config}
    assert service.refuse("POST", "/training-jobs", json=body)[1] == "ModelArts.0103"
    assert everything(service.root) == before


def test_without_a_folder_for_logs_no_training_job_and_no_version_is_made(
    service: RunningService, ended: Training
) -> None:
    config = {**service.write_code("print(1)"), **NEW}
    version = {"job_desc": "new", "config": {**config, "pre_version_id": ended.version_id}}
    with no_log_folders(service, "training"):
        before = everything(service.root)
        for path, body in (
            ("/training-jobs", {"job_name": "refused", "config": config}),
            (ended.job_path + "/versions", version),
        ):
            assert service.refuse("POST", path, json=body) == (400, "ModelArts.0010")
        assert everything(service.root) == before
    made = service.succeed("POST", ended.job_path + "/versions", json=version)
    assert Training(service, made["job_id"], made["version_id"]).wait() == 10
    assert made["version_id"] == ended.version_id + 1  # no number was lost either


def test_without_a_folder_for_logs_no_tensorboard_is_made_or_restarted(
    service: RunningService, board: str
) -> None:
    body = {"job_name": "refused", "train_url": "/bucket/events/", "job_desc": "x"}
    with no_log_folders(service, "visualization"):
        before = everything(service.root)
        assert service.refuse("POST", BOARDS, json=body) == (400, "ModelArts.0010")
        assert service.refuse("POST", board + "/restart") == (400, "ModelArts.0010")
        assert everything(service.root) == before
    assert service.get(board)["status"] == 12


@pytest.mark.parametrize(
    "body",
    [
        {"train_url": "/bucket/../x/"},
        {"train_url": "bucket"},
        {"job_type": "mindinsight"},
        {"job_type": "jupyter"},
        {"schedule": {"type": "stop", "time_unit": "DAYS", "duration": 1}},
        {"schedule": [{"type": "stop", "time_unit": "HOURS", "duration": 99}]},
        {"job_name": "refusals"},
        {"job_desc": "x" * 257},
    ],
)
def test_a_refused_tensorboard_leaves_nothing(
    service: RunningService, board: str, body: dict[str, Any]
) -> None:
    before = everything(service.root)
    body = {"job_name": "refused", "train_url": "/bucket/events/", **body}
    service.refuse("POST", BOARDS, json=body)
    assert everything(service.root) == before


def test_a_refused_change_changes_nothing(
    service: RunningService, ended: Training, board: str
) -> None:
    before = everything(service.root)
    for path in (ended.job_path, board):
        service.refuse("PUT", path, json={"job_desc": "x" * 257})
        service.refuse("PUT", path, json={})
    service.refuse("POST", ended.path + "/stop")
    service.refuse("POST", board + "/stop")
    service.refuse("DELETE", ended.job_path + "/versions/999")
    assert everything(service.root) == before


def test_a_change_that_cannot_be_kept_is_not_begun(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "modelarts.sqlite")) as store:
        store.change("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        store.change("CREATE TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")
        with pytest.raises(sqlite3.IntegrityError), store.transaction():  # only at its end
            store.change("INSERT INTO child VALUES (1)")
        with store.transaction():
            store.change("INSERT INTO parent VALUES (2)")
    with closing(sqlite3.connect(tmp_path / "modelarts.sqlite")) as database:
        assert database.execute("SELECT count(*) FROM child").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM parent").fetchone() == (1,)


def test_an_output_folder_is_made_when_the_job_starts(service: RunningService) -> None:
    job = service.train("output", "print(1)", train_url="/bucket/made/late/")
    assert job.wait() == 10
    assert (service.root / "obs/bucket/made/late").is_dir()


# ---- the vendor's words --------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["tensorboard", "TensorBoard", "TENSORBOARD"])
@pytest.mark.parametrize("unit", ["HOURS", "hours"])
def test_words_are_taken_in_capitals_or_not(tmp_path: Path, word: str, unit: str) -> None:
    schedule = {"type": "STOP", "time_unit": unit, "duration": 1}
    body = {"job_name": "board", "train_url": "/b-1/x/", "job_type": word, "schedule": schedule}

    def create(service: Any) -> None:
        made = service.call("POST", BOARDS, json=body)
        assert made["is_success"], made
        shown = service.call("GET", f"{BOARDS}/{made['job_id']}")
        assert shown["schedule"] == [{"type": "stop", "timeUnit": "HOURS", "duration": 1}]

    in_process(tmp_path / "root", create)


def test_lists_take_orders_in_capitals(service: RunningService, ended: Training) -> None:
    query = {"order": "DESC", "sortBy": "JOB_NAME"}
    lower = {"order": "desc", "sortBy": "job_name"}
    path = "/training-jobs"
    assert service.get(path, **query)["jobs"] == service.get(path, **lower)["jobs"]


def test_fields_of_the_cloud_may_be_there_when_they_are_empty(service: RunningService) -> None:
    empty = {"user_image_url": "", "user_command": "", "model_id": None, "dataset_id": ""}
    job = service.train("empty", "print(1)", **empty, create_version="true")
    assert job.wait() == 10
