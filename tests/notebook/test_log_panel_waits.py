"""A panel of a job that has no log yet, in a real kernel: it opens, and begins with the log."""

from __future__ import annotations

import json
import time
from typing import Any, Callable

import pytest
from magic_kernel import Kernel
from scripted_service import ChangingJob, ScriptedService

pytestmark = pytest.mark.kernel

_STATE = "import json; print(json.dumps(panel.model.state() | {'text': panel.text}))"
_TIME_LIMIT = 60.0  # seconds; far more than anything here takes


@pytest.fixture
def cloud_kernel(kernel_anew: Callable[..., Kernel], scripted: ScriptedService) -> Kernel:
    return kernel_anew(**scripted.environment)


def state(kernel: Kernel) -> dict[str, Any]:
    cell = kernel.run(_STATE)
    assert not cell.failed, cell.outputs
    return json.loads(cell.printed)


def state_once(kernel: Kernel, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The state of the panel, as soon as something is true of it."""
    give_up = time.monotonic() + _TIME_LIMIT
    while not is_it(found := state(kernel)):
        assert time.monotonic() < give_up, found
        time.sleep(0.2)
    return found


def test_a_panel_of_a_job_that_waits_begins_when_it_has_a_log(cloud_kernel, scripted):
    scripted.script = job = ChangingJob(status=7)
    cell = cloud_kernel.run("%ma_log job --interval 1 --as panel")
    assert not cell.failed, cell.outputs
    assert any("WAITING" in str(shown) for shown in cell.displays)
    waiting = state(cloud_kernel)
    assert (waiting["status"], waiting["files"], waiting["following"]) == ("WAITING", [], True)
    job.to(8, worker0="第一行\n")()
    running = state_once(cloud_kernel, lambda now: now["text"] and now["status"] != "WAITING")
    assert (running["status"], running["text"]) == ("RUNNING", "第一行\n")
    job.to(8, worker1="another\n")()
    assert not cloud_kernel.run("panel.act('refresh')").failed
    state_once(cloud_kernel, lambda now: now["files"] == ["worker0", "worker1"])
    job.to(10)()
    assert state_once(cloud_kernel, lambda now: now["finished"])["reason"] != "The job wrote no log"


def test_a_line_that_opens_a_panel_asks_for_each_thing_once(cloud_kernel, scripted):
    scripted.script = ChangingJob(8, {"a.log": "text\n"})
    assert not cloud_kernel.run("%ma_log job --interval 3600 --as panel").failed
    state_once(cloud_kernel, lambda now: now["text"])
    paths = [path for _method, path in scripted.requests]
    assert len(paths) == len(set(paths))


def test_a_panel_of_a_job_that_ends_without_a_log_says_so(cloud_kernel, scripted):
    scripted.script = job = ChangingJob(status=7)
    assert not cloud_kernel.run("%ma_log job --interval 1 --as panel").failed
    job.to(10)()
    assert "wrote no log" in state_once(cloud_kernel, lambda now: now["finished"])["reason"]


def test_a_panel_whose_job_is_deleted_says_so_and_keeps_its_text(cloud_kernel, scripted):
    scripted.script = ChangingJob(8, {"a.log": "text\n"})
    assert not cloud_kernel.run("%ma_log job --interval 3600 --as panel").failed
    state_once(cloud_kernel, lambda now: now["text"])
    scripted.script = scripted.refuse
    assert not cloud_kernel.run("panel.act('refresh')").failed
    deleted = state_once(cloud_kernel, lambda now: now["finished"])
    assert deleted["reason"] == "The job was deleted. %ma_log lists the jobs with their ids"
    assert deleted["text"] == "text\n"


def test_a_panel_can_wait_for_one_file(cloud_kernel, scripted):
    scripted.script = job = ChangingJob(status=7)
    assert not cloud_kernel.run("%ma_log job --file worker1 --interval 1 --as panel").failed
    job.to(8, worker0="zero\n", worker1="one\n")()
    assert state_once(cloud_kernel, lambda now: now["text"])["text"] == "one\n"
    assert "no log file worker7" in cloud_kernel.run("%ma_log job --file worker7").mistake


def test_a_panel_that_waits_is_stopped_and_leaves_no_thread(cloud_kernel, scripted):
    scripted.script = ChangingJob(status=7)
    assert not cloud_kernel.run("%ma_log job --as panel").failed
    assert "No longer following" in cloud_kernel.run("%ma_log --stop job").printed
    state_once(cloud_kernel, lambda now: not now["following"])
    cell = cloud_kernel.run(
        "%unload_ext modelarts_magics\n"
        "import threading\n"
        "print([t.name for t in threading.enumerate() if t.name.startswith('modelarts')])"
    )
    assert cell.printed.strip() == "[]"
