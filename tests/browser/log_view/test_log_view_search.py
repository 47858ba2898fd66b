"""Search, filter, jumps."""

from __future__ import annotations

import re

import pytest
from log_view_page import LogViewPage, numbered
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_search_counts_and_goes_around(view: LogViewPage) -> None:
    view.open()
    view.say(numbered(0, 2000))
    view.wait_for_end("line 1999")
    view.find(".cm-content").focus()
    view.page.keyboard.press("Control+Home")
    view.page.keyboard.press("Control+f")
    view.page.keyboard.type("LINE 19")
    expect(view.count).to_have_text("1 of 111")
    view.page.keyboard.press("Enter")
    expect(view.count).to_have_text("2 of 111")
    expect(view.find(".mm-match-current")).to_have_text("line 19")
    view.page.keyboard.press("Shift+Enter")
    view.page.keyboard.press("Shift+Enter")
    expect(view.count).to_have_text("111 of 111")
    expect(view.find(".cm-content")).to_contain_text("line 1999")
    view.button("case").click()
    expect(view.count).to_have_text("no match")
    view.page.keyboard.press("Escape")
    expect(view.find(".mm-search")).to_be_hidden()


def test_search_by_regular_expression(view: LogViewPage) -> None:
    view.open()
    view.say(numbered(0, 2000))
    view.search(r"^line \d*7$")
    expect(view.count).to_have_text("no match")
    view.button("regexp").click()
    expect(view.count).to_have_text(re.compile(r"^\d+ of 200$"))
    view.find(".mm-pattern").fill("(")
    expect(view.count).to_have_text("not a regular expression")
    expect(view.find(".mm-pattern")).to_have_attribute("aria-invalid", "true")
    view.find(".mm-pattern").fill("x*")
    expect(view.count).to_have_text("no match")


def test_a_pattern_that_takes_for_ever_is_given_up_and_the_view_lives(view: LogViewPage) -> None:
    view.open()
    view.say("line one\n" + "a" * 40 + "!\nline two\n")
    view.search(r"(\w+\s?)+$")
    view.button("regexp").click()
    expect(view.count).to_have_text("takes too long")
    view.find(".mm-pattern").fill(r"(line )+t.*o$")  # by the worker, too
    expect(view.count).to_have_text("1 of 1")
    expect(view.find(".mm-match-current")).to_have_text("line two")
    view.button("only_matching").click()
    view.wait_for_text("line two")
    view.say("line t.o\nand line two\nend")
    view.wait_for_text("line two\nline t.o\nand line two")


def test_new_text_is_counted(view: LogViewPage) -> None:
    view.open()
    view.say("find me\n")
    view.search("find")
    expect(view.count).to_have_text("1 of 1")
    view.say("find me too, find me\n")
    expect(view.count).to_have_text("1 of 3")


def test_only_matchingnumbered(view: LogViewPage) -> None:
    view.open()
    view.say(numbered(0, 2000))
    view.wait_for_end("line 1999")
    view.search("line 199")
    view.button("only_matching").click()
    shown = ["line 199", *(f"line {number}" for number in range(1990, 2000))]
    view.wait_for_text("\n".join(shown))
    expect(view.find(".cm-lineNumbers")).to_contain_text("2000")
    view.say("other\nline 199 again\nand")
    view.wait_for_text("\n".join([*shown, "line 199 again"]))
    view.say(" line 199\n")
    view.wait_for_text("\n".join([*shown, "line 199 again", "and line 199"]))
    view.find(".mm-pattern").fill("line 1999")
    view.wait_for_text("line 1999")
    view.button("only_matching").click()
    assert len(view.text().split("\n")) == 2003


