"""What a notebook holds that was run without a front end, by the programs that people use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

import pytest
from isolation import environment
from magic_kernel import Kernel
from scripted_service import ScriptedService, one_job

pytestmark = pytest.mark.kernel

_LOG = "".join(f"line {n}\n" for n in range(500))
_WITH_TIME = """
from modelarts_magics.notebook.panels.panel import Panel
Panel.first_look = 60.0  # a busy machine must not decide what this test sees
"""
_PROGRAMS = {
    "nbclient": ["-c", "from nbclient.cli import main; main()", "--inplace"],
    "nbconvert": ["-m", "nbconvert", "--execute", "--to", "notebook", "--inplace"],
    "papermill": ["-m", "papermill", "run.ipynb"],  # what it reads and what it writes
}


@pytest.mark.parametrize("program", _PROGRAMS)
def test_a_cell_holds_what_was_there(
    front_end: None, scripted: ScriptedService, tmp_path: Path, program: str
) -> None:
    scripted.script = _service(status=8)
    cells = ["%load_ext modelarts_magics", _WITH_TIME, "%ma_log job", "%ma_log ended", "%ma_viz"]
    running, ended, *listed = _executed(program, [*cells, "%ma_viz list"], scripted, tmp_path)[-4:]
    for shown, status in ((running, "RUNNING"), (ended, "COMPLETED")):
        for kind in ("text/plain", "text/html"):
            assert "line 499" in shown[kind]
            assert "line 480" in shown[kind]
            assert status in shown[kind]
    assert "stands still here" in running["text/plain"]  # as a console with a kernel shows it
    assert "stands still here" not in running["text/html"]
    for shown in listed:
        assert "curves" in shown["text/plain"]
        assert "curves" in shown["text/html"]


def test_a_service_that_does_not_answer_holds_no_cell(
    new_kernel: Callable[..., Kernel], scripted: ScriptedService
) -> None:
    answered = _service(status=8)

    def hang(method: str, path: str, query: dict[str, str]) -> tuple[int, object]:
        if path.endswith(("/log", "/visualization-jobs")):
            scripted.released.wait()
        return answered(method, path, query)

    scripted.script = hang
    kernel = new_kernel(**scripted.environment)
    cells = [kernel.run(line) for line in ("%ma_log job", "%ma_viz")]
    assert not scripted.released.is_set()  # it holds its answers still
    assert [cell.failed for cell in cells] == [False, False]
    shown = [str(cell.displays) for cell in cells]
    assert "no log text" in shown[0]
    assert "not loaded yet" in shown[1]
    scripted.released.set()


def _service(status: int) -> Callable[..., tuple[int, object]]:
    """Jobs ``job`` and ``ended`` with the same log, and a visualization job."""
    job, ended = one_job(_LOG, status=status), one_job(_LOG, job_id=8, job_name="ended")
    jobs = {"job": job, "ended": ended}
    curves = {
        "job_id": 5, "job_name": "curves", "status": 10, "train_url": "/bucket/run/",
        "create_time": 1_600_000_000_000, "job_type": "tensorboard", "duration": 0,
    }  # fmt: skip

    def script(method: str, path: str, query: dict[str, str]) -> tuple[int, object]:
        if path.endswith("/visualization-jobs"):
            return 200, {"is_success": True, "jobs": [curves], "job_total_count": 1}
        if path.endswith("/training-jobs"):
            found = [one(method, path, query)[1]["jobs"][0] for one in jobs.values()]
            return 200, {"is_success": True, "jobs": found, "job_total_count": 2}
        one = ended if "/training-jobs/8" in path else job
        return one(method, path, query)

    return script


def _executed(
    program: str, cells: list[str], service: ScriptedService, home: Path
) -> list[dict[str, str]]:
    """What each cell holds, as a program saves it."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    import nbformat  # takes a second, which no worker needs to collect the tests

    written = [nbformat.v4.new_code_cell(code) for code in cells]
    notebook = nbformat.v4.new_notebook(cells=written, metadata={"kernelspec": kernel})
    nbformat.write(notebook, home / "run.ipynb")
    (home / "run").mkdir()
    found = {**environment(home / "run"), **service.environment}
    command = [sys.executable, *_PROGRAMS[program], "run.ipynb"]
    subprocess.run(command, cwd=home, env=found, check=True, timeout=180)
    executed = nbformat.read(home / "run.ipynb", as_version=4)
    return [_held(cell.outputs) for cell in executed.cells]


def _held(outputs: list[Any]) -> dict[str, str]:
    kinds = ("text/plain", "text/html")
    return {kind: "".join(one.data.get(kind, "") for one in outputs) for kind in kinds}
