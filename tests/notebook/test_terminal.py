"""A log looks as it would in a terminal, and a hostile one stays text."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from magic_shell import Page

from modelarts_magics.notebook.text import render, terminal
from modelarts_magics.notebook.text.row import COLUMNS, Span
from modelarts_magics.notebook.text.styles import PLAIN, Style

JS = Path(__file__).resolve().parent.parent.parent / "js"
OUR_TAGS = {"div", "pre", "span", "b"}
OUR_RULE = re.compile(
    r"--[ld]b?:#[0-9a-f]{6}|font-weight:bold|font-style:italic"
    r"|text-decoration:(underline|line-through|underline line-through)"
)
OUR_SGR = re.compile(r"\x1b\[[0-9]+(;[0-9]+)*m")

# Texts that are likely to be taken for something else than text.
PIECES = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</pre></div><b onclick='x'>",
        '" style="position:fixed" x="',
        "&lt;&amp;&#60;",
        "<!--",
        "]]>",
        "\x1b[31m",
        "\x1b[1;4;7m",
        "\x1b[38;5;200m",
        "\x1b[48;2;1;2;3m",
        "\x1b[0m",
        "\x1b[",
        "\x1b",
        "\x9b31m",
        "\x1b]8;;javascript:alert(1)\x07",
        "\x1b]0;title\x1b\\",
        "\x1b]52;c;",
        "\x1bP+q",
        "\x1b[6n",
        "\x1b[?1049h",
        "\x1b[2J\x1b[H",
        "\x1b[K",
        "\x1b[1K",
        "\x1b[2K",
        "\r",
        "\r\n",
        "\n",
        "\x08",
        "\x07",
        "\x00",
        "\x7f",
        "\u202e",
        "\u2066",
        "\u2028",
        "\x85",
        "\x0b",
        "\x0c",
        "\x1c",
        "\ud800",
        "\t",
        "中文",
        "🚀",
    ]
)
LOGS = st.lists(PIECES | st.text(max_size=8), max_size=30).map("".join)


def is_harmless(character):
    return character.isprintable() or character in "\t\u200c\u200d" or not is_obeyed(character)


def is_obeyed(character):
    """Whether a terminal or a page may do something else with it than show it."""
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(LOGS)
def test_in_html_a_log_is_only_text(log):
    page = Page(render.log_html(terminal.lines(log), "<b>heading</b>"))
    assert page.tags <= OUR_TAGS
    assert page.attributes <= {"style", "class"}
    assert page.oddities == []
    frame = Page(render.log_html(terminal.lines(""), "")).styles
    assert page.styles[: len(frame)] == frame
    for style in page.styles[len(frame) :]:
        assert all(OUR_RULE.fullmatch(rule) for rule in style.split(";"))
    assert page.text == "heading" + terminal.plain(log)
    assert all(is_harmless(character) for character in page.text.replace("\n", ""))


@given(LOGS)
def test_in_text_nothing_but_colours_is_left_for_the_terminal(log):
    text = OUR_SGR.sub("", render.log_text(terminal.lines(log)))
    assert text == terminal.plain(log)
    assert all(is_harmless(character) for character in text.replace("\n", ""))


@given(LOGS)
def test_what_was_shown_once_is_shown_the_same_again(log):
    again = terminal.lines(render.log_text(terminal.lines(log)) + "\n")
    assert [list(line) for line in again if line] == [
        _merged(line) for line in terminal.lines(log) if line
    ]


def _merged(line):
    """Neighbours of one style, such as the mark of a cut line and what precedes it, are one."""
    merged = []
    for run in line:
        if merged and merged[-1].style == run.style:
            merged[-1] = Span(merged[-1].text + run.text, run.style)
        else:
            merged.append(run)
    return merged


@given(st.text())
def test_one_line_words_have_nothing_that_is_obeyed(text):
    word = render.plain(text)
    assert "\n" not in word
    assert all(is_harmless(character) for character in word)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_plain_text_is_left_as_it_is(text):
    assert terminal.plain(text) == text


# ---- what a terminal shows ----------------------------------------------------------------------


CASES = json.loads((JS / "test/terminal.json").read_text("utf-8"))


@pytest.mark.parametrize(("log", "shown"), CASES, ids=range(len(CASES)))
def test_lines_are_what_a_terminal_shows(log, shown):
    plain = terminal.plain(log)
    assert (plain.split("\n") if shown else []) == shown
    assert plain == "\n".join(shown)


def test_a_tqdm_bar_shows_its_last_state():
    bar = "".join(f"\rEpoch 1: {n:3d}%|{'#' * (n // 10):10s}| {n}/100" for n in range(101))
    assert terminal.plain(f"start\n{bar}\nend\n").split("\n")[1] == (
        "Epoch 1: 100%|##########| 100/100"
    )


# ---- colours ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "style"),
    [
        ("", PLAIN),
        ("0", PLAIN),
        ("31", Style(foreground=1)),
        ("97", Style(foreground=15)),
        ("44", Style(background=4)),
        ("103", Style(background=11)),
        ("1;3;4;7", Style(bold=True, italic=True, underline=True, inverse=True)),
        ("1;22", PLAIN),
        ("31;39", PLAIN),
        ("41;49", PLAIN),
        ("31;0;32", Style(foreground=2)),
        ("31;", PLAIN),
        ("38;5;208", Style(foreground=208)),
        ("48;5;0", Style(background=0)),
        ("38;2;1;2;3", Style(foreground=(1, 2, 3))),
        ("48;2;255;255;255", Style(background=(255, 255, 255))),
        ("38;2;999;0;0", Style(foreground=(255, 0, 0))),
        ("38;5;999", Style(foreground=255)),
        ("1;38;5;9;4", Style(foreground=9, bold=True, underline=True)),
        ("38:5:208", Style(foreground=208)),
        ("38:2:1:2:3", Style(foreground=(1, 2, 3))),
        ("38:2::1:2:3", Style(foreground=(1, 2, 3))),
        ("4:3", Style(underline=True)),
        ("4:0", PLAIN),
        ("1;4:3;31", Style(foreground=1, bold=True, underline=True)),
        ("58;5;31", PLAIN),
        ("58;2;1;4;7;1", Style(bold=True)),
        ("58:5:31", PLAIN),
        ("5;8;53;73", PLAIN),
        ("9;2;21", Style(strike=True, dim=True, underline=True)),
        ("38", PLAIN),
        ("1" * 5000, PLAIN),
        (";" * 5000, PLAIN),
    ],
)
def test_styles_are_those_of_a_terminal(parameters, style):
    [[run]] = terminal.lines(f"\x1b[{parameters}mx")
    assert run.style == style


def test_a_style_lasts_over_the_ends_of_lines_and_ends_with_its_reset():
    styles = [
        [(run.text, run.style.foreground) for run in line]
        for line in terminal.lines("a\x1b[31mb\nc\x1b[0md\ne")
    ]
    assert styles == [[("a", None), ("b", 1)], [("c", 1), ("d", None)], [("e", None)]]


def test_nested_styles_add_up():
    [line] = terminal.lines("\x1b[1ma\x1b[31mb\x1b[44mc\x1b[22md\x1b[39me\x1b[49mf")
    assert [run.style for run in line] == [
        Style(bold=True),
        Style(bold=True, foreground=1),
        Style(bold=True, foreground=1, background=4),
        Style(foreground=1, background=4),
        Style(background=4),
        PLAIN,
    ]


@pytest.mark.parametrize(
    ("number", "light", "dark"),
    [(16, "#000000", ""), (21, "#0000ff", ""), (124, "#af0000", ""), (231, "", "#ffffff"),
     (232, "#080808", ""), (255, "", "#eeeeee"), (110, "", "#87afd7")],
)  # fmt: skip
def test_256_colours_are_those_of_xterm_where_they_can_be_read(number, light, dark):
    html = render.log_html(terminal.lines(f"\x1b[38;5;{number}mx"), "")
    assert f"--l:{light}" in html
    assert f"--d:{dark}" in html


def test_inverse_swaps_the_colours():
    lines = terminal.lines("\x1b[7;38;2;250;240;230;48;2;1;2;3mx")
    assert "--l:#010203;--lb:#faf0e6;--d:#010203;--db:#faf0e6" in render.log_html(lines, "")


# ---- hostile sizes ------------------------------------------------------------------------------

HOSTILE = {
    "one long line": "x",
    "wide characters": "训练",
    "colours": "\x1b[31mx",
    "resets": "\x1b[0m",
    "open strings": "\x1b]8;;",
    "open sequences": "\x1b[",
    "parameters": "1;",
    "carriage returns": "\rx",
    "long rewrites": "\r" + "x" * 100,
    "backspaces": "x\x08",
    "erase to the end": "x\x1b[K",
    "erase all": "\x08x\x1b[2K",
    "erase to the start": "\x08x\x1b[1K",
    "control characters": "\x00\u202e",
    "escapes": "\x1b",
    "markup": "<&>",
    "lines": "\n",
    "spaces after an escape": " ",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("prefix", ["", "x" * 30_000 + "\x1b]0;\x1b["], ids=["", "wide"])
def test_a_hostile_log_takes_time_by_its_size_only(name, prefix):
    def seconds(size):
        log = prefix + HOSTILE[name] * (size // len(HOSTILE[name]))
        started = time.process_time()
        render.log_html(terminal.lines(log), "")
        return time.process_time() - started

    tries = ((seconds(10_000), seconds(80_000)) for _ in range(10))
    # 8 times as much; a square would be 64 times, in every try
    assert any(large < 30 * small + 0.02 for small, large in tries)


def test_of_a_megabyte_in_one_line_the_beginning_is_shown_and_the_rest_counted():
    log = "x" * 2**20 + "\nnext\n"
    first, second = terminal.plain(log).split("\n")
    assert first.startswith("x" * COLUMNS)
    assert f"(+{2**20 - COLUMNS:,})" in first
    assert second == "next"
    assert len(render.log_html(terminal.lines(log), "")) < 30_000
