"""What a notebook holds that was run without a front end, as nbclient and papermill do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable

import nbformat
import pytest
from isolation import environment
from kernel_client import Manager
from magic_kernel import Kernel
from nbclient import NotebookClient
from nbformat import NotebookNode
from scripted_service import ScriptedService, one_job

pytestmark = pytest.mark.kernel

_LOG = "".join(f"line {n}\n" for n in range(500))
_WITH_TIME = """
from modelarts_magics.notebook.panels.panel import Panel
Panel.first_look = 60.0  # a busy machine must not decide what this test sees
"""


def test_a_cell_holds_what_was_there(
    front_end: None, scripted: ScriptedService, tmp_path: Path
) -> None:
    scripted.script = _service(status=8)
    cells = ["%load_ext modelarts_magics", _WITH_TIME, "%ma_log job", "%ma_log ended", "%ma_viz"]
    running, ended, listed = _executed(cells, scripted, tmp_path)[2:]
    for shown, status in ((running, "RUNNING"), (ended, "COMPLETED")):
        for kind in ("text/plain", "text/html"):
            assert "line 499" in shown[kind]
            assert "line 480" in shown[kind]
            assert status in shown[kind]
    assert "curves" in listed["text/plain"]
    assert "curves" in listed["text/html"]


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


def _executed(cells: list[str], service: ScriptedService, home: Path) -> list[dict[str, str]]:
    """What each cell holds, as nbclient saves it."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells])
    (home / "run").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            patch.delenv(name)
        for name, value in {**environment(home / "run"), **service.environment}.items():
            patch.setenv(name, value)
        NotebookClient(notebook, timeout=180, kernel_manager_class=Manager).execute()
    return [_held(cell.outputs) for cell in notebook.cells]


def _held(outputs: list[NotebookNode]) -> dict[str, str]:
    kinds = ("text/plain", "text/html")
    return {kind: "".join(one.data.get(kind, "") for one in outputs) for kind in kinds}
