"""How a panel ends: with the kernel that feeds it, with the output that holds it, with its cell."""

from __future__ import annotations

import os
import signal

import pytest
from panel_page import PanelPage
from playwright.sync_api import expect
from written_jobs import WrittenJobs

pytestmark = pytest.mark.browser

_RESTART = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"


@pytest.mark.parametrize("way", ["restarted", "killed"])
def test_a_view_whose_kernel_is_gone_says_so_and_how_to_open_it_again(
    panel_page: PanelPage, jobs: WrittenJobs, way: str
) -> None:
    job = jobs.submit(f"kernel-{way}", "some text\n")
    panel_page.start(job.name, f"%ma_log {job.name} --interval 1", "import os; os.getpid()")
    panel_page.run(1)
    panel_page.run(2)
    panel = panel_page.panel(1)
    panel.is_rich()
    panel.shows("some text")
    if way == "restarted":
        panel_page.page.evaluate(_RESTART)
    else:
        os.kill(int(panel_page.printed(2)), signal.SIGKILL)
        panel_page.page.get_by_role("button", name="Ok").click()
    panel.shows("The kernel has ended")
    panel.shows(f"%ma_log {job.job.job_id} V0001")
    panel.shows("some text")
    elapsed = panel.rich.locator(".mm-elapsed")
    stands_at = elapsed.inner_text()
    following = panel.rich.locator("[data-action=stop_following]")
    expect(following).to_be_disabled()
    panel_page.screenshot(f"panel-kernel-{way}")
    assert elapsed.inner_text() == stands_at


_WITHOUT_CELL_IDS = """() => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  const request = kernel.requestExecute.bind(kernel);
  kernel.requestExecute = (content, isDisposed, metadata) => {
    const { cellId: _gone, ...others } = metadata ?? {};
    return request(content, isDisposed, others);
  };
}"""
_RUNNING = """
from modelarts_magics.notebook.panels.live import live_panels
from modelarts_magics.notebook.panels.panel import Panel
print(sorted(panel.model.job.name for panel in live_panels().running(Panel)))
"""


def test_a_panel_ends_when_its_output_is_gone_from_the_notebook_and_no_other(
    panel_page: PanelPage, jobs: WrittenJobs
) -> None:
    names = ["cleared", "edited", "deleted", "stays", "moved", "after"]
    written = {name: jobs.submit(name, f"text of {name}\n") for name in names}
    lines = [f"%ma_log {name} --interval 1" for name in names[:5]]
    panel_page.start("cleared", *lines, _RUNNING)
    panel_page.page.evaluate(_WITHOUT_CELL_IDS)
    for number in range(1, 6):  # most of them are out of sight by then
        panel_page.run(number)
        panel_page.panel(number).is_rich()
    panel_page.on_cell(1, "notebook:clear-cell-output")
    panel_page.edit(2, "%ma_log after --interval 1")
    panel_page.run(2)
    panel_page.on_cell(3, "notebook:delete-cell")
    panel_page.on_cell(4, "notebook:cut-cell")
    panel_page.on_cell(4, "notebook:paste-cell-below")
    panel_page.run_until(4, str(["after", "moved", "stays"]))
    written["moved"].write("text after the move\n")
    panel_page.bring(5)
    panel_page.panel(5).shows("text after the move")
    panel_page.bring(2)
    panel_page.panel(2).shows("text of after")
    panel_page.screenshot("panel-cleared")


def test_panels_of_one_job_end_with_their_own_cell_only(
    panel_page: PanelPage, jobs: WrittenJobs
) -> None:
    job = jobs.submit("twice", "text of the first\n", workers=2)
    job.write("text of the second\n", 1)
    both = "\n".join(f"%ma_log twice --file {name} --interval 1" for name in job.files)
    panel_page.page.set_viewport_size({"width": 1280, "height": 2000})
    panel_page.start("twice", both, "%ma_log twice --interval 1", _RUNNING, language="zh")
    panel_page.run(1)
    panel_page.run(2)
    panel_page.run(1)
    panel_page.run_until(3, str(["twice"] * 3))
    two, kept = panel_page.panel(1), panel_page.panel(2)
    expect(two.rich).to_have_count(2)
    kept.is_rich()
    job.write("the first goes on\n")
    job.write("the second goes on\n", 1)
    expect(two.rich.locator(".mm-about")).to_have_text(job.files)
    for text in ("the first goes on", "the second goes on"):
        two.shows(text)
        kept.shows(text)
    with panel_page.theme("JupyterLab Dark"):
        panel_page.screenshot("panel-twice-zh-dark")
        kept.is_readable()
