"""What a notebook with panels keeps, and how it looks without a kernel."""

from __future__ import annotations

import json
from typing import Any

import pytest
from panel_page import PanelPage
from playwright.sync_api import Browser, expect
from written_jobs import WrittenJobs

pytestmark = pytest.mark.browser


_VIEWS = ("rich", "core", "html")


def test_saved_notebook_shows_a_true_picture_of_every_view_anywhere(
    panel_page: PanelPage, jobs: WrittenJobs, browser: Browser
) -> None:
    job = jobs.submit("saved", "".join(f"line {n} {'.' * 90}\n" for n in range(20_000)))
    job.end()
    for panel in panel_page.start_views("saved", _VIEWS).values():
        panel.shows("COMPLETED")
        panel.shows("line 19999")
    data = panel_page.save_until(lambda data: all(map(_is_final, data["cells"][1:])))
    assert "widgets" not in data["metadata"]
    for cell in data["cells"][1:]:
        assert len(json.dumps(cell)) < 200_000
        output = cell["outputs"][-1]
        for kind in ("text/plain", "text/html"):
            text = "".join(output["data"][kind])
            for words in ("saved", "COMPLETED", "line 19999", "line 19900"):
                assert words in text

    page_file = panel_page.converted()
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(page_file.as_uri(), wait_until="domcontentloaded")
    pictures = page.locator("div.modelarts-magics")
    expect(pictures).to_have_count(len(_VIEWS))
    for number in range(len(_VIEWS)):
        expect(pictures.nth(number).locator("pre")).to_contain_text("line 19999")
        expect(pictures.nth(number)).to_contain_text("COMPLETED")
    expect(page.locator("body")).not_to_contain_text("VBox")
    page.screenshot(path=panel_page.results / "panel-saved-converted.png")
    context.close()


def _is_final(cell: dict[str, Any]) -> bool:
    output = json.dumps(cell["outputs"][-1:])
    return "line 19999" in output and "COMPLETED" in output
