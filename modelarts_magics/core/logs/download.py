"""Write a whole log to a file, in order, and go on after an interruption.

The one place that does so: others say where the text comes from, and tell a person how far it is.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Protocol

from ..api.log import ByteSource, LogText
from ..errors import InvalidArgumentError, LogRewrittenError
from ..http.reader import Reader
from ..i18n import _
from .draft import Draft
from .fingerprint import Fingerprint
from .readers import LogBytes
from .retried import RetriedSource, Retry
from .snapshot import Snapshot

Progress = Callable[[int, int], object]


class Stopped(Exception):
    """The writing was told to stop; what is there waits for the next call."""


class WrittenLog(int):
    """The length in bytes of a log that was written, with what else there is to say.

    Attributes:
        is_exact: whether the file is the log byte for byte; a log that is no UTF-8 cannot be had
            like that.
        written_since: bytes that the job has added since the writing began.
        missing: bytes of the log that nobody has; a line in the file stands for them.
    """

    is_exact: bool
    written_since: int
    missing: int

    def __new__(
        cls, size: int, *, is_exact: bool = True, written_since: int = 0, missing: int = 0
    ) -> WrittenLog:
        made = super().__new__(cls, size)
        made.is_exact = is_exact and not missing
        made.written_since = written_since
        made.missing = missing
        return made


@dataclass(frozen=True)
class ReadLog:
    """A whole log that was read: its text, and what :class:`WrittenLog` says of one."""

    part: LogText
    is_exact: bool
    written_since: int
    missing: int = 0


class LogNow(Protocol):
    """A log at one moment, as :class:`~.snapshot.Snapshot` gives it."""

    @property
    def end(self) -> int: ...

    def continues(self, known: Fingerprint) -> bool: ...

    def pieces(self, position: int) -> Generator[LogText, None, None]: ...

    def check(self, known: Fingerprint) -> int: ...


class WholeLog(Protocol):
    """A log to be written.

    Attributes:
        origin: what a draft must be of, so that it is gone on with.
        missing: bytes that nobody has, as far as is known by now.
    """

    @property
    def missing(self) -> int: ...

    @property
    def origin(self) -> tuple[str, ...]: ...

    def now(self) -> LogNow:
        """The log as it is when this is called."""


class _Target(Protocol):
    """Where the text of a log goes."""

    known: Fingerprint

    def add(self, piece: LogText) -> None: ...

    def restart(self) -> None: ...


def write(
    log: WholeLog,
    path: Path,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> WrittenLog:
    """Write a whole log to a file, which appears when it is complete.

    It ends where the log ended when this began. Interrupting leaves what is there beside it; the
    next call goes on from it.

    Args:
        progress: is told the bytes that are written, and those that there are.
        stop: ends it when somebody sets it.

    Returns:
        The length of the log in bytes.

    Raises:
        InvalidArgumentError: the file cannot be written.
        LogRewrittenError: the log was written anew meanwhile, twice.
        ServiceError: the service refused, contradicted itself, or stayed in trouble.
        Stopped: ``stop`` was set.
    """
    if "\0" in str(path):
        raise cannot_write(path, OSError(errno.EINVAL, os.strerror(errno.EINVAL)))
    if not path.name or path.is_dir():
        raise cannot_write(path, IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)))
    try:
        with Draft(path, log.origin) as draft:
            since = _fill(draft, log, progress, stop)
            draft.publish()
    except (OSError, UnicodeError) as error:  # the latter of a name that no file can have
        raise cannot_write(path, error) from None
    known = draft.known
    size, is_exact = known.position, known.is_exact
    return WrittenLog(size, is_exact=is_exact, written_since=since, missing=log.missing)


def _fill(
    target: _Target, log: WholeLog, progress: Progress | None, stop: threading.Event | None
) -> int:
    """Bring a log there; one that is written anew meanwhile is begun again once."""
    try:
        return _bring(log, target, progress, stop)
    except LogRewrittenError:
        return _bring(log, target, progress, stop)


def _bring(
    log: WholeLog, target: _Target, progress: Progress | None, stop: threading.Event | None
) -> int:
    try:
        now = log.now()
        if target.known.position and not now.continues(target.known):
            target.restart()
        with closing(now.pieces(target.known.position)) as pieces:
            for piece in pieces:
                target.add(piece)
                _go_on(target.known.position, now.end, progress, stop)
        return now.check(target.known)
    except LogRewrittenError:
        target.restart()
        raise


def _go_on(
    position: int, end: int, progress: Progress | None, stop: threading.Event | None
) -> None:
    if stop is not None and stop.is_set():
        raise Stopped
    if progress is not None:
        progress(position, max(position, end))


def download(
    source: ByteSource,
    path: Path,
    reader: Reader,
    progress: Progress | None = None,
    wait: Callable[[float], object] | None = None,
    stop: threading.Event | None = None,
    held: ByteSource | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> WrittenLog:
    """Fetch a whole log over several connections and :func:`write` it.

    Args:
        reader: tells how many ranges are fetched at once.
        wait: sleeps for some seconds after trouble, until the download is given up by default.
        stop: ends it when somebody sets it, waiting included; it is set at the end.
        held: what somebody has read of the log already, from its first byte on.
        clock: monotonic seconds.
    """
    stop = stop or threading.Event()
    try:
        return write(_Fetched(source, reader, Retry(stop, wait, clock), held), path, progress, stop)
    finally:
        stop.set()


def read_whole(source: ByteSource, reader: Reader, progress: Progress | None = None) -> ReadLog:
    """Fetch a whole log into memory, as :func:`download` does into a file."""
    stop, text = threading.Event(), _Memory()
    log = _Fetched(source, reader, Retry(stop))
    try:
        since = _fill(text, log, progress, None)
    finally:
        stop.set()
    part = LogText("".join(text.parts), 0, text.known.position, source.name)
    return ReadLog(part, text.known.is_exact and not log.missing, since, log.missing)


class _Memory:
    """A log in memory."""

    def __init__(self) -> None:
        self.restart()

    def add(self, piece: LogText) -> None:
        self.known.add(piece)
        self.parts.append(piece.text)

    def restart(self) -> None:
        self.known = Fingerprint()
        self.parts: list[str] = []


class _Fetched:
    """A log that is fetched by several ranges at once."""

    def __init__(
        self, source: ByteSource, reader: Reader, retry: Retry, held: ByteSource | None = None
    ) -> None:
        self.origin = source.origin
        self._whole = source.for_whole(retry, held) if isinstance(source, LogBytes) else None
        self._source = self._whole or RetriedSource(source, retry)
        self._connections = reader.connections
        self._retry = retry
        self._held = held

    @property
    def missing(self) -> int:
        return self._whole.missing if self._whole else 0

    def now(self) -> Snapshot:
        return Snapshot(self._source, self._connections, self._retry, self._held)


def cannot_write(path: object, error: Exception) -> InvalidArgumentError:
    """What a person is told when there can be no such file."""
    reason = getattr(error, "strerror", None) or error
    return InvalidArgumentError(
        _("Cannot write {path}: {reason}", path=path, reason=reason),
        _("Name another file: --save PATH"),
    )
