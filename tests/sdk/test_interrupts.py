"""Ctrl-C brings the prompt back from every method, and ends the process, while a service hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from fake_service import TIME_LIMIT, Hang, Reply, Then
from silent_service import once

from modelarts_magics.core.cancellation import Cancellation, Cancelled, start
from modelarts_magics.estimator import Estimator, VisualizationJob
from modelarts_magics.session import Session

VERSION = "/v1/p/training-jobs/10/versions/11"
SIZE = 300_000  # bytes of a log
FILES = [f"worker-{number}" for number in range(12)]


def training(session):
    return Estimator(session, job_id="10", version_id="11")


def curves(session):
    return VisualizationJob(session, "197")


METHODS = {
    "get_job_info": lambda s, _path: training(s).get_job_info(),
    "get_job_version_info": lambda s, _path: training(s).get_job_version_info(),
    "get_job_version_object_list": lambda s, _path: training(s).get_job_version_object_list(),
    "get_job_log_file_list": lambda s, _path: training(s).get_job_log_file_list(),
    "get_job_log": lambda s, _path: training(s).get_job_log("worker-0"),
    "download_job_log": lambda s, path: training(s).download_job_log("worker-0", path),
    "follow_job_log": lambda s, _path: list(training(s).follow_job_log()),
    "follow one log": lambda s, _path: list(training(s).follow_job_log("worker-0")),
    "stop_job_version": lambda s, _path: training(s).stop_job_version(),
    "delete_job_version": lambda s, _path: training(s).delete_job_version(),
    "delete_job": lambda s, _path: training(s).delete_job(),
    "update_job_description": lambda s, _path: training(s).update_job_description("x"),
    "get_job_list": lambda s, _path: Estimator.get_job_list(s),
    "delete_job_by_id": lambda s, _path: Estimator.delete_job_by_id(s, "10"),
    "get_train_instance_types": lambda s, _path: Estimator.get_train_instance_types(s),
    "get_framework_list": lambda s, _path: Estimator.get_framework_list(s),
    "create_visualization_job": lambda s, _path: curves(s).create_visualization_job("/bucket/f/"),
    "get_visualization_job_list": lambda s, _path: VisualizationJob.get_visualization_job_list(s),
    "get_visualization_job_object_list": lambda s, _path: (
        VisualizationJob.get_visualization_job_object_list(s)
    ),
    "get_visualization_job_info": lambda s, _path: curves(s).get_visualization_job_info(),
    "update_visualization_job": lambda s, _path: curves(s).update_visualization_job("x"),
    "stop_visualization_job": lambda s, _path: curves(s).stop_visualization_job(),
    "restart_visualization_job": lambda s, _path: curves(s).restart_visualization_job(),
    "delete_visualization_job": lambda s, _path: curves(s).delete_visualization_job(),
}


class HoldsLogs:
    """Answers for a job with many log files, and holds its logs; acts when so many are asked for.

    Args:
        count: requests for logs that make it act, just once.
        since: only requests for what lies behind this byte are held.
    """

    def __init__(self, service, act, count, since=0):
        self._act = act
        self._left = count
        self._since = since
        self._lock = threading.Lock()
        service.on("GET", VERSION, Reply({"status": 8, "job_id": 10, "version_id": 11}))
        service.on("GET", f"{VERSION}/log/file-names", Reply({"log_file_list": FILES}))
        service.on("GET", f"{VERSION}/log", self)

    def __call__(self, seen):
        start, length = int(seen.query["start_byte"]), int(seen.query["offset"])
        if start < self._since:
            return _slice(SIZE - length if start < 0 else start, length)
        with self._lock:
            self._left -= 1
            return Then(self._act, Hang()) if self._left == 0 else Hang()


def _slice(start, length):
    end = min(start + length, SIZE)
    text = "x" * (end - start)
    return Reply({"log": text, "log_byte_count": len(text), "end_byte": end, "is_success": True})


def ours():
    return [t.name for t in threading.enumerate() if t.name.startswith("modelarts-magics")]


@pytest.mark.parametrize("name", METHODS)
def test_an_interrupt_brings_the_prompt_back_while_the_service_hangs(
    name, notebook, session, tmp_path, interrupt
):
    notebook.script(Hang(act=interrupt))
    with pytest.raises(KeyboardInterrupt):
        METHODS[name](session, tmp_path / "log")
    assert notebook.left.wait(TIME_LIMIT)  # by the client: the service would have held it
    once(lambda: not ours())


SINCE = {"follow_job_log": 0, "download_job_log": 20_000}  # the bytes that are held


@pytest.mark.parametrize("name", SINCE)
def test_an_interrupt_ends_many_requests_at_once_while_the_service_holds_them(
    name, notebook, session, tmp_path, interrupt
):
    HoldsLogs(notebook, interrupt, 8, SINCE[name])
    with pytest.raises(KeyboardInterrupt):
        METHODS[name](session, tmp_path / "log")
    once(lambda: not ours())


_INTERRUPTED = """
import sys, threading
from modelarts_magics.core.cancellation import Cancellation, Cancelled, start
from modelarts_magics.estimator import Estimator
from modelarts_magics.session import Session
job = Estimator(Session(), job_id="10", version_id="11")
try:
    if sys.argv[1] == "follow_job_log":
        list(job.follow_job_log())
    else:
        job.download_job_log("worker-0", "saved.log")
except KeyboardInterrupt:
    print("the prompt is back")
"""


@pytest.mark.parametrize("name", SINCE)
def test_an_interrupted_process_ends_while_the_service_holds_its_requests(name, notebook, tmp_path):
    asked = threading.Event()
    HoldsLogs(notebook, asked.set, 8, SINCE[name])
    process = subprocess.Popen(
        [sys.executable, "-c", _INTERRUPTED, name],
        env=os.environ,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert asked.wait(TIME_LIMIT)
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=TIME_LIMIT)
    finally:
        process.kill()
        process.wait()
    assert (printed, process.returncode) == ("the prompt is back\n", 0)


def test_closing_a_session_does_not_wait_for_who_looks_up_its_project(notebook, monkeypatch):
    monkeypatch.delenv("HUAWEICLOUD_SDK_PROJECT_ID")
    monkeypatch.setenv("MODELARTS_MAGICS_REGION", "cn-north-4")
    monkeypatch.setenv("HUAWEICLOUD_SDK_IAM_ENDPOINT", notebook.url)
    session, reached, look_up = Session(), threading.Event(), Cancellation()
    notebook.script(Hang(act=reached.set))

    def client():
        with pytest.raises(Cancelled):
            session.client.list_jobs()

    looking = start(client, "looking", look_up)
    assert reached.wait(TIME_LIMIT)
    session.close()
    assert looking.is_alive()
    look_up.cancel()
    looking.join(TIME_LIMIT)
    assert not looking.is_alive()
