"""The last lines of a log, whatever stands in it: bounded by bytes, and read only once.

A progress bar rewrites its line by carriage returns, for hours and without a line feed. So where
the lines that are asked for are not found among some bytes, each state of such a line counts.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ..api.log import ByteSource, LogText, Part
from ..i18n import _
from .backward import Backward, newest

_MOST = 188 * 1024  # bytes; a slice may be cut at both ends
_MOST_A_LINE = 400  # bytes
_LINE_END = re.compile(r"\r\n?|\n")


def read_tail(source: ByteSource, lines: int, connections: int = 1) -> Part:
    """The last ``lines`` lines, and where they stand; all of them when there are fewer.

    When they are longer than 192 KiB, or 400 bytes each, only the end of them is read; it begins
    behind a line feed or a carriage return, if there is one.

    Args:
        connections: how many ranges are read at once.

    Raises:
        UnexpectedAnswerError: the service does not say where its newest part ends.
    """
    end, is_cut = newest(source)
    found = _Found(end, lines, is_open=is_cut)
    length = max(1, end.end_byte - end.start_byte)  # a service may give less than is asked for
    backward = Backward(source, found.start, found.text, connections, length)
    while (slices := found.slices_to_read(length)) > 0:
        before = found.start
        found.add(list(backward.pieces(0, slices)))
        if found.start == before:
            break
    return found.part()


def words_for_cut(text: LogText) -> str:
    """What is said to whoever asked for more lines than the bytes of a tail hold."""
    size = text.end_byte - text.start_byte
    return _("only the last {n:,} bytes of these lines; --tail all shows all", n=size)


def behind_line_end(text: str) -> int:
    """Where a text goes on that has lost its beginning: behind a line feed or a carriage return."""
    first = _LINE_END.search(text)
    return first.end() if first else 0


def most_bytes(lines: int) -> int:
    """How much is read at the most for so many lines."""
    return max(_MOST, lines * _MOST_A_LINE)


def beginning(text: str, lines: int, *, is_whole: bool, is_open: bool = False) -> int | None:
    """Where the last lines of a text begin; ``None`` when that may be before it.

    Args:
        is_whole: whether a line begins where the text does.
        is_open: whether the last line goes on, or begins, behind it.
    """
    cut = len(text) - (text.endswith("\n") and not is_open)
    for _line in range(lines):
        cut = text.rfind("\n", 0, cut)
        if cut < 0:
            return 0 if is_whole else None
    return cut + 1 if lines else len(text)


class _Found:
    """What was read of a tail.

    Args:
        is_open: whether a line goes on, or begins, behind ``end``.
    """

    def __init__(self, end: LogText, lines: int, *, is_open: bool) -> None:
        self.text = end.text
        self.start = end.start_byte
        self._last = 0 if is_open else 1  # characters that may end the last line
        self._end = end
        self._lines = lines

    def add(self, newest_first: list[LogText]) -> None:
        self.text = "".join(piece.text for piece in reversed(newest_first)) + self.text
        self.start = newest_first[-1].start_byte if newest_first else self.start

    def slices_to_read(self, length: int) -> int:
        """How many more slices are wanted now; none when there is enough."""
        size, lines = self._end.end_byte - self.start, self._counted("\n")
        is_much = size > _MOST - length
        most = most_bytes(self._lines) if is_much else _MOST
        is_bar = is_much and self._counted("\r") + lines >= self._lines
        if lines >= self._lines or self.start == 0 or is_bar:
            return 0
        wanted = size * self._lines / lines * 1.1 if lines else size * 4
        return int(min(max(wanted, size + length), most) - size) // length

    def _counted(self, end: str) -> int:
        return self.text.count(end, 0, max(0, len(self.text) - self._last))

    def part(self) -> Part:
        cut = beginning(self.text, self._lines, is_whole=self.start == 0, is_open=not self._last)
        is_cut = cut is None
        if cut is None:
            cut = behind_line_end(self.text)
        start = self.start + len(self.text[:cut].encode())
        text = replace(self._end, text=self.text[cut:], start_byte=start)
        return Part(text, text.end_byte, is_short=True, is_cut=is_cut)
