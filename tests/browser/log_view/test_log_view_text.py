"""How text is shown: levels, colours, progress, several logs."""

from __future__ import annotations

import re

import pytest
from log_view_page import LogViewPage
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_levels_and_tracebacks_are_coloured(view: LogViewPage) -> None:
    view.open()
    view.say(
        "INFO fine\n2026 WARNING low\n2026 ERROR bad\nTraceback (most recent call last):\n"
        '  File "x.py", line 1\n    boom()\nRuntimeError: boom\nafter\n'
    )
    view.wait_for_end("after")
    errors = view.find(".mm-line-error").all_inner_texts()
    assert len(errors) == 5
    assert errors[-1] == "RuntimeError: boom"
    assert view.find(".mm-line-warning").all_inner_texts() == ["2026 WARNING low"]


def test_colours_and_styles_of_terminals(view: LogViewPage) -> None:
    view.open()
    view.say(
        "\x1b[1;31mbold red\x1b[0m \x1b[3;4mslanted\x1b[0m \x1b[7minverse\x1b[0m "
        "\x1b[38;5;208morange\x1b[0m \x1b[48;2;0;0;128mblue page\x1b[0m\n"
    )
    view.wait_for_text("bold red slanted inverse orange blue page")

    def style(text: str, name: str) -> str:
        return (
            view.find(".mm-sgr", 0)
            .filter(has_text=text)
            .evaluate("(node, name) => getComputedStyle(node)[name]", name)
        )

    assert style("bold red", "fontWeight") == "700"
    assert style("bold red", "color") == "rgb(185, 45, 39)"
    assert style("slanted", "fontStyle") == "italic"
    assert "underline" in style("slanted", "textDecorationLine")
    assert style("inverse", "backgroundColor") == "rgb(17, 17, 17)"
    assert style("blue page", "backgroundColor") == "rgb(0, 0, 128)"
    assert style("orange", "color") != "rgb(17, 17, 17)"


def test_progress_overwrites_its_line_across_pieces(view: LogViewPage) -> None:
    view.open()
    for percent in range(0, 101, 10):
        view.say(f"\r{percent:3}%|{'#' * (percent // 10):10}|")
    view.wait_for_text("100%|##########|")
    view.say("\ndone\x1b[Kabc\b\b\b\x1b[K!\n")
    view.wait_for_text("100%|##########|\ndone!")


def test_wrap_and_line_numbers(view: LogViewPage) -> None:
    view.open()
    view.say("word " * 200 + "\n")
    view.wait_for_end("word")
    line = view.find(".cm-line").first
    height = line.evaluate("(node) => node.offsetHeight")
    view.button("wrap").click()
    view.settle()
    assert line.evaluate("(node) => node.offsetHeight") > height
    expect(view.button("wrap")).to_have_attribute("aria-pressed", "true")
    expect(view.find(".cm-lineNumbers")).to_be_visible()
    view.press("numbers")
    expect(view.find(".cm-lineNumbers")).to_have_count(0)


def test_several_logs_are_merged_or_one_is_chosen(view: LogViewPage) -> None:
    view.open(state={"files": ["job/worker-0.log", "job/worker-1.log"]})
    view.say("a1\na", "job/worker-0.log")
    view.say("b1\n", "job/worker-1.log")
    view.say("2\na3\n", "job/worker-0.log")
    view.wait_for_text("a1\na2\nb1\na3")
    assert view.find(".mm-worker").all_inner_texts() == ["0 ", "0 ", "1 ", "0 "]
    view.find(".mm-file").select_option("job/worker-1.log")
    view.wait_for_text("b1")
    expect(view.find(".mm-worker")).to_have_count(0)
    assert view.kernel("sent", "action")[-1]["value"] == "job/worker-1.log"
    view.find(".mm-file").select_option("")
    view.wait_for_text("a1\na2\nb1\na3")
    view.kernel("options", {"file": "job/worker-0.log"})
    view.wait_for_text("a1\na2\na3")
    for n in range(100):
        view.say(f"a{n}\n", "job/worker-0.log")
        view.say(f"b{n}\n", "job/worker-1.log")
    view.wait_for_end("a99")
    view.wheel(-500)
    where = view.top()
    view.find(".mm-file").select_option("")
    view.wait_for_rows("b99")
    assert view.top() == where
    view.find(".mm-file").select_option("job/worker-1.log")
    expect(view.find(".mm-worker")).to_have_count(0)
    assert view.top() == where.replace("a", "b")
    view.find(".mm-file").select_option("")
    view.wait_for_rows("a99")
    assert view.top() == where


def test_what_repeats_is_one_line_that_opens_and_is_found_and_kept(view: LogViewPage) -> None:
    view.open()
    trace = 'Traceback (most recent call last):\n  File "a.py"\n    needle()\nValueError: no\n'
    warned = "".join(f"WARNING: step {n} is slow\n" for n in range(1000))
    text = f"begun\n{trace}{warned}step 1\nstep 2\nstep 3\n"
    view.say(text)
    view.wait_for_end("step 3")
    view.find(".cm-content").focus()
    view.page.keyboard.press("z")
    view.find(".mm-folded").nth(1).wait_for()
    expect(view.find(".mm-folded")).to_have_text([" … 2 lines … ", " … 999 times more"])
    expect(view.find(".cm-line")).to_have_count(6)
    expect(view.find(".cm-content")).to_be_focused()
    expect(view.find(".cm-line").nth(1)).to_have_class(re.compile("mm-line-error"))
    view.picture("folds")
    view.say("WARNING: step 1 is slow\n" * 3)
    expect(view.find(".mm-folded").nth(2)).to_have_text(" … 2 times more")
    view.say("WARNING: step 2 is slow\n")
    expect(view.find(".mm-folded").nth(2)).to_have_text(" … 3 times more")
    turns = "".join(f"train: {n}0%|## | {n}/9\nWARNING: loader {n}\n" for n in range(1, 10))
    view.say(turns)
    expect(view.find(".mm-folded").nth(3)).to_have_text(" … 8 times more")
    expect(view.find(".mm-folded").nth(4)).to_have_text("8 earlier … ")
    expect(view.find(".cm-line").filter(has_text="train")).to_have_count(1)
    assert view.distance_to_end() <= 6
    view.search("needle")
    expect(view.count).to_have_text("1 of 1")
    expect(view.find(".mm-match-current")).to_have_text("needle")  # its fold is open
    expect(view.find(".mm-folded")).to_have_count(4)
    view.find(".mm-folded").first.click()
    expect(view.find(".cm-content")).to_contain_text("WARNING: step 3 is slow")
    view.page.keyboard.press("Escape")
    view.press("fold")
    expect(view.find(".mm-folded")).to_have_count(0)
    assert view.text().startswith(text)
    view.wheel(-1000)
    where = view.top()
    for action in ("fold", "hide_platform", "wrap", "fold", "hide_platform", "wrap", "numbers"):
        view.press(action)
    assert view.top() == where
