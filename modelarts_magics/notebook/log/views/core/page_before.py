"""A page of a log from before the lines in the reel, for a reader who goes back."""

from __future__ import annotations

from typing import Callable

from .....core.api.log import LogText
from .....core.i18n import _
from .....core.logs.last_lines import behind_line_end
from ...model import LogModel
from ...spool import Spool

_SIZE = 96 * 1024  # bytes


class PageBefore:
    """What is there of the page, which may be on its way.

    Args:
        model: what the panel has read.
        want: reads a range that it has not; the text comes by :meth:`add`.

    Attributes:
        text: what is there.
    """

    def __init__(self, model: LogModel, want: Callable[[str, int, int], object]) -> None:
        self.text = ""
        self._is_changed = False
        self._model = model
        self._want = want
        self._file = ""
        self._spool: Spool | None = None
        self._first = self._start = self._end = 0

    @property
    def heading(self) -> str:
        words, beginning = [self._file], self._beginning
        if beginning is not None:
            start, end = self._start - beginning, self._end - beginning
            words.append(_("bytes {start:,}-{end:,}", start=start, end=end))
        if self._start == beginning:
            words.append(_("the beginning of the log"))
        elif self._start > self._first:
            words.append(_("reading…"))
        return " · ".join(words)

    @property
    def _beginning(self) -> int | None:
        return self._spool.beginning if self._spool else 0

    @property
    def is_open(self) -> bool:
        return bool(self._file)

    def go_back(self, file: str, reel_start: int | None) -> None:
        """Take the page before this one; the one before the reel after :meth:`close`.

        Args:
            reel_start: byte at which the lines in the reel begin; nothing where it has none.
        """
        spool = self._model.spools.get(file)
        if spool is None:
            return
        before_reel = spool.end if reel_start is None else reel_start
        end = self._start if file == self._file else before_reel
        if end == spool.beginning and self._file:
            return
        self._file, self._spool, self.text = file, spool, ""
        self._start = self._end = end
        self._first = max(0, end - _SIZE)
        self._is_changed = True
        start, end, text = spool.read(max(self._first, spool.start), self._end)
        self.add(LogText(text, start, end, file))
        if self._first < spool.start:
            self._want(file, self._first, min(self._end, spool.start))

    def add(self, part: LogText) -> bool:
        """Take text that comes directly before what is there; whether it does."""
        if part.log_file != self._file or part.end_byte != self._start:
            return False
        self.text = part.text + self.text
        self._start = part.start_byte
        self._is_changed = True
        if (self._beginning or 0) < self._start <= self._first and part.text:
            self._begin_with_a_line()
        return True

    def _begin_with_a_line(self) -> None:
        """The line that the page cuts is one of the page before it."""
        cut = behind_line_end(self.text)
        self._first = self._start = self._start + len(self.text[:cut].encode())
        self.text = self.text[cut:]

    def take_change(self) -> bool:
        """Whether something has changed since this was asked last."""
        is_changed, self._is_changed = self._is_changed, False
        return is_changed

    def close(self) -> None:
        self._file = self.text = ""
