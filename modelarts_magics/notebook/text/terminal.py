"""What a log would look like in a terminal: colours, ``\\r`` and what else programs print.

A log is foreign text. Only colours and styles, carriage returns, backspaces and "erase in line" are
obeyed; all other sequences are dropped, and characters that would hide text or turn it around are
shown as what they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Union

_TOKEN = re.compile(
    r"""
    \x1b\[ (?P<parameters>[0-9;:]*) (?P<final>[mK])   # colours and styles; erase in line
  | \x1b\[ [0-?]* [ -/]* [@-~]                        # any other control sequence
  | \x1b[\]PX^_] [^\x07\x1b]* (?: \x07 | \x1b\\ )     # strings for the terminal: titles, links
  | \x1b [ -/]* [0-~]?                                # any other escape
  | (?P<move>[\r\x08])
  | (?P<text>[^\x1b\r\x08]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~]?)"
)
_COMPLETE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[0-OQ-WYZ`-~])"
)
_JOINERS = "\u200c\u200d"  # they belong to letters and emoji, and hide nothing
_LONGEST_LINE = 20_000  # characters; more of a line is counted, not shown


Color = Union[int, tuple[int, int, int]]
"""0-255 of the terminal palette, or red, green and blue."""


@dataclass(frozen=True)
class Style:
    """How characters look; a colour that is ``None`` is the default one."""

    foreground: Color | None = None
    background: Color | None = None
    bold: bool = False
    italic: bool = False
    underline: bool = False
    inverse: bool = False


PLAIN = Style()
_BLANK = (" ", PLAIN)


@dataclass(frozen=True)
class Span:
    """Characters of one style."""

    text: str
    style: Style = PLAIN


Line = tuple[Span, ...]


def lines(text: str) -> Iterator[Line]:
    """Split a text into lines as a terminal would show them; a style lasts over their ends.

    >>> [[run.text for run in line] for line in lines("10%\\r99%\\nred: \\x1b[31mno\\x1b[0m")]
    [['99%'], ['red: ', 'no']]
    """
    terminal = Terminal()
    body = text[:-1] if text.endswith("\n") else text
    for source in body.split("\n") if text else ():
        yield terminal.line(source)


class Terminal:
    """Shows the lines of one log, one after the other; a style lasts over their ends."""

    def __init__(self) -> None:
        self._style = PLAIN

    def line(self, source: str, *, is_open: bool = False) -> Line:
        """The next line; one that is still open is shown, and will be given again."""
        line = _TerminalLine(self._style)
        for token in _TOKEN.finditer(source.rstrip("\r")):
            line.obey(token)
        if not is_open:
            self._style = line.style
        return line.runs()


def stripped(line: str) -> str:
    """One line as a search sees it: without sequences, of a line that rewrites itself the end.

    >>> stripped("10%\\r\\x1b[1m99%\\x1b[0m")
    '99%'
    """
    visible = line.rstrip("\r").rpartition("\r")[2]
    return _SEQUENCE.sub("", visible) if "\x1b" in visible else visible


def plain(text: str) -> str:
    """The same without colours, one line of text per line."""
    return "\n".join("".join(run.text for run in line) for line in lines(text))


class _TerminalLine:
    """A line that is being written, with a cursor."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self._cells: list[tuple[str, Style]] = []  # reaches at least to the cursor
        self._erased = 0  # so many cells count as blank, whatever they hold
        self._column = 0
        self._left_out = 0

    def obey(self, token: re.Match[str]) -> None:
        if token["text"] is not None:
            self._write(token["text"])
        elif token["move"] == "\r":
            self._column = 0
        elif token["move"] == "\x08":
            self._column = max(0, self._column - 1)
        elif token["final"] == "m":
            self.style = _styled(self.style, token["parameters"])
        elif token["final"] == "K":
            self._erase(token["parameters"])

    def _write(self, text: str) -> None:
        shown = _visible(text)
        room = max(0, _LONGEST_LINE - self._column)
        self._left_out += max(0, len(shown) - room)
        cells = [(character, self.style) for character in shown[:room]]
        if self._column < self._erased:
            self._cells[self._column : self._erased] = [_BLANK] * (self._erased - self._column)
            self._erased = self._column
        self._cells[self._column : self._column + len(cells)] = cells
        self._column += len(cells)

    def _erase(self, parameter: str) -> None:
        """Nothing is written yet, since a hostile log may erase a long line again and again."""
        if parameter == "1":
            self._erased = max(self._erased, min(self._column + 1, len(self._cells)))
        elif parameter in ("", "0", "2"):
            del self._cells[self._column :]
            self._erased = self._column if parameter == "2" else min(self._erased, self._column)

    def runs(self) -> Line:
        self._cells[: self._erased] = [_BLANK] * self._erased
        while self._cells and self._cells[-1] is _BLANK:
            self._cells.pop()
        runs = [
            Span("".join(character for character, _style in group), style)
            for style, group in groupby(self._cells, key=lambda cell: cell[1])
        ]
        if self._left_out:
            runs.append(Span(f" … (+{self._left_out:,})", Style(inverse=True)))
        return tuple(runs)


def _visible(text: str) -> str:
    """Show control and direction characters as what they are; tabs stay.

    >>> _visible("a\\x00b\\u202ec")
    'a␀b‹U+202E›c'
    """
    if text.isprintable():
        return text
    return "".join(map(_visible_character, text))


def _visible_character(character: str) -> str:
    if character.isprintable() or character == "\t":
        return character
    number = ord(character)
    if number < 0x20:
        return chr(0x2400 + number)
    category = unicodedata.category(character)
    if character in _JOINERS:
        return character
    return f"‹U+{number:04X}›" if category in {"Cc", "Cf", "Cs", "Zl", "Zp"} else character


class SafeStream:
    """Text on its way to a real terminal, without what the terminal would obey.

    Colours and styles pass, and so do carriage returns and backspaces of progress lines. A sequence
    that a piece cuts is completed by the next piece.

    >>> SafeStream().feed("\\x1b]0;title\\x07a\\x1b[31mb\\x1b[2J\\r")
    'a\\x1b[31mb\\r'
    """

    _LONGEST_SEQUENCE = 64  # characters

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """The part of the text that may be printed now."""
        text = self._held + text
        start = text.rfind("\x1b", max(0, len(text) - self._LONGEST_SEQUENCE))
        is_open = start >= 0 and not _COMPLETE.match(text, start)
        self._held = text[start:] if is_open else ""
        ready = text[:start] if is_open else text
        return "".join(_safe(token) for token in _TOKEN.finditer(ready))


def _safe(token: re.Match[str]) -> str:
    if token["text"] is not None:
        return "\n".join(map(_visible, token["text"].split("\n")))
    return token.group() if token["move"] or token["final"] == "m" else ""


# ---- colours and styles (SGR) -------------------------------------------------------------------

_UNDERLINE_COLOR = 58
_EXTENDED = (38, 48, _UNDERLINE_COLOR)
_SWITCHES = {
    1: {"bold": True},
    3: {"italic": True},
    4: {"underline": True},
    7: {"inverse": True},
    22: {"bold": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"inverse": False},
    39: {"foreground": None},
    49: {"background": None},
}


def _styled(style: Style, parameters: str) -> Style:
    """Apply the numbers of one sequence, such as ``1;31``; no number is a reset."""
    numbers = iter([n for field in parameters.split(";") for n in _numbers(field)])
    for number in numbers:
        style = _switched(style, number, numbers)
    return style


def _numbers(field: str) -> list[int]:
    """The number of a field, or what ``4:3`` and ``38:2::1:2:3`` are in the older form.

    >>> _numbers("31"), _numbers("4:3"), _numbers("4:0"), _numbers("38:2::1:2:3")
    ([31], [4], [24], [38, 2, 1, 2, 3])
    """
    first, *more = [int(number[:4] or 0) for number in field.split(":")]
    if not more or first not in (4, *_EXTENDED):
        return [first]
    if first == 4:
        return [4 if more[0] else 24]
    if more[0] == 2 and len(more) > 4:
        del more[1]  # the colour space
    return [first, *more]


def _switched(style: Style, number: int, following: Iterator[int]) -> Style:
    if number == 0:
        return PLAIN
    if number in _SWITCHES:
        return replace(style, **_SWITCHES[number])  # type: ignore[arg-type]
    if number in _EXTENDED:
        color = _extended_color(following)
        is_shown = color is not None and number != _UNDERLINE_COLOR
        return _colored(style, number < 48, color) if is_shown else style
    bright = 8 if number >= 90 else 0
    base = number - 60 if bright else number
    if 30 <= base < 38 or 40 <= base < 48:
        return _colored(style, base < 40, base % 10 + bright)
    return style


def _colored(style: Style, is_foreground: bool, color: Color | None) -> Style:
    if is_foreground:
        return replace(style, foreground=color)
    return replace(style, background=color)


def _extended_color(following: Iterator[int]) -> Color | None:
    kind = next(following, None)
    if kind == 5:
        return min(255, next(following, 0))
    if kind == 2:
        red, green, blue = (min(255, next(following, 0)) for _channel in range(3))
        return red, green, blue
    return None


def ansi(line: Iterable[Span]) -> str:
    """A line for a real terminal, with nothing in it but text and colours."""
    return "".join(_ansi_span(run) for run in line)


def _ansi_span(run: Span) -> str:
    if run.style == PLAIN:
        return run.text
    style = run.style
    flags = ((1, style.bold), (3, style.italic), (4, style.underline), (7, style.inverse))
    codes = [str(code) for code, on in flags if on]
    codes += _ansi_color(style.foreground, 38) + _ansi_color(style.background, 48)
    return f"\x1b[{';'.join(codes)}m{run.text}\x1b[0m"


def _ansi_color(color: Color | None, extended: int) -> list[str]:
    if color is None:
        return []
    if isinstance(color, tuple):
        return [str(extended), "2", *map(str, color)]
    if color < 8:
        return [str(extended - 8 + color)]
    return [str(extended), "5", str(color)]
