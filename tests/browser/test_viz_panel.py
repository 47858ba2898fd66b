"""The panel of visualization jobs in JupyterLab: the list, and the form for a new job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from event_files import Writer
from lab import Lab
from panel_page import PATIENCE, PanelPage
from playwright.sync_api import expect
from viz_panel_page import VizPanelView

from modelarts_magics.core.client import Client
from modelarts_magics.session import Session

pytestmark = pytest.mark.browser

FOLDER = "/viz-bucket/spirals/"


@pytest.fixture
def client(modelarts: Lab) -> Iterator[Client]:
    """The service behind the panels, with event files in a folder and without jobs."""
    folder = modelarts.data / "obs" / FOLDER.strip("/")
    if not folder.exists():
        with Writer(folder) as writer:
            for step in range(20):
                writer.scalars(step, **{"train/loss": 1 / (step + 1)})
    with closing(Session(local_root=str(modelarts.data))) as session:
        yield session.client
        for job in session.client.list_visualization_jobs(per_page=100).jobs:
            session.client.delete_visualization_job(job.job_id)


def opened(panel_page: PanelPage, name: str, *cells: str) -> VizPanelView:
    panel_page.start(name, "%ma_viz", *cells)
    panel_page.run(1)
    panel = VizPanelView(panel_page.page, 1)
    panel.is_core()
    return panel


def test_a_job_is_made_from_the_form_opened_stopped_restarted_and_deleted(
    panel_page: PanelPage, client: Client
) -> None:
    panel = opened(panel_page, "viz-life")
    panel.shows("There are no such visualization jobs")
    panel.press("New job…")
    expect(panel.create).to_be_disabled()
    panel.field("Folder").fill(FOLDER)
    panel.field("Name").fill("curves")
    panel_page.screenshot("viz-form")
    panel.create.click()
    expect(panel.create).to_be_disabled()
    panel.is_in_state("curves", "RUNNING")
    panel.form.get_by_role("button", name="Open").click(timeout=PATIENCE)
    expect(panel.tensorboard.get_by_text("train/loss").first).to_be_visible(timeout=PATIENCE)
    panel_page.screenshot("viz-open")
    panel.press("Stop", "curves")
    panel.is_in_state("curves", "KILLED")
    expect(panel.output.locator("iframe")).to_have_count(0, timeout=PATIENCE)
    panel.press("Restart", "curves")
    panel.is_in_state("curves", "RUNNING")
    panel.press("Delete", "curves")
    panel.press("Keep it", "curves")
    panel.press("Delete", "curves")
    panel_page.screenshot("viz-delete")
    panel.press("Delete it", "curves")
    panel.shows("There are no such visualization jobs")
    assert client.list_visualization_jobs().jobs == ()
