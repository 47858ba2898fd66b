"""CJK characters and emoji take two columns in a terminal, and marks none."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.notebook.text import render, terminal
from modelarts_magics.notebook.text.row import COLUMNS
from modelarts_magics.notebook.text.table import TERMINAL
from modelarts_magics.notebook.text.widths import width

JOINERS = "\u200c\u200d"
# Vowels and finals of Hangul that are drawn into the syllable before them.
PARTS_OF_SYLLABLES = {*map(chr, range(0x1160, 0x1200)), *map(chr, range(0xD7B0, 0xD800))}

CHANGED = "\u1734"  # was a mark until Unicode 13, which Python 3.9 has


def of_unicode(character: str) -> int:
    is_mark = unicodedata.category(character) in ("Mn", "Me") or character in JOINERS
    if is_mark or character in PARTS_OF_SYLLABLES:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def test_widths_are_those_of_unicode() -> None:
    hidden = {number for first, last in TERMINAL["hidden"] for number in range(first, last + 1)}
    shown = (chr(number) for number in range(sys.maxunicode + 1) if number not in hidden)
    shown = (character for character in shown if character not in CHANGED)
    known = (character for character in shown if unicodedata.category(character) != "Cn")
    assert [c for c in known if not c.isascii() and width(c) != of_unicode(c)] == []


PIECES = ["a", "bc", "训", "练好", "😀", "e\u0301", "ก\u0e33\u0e35", "\r", "\b", "   "]
MOVES = [f"\x1b[{count}{final}" for count in ("", "2", "5") for final in "CDG"]
ERASING = ["\x1b[K", "\x1b[1K", "\x1b[2K"]
HALF = ""


class Grid:
    """A row as a terminal has it: a character in each column, or half of one."""

    def __init__(self) -> None:
        self.columns = [" "] * 400
        self.at = 0

    def feed(self, text: str) -> None:
        for token in terminal.TOKEN.finditer(text):
            if token[4] is not None:
                for character in token[4]:
                    self.write(character)
            elif token[3] is not None:
                self.do(token[3], terminal.count_of(token))
            else:
                self.at = 0 if token.group() == "\r" else max(0, self.at - 1)

    def do(self, final: str, count: int) -> None:
        if final == "K":
            self.erase(*[(self.at, 400), (0, self.at + 1), (0, 400)][count])
        else:
            step = max(1, count)
            at = {"C": self.at + step, "D": self.at - step, "G": step - 1}[final]
            self.at = max(0, at)

    def write(self, character: str) -> None:
        size = of_unicode(character)
        if size == 0:
            base = self.at - (2 if self.columns[self.at - 1] == HALF else 1)
            self.columns[base] += character
            return
        self.erase(self.at, self.at + size)
        self.columns[self.at : self.at + size] = [character, HALF][:size]
        self.at += size

    def erase(self, first: int, end: int) -> None:
        first -= self.columns[first] == HALF
        end += end < 400 and self.columns[end] == HALF
        self.columns[first:end] = [" "] * (end - first)


@given(st.lists(st.sampled_from([*PIECES, *MOVES, *ERASING]), max_size=25))
def test_a_row_is_what_a_terminal_has_in_its_columns(pieces: list[str]) -> None:
    grid = Grid()
    grid.feed("".join(pieces))
    shown = terminal.plain("".join(pieces))
    assert shown.rstrip(" ") == "".join(grid.columns).rstrip(" ")


def test_a_long_line_of_wide_characters_is_cut_where_its_columns_end() -> None:
    [shown] = terminal.plain("训" * COLUMNS).split("\n")
    assert shown == "训" * (COLUMNS // 2) + f" … (+{COLUMNS:,})"


@pytest.mark.parametrize("before", ["", "e", "e\r"])
def test_any_number_of_marks_takes_bounded_room(before: str) -> None:
    assert len(terminal.plain(before + "\u0301" * 10**6)) <= 2 * COLUMNS


def test_what_is_shortened_fits_with_its_marks() -> None:
    assert render.shortened("训练e\u0301\u0301abc", 6) == "训练e\u0301\u0301…"
