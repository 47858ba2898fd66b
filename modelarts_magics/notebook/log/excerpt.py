"""What is printed of a log that may be long: its head, its errors, its end, and how much is not."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Callable

from ...core.i18n import _
from ..text import terminal

HEAD = 100  # lines
TAIL = 200  # lines
_ERRORS = 200  # lines between head and tail
_HEAD_SIZE = 64 * 1024  # bytes as a notebook stores them
_ERROR_SIZE = 128 * 1024
_TAIL_SIZE = 256 * 1024
_MOST_A_LINE = 400  # bytes of a tail of which somebody says how many lines it has
_LONGEST = 4000  # characters of a line


class Excerpt:
    """Prints lines of a log that follow each other; bounded however many come.

    The first ones are printed as they come. Of those behind only errors are, once they are no part
    of the last lines, which come at the end.

    Args:
        show: prints a line.
        tail: how many lines the end has.
    """

    def __init__(self, show: Callable[[str], None], tail: int = TAIL) -> None:
        self._show = show
        self._head = _Room(HEAD, _HEAD_SIZE)
        self._errors = _Room(_ERRORS, _ERROR_SIZE)
        self._tail = _Room(tail, max(_TAIL_SIZE, tail * _MOST_A_LINE))
        self._last: deque[tuple[str, bool]] = deque()
        self._left_out = 0  # lines since the last one that was printed

    def add(self, line: str, *, is_error: bool) -> None:
        """One more line."""
        line = _shortened(line)
        if self._head.takes(line):
            self._show(line)
            return
        self._last.append((line, is_error))
        self._tail.put(line)
        while self._tail.is_overfull:
            self._drop()

    def end(self) -> None:
        """Print what was kept back for the end."""
        self._say_gap()
        for line, _is_error in self._last:
            self._show(line)
        self._last.clear()

    def _drop(self) -> None:
        """The first of the last lines: it is printed if it is an error, else counted."""
        line, is_error = self._last.popleft()
        self._tail.take_out(line)
        if is_error and self._errors.takes(line):
            self._say_gap()
            self._show(line)
            return
        self._left_out += 1

    def _say_gap(self) -> None:
        if self._left_out:
            self._show(_("… {n:,} lines are left out here …", n=self._left_out))
            self._left_out = 0


@dataclass
class _Room:
    """Room for some lines of some bytes in all."""

    lines: int
    size: int

    def takes(self, line: str) -> bool:
        """Put a line in if there is room; what once was full takes nothing more."""
        self.put(line)
        if self.is_overfull:
            self.lines = 0
            return False
        return True

    def put(self, line: str) -> None:
        self.lines -= 1
        self.size -= _size(line)

    def take_out(self, line: str) -> None:
        self.lines += 1
        self.size += _size(line)

    @property
    def is_overfull(self) -> bool:
        return self.lines < 0 or self.size < 0


def _size(line: str) -> int:
    """Bytes of a line in a notebook, where a colour's escape character takes six."""
    return len(line.encode("utf-8", "replace")) + 5 * line.count("\x1b") + 5


def _shortened(line: str) -> str:
    if len(line) <= _LONGEST:
        return line
    cut = line[:_LONGEST]
    unfinished = terminal.UNFINISHED.search(cut, _LONGEST - terminal.LONGEST)
    cut = cut[: unfinished.start()] if unfinished else cut
    reset = "\x1b[0m" if "\x1b" in cut else ""
    return cut + reset + _("… {n:,} more characters", n=len(line) - len(cut))
