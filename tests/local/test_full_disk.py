"""A service on a disk that is full: one clear line, and it goes on or ends as ever."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from running_service import RunningService, descendants, none_left, running_service, until
from v2_calls import V2

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="no limits of another process")

UNTIL_TOLD = "import os, time\nwhile not os.path.exists('go'):\n    time.sleep(0.01)\n"
FOREVER = "import time; time.sleep(600)"


ROOM = 4000  # bytes of a file: for its words, and not for a page of the database


def fill(service: RunningService) -> None:
    """Nothing can be recorded any more, as on a disk that is full."""
    resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (ROOM, resource.RLIM_INFINITY))


def make_room(service: RunningService) -> None:
    everything = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, everything)


@contextmanager
def full(service: RunningService) -> Iterator[None]:
    fill(service)
    yield
    make_room(service)


def wait_for_more(file: Path) -> None:
    size = file.stat().st_size if file.exists() else 0
    until(lambda: file.exists() and file.stat().st_size > size, f"more of {file}")


def words(service: RunningService) -> list[str]:
    return service.words.read_text().splitlines()


def test_it_ends_in_one_line_and_nothing_of_it_is_left(own_service: RunningService) -> None:
    job = own_service.train("forever", FOREVER)
    job.wait(8)
    waits = [own_service.train(f"waits-{number}", FOREVER) for number in range(9)]
    programs = descendants(own_service.process.pid)
    assert len(programs) > 8
    fill(own_service)
    assert own_service.stop() == 0
    none_left(programs)
    assert len(words(own_service)) == 1
    assert "cannot be recorded now" in words(own_service)[0]
    assert not (own_service.root / "service.json").exists()
    with running_service(own_service.root) as again:
        for one in (job, *waits):
            assert again.get(one.path)["status"] in {5, 10, 11, 12, 13, 14}


def test_it_says_what_it_cannot_do_and_goes_on(own_service: RunningService) -> None:
    config = own_service.write_code(FOREVER)
    job = own_service.train("forever", FOREVER)
    job.wait(8)
    with full(own_service):
        body = {"job_name": "refused", "config": config}
        for method, path, options in [
            ("POST", "/training-jobs", {"json": body}),
            ("POST", job.path + "/stop", {}),
            ("PUT", job.job_path, {"json": {"job_desc": "another"}}),
        ]:
            answer = own_service.call(method, path, **options)
            assert answer.status_code == 500
            assert "cannot use its files" in answer.text
        assert job.status() == 8, "what cannot be recorded goes on as it was"
    assert all("failed: " in line for line in words(own_service))
    assert len(words(own_service)) == 3
    own_service.succeed("POST", "/training-jobs", json=body)
    own_service.succeed("POST", job.path + "/stop")
    job.wait(12)


@pytest.mark.parametrize(("end", "status"), [("", 10), ("raise SystemExit(3)", 11)])
def test_what_happens_meanwhile_is_recorded_when_there_is_room(
    own_service: RunningService, end: str, status: int
) -> None:
    job = own_service.train("ends", UNTIL_TOLD + end)
    job.wait(8)
    with full(own_service):
        (own_service.root / "obs/bucket/code/go").touch()
        until(lambda: words(own_service), "the line that says so")
        assert job.status() == 8
        assert len(words(own_service)) == 1
    job.wait(status)


def test_api_v2_says_so_too_and_what_cannot_be_recorded_is_told_once(
    own_service: RunningService, tmp_path: Path
) -> None:
    v2, go = V2(own_service), tmp_path / "go"
    export = {"log_export_path": {"obs_url": "obs://ma-logs/logs/"}}
    writer = v2.run("while :; do date +%N; sleep 0.1; done", spec=export)
    retry = {"annotations": {"fault-tolerance/job-retry-num": "1"}}
    retried = v2.run(f"while [ ! -e {go} ]; do sleep 0.01; done; exit 3", 2, metadata=retry)
    for job in (writer, retried):
        job.wait("Running")
    copy = own_service.root / f"obs/ma-logs/logs/modelarts-job-{writer.id}-worker-0.log"
    with full(own_service):
        go.touch()
        until(lambda: words(own_service), "the line that says so")
        for _ in range(3):  # as often as it looks again
            wait_for_more(copy)
        stop = {"action_type": "terminate"}
        assert v2.refuse("POST", writer.path + "/actions", json=stop) == (500, "2950")
        (told, asked) = words(own_service)
        assert "cannot be recorded now" in told
        assert "failed: " in asked
    status = retried.wait("Failed")["status"]
    assert len(status["running_records"]) == 2
    assert [one["exit_code"] for one in status["task_statuses"]] == [3]
    writer.terminate()
    writer.wait("Terminated")


def test_who_cannot_say_how_to_reach_it_ends_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "modelarts_magics.local", "--root", str(tmp_path / "root")]
    with open("/dev/full", "w") as full_disk:
        ended = subprocess.run(
            command, stdout=full_disk, stderr=subprocess.PIPE, text=True, check=False, timeout=60
        )
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "No space left" in ended.stderr
    assert not (tmp_path / "root" / "service.json").exists()


def test_a_full_disk_at_the_end_of_its_words_ends_it_as_ever(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "modelarts_magics.local", "--root", str(tmp_path / "root")]
    with open("/dev/full", "w") as full_disk:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=full_disk, text=True)
        assert process.stdout
        assert process.stdout.readline().startswith("{")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=60)[0] == ""
    assert process.returncode == 0
