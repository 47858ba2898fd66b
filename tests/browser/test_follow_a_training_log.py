"""The first notebook, run from top to bottom by a browser."""

from __future__ import annotations

import find_browser
import pytest
from lab import FIRST_NOTEBOOK
from notebook_page import NotebookPage
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def notebook(notebook_page: NotebookPage) -> NotebookPage:
    notebook_page.open(FIRST_NOTEBOOK)
    notebook_page.run_all()
    return notebook_page


def test_notebook_runs_from_top_to_bottom(notebook: NotebookPage) -> None:
    cells = [cell for cell in notebook.cells() if cell.kind == "code"]
    assert [error for cell in cells for error in cell.errors] == []
    assert [cell.id for cell in cells if cell.execution_count is None] == []

    notebook.show("connect")
    notebook.screenshot("01-session")

    output = notebook.output("log-of-own-run")
    end = "训练完成，最佳验证准确率"
    cell = notebook.page.locator(".jp-Cell").filter(has_text="%ma_log job_instance")
    expect(cell.get_by_text(end).first).to_be_visible()
    plain = notebook.colour_of(output, "loss=")
    red, green, blue = notebook.colour_of(output, "val_accuracy=")
    assert (red, green, blue) != plain
    assert green > max(red, blue)
    notebook.screenshot("01-log-of-own-run")
    if find_browser.has_chinese_font():  # without one the text is right, its look is not
        assert notebook.draws_apart(output, "训", "练")

    notebook.show("log-of-example")
    notebook.screenshot("01-log-of-example")
    picture = notebook.cell("tail").text
    assert "val_accuracy=" in picture or "训练" in picture
