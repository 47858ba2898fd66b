"""The panel of visualization jobs where the front end can do less, or is another one."""

from __future__ import annotations

import pytest
from jupyters import LAB_3, LAB_PLAIN, NOTEBOOK
from panel_page import PanelPage
from playwright.sync_api import expect
from visualization_service import VisualizationService
from viz_panel_page import VizPanelView, use_service

from modelarts_magics.core.api.v1.status import JobStatus

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _started(
    panel_page: PanelPage, service: VisualizationService, name: str, kernel: str
) -> VizPanelView:
    cells = (use_service(service), "%ma_viz", "'the front end answered'")
    panel_page.start(name, *cells, kernel=kernel)
    for number in (1, 2, 3):  # what answers to a probe has been received before the last one
        panel_page.run(number)
    return VizPanelView(panel_page, 2)


@pytest.mark.parametrize(
    ("jupyter", "kernel"),
    [
        pytest.param(LAB_PLAIN, "newest", id="lab-without-anywidget"),
        pytest.param(LAB_3, "widgets-7", id="lab-3-and-kernel-with-ipywidgets-7"),
        pytest.param(NOTEBOOK, "newest", id="notebook-7"),
    ],
    indirect=["jupyter"],
)
def test_list_and_form_work_with_core_widgets_alone(
    panel_page: PanelPage, visualizations: VisualizationService, kernel: str
) -> None:
    visualizations.add(job_name="old", status=int(JobStatus.KILLED), train_url="/bucket/old/")
    kind = panel_page.jupyter.kind
    name = f"viz-core-{kind.environment}-{kind.application}"
    panel = _started(panel_page, visualizations, name, kernel)
    panel.is_core()
    expect(panel.html).to_be_hidden()
    panel.shows_jobs("old")
    panel.press("New job…")
    suggested = panel.form.locator("datalist option[value='/bucket/old/']")
    expect(suggested).to_be_attached()
    panel.field("Folder").click()
    expect(panel.field("Folder")).to_be_focused()
    panel.field("Folder").press_sequentially("bucket")
    panel.has_note("Folder", "does not name a folder inside a bucket")
    expect(panel.create).to_be_disabled()
    panel.field("Folder").press_sequentially("/run")
    panel.field("Description").press_sequentially("三个字")
    panel.has_note("Description", "3 / 256")
    panel.field("Name").fill("new")
    expect(panel.create).to_be_enabled()
    panel.create.click()
    panel.is_in_state("new", "INIT")
    made = next(job for job in visualizations.jobs.values() if job["job_name"] == "new")
    made.update(status=int(JobStatus.RUNNING), service_url="http://127.0.0.1:9/")
    expect(panel.form.get_by_role("button", name="Open")).to_be_visible()
    panel.shows_jobs("new", "old")
    panel_page.screenshot(name)

    panel.press_in("new", "Edit")
    panel.row("new").locator("textarea").fill("三个字，改了")
    panel.press_in("new", "Save")
    expect(panel.row("new").locator("textarea")).to_have_count(0)
    panel.is_in_state("new", "三个字，改了")
    panel.press_in("old", "Delete")
    panel.press_in("old", "Delete it")
    panel.shows_jobs("new")
    panel.has_no_complaint()


@pytest.mark.parametrize(
    ("jupyter", "kernel"),
    [
        pytest.param(LAB_PLAIN, "widgets-7", id="lab-and-kernel-with-ipywidgets-7"),
        pytest.param(LAB_3, "newest", id="lab-3-and-kernel-with-ipywidgets-8"),
    ],
    indirect=["jupyter"],
)
def test_where_no_widget_works_the_list_refreshes_itself_and_shows_the_line_to_copy(
    panel_page: PanelPage, visualizations: VisualizationService, kernel: str
) -> None:
    job = visualizations.add(job_name="job", status=int(JobStatus.WAITING), job_desc="说明")
    name = f"viz-html-{panel_page.jupyter.kind.environment}"
    panel = _started(panel_page, visualizations, name, kernel)
    table = panel.html.locator("table")
    expect(table).to_contain_text("WAITING")
    expect(panel.core).to_have_count(0)
    job["status"] = int(JobStatus.RUNNING)
    job["service_url"] = "http://127.0.0.1:9/"
    visualizations.add(job_name="newer", train_url="/bucket/newer/")
    expect(table).to_contain_text("newer")
    expect(table.get_by_role("link", name="job")).to_have_attribute("href", "http://127.0.0.1:9/")
    expect(panel.html.locator("pre")).to_have_text(
        "%ma_viz create /bucket/run/ --auto-stop 2 --open"
    )
    panel.has_no_complaint()
    panel_page.screenshot(name)
