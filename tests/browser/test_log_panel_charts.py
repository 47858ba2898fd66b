"""The curves of a log in its panel: they grow with it, and each point leads to its line."""

from __future__ import annotations

import math

import pytest
from panel_page import PanelPage
from written_jobs import WrittenJobs

pytestmark = pytest.mark.browser

_TRAP = "<img/src=x/onerror=window.trapped=true>"


# A line of the first chart has the first colour of the theme, to a few steps of 255.
_IS_DRAWN_IN_COLOUR = """strip => {
  const style = getComputedStyle(strip.querySelector('.mm-charts'));
  const colour = style.getPropertyValue('--mm-series-0');
  const wanted = [1, 3, 5].map(at => parseInt(colour.trim().slice(at, at + 2), 16));
  const canvas = strip.querySelector('canvas');
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const isWanted = at => wanted.every((part, n) => Math.abs(part - data[at + n]) < 4);
  return data.some((alpha, at) => at % 4 === 3 && alpha > 250 && isWanted(at - 3));
}"""


def _lines(first: int, last: int) -> str:
    return "".join(
        f"step {step} loss={math.exp(-step / 200) + math.sin(step) / 40:.4f} lr=0.{step:04d}\n"
        f"reading batch {step} of the data set\n"
        + (
            f"[EVAL] step {step} loss={math.exp(-step / 250):.4f} acc={1 - 1 / (step + 2):.4f}\n"
            if step % 50 == 0
            else ""
        )
        for step in range(first, last)
    )


def test_curves_grow_and_lead_to_lines_and_back(panel_page: PanelPage, jobs: WrittenJobs) -> None:
    job = jobs.submit("curves", _lines(0, 400))
    panel = panel_page.start_views("curves", ("rich",))["rich"]
    panel.shows("reading batch 399")
    strip = panel.output.locator(".mm-chart-strip")
    strip.locator("canvas").first.wait_for()
    panel.output.locator(".mm-metric").filter(has_text="loss").first.get_by_text(
        "(best "
    ).wait_for()
    panel_page.screenshot("curves-light")
    panel.is_for_all()
    job.write(_lines(400, 450))
    panel.shows("reading batch 449")
    strip.get_by_text("step 449").first.wait_for()
    plot = strip.locator(".mm-plot").first
    plot.hover(position={"x": 130, "y": 60})
    strip.locator(".mm-point").first.wait_for()
    at = strip.locator(".mm-chart-at").first.inner_text()
    plot.click(position={"x": 130, "y": 60})
    panel.output.locator(".cm-line").filter(has_text=f"{at} loss=").first.wait_for()
    line = panel.output.locator(".cm-line").filter(has_text="[EVAL]").first
    told = line.inner_text().split()[2]
    line.hover()
    strip.get_by_text(f"step {told}").first.wait_for()
    panel_page.screenshot("curves-clicked")
    plot.focus()
    panel_page.page.keyboard.press("Home")
    heard = strip.get_by_role("status")
    heard.filter(has_text="loss, step 0: loss 1; valid/loss 1").wait_for()
    panel_page.page.keyboard.press("Enter")
    panel.output.locator(".cm-line").filter(has_text="step 0 loss=").first.wait_for()
    other = jobs.submit(
        "other-curves", "".join(f"step {n} loss={1 / n:.4f}\n" for n in (1, 2, 400))
    )
    other.end()
    panel.press("Compare with…")
    field = panel.output.get_by_label("Job, or job and version")
    field.fill("other-curves")
    field.press("Enter")
    keys = strip.locator(".mm-chart").first.locator(".mm-key")
    keys.filter(has_text="other-curves").wait_for()
    strip.get_by_text("Not in other-curves").first.wait_for()
    panel_page.screenshot("curves-compared")
    panel.output.get_by_label("Take other-curves out of the charts").click()
    keys.filter(has_text="other-curves").wait_for(state="detached")
    with panel_page.theme("JupyterLab Dark"):
        panel_page.wait_for(_IS_DRAWN_IN_COLOUR, arg=strip.element_handle())
        panel_page.screenshot("curves-dark")
        panel.is_for_all()
    with panel_page.high_contrast():
        panel_page.screenshot("curves-forced-colors")
        panel.is_for_all()
    panel_page.on_cell(1, "notebook:create-output-view")
    panel_page.page.locator(".jp-LinkedOutputView .mm-chart canvas").first.wait_for()
    assert panel.evaluate("() => window.trapped") is None
    panel.has_no_complaint()