def test_what_is_not_here_is_searched_by_the_kernel_and_fetched(view: LogViewPage) -> None:
    words = ["needle", *["hay"] * 59_999] * 4
    log = "".join(f"{n:07d} {word}".ljust(23, ".") + "\n" for n, word in enumerate(words))
    view.open()
    view.kernel("answer")
    view.page.evaluate("log => { kernel.grow(log); kernel.tail(); }", log)
    view.wait_for_end("0239999 hay....")
    view.search("needle")
    expect(view.count).to_have_text("no match")
    expect(view.elsewhere).to_have_text("+ 4 in what is not loaded")
    current = view.find(".cm-line", 0).filter(has=view.page.locator(".mm-match-current"))
    for shown, left in (("0180000", 3), ("0120000", 2), ("0060000", 1)):  # three places, with gaps
        view.button("previous").click()
        expect(current).to_have_text(f"{shown} needle.........")
        expect(view.elsewhere).to_have_text(f"+ {left} in what is not loaded")
    expect(view.find(".mm-to-end")).to_be_visible()
    view.picture("search_beyond")
    needs = view.sent("need")
    assert sum(need["end"] - need["start"] for need in needs) < len(log) / 2
    view.button("next").click()
    expect(current).to_have_text("0120000 needle.........")
    view.button("previous").click()
    view.button("previous").click()
    expect(current).to_have_text("0000000 needle.........")
    expect(view.elsewhere).to_be_empty()
    view.button("previous").click()  # around
    expect(current).to_have_text("0180000 needle.........")
    expect(view.count).to_have_text("4 of 4")


def test_a_gap_that_was_left_is_filled_where_somebody_scrolls_to_it(view: LogViewPage) -> None:
    view.open()
    view.kernel("answer")
    view.page.evaluate("log => { kernel.grow(log); kernel.tail(); }", numbered(0, 400_000))
    view.wait_for_end("line 399999")
    view.search("line 234")
    expect(view.elsewhere).to_be_visible()
    view.button("next").click()
    expect(view.find(".mm-match-current")).to_have_text("line 234")
    rows = view.text().split("\n")
    last = next(row for row, text in enumerate(rows) if text != f"line {row}") - 1
    assert 10_000 < last < 30_000
    view.press("go_to_line")
    view.find(".mm-line").fill(str(last))
    view.find(".mm-line").press("Enter")
    view.wait_for_rows(f"line {last}", f"line {last + 10_000}")
    assert view.text().count("\n") < 250_000
    view.button("load_all").click()
    view.wait_for_text(numbered(0, 400_000).rstrip())


def test_a_filter_holds_while_a_gap_is_filled(view: LogViewPage) -> None:
    view.open()
    view.say("x1\ny1\n")
    view.kernel("grow", "x2\ny2\nx3\n")
    view.say("y3\nx4\n")
    expect(view.find(".mm-gap")).to_be_visible()
    view.search("x")
    view.button("only_matching").click()
    view.wait_for_text("x1\nx4")
    view.kernel("text", view.kernel("piece", 6, 15))
    view.wait_for_text("x1\nx2\nx3\nx4")


def test_go_to_a_line_and_to_errors(view: LogViewPage) -> None:
    view.open(state={"phase": "failed", "finished": True, "reason": "Out of memory."})
    view.say(numbered(0, 3000) + "ERROR first\n" + numbered(0, 3000) + "ValueError: last\n")
    view.say(numbered(0, 500))
    view.press("go_to_line")
    view.find(".mm-line").fill("1234")
    view.find(".mm-line").press("Enter")
    there = view.find(".mm-there .cm-activeLine")  # is seen
    expect(there).to_have_text("line 1233")
    view.press("first_error")
    expect(there).to_have_text("ERROR first")
    view.button("last_error").click()
    expect(view.find(".cm-content")).to_contain_text("ValueError: last")


def test_no_error_is_said(view: LogViewPage) -> None:
    view.open()
    view.say("all is well\n")
    view.press("first_error")
    expect(view.find(".mm-said")).to_have_text("No error found in what is loaded.")


def test_marks_beside_the_scroll_bar_lead_to_what_they_are_for(view: LogViewPage) -> None:
    view.open()
    begun = [f"Epoch {epoch}/4\n{numbered(epoch * 500, epoch * 500 + 500)}" for epoch in range(4)]
    view.say("".join([*begun[:2], "ERROR lost\n", *begun[2:], "WARNING slow\n", begun[0]]))
    view.wait_for_end("line 499")
    view.search("line 1234")
    marks = view.find(".mm-overview")
    told = re.compile("Errors: 1, warnings: 1, matches: 1, epochs: 4, restarts: 1")
    expect(marks).to_have_attribute("aria-label", told)
    error = view.find(".mm-mark-error")
    view.picture("overview")
    box = error.bounding_box()
    assert box is not None
    view.page.mouse.move(box["x"] + 3, box["y"] + 1)
    expect(marks).to_have_attribute("title", "Error: ERROR lost")
    view.page.mouse.click(box["x"] + 3, box["y"] + 1)
    expect(view.find(".cm-content")).to_contain_text("ERROR lost")
    assert view.page.evaluate("document.getSelection().toString()") == "ERROR lost"
