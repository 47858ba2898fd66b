"""Open a log by the best of its readers that its service has.

The readers of a log are a ladder: each is tried until one answers. What a service lacks it says to
the first reading, so that nobody goes down while a log is read.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from ..api.log import ByteSource, Cursor, Log, LogChunk, LogReader, Part
from ..errors import LinesOnlyError, ServiceError
from ..http.reader import Reader
from .ahead import RangeLog
from .lines import LineLog
from .pages import PagedSource
from .retried import RetriedSource, Retry


class Ladder:
    """A log by the first of some readers that its service has.

    Args:
        rungs: best first.
    """

    def __init__(self, rungs: Sequence[Log]) -> None:
        self._log, *self._below = rungs
        self.name = self._log.name

    def at(self, start_byte: int) -> Cursor:
        return self._log.at(start_byte)

    def after(self, cursor: Cursor, *, is_final: bool = False) -> Part:
        try:
            return self._log.after(cursor, is_final=is_final)
        except ServiceError as error:
            if cursor or not self._stepped_down(error):
                raise
        return self.after(self.at(0), is_final=is_final)

    def ahead(self, cursor: Cursor, parts: int) -> Iterator[Part]:
        return self._log.ahead(cursor, parts)

    def tail(self, lines: int) -> Part:
        try:
            return self._log.tail(lines)
        except ServiceError as error:
            if not self._stepped_down(error):
                raise
        return self.tail(lines)

    def _stepped_down(self, error: ServiceError) -> bool:
        if not is_lacking(error) or not self._below:
            return False
        self._log, *self._below = self._below
        return True


def is_lacking(error: ServiceError) -> bool:
    """Whether a service has no such reading of a log."""
    return error.is_unknown_call or isinstance(error, LinesOnlyError)


def open_log(rungs: Sequence[LogReader], reader: Reader) -> Log:
    """The text of a log.

    Args:
        rungs: as :meth:`~modelarts_magics.core.api.base.JobApi.logs` gives them.
        reader: who reads it; what is much is read over those of his connections that are idle.
    """
    return Ladder([_text(rung, reader) for rung in rungs])


class LogBytes:
    """A log by bytes, by the first of its readers that the service has; see :class:`PagedSource`.

    Args:
        readers: best first.
        retry: asks again after trouble.
    """

    def __init__(self, readers: Sequence[LogReader], retry: Retry | None = None) -> None:
        self.name = readers[0].name
        self.origin = readers[0].origin
        self._readers = readers
        self._retry = retry
        self._lock = threading.Lock()
        self._below = readers[1:]
        self._bytes = self._opened(readers[0])
        self.longest_slice = self._bytes.longest_slice

    def retried(self, retry: Retry) -> LogBytes:
        """The same for a reader who asks again."""
        return LogBytes(self._readers, retry)

    def read(self, start_byte: int, length: int) -> LogChunk:
        source = self._bytes
        try:
            return source.read(start_byte, length)
        except ServiceError as error:
            if not is_lacking(error) or not self._steps_down(source):
                raise
        return self.read(start_byte, length)

    def _steps_down(self, source: ByteSource) -> bool:
        """Whether there is another reader than that which was lacking; others may have found it."""
        with self._lock:
            if self._bytes is source and self._below:
                reader, *self._below = self._below
                self._bytes = self._opened(reader)
                self.longest_slice = self._bytes.longest_slice
            return self._bytes is not source

    def _opened(self, reader: LogReader) -> ByteSource:
        if isinstance(reader, ByteSource):
            return RetriedSource(reader, self._retry) if self._retry else reader
        return PagedSource(reader, self._retry.call) if self._retry else PagedSource(reader)


def _text(rung: LogReader, reader: Reader) -> Log:
    return RangeLog(rung, reader) if isinstance(rung, ByteSource) else LineLog(rung, reader)
