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

    panel_page.open_with_same_kernel("forged", _forged(data))
    forged = panel_page.panel(1)
    for words in ("a forged picture", "in place of a script", "in place of a widget"):
        forged.shows(words)
    forged.output.locator("img").evaluate(_FAILED)
    assert panel_page.page.evaluate("window.trapped") is None
    assert forged.output.locator("script, [onerror], [onload]").count() == 0


_FAILED = "img => img.complete || new Promise(done => img.addEventListener('error', done))"
_TRAP = "window.trapped = (window.trapped ?? '')"
_MODEL = "5f0e4f9c1d2b4a6f8e7d6c5b4a392817"


def _forged(data: dict[str, Any]) -> dict[str, Any]:
    """A notebook as somebody may send one: its panel has a script, and state for a widget."""
    picture = "".join(data["cells"][1]["outputs"][-1]["data"]["text/html"])
    html = (
        f"{picture}<p>a forged picture</p><script>{_TRAP} + 's'</script>"
        f'<img src="x" onerror="{_TRAP} + \'i\'"><svg onload="{_TRAP} + \'v\'"></svg>'
    )
    script = f"export default {{ initialize() {{ {_TRAP} + 'e' }}, render() {{ {_TRAP} + 'r' }} }}"
    known = {"_model_module": "anywidget", "_model_name": "AnyModel", "_view_name": "AnyView"}
    versions = {"_model_module_version": "~0.9.*", "_view_module_version": "~0.9.*"}
    state = {**known, **versions, "_view_module": "anywidget", "_esm": script}
    view = {"version_major": 2, "version_minor": 0, "model_id": _MODEL}
    bundles = [
        {"text/html": html, "text/plain": "a forged picture"},
        {"application/javascript": f"{_TRAP} + 'j'", "text/plain": "in place of a script"},
        {"application/vnd.jupyter.widget-view+json": view, "text/plain": "in place of a widget"},
    ]
    outputs = [
        {"output_type": "display_data", "data": bundle, "metadata": {}} for bundle in bundles
    ]
    cells = [data["cells"][0], {**data["cells"][1], "outputs": outputs}]
    model = {
        "model_module": "anywidget",
        "model_name": "AnyModel",
        "model_module_version": "~0.9.*",
        "state": state,
    }
    kept = {"version_major": 2, "version_minor": 0, "state": {_MODEL: model}}
    widgets = {"application/vnd.jupyter.widget-state+json": kept}
    return {**data, "cells": cells, "metadata": {**data["metadata"], "widgets": widgets}}


def _is_final(cell: dict[str, Any]) -> bool:
    output = json.dumps(cell["outputs"][-1:])
    return "line 19999" in output and "COMPLETED" in output
