"""The service as a process: how it starts, what it leaves, and what survives."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests
from running_service import (
    TIME_LIMIT,
    RunningService,
    Training,
    arguments_of,
    descendants,
    is_alive,
    none_left,
    running_service,
    until,
)

from modelarts_magics.local.service import Service
from modelarts_magics.local.storage.root import MARK
from modelarts_magics.notebook.shell import embedded

# Leaves what follows with signals ignored, as a background job, nohup or a CI runner does.
UNDISTURBED = ("sh", "-c", """trap "" INT QUIT HUP TERM USR1; exec "$@" """, "sh")

# What a program finds ignored, but for what Python itself ignores, and what it finds blocked.
SEE_SIGNALS = """
import signal
from signal import SIG_BLOCK, SIG_IGN, SIGPIPE, SIGXFSZ, getsignal, pthread_sigmask, valid_signals
ignored = {one for one in valid_signals() if getsignal(one) is SIG_IGN} - {SIGPIPE, SIGXFSZ}
print("ignored", len(ignored), "blocked", len(pthread_sigmask(SIG_BLOCK, ())))
"""
FOREVER = "import time\nprint('started', flush=True)\ntime.sleep(600)\n"


def command(root: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "modelarts_magics.local", "--root", str(root), *arguments]


def fail_to_start(root: Path, *arguments: str) -> str:
    """Start a service that must not start; returns what it says."""
    ended = subprocess.run(
        command(root, *arguments), capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode not in {0, -signal.SIGTERM}
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    return ended.stderr


def visualize(service: RunningService, name: str) -> str:
    """Start a TensorBoard; returns the path of the job."""
    (service.root / "obs" / "bucket" / "events").mkdir(parents=True, exist_ok=True)
    body = {"job_name": name, "train_url": "/bucket/events/"}
    made = service.succeed("POST", "/visualization-jobs", json=body)
    path = f"/visualization-jobs/{made['job_id']}"
    until(lambda: service.get(path)["status"] == 8, "a TensorBoard")
    return path


def test_it_says_in_one_line_how_to_reach_it(service: RunningService) -> None:
    address = service.address
    assert set(address) == {
        "endpoint",
        "project_id",
        "project_name",
        "region",
        "credentials_file",
    }
    assert address["endpoint"].startswith("http://127.0.0.1:")
    assert address["project_name"] == address["region"]
    assert len(address["project_id"]) == 32
    assert Path(address["credentials_file"]).is_absolute()


def test_others_find_it_by_a_file(service: RunningService) -> None:
    found = json.loads((service.root / "service.json").read_text())
    assert found == {**service.address, "pid": service.process.pid}


def test_only_the_owner_can_read_the_keys(service: RunningService) -> None:
    keys = Path(service.address["credentials_file"])
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert stat.S_IMODE(service.root.stat().st_mode) == 0o700
    assert set(json.loads(keys.read_text())) == {
        "access_key",
        "secret_key",
        "username",
        "password",
        "domain",
    }


def test_nobody_else_can_read_what_it_keeps(service: RunningService) -> None:
    for path in service.root.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_an_existing_folder_is_closed_to_others(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    root.chmod(0o755)
    with running_service(root):
        assert stat.S_IMODE(root.stat().st_mode) == 0o700


@pytest.mark.parametrize("kind", ["home", "shared"])
def test_a_folder_of_everything_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    folder = tmp_path / kind
    folder.mkdir()
    folder.chmod(0o755 if kind == "home" else 0o1777)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    before = folder.stat().st_mode
    assert "choose another folder" in fail_to_start(folder)
    assert (folder.stat().st_mode, os.listdir(folder)) == (before, [])


def test_a_file_in_place_of_the_folder_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert len(fail_to_start(tmp_path / "file").splitlines()) == 1


def test_a_folder_has_one_service(service: RunningService) -> None:
    words = fail_to_start(service.root)
    assert words.splitlines() == [
        f"Another service already serves {service.root} at {service.endpoint}"
        f" (process {service.process.pid})."
    ]
    assert service.get("/training-jobs")


def test_a_taken_port_is_one_clear_line(service: RunningService, tmp_path: Path) -> None:
    port = service.endpoint.rpartition(":")[2]
    words = fail_to_start(tmp_path / "root", "--port", port)
    assert words.startswith(f"Cannot listen on 127.0.0.1:{port}")
    assert len(words.splitlines()) == 1
    assert not (tmp_path / "root" / "service.json").exists()


@pytest.mark.parametrize("size", [0, 100, 20_000])
def test_a_full_disk_is_one_clear_line(tmp_path: Path, size: int) -> None:
    """It refuses the mark, the keys, or the database."""
    source = (
        "import resource, runpy\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"
        "runpy.run_module('modelarts_magics.local', run_name='__main__', alter_sys=True)\n"
    )
    start = [sys.executable, "-c", source, "--root", str(tmp_path / "root")]
    ended = subprocess.run(start, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert str(tmp_path / "root") in ended.stderr


@pytest.mark.parametrize("damage", ["", "[]", "{}", "no json"])
def test_damaged_keys_are_one_clear_line(tmp_path: Path, damage: str) -> None:
    root = tmp_path / "root"
    MARK.claim(root)
    (root / "credentials.json").write_text(damage)
    assert "damaged" in fail_to_start(root)


def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    root = tmp_path / "root"
    MARK.claim(root)
    (root / "modelarts.sqlite").write_text("this is no database, but it is long enough" * 100)
    assert "Cannot use the database" in fail_to_start(root)


@pytest.mark.parametrize("kind", ["training", "visualization"])
def test_a_file_in_place_of_the_logs_is_one_clear_line(tmp_path: Path, kind: str) -> None:
    logs = tmp_path / "root" / "logs"
    MARK.claim(tmp_path / "root")
    logs.mkdir()
    (logs / kind).write_text("")
    assert fail_to_start(tmp_path / "root") == f"Cannot use {logs / kind}: File exists.\n"


def test_logs_may_be_kept_on_another_disk(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    MARK.claim(root)
    (root / "logs").mkdir()
    elsewhere.mkdir()
    (root / "logs" / "training").symlink_to(elsewhere)
    with running_service(root) as service:
        job = service.train("far", "print('far')")
        assert job.wait() == 10
        assert job.log().startswith("far\n")
    assert [path.name for path in elsewhere.rglob("job-*")] == ["job-far.0"]


def test_without_tornado_it_says_what_to_install() -> None:
    source = (
        "import runpy, sys\n"
        "sys.modules['tornado'] = None\n"
        "runpy.run_module('modelarts_magics.local', run_name='__main__')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=False
    )
    assert ended.returncode != 0
    assert ended.stderr.splitlines() == [
        'The embedded ModelArts service needs tornado: pip install "modelarts-magics[local]"'
    ]


def test_the_keys_and_the_project_stay_the_same(tmp_path: Path) -> None:
    with running_service(tmp_path / "root") as first:
        pass
    with running_service(tmp_path / "root") as second:
        assert second.credentials == first.credentials
        assert second.address["project_id"] == first.address["project_id"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_cleanly(tmp_path: Path, number: int) -> None:
    with running_service(tmp_path / "root") as service:
        service.process.send_signal(number)
        assert service.process.wait(60) == 0
        assert not (service.root / "service.json").exists()
        assert service.words.read_text() == ""


def test_sigterm_ends_it_while_it_starts_also_where_it_is_ignored(tmp_path: Path) -> None:
    source = (
        "import os, runpy, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'tornado':\n"
        "            os.kill(os.getpid(), signal.SIGTERM)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "runpy.run_module('modelarts_magics.local', run_name='__main__', alter_sys=True)\n"
    )
    start = [sys.executable, "-c", source, "--root", str(tmp_path / "root")]
    ended = subprocess.run([*UNDISTURBED, *start], capture_output=True, check=False, timeout=60)
    assert ended.returncode == -signal.SIGTERM
    assert ended.stdout == b""


def test_what_it_runs_ignores_no_signal_that_it_had_to_ignore_itself(tmp_path: Path) -> None:
    with running_service(tmp_path / "root", launcher=UNDISTURBED) as service:
        job = service.train("signals", SEE_SIGNALS)
        assert job.wait() == 10
        assert job.log().splitlines()[0] == "ignored 0 blocked 0"


def test_a_tensorboard_ignores_no_signal_that_its_service_had_to_ignore(tmp_path: Path) -> None:
    with running_service(tmp_path / "root", launcher=UNDISTURBED) as service:
        visualize(service, "board")
        (board,) = (
            pid
            for pid in descendants(service.process.pid)
            if "tensorboard.main" in arguments_of(pid)
        )
        os.kill(board, signal.SIGUSR1)
        none_left({board})


def test_what_was_started_with_signals_ignored_ends_by_a_sigterm_and_takes_all_along(
    tmp_path: Path,
) -> None:
    with running_service(tmp_path / "root", launcher=UNDISTURBED) as service:
        job = service.train("forever", FOREVER, worker_server_num=2)
        until(lambda: job.has_logged("started"), "the first line")
        visualize(service, "board")
        started = descendants(service.process.pid)
        for number in (signal.SIGINT, signal.SIGHUP):
            service.process.send_signal(number)
        assert job.status() == 8
        assert service.stop() == 0
        assert not any(map(is_alive, started))


def test_a_stop_leaves_no_process_and_says_so_in_the_records(own_service: RunningService) -> None:
    training = own_service.train("forever", FOREVER, worker_server_num=2)
    waiting = [own_service.train(f"forever-{i}", FOREVER) for i in range(8)]
    visualization = visualize(own_service, "board")
    training.wait(8)
    assert waiting[-1].status() == 7
    started = descendants(own_service.process.pid)
    assert len(started) > 10
    assert own_service.stop() == 0
    assert not any(map(is_alive, started))

    with running_service(own_service.root) as again:
        assert Training(again, training.job_id, training.version_id).status() == 12
        assert Training(again, waiting[-1].job_id, waiting[-1].version_id).status() == 12
        assert again.get(visualization)["status"] == 12


def test_a_kill_loses_nothing_that_was_acknowledged(own_service: RunningService) -> None:
    done = own_service.train("done", "print('done')")
    done.wait(10)
    log = done.log()
    running = own_service.train("running", FOREVER)
    running.wait(8)
    until(lambda: running.has_logged("started"), "the first line")
    visualization = visualize(own_service, "board")
    board = own_service.get(visualization)["service_url"]
    removed = own_service.train("removed", "")
    removed.wait(10)
    own_service.succeed("DELETE", removed.job_path)
    last = own_service.train("last", FOREVER)  # acknowledged, and nothing more
    started = descendants(own_service.process.pid)
    own_service.kill()

    none_left(started)
    with pytest.raises(requests.ConnectionError):
        requests.get(board, timeout=5)
    with running_service(own_service.root) as again:
        assert again.get("/training-jobs")["job_total_count"] == 3
        assert Training(again, done.job_id, done.version_id).status() == 10
        assert Training(again, done.job_id, done.version_id).log() == log
        for lost in (running, last):
            info = Training(again, lost.job_id, lost.version_id).info()
            assert info["status"] == 14
            assert info["duration"] < 60_000
        assert again.get(visualization)["status"] == 14
        assert "service_url" not in again.get(visualization)
        again.succeed("POST", visualization + "/restart")
        until(lambda: again.get(visualization)["status"] == 8, "the TensorBoard again")


def test_what_a_killed_service_left_is_not_taken_for_another_one_at_its_port(
    own_service: RunningService, tmp_path: Path
) -> None:
    own_service.kill()
    port = int(own_service.endpoint.rpartition(":")[2])
    with running_service(tmp_path / "other", port=port) as other:
        used = embedded.use(own_service.root)
        found = json.loads((own_service.root / "service.json").read_text())
        used.release()
    assert found["endpoint"] != other.endpoint
    assert found["project_id"] == own_service.address["project_id"]


@contextmanager
def using(root: Path) -> Iterator[None]:
    """Use the service of a folder, as a notebook does."""
    with open(root / "users.lock", "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def test_while_used_it_lives_as_long_as_somebody_uses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, refused = fcntl.flock, []

    def watched(file: int, operation: int) -> None:
        try:
            lock(file, operation)
        except BlockingIOError:
            refused.append(operation)
            raise

    monkeypatch.setattr(fcntl, "flock", watched)

    async def a_look() -> None:
        """Until it has seen once more that somebody uses it."""
        before = len(refused)
        await asyncio.to_thread(until, lambda: len(refused) > before, "a look")

    async def scenario() -> None:
        service = Service(tmp_path / "root")
        await service.start()
        with using(tmp_path / "root"):
            with using(tmp_path / "root"):
                unused = asyncio.ensure_future(service.until_unused(0))
                await a_look()
            await a_look()
            assert not unused.done()
        await asyncio.wait_for(unused, TIME_LIMIT)
        await service.stop()

    asyncio.run(scenario())


def test_while_used_it_ends_with_the_last_user(tmp_path: Path) -> None:
    root = tmp_path / "root"
    MARK.claim(root)
    with ExitStack() as user:
        user.enter_context(using(root))
        with running_service(root, "--while-used", "0") as service:
            assert service.get("/training-jobs")["job_total_count"] == 0
            user.close()
            assert service.process.wait(TIME_LIMIT) == 0
    assert not (root / "service.json").exists()


def test_while_used_it_waits_for_the_first_user(tmp_path: Path) -> None:
    with running_service(tmp_path / "root", "--while-used") as service:
        with running_service(tmp_path / "impatient", "--while-used", "0") as impatient:
            assert impatient.process.wait(TIME_LIMIT) == 0
        with using(service.root):
            assert service.get("/training-jobs")["job_total_count"] == 0
