"""Write a whole log to a file, in order, and go on after an interruption.

The one place that does so: others say where the text comes from, and tell a person how far it is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Callable, Protocol

from ..api.log import ByteSource, LogChunk, LogText
from ..backoff import Backoff
from ..errors import InvalidArgumentError, ServiceError
from ..http.reader import Reader
from ..http.retry import may_read_again
from ..http.wire import within
from ..i18n import _
from .ahead import ReadAhead, in_sequence
from .draft import Draft
from .exact import ByteLog, end_of

_BACKOFF = Backoff(first=0.5)
_LONGEST_WAIT = 60.0  # seconds for one slice, its requests and the pauses between them

Progress = Callable[[int, int], object]


class Stopped(Exception):
    """The writing was told to stop; what is there waits for the next call."""


class WholeLog(Protocol):
    """A log to be written.

    Attributes:
        name: what a draft must be of, so that it is gone on with.
        end: bytes that there are, as far as is known.
    """

    @property
    def name(self) -> str: ...

    @property
    def end(self) -> int: ...

    def pieces(self, position: int) -> Generator[LogText, None, None]:
        """The text from a byte on, in order."""


def write(
    log: WholeLog,
    path: Path,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> int:
    """Write a whole log to a file, which appears when it is complete.

    Interrupting leaves what is there beside it; the next call goes on from it.

    Args:
        progress: is told the bytes that are written, and those that there are.
        stop: ends it when somebody sets it.

    Returns:
        The length of the log in bytes.

    Raises:
        InvalidArgumentError: the file cannot be written.
        ServiceError: the service refused, or stayed in trouble.
        Stopped: ``stop`` was set.
    """
    draft = Draft(path, log.name)
    try:
        with draft.opened() as file, closing(log.pieces(draft.position)) as pieces:
            for piece in pieces:
                draft.add(file, piece.text, piece.end_byte)
                _go_on(draft.position, max(log.end, draft.position), progress, stop)
        draft.publish()
    except OSError as error:
        draft.keep()
        raise cannot_write(path, error) from None
    except BaseException:
        draft.keep()
        raise
    return draft.position


def _go_on(
    position: int, end: int, progress: Progress | None, stop: threading.Event | None
) -> None:
    if stop is not None and stop.is_set():
        raise Stopped
    if progress is not None:
        progress(position, end)


def download(
    source: ByteSource,
    path: Path,
    reader: Reader,
    progress: Progress | None = None,
    wait: Callable[[float], object] | None = None,
    stop: threading.Event | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Fetch a whole log over several connections and :func:`write` it.

    Args:
        reader: tells how many ranges are fetched at once.
        wait: sleeps for some seconds after trouble, until the download is given up by default.
        stop: ends it when somebody sets it, waiting included; it is set at the end.
        clock: monotonic seconds.
    """
    stop = stop or threading.Event()
    retried = _RetriedSource(source, stop, wait, clock)
    try:
        return write(_Ranges(retried, reader.connections), path, progress, stop)
    finally:
        stop.set()


def cannot_write(path: object, error: Exception) -> InvalidArgumentError:
    """What a person is told when there can be no such file."""
    reason = getattr(error, "strerror", None) or error
    return InvalidArgumentError(
        _("Cannot write {path}: {reason}", path=path, reason=reason),
        _("Name another file: --save PATH"),
    )


class _Ranges:
    """A log that is fetched by several ranges at once, up to the end that it has then."""

    def __init__(self, source: ByteSource, connections: int) -> None:
        self.name = source.name
        self.end = 0
        self._source = source
        self._connections = connections

    def pieces(self, position: int) -> Generator[LogText, None, None]:
        log = ByteLog(self._source)
        ahead = ReadAhead(log, self._source)
        self.end, before = end_of(self._source), -1
        while before < position < self.end and ahead.step:
            before = position
            with closing(ahead.pieces(position, self.end, self._connections)) as pieces:
                for piece in pieces:
                    position = piece.end_byte
                    yield piece
        yield from in_sequence(log, position, None, is_final=True)


class _RetriedSource:
    """A source that is asked again after transient errors, until somebody sets ``stopped``."""

    def __init__(
        self,
        source: ByteSource,
        stopped: threading.Event,
        wait: Callable[[float], object] | None,
        clock: Callable[[], float],
    ) -> None:
        self.name = source.name
        self.longest_slice = source.longest_slice
        self._source = source
        self._stopped = stopped
        self._wait = wait or stopped.wait
        self._clock = clock

    def read(self, start_byte: int, length: int) -> LogChunk:
        left, failures = _LONGEST_WAIT, 1
        while True:
            started = self._clock()
            try:
                with within(left):
                    return self._source.read(start_byte, length)
            except ServiceError as error:
                left -= self._clock() - started
                pause = _BACKOFF.pause_within(left, failures, error.retry_after)
                if pause is None or not may_read_again(error):
                    raise
                left -= pause
                self._wait(pause)
                if self._stopped.is_set():
                    raise
            failures += 1
