"""The panel where the front end can do less, or is another one."""

from __future__ import annotations

from pathlib import Path

import pytest
from jupyters import LAB_3, LAB_PLAIN, NOTEBOOK
from panel_page import Panel, PanelPage, sleeping_cell
from playwright.sync_api import expect
from written_jobs import WrittenJobs

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _finds_its_view(panel: Panel, view: str) -> None:
    {"rich": panel.is_rich, "core": panel.is_core, "html": panel.is_html}[view]()


@pytest.mark.parametrize(
    ("jupyter", "kernel", "view", "language"),
    [
        pytest.param(LAB_PLAIN, "newest", "core", "zh", id="lab-without-anywidget"),
        pytest.param(LAB_PLAIN, "widgets-7", "html", "en", id="lab-and-kernel-with-ipywidgets-7"),
        pytest.param(LAB_3, "newest", "html", "en", id="lab-3-and-kernel-with-ipywidgets-8"),
        pytest.param(LAB_3, "widgets-7", "core", "en", id="lab-3-and-kernel-with-ipywidgets-7"),
        pytest.param(NOTEBOOK, "newest", "rich", "en", id="notebook-7"),
    ],
    indirect=["jupyter"],
)
def test_follows_a_job_by_the_view_that_is_possible(
    panel_page: PanelPage, jobs: WrittenJobs, kernel: str, view: str, language: str, tmp_path: Path
) -> None:
    name = f"{view}-{kernel}-{panel_page.jupyter.kind.environment}"
    job = jobs.submit(name, "first line\n训练开始\n")
    cells = (
        f"%ma_log {name} --interval 1",
        "'the front end answered'",
        sleeping_cell(tmp_path / "go"),
    )
    panel_page.start(name, *cells, kernel=kernel, language=language)
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.shows("训练开始")
    panel_page.run(2)  # whatever a front end answers to a probe has been received before this
    _finds_its_view(panel, view)
    panel_page.begin(3)
    panel_page.wait_begun(3)
    job.write("while another cell runs\n")
    panel.shows("while another cell runs")
    with panel_page.theme({"en": "JupyterLab Light", "zh": "JupyterLab Dark"}[language]):
        panel_page.screenshot(f"panel-{name}")
    job.end()
    panel.shows("COMPLETED")
    assert panel_page.still_runs(3)
    (tmp_path / "go").touch()
    panel_page.wait_done(3)
    _finds_its_view(panel, view)
    panel.has_no_complaint()


_WITHOUT_ANYWIDGET = "import sys\nsys.modules['anywidget'] = None\n"


def test_kernel_without_anywidget_follows_by_the_plain_view_with_a_hint(
    panel_page: PanelPage, jobs: WrittenJobs
) -> None:
    job = jobs.submit("bare", "first line\n\x1b[32m训练开始\x1b[0m\n")
    panel_page.start("bare", f"{_WITHOUT_ANYWIDGET}%ma_log bare --interval 1", language="zh")
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_core()
    panel.shows("训练开始")
    panel.shows("anywidget")
    job.write("a line of a slow log\n")
    panel.shows("a line of a slow log")
    with panel_page.theme("JupyterLab Dark"):
        panel_page.screenshot("panel-without-anywidget-zh-dark")
        panel.is_readable()
    panel.has_no_complaint()


@pytest.mark.parametrize("jupyter", [pytest.param(LAB_PLAIN, id="")], indirect=True)
def test_core_view_does_what_its_buttons_say(panel_page: PanelPage, jobs: WrittenJobs) -> None:
    job = jobs.submit("core-buttons", "".join(f"line {n}\n" for n in range(1500)), workers=2)
    job.write("from the second worker\n", 1)
    panel_page.start(
        "core-buttons", "%ma_log core-buttons --interval 1 --as panel", "panel.model.paused"
    )
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_core()
    panel.shows("line 1499")
    panel.shows("from the second worker")

    panel.output.get_by_role("combobox").select_option(index=2)
    panel.lacks("line 1499")
    panel.shows("from the second worker")

    panel.press("Pause")
    panel.shows("Resume")
    panel_page.run_until(2, "True")
    job.write("during the pause\n", 1)
    job.wait_written("during the pause", 1)
    panel.lacks("during the pause")
    panel.press("Resume")
    panel.shows("during the pause")

    panel.press("Clear")
    panel.lacks("during the pause")
    job.write("after the clearing\n", 1)
    panel.shows("after the clearing")

    panel.press("Stop the job")
    panel_page.screenshot("panel-core-stop")
    panel.press("Keep it")
    expect(panel.button("Keep it")).to_be_hidden()
    panel.press("Stop the job")
    panel.press("Stop it")
    panel.shows("The job was stopped")
    assert job.is_over


@pytest.mark.parametrize("jupyter", [pytest.param(LAB_PLAIN, id="")], indirect=True)
def test_core_view_leaves_a_reader_alone_who_scrolled_up(
    panel_page: PanelPage, jobs: WrittenJobs
) -> None:
    job = jobs.submit("core-scroll", "".join(f"line {n}\n" for n in range(500)))
    panel_page.start("core-scroll", "%ma_log core-scroll --interval 1")
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_core()
    panel.shows("line 499")
    reel = panel.log("core")
    reel.hover()
    panel_page.page.mouse.wheel(0, -600)
    panel_page.wait_for("reel => reel.scrollTop < -300", arg=reel.element_handle())
    before = reel.evaluate("reel => reel.scrollHeight + reel.scrollTop")
    job.write("".join(f"more {n}\n" for n in range(20)))
    panel.shows("more 19")
    after = reel.evaluate("reel => reel.scrollHeight + reel.scrollTop")
    assert before <= after
    assert reel.evaluate("reel => reel.scrollTop") < -300
