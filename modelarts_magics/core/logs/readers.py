"""Open a log by the best of its readers that its service has.

The readers of a log are a ladder: each is tried until one answers. What a service lacks it says to
the first reading, so that nobody goes down while a log is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..api.log import ByteSource, Cursor, Log, LogReader, Part
from ..errors import LinesOnlyError, ServiceError
from ..http.reader import Reader
from .ahead import RangeLog
from .lines import LineLog


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
        is_lacking = error.is_unknown_call or isinstance(error, LinesOnlyError)
        if not is_lacking or not self._below:
            return False
        self._log, *self._below = self._below
        return True


def open_log(rungs: Sequence[LogReader], reader: Reader) -> Log:
    """The text of a log.

    Args:
        rungs: as :meth:`~modelarts_magics.core.api.base.JobApi.logs` gives them.
        reader: who reads it; what is much is read over those of his connections that are idle.
    """
    return Ladder([_text(rung, reader) for rung in rungs])


def bytes_of(readers: Sequence[LogReader]) -> ByteSource:
    """The best reader that gives bytes."""
    return next(reader for reader in readers if isinstance(reader, ByteSource))


def _text(rung: LogReader, reader: Reader) -> Log:
    return RangeLog(rung, reader) if isinstance(rung, ByteSource) else LineLog(rung, reader)
