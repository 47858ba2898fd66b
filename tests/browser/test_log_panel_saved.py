"""What a notebook with panels keeps, and how it looks without a kernel."""

from __future__ import annotations

import json
from typing import Any

import pytest
from panel_page import PanelPage
from playwright.sync_api import Browser, expect
from written_jobs import WrittenJobs

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("view", ["rich", "core", "html"])
def test_saved_notebook_shows_a_true_picture_anywhere(
    panel_page: PanelPage, jobs: WrittenJobs, browser: Browser, view: str
) -> None:
    name = f"saved-{view}"
    job = jobs.submit(name, "".join(f"line {n} {'.' * 90}\n" for n in range(20_000)))
    job.end()
    panel_page.start(name, f"%ma_log {name} --view {view}")
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.shows("COMPLETED")
    panel.shows("line 19999")
    data = panel_page.save_until(_is_final)
    *_place, output = data["cells"][1]["outputs"]
    assert len(json.dumps(data)) < 200_000
    assert "widgets" not in data["metadata"]
    for kind in ("text/plain", "text/html"):
        text = "".join(output["data"][kind])
        assert name in text
        assert "COMPLETED" in text
        assert "line 19999" in text
        assert "line 19900" in text

    page_file = panel_page.converted()
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(page_file.as_uri(), wait_until="domcontentloaded")
    expect(page.locator("div.modelarts-magics pre")).to_contain_text("line 19999")
    expect(page.locator("div.modelarts-magics")).to_contain_text("COMPLETED")
    expect(page.locator("body")).not_to_contain_text("VBox")
    page.screenshot(path=panel_page.results / f"panel-{name}-converted.png")
    context.close()


def _is_final(data: dict[str, Any]) -> bool:
    output = data["cells"][1]["outputs"][-1]
    return "line 19999" in json.dumps(output) and "COMPLETED" in json.dumps(output)
