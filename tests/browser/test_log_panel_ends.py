"""The rich view when the kernel that feeds it has ended."""

from __future__ import annotations

import os
import signal

import pytest
from panel_page import TIME_LIMIT, PanelPage
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
        panel_page.page.get_by_role("button", name="Ok").click(timeout=TIME_LIMIT)
    panel.shows("The kernel has ended")
    panel.shows(f"%ma_log {job.job.job_id} V0001")
    panel.shows("some text")
    elapsed = panel.rich.locator(".mm-elapsed")
    stands_at = elapsed.inner_text()
    expect(panel.button("Not following")).to_be_disabled(timeout=TIME_LIMIT)
    panel_page.screenshot(f"panel-kernel-{way}")
    assert elapsed.inner_text() == stands_at
