"""How the panel looks, light and dark, in English and Chinese; pictures in `test-results`."""

from __future__ import annotations

import pytest
from panel_page import Panel, PanelPage
from written_jobs import WrittenJobs

pytestmark = pytest.mark.browser

_LOG = """\
2026-11-20 10:00:00 \x1b[36mINFO\x1b[0m    \x1b[1mtraining started · 训练开始\x1b[0m: 1500 points
2026-11-20 10:00:01 \x1b[36mINFO\x1b[0m    epochs=24 learning_rate=0.005 hidden=32
Epoch  1/24 |████      |  8/24 loss=1.0986\rEpoch  1/24 |██████████| 24/24 loss=0.9312
2026-11-20 10:00:03 \x1b[36mINFO\x1b[0m    epoch 1 loss=0.9312 \x1b[32mval_accuracy=0.5120\x1b[0m
2026-11-20 10:00:04 \x1b[33mWARNING no better, learning rate now 0.0025 · 学习率减半\x1b[0m
a very long line without colours: {long}
\x1b[31mERROR\x1b[0m \x1b[34mblue \x1b[35mmagenta \x1b[90mgrey\x1b[0m \x1b[7minverse\x1b[0m
Traceback (most recent call last):
  File "train.py", line 12, in <module>
    main()
ValueError: 形状不匹配: expected (32, 3), got (32, 2)
""".replace("{long}", "word " * 60)


@pytest.mark.parametrize(
    ("themes", "language"), [(["Light"], "en"), (["Dark High Contrast", "Dark"], "zh")]
)
def test_everything_can_be_read_in_every_view(
    panel_page: PanelPage, jobs: WrittenJobs, themes: list[str], language: str
) -> None:
    name = f"looks-{language}"
    job = jobs.submit(name, _LOG)
    panels = panel_page.start_views(name, ("rich", "core", "html"), language=language)
    for view, panel in panels.items():
        panel.shows("形状不匹配")
        if view != "html":
            panel.press({"en": "Stop the job", "zh": "停止作业"}[language])
    _look(panel_page, panels, themes, f"panel-{name}-running")
    job.end(1)
    for panel in panels.values():
        panel.shows("FAILED")
        panel.shows({"en": "The job failed", "zh": "作业失败"}[language])
    _look(panel_page, panels, themes, f"panel-{name}-failed")
    for panel in panels.values():
        panel.is_for_all()
    with panel_page.high_contrast():
        panel_page.screenshot(f"panel-{name}-forced-colors")
        for panel in panels.values():
            panel.is_for_all()


def _look(page: PanelPage, panels: dict[str, Panel], themes: list[str], name: str) -> None:
    for theme in themes:
        page.use_theme(f"JupyterLab {theme}")
        page.screenshot(f"{name}-{theme.replace(' ', '-').lower()}")
        for panel in panels.values():
            panel.is_readable()
