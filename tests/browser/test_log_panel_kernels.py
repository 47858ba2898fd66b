"""The panel under kernels of several versions: it lives while a cell runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from panel_page import PanelPage, sleeping_cell
from playwright.sync_api import expect
from written_jobs import WrittenJobs

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(
    ("kernel", "is_heard_while_busy"),
    [("6.31.0", False), ("7.0.1", True), ("7.3.0", True), ("newest", False)],
)
def test_lives_while_a_cell_runs(
    panel_page: PanelPage,
    jobs: WrittenJobs,
    kernel: str,
    is_heard_while_busy: bool,
    tmp_path: Path,
) -> None:
    name = f"kernel-{kernel}".replace(".", "-")
    job = jobs.submit(name, "first line\n")
    panel_page.start(
        name, f"%ma_log {name}", sleeping_cell(tmp_path / "go"), _VERSION, kernel=kernel
    )
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.is_rich()
    panel_page.begin(2)
    panel_page.wait_begun(2)
    job.write("while a cell runs\n")
    panel.shows("while a cell runs")
    panel.press("Stop following")
    following = panel.rich.locator("[data-action=stop_following]")
    if is_heard_while_busy:
        expect(following).to_have_text("Not following")
    assert panel_page.still_runs(2)
    (tmp_path / "go").touch()
    panel_page.wait_done(2)
    expect(following).to_have_text("Not following")
    panel_page.run(3)
    assert kernel in (panel_page.printed(3).strip("'"), "newest")
    panel.has_no_complaint()


_VERSION = "import ipykernel; ipykernel.__version__"
