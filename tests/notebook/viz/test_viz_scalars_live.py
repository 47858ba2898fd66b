"""Scalars that grow while a job runs, seen by a front end of a real kernel."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import pytest
from event_files import Writer
from job_service import Service
from magic_kernel import Kernel

from modelarts_magics.estimator import Estimator, TrainingJob

pytestmark = pytest.mark.kernel

_TIME_LIMIT = 60.0
_PROGRAM = """
import pathlib, time
while not pathlib.Path(__file__).with_name("released").exists():
    time.sleep(0.05)
"""
_THREADS = "import threading; print([t.name for t in threading.enumerate() if 'scalars' in t.name])"
_THREAD = "['modelarts-magics-scalars']\n"


@dataclass
class RunningJob:
    """A job that runs until it is released, and the folder that it writes to."""

    job: TrainingJob
    folder: Path
    gate: Path

    def release(self) -> None:
        self.gate.touch()


@pytest.fixture
def running(service: Service, request: pytest.FixtureRequest) -> Iterator[RunningJob]:
    name = request.node.name[:60].replace("_", "-")
    obs = service.root / "obs"
    code = obs / "test-bucket" / name / "code"
    code.mkdir(parents=True)
    (code / "program.py").write_text(_PROGRAM)
    session = service.session
    job = Estimator(
        modelarts_session=session,
        train_instance_count=1,
        train_instance_type="modelarts.vm.cpu.2u",
        code_dir=f"/test-bucket/{name}/code/",
        boot_file=f"/test-bucket/{name}/code/program.py",
        output_path=f"/test-bucket/{name}/output/",
        framework_type="PyTorch",
        framework_version="PyTorch-1.0.0-python3.6",
    ).fit(inputs="/test-bucket/input/", wait=False, job_name=name)
    made = RunningJob(job, code.parent / "output", code / "released")
    yield made
    made.release()
    while job.get_job_version_info()["status"] not in (10, 11):
        time.sleep(0.05)
    job.delete_job()  # other tests count the jobs of the service
    session.close()


@pytest.fixture
def kernel(new_kernel: Callable[..., Kernel], service: Service) -> Kernel:
    made = new_kernel()
    assert not made.run(f"%ma_session local --root {service.root}").failed
    return made


def draw(kernel: Kernel, line: str) -> dict[str, Any]:
    cell = kernel.run(f"%ma_viz scalars {line} --as drawn")
    assert not cell.failed, cell.errors
    [shown] = [one for one in cell.displays if one["text/plain"]]  # beside it a live view has room
    return shown


def updated(kernel: Kernel, words: str) -> dict[str, Any]:
    """The next update of an output that has these words."""
    end = time.monotonic() + _TIME_LIMIT
    while time.monotonic() < end:
        try:
            message = kernel.client.get_iopub_msg(timeout=0.5)
        except queue.Empty:
            continue
        data = message["content"].get("data", {})
        if message["msg_type"] == "update_display_data" and words in data["text/plain"]:
            return data
    raise AssertionError(f"no output came to say {words!r}")


def threads(kernel: Kernel) -> str:
    return kernel.run(_THREADS).printed


def wait_until_no_thread_is_left(kernel: Kernel) -> None:
    end = time.monotonic() + _TIME_LIMIT
    while threads(kernel) != "[]\n":
        assert time.monotonic() < end


def test_a_running_job_is_drawn_as_it_goes_and_to_its_end(
    kernel: Kernel, running: RunningJob
) -> None:
    shown = draw(kernel, running.job.job_id)
    assert "The job has written no event files yet" in shown["text/plain"]
    with Writer(running.folder) as writer:
        writer.scalars(1, loss=0.5)
        assert "<svg" in updated(kernel, "1-1")["text/html"]
        writer.scalars(2, loss=0.25)
        assert "step 2" in updated(kernel, "1-2")["text/html"]
        writer.scalars(3, loss=0.125)
        running.release()
        last = updated(kernel, "COMPLETED")
    assert "1-3" in last["text/plain"]
    assert kernel.run("print(drawn.series('loss').last.value)").printed == "0.125\n"


def test_a_panel_ends_when_its_job_has_ended(kernel: Kernel, running: RunningJob) -> None:
    draw(kernel, running.job.job_id)
    assert threads(kernel) == _THREAD
    running.release()
    updated(kernel, "There are no event files")
    wait_until_no_thread_is_left(kernel)


def test_a_folder_is_followed_on_request(kernel: Kernel, tmp_path: Path) -> None:
    with Writer(tmp_path / "logs") as writer:
        writer.scalars(1, loss=0.5)
        assert "1-1" in draw(kernel, f"{tmp_path}/logs --follow")["text/plain"]
        writer.scalars(2, loss=0.25)
        updated(kernel, "1-2")
    assert threads(kernel) == _THREAD


def test_drawing_again_replaces_and_unloading_ends(kernel: Kernel, running: RunningJob) -> None:
    for _ in range(20):
        draw(kernel, running.job.job_id)
    assert threads(kernel) == _THREAD
    assert not kernel.run("%unload_ext modelarts_magics").failed
    assert threads(kernel) == "[]\n"


def test_what_is_there_is_drawn_at_once_and_no_thread_stays(kernel: Kernel, tmp_path: Path) -> None:
    with Writer(tmp_path / "logs") as writer:
        writer.scalars(1, loss=0.5)
    assert "<svg" in draw(kernel, f"{tmp_path}/logs")["text/html"]
    wait_until_no_thread_is_left(kernel)


def test_without_tensorboard_the_panel_says_so_when_files_come(
    kernel: Kernel, running: RunningJob
) -> None:
    kernel.run("import sys; sys.modules['tensorboard.compat.proto.event_pb2'] = None")
    draw(kernel, running.job.job_id)
    with Writer(running.folder):
        words = updated(kernel, "is not installed here")["text/plain"]
    assert 'pip install "modelarts-magics[local]"' in words
