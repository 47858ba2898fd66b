"""Logs that mean harm are shown and do nothing."""

from __future__ import annotations

import re

import pytest
from log_view_page import LogViewPage
from playwright.sync_api import expect

W0 = "worker-0.log"
pytestmark = pytest.mark.browser


HOSTILE = [
    "<script>window.__pwned = 1</script>",
    '<img src=x onerror="window.__pwned = 2">',
    "</style></pre><svg onload=window.__pwned=3>",
    "\x1b]8;;javascript:window.__pwned=4\x1b\\click\x1b]8;;\x1b\\",
    "\x1b[6n\x1b[c\x1b]0;title\x07\x1bP+q\x1b\\",
    "\u202eevil\u2066\u200f\u202c",
    "nul\x00bell\x07del\x7fc1\x9b31m",
    "\x1b[" + "1" * 10_000 + "m after",
    "&lt;b&gt; javascript:alert(1) data:text/html,x",
]


def test_hostile_logs_are_shown_and_do_nothing(view: LogViewPage) -> None:
    title = '<img src=x onerror="window.__pwned = 9">'
    view.open(
        state={
            "title": title,
            "trouble": title,
            "reason": title,
            "finished": True,
            "status_text": title,
            "version": title,
            "files": [title, W0],
        },
        options={"height": "1px;background:url(x)"},
    )
    view.say("\n".join(HOSTILE) + "\n", title)
    view.say("\n".join(HOSTILE) + "\n", W0)
    view.kernel("text")
    view.page.evaluate(
        "(file) => kernel.model.receive({kind: 'saved', file, url: 'javascript:window.__pwned=5'})",
        title,
    )
    view.find(".cm-line").first.wait_for()
    view.settle(10)
    shown = view.text()
    assert "<script>window.__pwned = 1</script>" in shown
    assert "\nclick\n" in shown
    assert "‹U+202E›evil" in shown
    assert "nul␀bell␇del‹U+007F›c1‹U+009B›31m" in shown
    for seen in (shown, view.root().inner_text()):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", seen)
    drawn = "svg:not(.mm-icon, .mm-overview *)"
    assert view.find(f"script, {drawn}, a, iframe, img:not(.cm-widgetBuffer)").count() == 0
    assert view.page.evaluate("window.__pwned") is None
    assert view.page.title() == "log view"


def test_a_line_of_megabytes_is_cut_and_counted(view: LogViewPage) -> None:
    view.open()
    view.say("x" * 3_000_000 + "\n" + "\x00" * 1_000_000 + "\nafter\n")
    view.wait_for_end("after")
    view.find(".cm-content").focus()
    view.page.keyboard.press("Control+Home")
    view.page.keyboard.press("End")
    expect(view.find(".mm-more").first).to_contain_text("2,990,000 more characters")
    view.button("wrap").click()
    view.settle()
