"""The second notebook, run by a browser as a person does: look at the curves, then clean up."""

from __future__ import annotations

import pytest
from notebook_page import NotebookPage
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

NOTEBOOK = "02_visualize_a_run.ipynb"


def output(notebook: NotebookPage, line: str) -> Locator:
    """What the cell with a line shows."""
    cell = notebook.page.locator(".jp-CodeCell").filter(has_text=line)
    return cell.locator(".jp-OutputArea")


def test_notebook_shows_the_curves_and_leaves_no_job(notebook_page: NotebookPage) -> None:
    notebook = notebook_page
    notebook.open(NOTEBOOK)
    notebook.run_all_above("about-list")

    notebook.show("scalars")
    charts = output(notebook, "%ma_viz scalars").locator(".mm-charts")
    expect(charts.locator("canvas").first).to_be_visible()
    expect(charts.get_by_text("val_accuracy").first).to_be_visible()
    notebook.screenshot("02-scalars")

    notebook.show("create")
    assert "Created visualization job spirals" in notebook.cell("create").text
    assert "RUNNING" in notebook.cell("create").text
    notebook.screenshot("02-create")

    notebook.show("open")
    board = output(notebook, "%ma_viz open curves").frame_locator("iframe")
    expect(board.get_by_text("val_accuracy").first).to_be_visible()
    notebook.screenshot("02-tensorboard")

    notebook.run_all_from("about-list")
    notebook.show("panel")
    notebook.screenshot("02-panel")
    cells = [cell for cell in notebook.cells() if cell.kind == "code"]
    assert [error for cell in cells for error in cell.errors] == []
    assert [cell.id for cell in cells if cell.execution_count is None] == []
    assert "spirals" in notebook.cell("list").text
    assert "Deleted visualization job spirals" in notebook.cell("delete").text
    assert "'is_success': True" in notebook.cell("sdk").text
    panel = output(notebook, "%ma_viz").filter(has=notebook.page.locator(".modelarts-magics-viz"))
    expect(panel.last).to_contain_text("no jobs")
