"""Staying at the end, or where the reader is."""

from __future__ import annotations

import pytest
from log_view_page import LogViewPage, numbered
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_end_is_followed_until_the_reader_scrolls_up(view: LogViewPage) -> None:
    view.open()
    view.say(numbered(0, 500))
    view.wait_for_end("line 499")
    assert view.distance_to_end() < 2
    view.wheel(-400)
    expect(view.find(".mm-to-end")).to_be_visible()
    before = view.find(".cm-scroller").evaluate("(node) => node.scrollTop")
    view.say(numbered(500, 520))
    expect(view.find(".mm-to-end")).to_have_text("Jump to the end (20 new lines)")
    assert view.find(".cm-scroller").evaluate("(node) => node.scrollTop") == before


def test_following_goes_on_when_the_reader_returns(view: LogViewPage) -> None:
    view.open()
    view.say(numbered(0, 500))
    view.wait_for_end("line 499")
    view.wheel(-400)
    expect(view.find(".mm-to-end")).to_be_visible()
    view.wheel(5000)
    expect(view.find(".mm-to-end")).to_be_hidden()
    view.say(numbered(500, 900))
    view.wait_for_end("line 899")
    view.settle()
    assert view.distance_to_end() < 2


def test_the_button_jumps_to_the_end(view: LogViewPage) -> None:
    view.open()
    view.say(numbered(0, 500))
    view.wait_for_end("line 499")
    view.wheel(-4000)
    view.say(numbered(500, 600))
    view.find(".mm-to-end").click()
    view.wait_for_end("line 599")
    expect(view.find(".mm-to-end")).to_be_hidden()


@pytest.mark.parametrize("is_wrapped", [False, True])
def test_the_end_is_seen_also_of_longnumbered(view: LogViewPage, is_wrapped: bool) -> None:
    view.open()
    if is_wrapped:
        view.button("wrap").click()
    for start in range(0, 300, 50):
        view.say("".join(f"{n} {'long ' * (n % 200)}\n" for n in range(start, start + 50)))
        view.settle()
    view.wait_for_end("299 ")
    view.settle(8)
    assert view.distance_to_end() < 2
    assert view.find(".cm-scroller").evaluate("(node) => node.scrollLeft") == 0


def test_keys_move_through_the_whole_log(view: LogViewPage) -> None:
    view.open()
    view.say(numbered(0, 5000))
    view.wait_for_end("line 4999")
    view.find(".cm-content").focus()
    view.page.keyboard.press("Control+Home")
    expect(view.find(".cm-line").first).to_have_text("line 0")
    expect(view.find(".mm-to-end")).to_be_visible()
    view.page.keyboard.press("PageDown")
    view.page.keyboard.press("Control+End")
    view.wait_for_end("line 4999")
