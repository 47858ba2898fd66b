"""How the panel of visualization jobs looks: light and dark, English and Chinese, narrow and wide.

Pictures in `test-results`.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from panel_page import PanelPage
from playwright.sync_api import expect
from visualization_service import VisualizationService
from viz_panel_page import VizPanelView, use_service

pytestmark = pytest.mark.browser

_HOUR = 3_600_000
_LONG_FOLDER = "/bucket/" + "experiments-of-the-year/resnet50.v2_b/" * 5 + "r1/"
_STOP = [{"type": "stop", "timeUnit": "HOURS", "duration": 2}]
_PAGE = "http://127.0.0.1:6006/"
_JOBS: list[dict[str, Any]] = [
    {"job_name": "older-1", "status": 12},
    {"job_name": "older-2", "status": 12},
    {"job_name": "lost", "status": 14, "duration": 60_000},
    {"job_name": "done", "status": 10, "duration": 2 * _HOUR, "job_desc": "to be edited"},
    {"job_name": "stopping", "status": 9, "duration": 90_000},
    {"job_name": "described", "status": 12, "job_desc": "学习率对比，第三轮：" * 25 + "完成了。"},
    {"job_name": "failed", "status": 11, "failure_reason": "TensorBoard ended: exit status 1: "
     "ValueError: Duplicate plugins for name projector"},
    {"job_name": "abcdefghij_0123456-X", "status": 12, "train_url": _LONG_FOLDER},
    {"job_name": "runs", "status": 8, "duration": _HOUR, "schedule": _STOP, "service_url": _PAGE,
     "job_desc": "learning rates 0.1 and 0.01"},
    {"job_name": "waits", "status": 7},
    {"job_name": "begins", "status": 1},
]  # fmt: skip
_WORDS = {
    "en": {
        "new": "New job…",
        "folder": "Folder",
        "edit": "Edit",
        "delete": "Delete",
        "name": "Name",
        "no": "cannot",
    },
    "zh": {
        "new": "新建作业……",
        "folder": "目录",
        "edit": "编辑",
        "delete": "删除",
        "name": "名称",
        "no": "不能",
    },
}


@pytest.mark.parametrize(("theme", "language"), [("Light", "en"), ("Dark", "zh")])
def test_everything_can_be_read_in_any_width(
    panel_page: PanelPage,
    visualizations: VisualizationService,
    theme: str,
    language: str,
) -> None:
    words = _WORDS[language]
    now = int(time.time() * 1000)
    for age, job in enumerate(reversed(_JOBS)):
        visualizations.add(create_time=now - age * 700_000, **job)
    panel = _opened(panel_page, visualizations, f"viz-looks-{language}", theme, language)
    panel.open_form(words["new"], words["folder"])
    panel.field(words["name"]).fill("with a blank")
    panel.has_note(words["name"], words["no"])
    panel.press_in("done", words["edit"])
    expect(panel.core.locator("textarea:visible")).to_have_count(2)
    panel.press_in("lost", words["delete"])  # the editor has moved it
    expect(panel.row("lost").get_by_role("alert")).to_be_visible()
    expect(panel.row("lost").locator("button:visible")).to_have_count(2)
    for width in (1280, 700, 1600):
        panel_page.page.set_viewport_size({"width": width, "height": 1400})
        panel_page.bring(2)  # a notebook that changes its size may put a cell out of sight
        panel.fits()
        panel.output.screenshot(path=panel_page.results / f"viz-looks-{language}-{width}.png")
    panel.is_readable()
    panel.is_for_all()
    with panel_page.high_contrast():
        panel_page.screenshot(f"viz-looks-{language}-forced-colors")
        panel.is_for_all()


def _opened(
    panel_page: PanelPage, service: VisualizationService, name: str, theme: str, language: str
) -> VizPanelView:
    panel_page.start(name, use_service(service), "%ma_viz", language=language)
    panel_page.use_theme(f"JupyterLab {theme}")
    panel_page.run(1)
    panel_page.run(2)
    panel = VizPanelView(panel_page, 2)
    panel.is_core()
    expect(panel.rows).to_have_count(10)
    return panel
