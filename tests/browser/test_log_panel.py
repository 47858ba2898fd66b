"""The panel in JupyterLab 4: it starts as HTML and becomes the rich view."""

from __future__ import annotations

from pathlib import Path

import pytest
from jupyters import LAB
from panel_page import PanelPage
from written_jobs import WrittenJobs

pytestmark = pytest.mark.browser

JUPYTER = LAB

# A cell that runs until the test creates a file.
_SLEEP = "import pathlib, time\nwhile not pathlib.Path({path!r}).exists():\n    time.sleep(0.05)"


def _sleep(path: Path) -> str:
    return _SLEEP.format(path=str(path))


def test_follows_a_job_to_its_end_while_another_cell_sleeps(
    panel_page: PanelPage, jobs: WrittenJobs, tmp_path: Path
) -> None:
    job = jobs.submit("live", "first line\n训练开始\n")
    panel_page.start("live", "%ma_log live", _sleep(tmp_path / "go"))
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_rich()
    panel.shows("训练开始")
    panel_page.begin(2)
    job.write("a line while the other cell sleeps\n")
    panel.shows("a line while the other cell sleeps")
    job.write("the last line\n")
    job.end()
    panel.shows("the last line")
    panel.shows("COMPLETED")
    panel_page.screenshot("panel-rich-live")
    assert panel_page.kernel_status() == "busy"
    (tmp_path / "go").touch()
    panel_page.wait_done(2)
    panel.has_no_complaint()
