"""Logs that try to do something are shown and do nothing, in every view."""

from __future__ import annotations

import pytest
from panel_page import PanelPage
from written_jobs import WrittenJobs

pytestmark = pytest.mark.browser

_TRAPS = [
    "a long line " + "z" * 300_000 + " its end",
    "<script>window.trapped = 'script'</script>",
    "<img src=x onerror=\"window.trapped = 'image'\">",
    '<svg onload="window.trapped = 1"><style>body {display: none}</style></svg>',
    '<iframe src="javascript:parent.trapped = 1"></iframe>',
    '<a href="javascript:window.trapped = 1">click</a>',
    '"><b onmouseover=window.trapped=1>attribute</b>',
    "</pre></div></section><h1>outside</h1>",
    "<img src=http://192.0.2.1/seen.png>",
    "\x1b]8;;javascript:window.trapped=1\x07a link\x1b]8;;\x07",
    "\x1b]0;a title\x07\x1b[6n\x1b[c\x1b]52;c;c3RvbGVu\x07 asked the terminal",
    "\x1b[31;44m<b>coloured</b>\x1b[0m \x1b[38;2;300;-1;9mno colour\x1b[0m",
    "\x1b[31;background:url(http://192.0.2.1/x)m style",
    "right to left \u202e gnp.exe \u2066 isolated",
    "nul \0 and \x07 and \x08 and \x7f and \x9b31m and \u2028 next",
    "[x](javascript:window.trapped=1) $\\href{javascript:window.trapped=1}{y}$ {{trapped}}",
    "the last line",
]
_FOREIGN = (
    "a, iframe, img:not(.cm-widgetBuffer), svg, script, h1, b[onmouseover], object, embed, form"
)


def test_hostile_log_is_shown_and_does_nothing_in_every_view(
    panel_page: PanelPage, jobs: WrittenJobs
) -> None:
    job = jobs.submit("hostile", "\n".join(_TRAPS) + "\n")
    panels = panel_page.start_views("hostile", ("rich", "core", "html", "text"))
    for panel in panels.values():
        panel.shows("the last line")
    job.end()
    for view, panel in panels.items():
        panel.shows("COMPLETED")
        panel.has_no_complaint()
        shown = panel.log(view)
        # JupyterLab itself makes links of what looks like an address in a text.
        is_text = view == "text"
        foreign = _FOREIGN.replace("a, ", "a[href^=javascript], ", 1) if is_text else _FOREIGN
        assert shown.locator(foreign).count() == 0
        shown.hover()
        for words in ("window.trapped = 'script'", "coloured", "asked the terminal"):
            panel.scroll_to(words)
    assert panel_page.page.evaluate("window.trapped") is None
    assert panel_page.page.title().startswith("hostile")
    panel_page.screenshot("panel-hostile")
