"""What a log would look like in a terminal: colours, bars and tables that rewrite themselves.

A log is foreign text. What of a terminal is obeyed stands in ``terminal.json``: colours and styles,
moves of the cursor and erasing within the last rows. There CJK characters and emoji take two
columns and marks none, as ``widths.json`` says. All other sequences are dropped, and characters
that would hide text or turn it around are shown by their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Callable, NamedTuple

from .row import Line, Row, Span
from .styles import PLAIN, Color, styled
from .table import TERMINAL, character_class

ROWS: int = TERMINAL["rows"]
"""Rows at the end of a log that may still change, as those on a screen."""
WIDTH: int = TERMINAL["width"]
"""Columns that the cursor may be moved to; it is written farther to the right."""
OBEYED: dict[str, str] = TERMINAL["obeyed"]

SEQUENCE = re.compile(TERMINAL["sequence"])
"""Parameters, intermediates and final character are its groups, of a control sequence."""
TOKEN = re.compile(rf"{SEQUENCE.pattern}|([^\x1b\r\n\x08]+)|[\r\n\x08]")
"""A sequence, a text (group 4) or a control character."""
UNFINISHED = re.compile(rf"{TERMINAL['unfinished']}\Z")
LONGEST: int = TERMINAL["longest"]
"""Characters of a sequence; what goes on for longer is none."""
_NUMBERS = re.compile(r"[0-9;:]*")
_HIDDEN = re.compile(f"[{character_class(TERMINAL['hidden'])}]")


class Change(NamedTuple):
    """The rows from number ``first`` on are ``lines`` now, and there are no others below."""

    first: int
    lines: list[Line]


def lines(text: str) -> list[Line]:
    """Split a text into lines as a terminal would show them; a style lasts over their ends.

    >>> [[run.text for run in line] for line in lines("10%\\r99%\\nred: \\x1b[31mno\\x1b[0m")]
    [['99%'], ['red: ', 'no']]
    """
    return Terminal().feed(text).lines


def plain(text: str) -> str:
    """The same without colours, one line of text per line."""
    return "\n".join(map(text_of, lines(text)))


def text_of(line: Line) -> str:
    """The characters of a line."""
    return "".join(span.text for span in line)


def stripped(line: str) -> str:
    """One line as a search sees it: without sequences, of a line that rewrites itself the end.

    >>> stripped("10%\\r\\x1b[1m99%\\x1b[0m")
    '99%'
    """
    visible = line.rstrip("\r").rpartition("\r")[2]
    return SEQUENCE.sub("", visible) if "\x1b" in visible else visible


def visible(text: str) -> str:
    """Show control and direction characters as what they are; tabs stay.

    >>> visible("a\\x00b\\u202ec")
    'a␀b‹U+202E›c'
    """
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub(_name, text)


def _name(found: re.Match[str]) -> str:
    number = ord(found.group())
    return chr(0x2400 + number) if number < 0x20 else f"‹U+{number:04X}›"


def obeyed(token: re.Match[str]) -> str:
    """The name of what a sequence does, of those that are obeyed; else nothing."""
    if token[3] is None or token[2] or not _NUMBERS.fullmatch(token[1]):
        return ""
    return OBEYED.get(token[3], "")


def count_of(token: re.Match[str]) -> int:
    """The first number of a sequence; 0 when there is none."""
    return int(re.split("[;:]", token[1])[0] or 0)


class Terminal:
    """The rows of one log, of which the last ones may change; pieces may be cut anywhere.

    ============================= ========================================================
    the cursor                    is held within the last rows; below the last one there are
                                  as many as a screen has, and to the right as many as it
                                  is wide
    a row                         is there once it was written to, or a line ended above it
    at the end                    rows without text below the cursor are not seen, nor is one
                                  that is not begun
    ============================= ========================================================
    """

    def __init__(self) -> None:
        self._rows = [Row()]
        self._above = 0  # rows that change no more, and are not kept
        self._row = self._column = 0  # the cursor, from the first row that is kept
        self._style = PLAIN
        self._held = ""  # the beginning of a sequence
        self._told = self._first = 0
        self._reach = 0  # rows above the last one that were gone back to
        self._reached_at = 0  # how many rows there were then

    def feed(self, text: str) -> Change:
        """Take in text; what of the rows is another now, or new."""
        text = self._held + text
        unfinished = UNFINISHED.search(text, max(0, len(text) - LONGEST))
        self._held = unfinished.group() if unfinished else ""
        self._first = self._told
        for token in TOKEN.finditer(text, 0, len(text) - len(self._held)):
            self._obey(token)
        return self._changes()

    @property
    def settled(self) -> int:
        """Rows that change no more."""
        return self._above

    @property
    def row(self) -> int:
        """The number of the row on which the cursor stands."""
        return self._above + self._row

    @property
    def done(self) -> int:
        """Rows of which it is not to be expected that they change, though some still may."""
        last = len(self._rows) - 1
        is_used = self._above + last - self._reached_at < ROWS
        return self._above + max(0, min(self._row, last - (self._reach if is_used else 0)))

    def _obey(self, token: re.Match[str]) -> None:
        if token[4] is not None:
            self._write(visible(token[4]))
        elif token[3] is None:
            _CONTROLS.get(token.group(), _nothing)(self)
        elif name := obeyed(token):
            _ACTIONS[name](self, token)

    def _changes(self) -> Change:
        count = self._count()
        told = self._above + count
        first = min(self._first, told)
        changed = [row.line() for row in self._rows[first - self._above : count]]
        surplus = max(0, len(self._rows) - ROWS)
        del self._rows[:surplus]
        self._above += surplus
        self._row -= surplus
        self._told = told
        return Change(first, changed)

    def _count(self) -> int:
        """Rows that are seen."""
        count = len(self._rows)
        while count - 1 > self._row and not self._rows[count - 1].line():
            count -= 1
        return count if self._rows[count - 1].line() else count - 1

    # ---- the cursor ------------------------------------------------------------------------------

    @property
    def _top(self) -> int:
        return max(0, len(self._rows) - ROWS)

    def _go(self, row: int, column: int) -> None:
        self._row = max(self._top, min(row, self._top + ROWS - 1))
        self._column = max(0, column)
        reach = len(self._rows) - 1 - self._row
        if reach > 0:
            self._reach = max(self._reach, reach)
            self._reached_at = self._above + len(self._rows) - 1

    def _line_feed(self) -> None:
        self._row += 1
        self._column = 0
        self._reached_row()

    def _return(self) -> None:
        self._column = 0

    def _back(self) -> None:
        self._column = max(0, self._column - 1)

    def _up(self, token: re.Match[str]) -> None:
        self._go(self._row - max(1, count_of(token)), self._column)

    def _down(self, token: re.Match[str]) -> None:
        self._go(self._row + max(1, count_of(token)), self._column)

    def _next_line(self, token: re.Match[str]) -> None:
        self._go(self._row + max(1, count_of(token)), 0)

    def _previous_line(self, token: re.Match[str]) -> None:
        self._go(self._row - max(1, count_of(token)), 0)

    def _left(self, token: re.Match[str]) -> None:
        self._column = max(0, self._column - max(1, count_of(token)))

    def _right(self, token: re.Match[str]) -> None:
        wanted = min(self._column + max(1, count_of(token)), WIDTH)
        self._column = max(self._column, wanted)

    def _to_column(self, token: re.Match[str]) -> None:
        self._column = min(max(1, count_of(token)), WIDTH) - 1

    # ---- the text --------------------------------------------------------------------------------

    def _reached_row(self) -> Row:
        """The row of the cursor, with those above it."""
        while len(self._rows) <= self._row:
            self._rows.append(Row())
        return self._rows[self._row]

    def _touch(self, row: int) -> None:
        self._first = min(self._first, self._above + row)

    def _write(self, text: str) -> None:
        row = self._reached_row()
        self._touch(self._row)
        self._column = row.write(self._column, text, self._style)

    def _set_style(self, token: re.Match[str]) -> None:
        self._style = styled(self._style, token[1])

    def _erase_line(self, token: re.Match[str]) -> None:
        which = count_of(token)
        if self._row >= len(self._rows) or which > 2:
            return
        self._touch(self._row)
        row = self._rows[self._row]
        if which == 1:
            row.erase_to(self._column)
        else:
            row.erase_from(self._column if which == 0 else 0)

    def _erase_display(self, token: re.Match[str]) -> None:
        """Below and above the cursor; a screen that is cleared leaves its text."""
        which, top = count_of(token), self._top
        if which > 1:
            return
        self._erase_line(token)
        first, end = (self._row + 1, len(self._rows)) if which == 0 else (top, self._row)
        for row in range(first, min(end, len(self._rows))):
            self._rows[row] = Row()
            self._touch(row)


def _nothing(_terminal: Terminal) -> None:
    """Of a sequence that is not obeyed."""


_CONTROLS: dict[str, Callable[[Terminal], None]] = {
    "\n": Terminal._line_feed,
    "\r": Terminal._return,
    "\x08": Terminal._back,
}
_ACTIONS: dict[str, Callable[[Terminal, re.Match[str]], None]] = {
    "up": Terminal._up,
    "down": Terminal._down,
    "right": Terminal._right,
    "left": Terminal._left,
    "next_line": Terminal._next_line,
    "previous_line": Terminal._previous_line,
    "to_column": Terminal._to_column,
    "erase_display": Terminal._erase_display,
    "erase_line": Terminal._erase_line,
    "style": Terminal._set_style,
}


def ansi(line: Iterable[Span]) -> str:
    """A line for a real terminal, with nothing in it but text and colours."""
    return "".join(_ansi_span(span) for span in line)


_SGR = {"bold": 1, "dim": 2, "italic": 3, "underline": 4, "inverse": 7, "strike": 9}


def _ansi_span(span: Span) -> str:
    if span.style == PLAIN:
        return span.text
    style = span.style
    codes = [str(code) for name, code in _SGR.items() if getattr(style, name)]
    codes += _ansi_color(style.foreground, 38) + _ansi_color(style.background, 48)
    return f"\x1b[{';'.join(codes)}m{span.text}\x1b[0m"


def _ansi_color(color: Color | None, extended: int) -> list[str]:
    if color is None:
        return []
    if isinstance(color, tuple):
        return [str(extended), "2", *map(str, color)]
    if color < 8:
        return [str(extended - 8 + color)]
    return [str(extended), "5", str(color)]
