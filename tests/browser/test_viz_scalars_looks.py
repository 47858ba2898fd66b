"""Charts of scalars in a real JupyterLab, light and dark; pictures in `test-results`."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from event_files import Writer
from panel_page import PanelPage
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

_KEPT = """
from ipywidgets.widgets.widget import _instances
for kept in [one.kept for one in _instances.values() if getattr(one, "kept", None)]:
    print(kept["isLog"], [base for base, _from, _to in kept["zooms"]])
"""
_TRAP = "<img src=x onerror='window.trapped = true'>"


def _write(folder: Path) -> None:
    for run, rate in (("baseline", 0.1), ("lr=0.3", 0.3)):
        with Writer(folder / run) as writer:
            for step in range(0, 2_000, 20):
                noise = math.sin(step * step) / 30
                loss = math.exp(-rate * step / 200) + noise
                values = {
                    "train/loss": loss,
                    "train/accuracy": 1 - loss / 2,
                    "lr": 1e-3 / (1 + step),
                }
                writer.scalars(step, **values, **{_TRAP: noise})


@pytest.mark.parametrize(("theme", "language"), [("Light", "en"), ("Dark", "zh")])
def test_charts_are_seen_and_grow(
    panel_page: PanelPage, tmp_path: Path, theme: str, language: str
) -> None:
    _write(tmp_path)
    both = f"%ma_viz scalars {tmp_path}/baseline {tmp_path}/lr=0.3 --tags loss"
    alone = f"%ma_viz scalars {tmp_path} --follow"
    panel_page.start(f"scalars-{language}", alone, both, _KEPT, language=language)
    panel_page.use_theme(f"JupyterLab {theme}")
    panel_page.run(1)
    panel = panel_page.panel(1)
    panel.shows("train/loss")
    assert panel.output.locator("svg[role=img]").count() == 4  # the picture below
    charts = panel.output.locator(".mm-chart canvas")
    charts.nth(2).wait_for()
    assert panel.evaluate("() => window.trapped") is None
    panel.is_readable()
    panel_page.screenshot(f"scalars-{language}")
    with Writer(tmp_path / "later") as writer:
        writer.scalars(7_777, **{"train/loss": 0.5})
        charts_at = panel.output.locator(".mm-chart-at").filter(has_text="7,777")
        charts_at.first.wait_for()
    panel_page.run(2)
    compared = panel_page.panel(2)
    keys = compared.output.locator(".mm-key")
    keys.nth(1).wait_for()
    assert [key.split("/")[-1][:6] for key in keys.all_inner_texts()] == ["baseli", "lr=0.3"]
    strokes = compared.output.locator(".mm-key path")
    assert strokes.first.get_attribute("stroke") != strokes.last.get_attribute("stroke")
    panel_page.screenshot(f"scalars-compared-{language}")
    panel.is_for_all()
    compared.is_for_all()
    compared.output.locator(".mm-plot").first.press("+")
    whole = compared.output.locator("[data-chart=chartAll]").first
    expect(whole).to_be_visible()
    compared.output.locator(".mm-charts select").first.select_option(index=1)
    expect(whole).to_be_hidden()  # along another axis it is not zoomed
    panel.has_no_complaint()
    compared.has_no_complaint()
    if language == "en":
        _lasts_over_a_reload(panel_page)


def _lasts_over_a_reload(panel_page: PanelPage) -> None:
    """How one looks at charts."""
    compared = panel_page.panel(2)
    compared.output.locator("[data-chart=isLog]").check()
    compared.output.locator("[data-chart=x]").select_option("step")
    compared.output.locator(".mm-plot").first.press("+")
    panel_page.run_until(3, "True ['loss']")
    panel_page.save()
    panel_page.reload()
    expect(compared.output.locator("[data-chart=isLog]")).to_be_checked()
    expect(compared.output.locator("[data-chart=chartAll]").first).to_be_visible()
    expect(compared.output.locator(".mm-chart canvas").first).to_be_visible()
    compared.has_no_complaint()
