"""Search in what a panel has read, for a view that does not hold all of it.

The browser lets go of text when that becomes much, and a page that is loaded anew has only the end.
What it has it searches itself; of the rest it is told in which lines there is a match, the last of
them first, and asks for the text where its reader goes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any, Callable, NamedTuple

from ...core.errors import ModelArtsError
from ..panels.worker import END_TIME, Worker
from ..text.pattern import Pattern
from ..text.terminal import stripped
from .model import LogModel
from .spool import Spool

_MOST = 5000  # lines that are told; a reader who wants more looks for something else
_SLICE = 2**19  # bytes that are searched at once
_INTERVAL = 0.5  # seconds between words about what was found

Found = Callable[[dict[str, Any]], object]


class Range(NamedTuple):
    """Bytes of a log file."""

    file: str
    start: int
    end: int


class Search:
    """Looks for one pattern at a time, in a thread of its own.

    Args:
        model: of the panel.
        tell: takes what a view is to hear, in the thread that searches.
    """

    def __init__(self, model: LogModel, tell: Found) -> None:
        self._model = model
        self._tell = tell
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._is_over = False

    def start(self, number: int, pattern: Pattern, ranges: Sequence[Range]) -> None:
        """Search in these ranges, in place of what is being searched; returns at once.

        Args:
            number: by which the view knows the answers.
        """
        with self._lock:
            self._stop()
            if not self._is_over and pattern.text and ranges:
                steps = self._steps(_Lines(number, self._tell), pattern, ranges)
                self._worker = Worker("modelarts-magics-search", steps, lambda _error: None)

    def end(self) -> None:
        """Give up what is being searched; returns at once."""
        with self._lock:
            self._is_over = True
            self._stop()

    def close(self) -> None:
        self.end()
        if self._worker is not None:
            self._worker.join(END_TIME)

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.stop()

    def _steps(self, found: _Lines, pattern: Pattern, ranges: Sequence[Range]) -> Iterator[float]:
        try:
            for one in ranges:
                for lines in self._lines(one):
                    matches = pattern.matching([text for _start, text in lines])
                    starts = [start for (start, _text), is_one in zip(lines, matches) if is_one]
                    found.add(one.file, starts)
                    if found.is_full:
                        return
                    yield 0.0
        except (ModelArtsError, ValueError) as error:  # the latter of a spool that was closed
            found.problem = str(error) if isinstance(error, ModelArtsError) else ""
        found.is_done = True
        found.tell()

    def _lines(self, asked: Range) -> Iterator[list[tuple[int, str]]]:
        spool = self._model.spools.get(asked.file)
        return lines_backward(spool, asked.start, asked.end) if spool else iter(())


def lines_backward(spool: Spool, start: int, end: int) -> Iterator[list[tuple[int, str]]]:
    """The lines that have something in a range, each with its first byte: the last ones first.

    A line that is longer than a slice is several.
    """
    _start, _end, rest = spool.read(end, end + _SLICE)
    if end > spool.start and spool.read(end - 1, end)[2] != "\n":
        end += len(rest.partition("\n")[0].encode())
    start = max(start, spool.start)
    while end > start:
        first, _end, text = spool.read(end - _SLICE, end)
        if not text:
            return
        cut = text.find("\n", 0, -1) + 1 if first > spool.start else 0
        end = first + len(text[:cut].encode())
        yield _numbered(text[cut:], end, start)


def _numbered(text: str, first: int, least: int) -> list[tuple[int, str]]:
    """Lines as a search sees them, of those that end behind a byte; that of it is their first."""
    found = []
    for line in text.split("\n"):
        behind = first + len(line.encode()) + 1
        if line and behind > least:
            found.append((max(first, least), stripped(line)))
        first = behind
    return found[::-1]


class _Lines:
    """Where lines begin that match, told now and then."""

    def __init__(self, number: int, tell: Found) -> None:
        self.is_done = False
        self.problem = ""
        self._number = number
        self._tell = tell
        self._new: dict[str, list[int]] = {}
        self._count = 0
        self._told_at = 0.0

    @property
    def is_full(self) -> bool:
        return self._count >= _MOST

    def add(self, file: str, starts: Sequence[int]) -> None:
        kept = starts[: _MOST - self._count]
        self._count += len(kept)
        if kept:
            self._new.setdefault(file, []).extend(kept)
        is_due = time.monotonic() - self._told_at > _INTERVAL
        if self.is_full or (self._new and is_due):
            self.tell()

    def tell(self) -> None:
        lines, self._new = self._new, {}
        self._told_at = time.monotonic()
        self._tell(
            {
                "kind": "found",
                "number": self._number,
                "lines": lines,
                "is_done": self.is_done,
                "problem": self.problem,
            }
        )
