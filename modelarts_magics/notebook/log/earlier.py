"""Text from before what a panel follows, for a reader who scrolls up.

It is read in a thread of its own, so that the panel goes on, and shown from the place of the reader
on: the newest text first.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Callable, Union

from ...core.api.log import LogText
from ...core.errors import ModelArtsError
from ...core.logs.backward import Backward
from ...core.logs.characters import LONGEST_CUT
from ...core.logs.job_logs import JobLogs
from ...core.logs.pages_before import PagesBefore
from ..panels.worker import END_TIME, Worker
from .model import LogModel
from .spool import Spool

_Reading = Union[Backward, PagesBefore]
_FIRST, _NEXT = 8 * 1024, 32 * 1024  # bytes that are shown at once


class Earlier:
    """Reads what readers ask for, one log file after the other.

    Args:
        model: of the panel.
        logs: where the log files can be read.
        show: takes text, in the thread that reads it; none where it was found that the log begins.
        tell: is told of a refusal.
    """

    def __init__(
        self,
        model: LogModel,
        logs: JobLogs,
        show: Callable[[LogText], object],
        tell: Callable[[str], object],
    ) -> None:
        self._model = model
        self._logs = logs
        self._show = show
        self._tell = tell
        self._lock = threading.Lock()
        self._wanted: dict[str, tuple[int, int]] = {}
        self._pages: dict[str, tuple[Spool, PagesBefore]] = {}
        self._worker: Worker | None = None
        self._is_over = False

    def want(self, file: str, start: int, end: int) -> None:
        """Read from about ``start`` to ``end``, the boundary of a character; returns at once.

        What is being read of the file already goes on, as far as ``start``.
        """
        with self._lock:
            if self._is_over or file not in self._model.files:
                return
            first, end = self._wanted.get(file, (start, end))
            self._wanted[file] = max(0, min(first, start - LONGEST_CUT)), end
            if self._worker is None:
                self._worker = Worker("modelarts-magics-earlier", self._steps(), self._failed)

    def end(self) -> None:
        """Give up what is being read; returns at once."""
        with self._lock:
            self._is_over = True
            worker = self._worker
        if worker is not None:
            worker.stop()

    def close(self) -> None:
        self.end()
        worker = self._worker  # the thread may end just now
        if worker is not None:
            worker.join(END_TIME)

    # ---- the thread -----------------------------------------------------------------------------

    def _steps(self) -> Iterator[float]:
        while (file := self._next()) is not None:
            try:
                self._read(file)
            except ModelArtsError as error:
                self._tell(str(error))
            with self._lock:
                del self._wanted[file]
            yield 0.0

    def _next(self) -> str | None:
        with self._lock:
            file = next(iter(self._wanted), None)
            if file is None:
                self._worker = None
            return file

    def _failed(self, error: Exception) -> None:
        with self._lock:
            self._wanted.clear()
            self._worker = None
        self._tell(f"{type(error).__name__}: {error}")

    def _read(self, file: str) -> None:
        start, end = self._wanted[file]
        epoch, spool = self._model.epoch, self._model.spools.get(file)
        backward = self._before(file, spool, end)
        while backward.start > start:
            before = backward.start
            with closing(backward.pieces(start)) as pieces:
                for text in _joined(pieces):
                    if self._model.epoch != epoch:  # the log was written anew
                        return
                    self._show(text)
            start, _end = self._wanted[file]
            if backward.start == before:
                break
        if spool and isinstance(backward, PagesBefore) and backward.beginning is not None:
            self._model.tell_beginning(spool, backward.beginning)
            self._show(LogText("", backward.beginning, backward.beginning, file))

    def _before(self, file: str, spool: Spool | None, end: int) -> _Reading:
        if spool is None or spool.before is None:
            connections = max(1, self._logs.reader.connections - 1)  # one is for what is new
            return Backward(self._logs.source(file), end, "", connections)
        of, pages = self._pages.get(file, (None, None))
        if pages is None or of is not spool:
            pages = self._logs.pages_before(file, spool.before, spool.start)
            self._pages[file] = spool, pages
        pages.start = end
        return pages


def _joined(newest_first: Iterable[LogText]) -> Iterator[LogText]:
    """The same text in fewer pieces; the first one soon."""
    held: list[LogText] = []
    most = _FIRST
    for piece in newest_first:
        held.append(piece)
        if held[0].end_byte - piece.start_byte >= most:
            yield _one(held)
            held, most = [], _NEXT
    if held:
        yield _one(held)


def _one(newest_first: list[LogText]) -> LogText:
    text = "".join(piece.text for piece in reversed(newest_first))
    newest, oldest = newest_first[0], newest_first[-1]
    return LogText(text, oldest.start_byte, newest.end_byte, newest.log_file)
