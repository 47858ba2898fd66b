"""Fetch a whole log over several connections, write it in order, go on after an interruption.

Ranges are asked for with a small overlap: the end of one tells where the characters of the next
begin, so that no character is lost where two ranges meet.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import IO, Callable

from .budget import Budget, threads
from .errors import InvalidArgumentError, ThrottledError, UnavailableError
from .i18n import _
from .logs import REPLACEMENT, ByteSource, ExactLog, Log, end_of, exact
from .models import LogChunk

_OVERLAP = 8  # bytes; one character and the rest of another fit in
_CONTINUATIONS = bytes(range(0x80, 0xC0))
_TRIES = 6
_FIRST_PAUSE = 0.5  # seconds
_AHEAD = 4  # ranges under way or waiting for their turn, for each connection

Progress = Callable[[int, int], object]


def download(
    source: ByteSource, path: Path, budget: Budget, progress: Progress | None = None
) -> int:
    """Write a whole log to a file, which appears when it is complete.

    Interrupting leaves what is there beside it; the next call goes on from it.

    Args:
        progress: is told the bytes that are written, and those that there are.

    Returns:
        The length of the log in bytes.

    Raises:
        InvalidArgumentError: the file cannot be written.
        ServiceError: the service refused, or stayed in trouble.
    """
    draft = _Draft(path, source.name)
    try:
        with draft.opened() as file:
            for text, end in _texts(source, draft.position, budget, progress):
                file.write(text)
                draft.position = end
        draft.publish()
    except BaseException:
        draft.keep()
        raise
    return draft.position


class _Draft:
    """The unfinished file beside the target, and the note that says how far it is."""

    def __init__(self, path: Path, log_file: str) -> None:
        self._target = path
        self._file = path.with_name(f".{path.name}.part")
        self._note = path.with_name(f".{path.name}.part.json")
        self._log_file = log_file
        self.position, self._length = self._noted()

    def _noted(self) -> tuple[int, int]:
        """How far an earlier attempt came: bytes of the log, bytes of the file."""
        try:
            note = json.loads(self._note.read_text("utf-8"))
            length = int(note["length"])
            if note["log_file"] == self._log_file and self._file.stat().st_size >= length:
                return int(note["position"]), length
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return 0, 0

    def opened(self) -> IO[str]:
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise InvalidArgumentError(
                _("Cannot write {path}: {reason}", path=self._target, reason=error.strerror),
                _("Name another file: --save PATH"),
            ) from None
        os.ftruncate(descriptor, self._length)
        os.lseek(descriptor, 0, os.SEEK_END)
        return open(descriptor, "w", encoding="utf-8", newline="")

    def keep(self) -> None:
        """Note what is there; nothing is kept of an attempt that came nowhere."""
        if not self.position:
            self._remove()
            return
        note = {
            "log_file": self._log_file,
            "position": self.position,
            "length": self._file.stat().st_size,
        }
        self._note.write_text(json.dumps(note), "utf-8")

    def publish(self) -> None:
        os.replace(self._file, self._target)
        self._remove()

    def _remove(self) -> None:
        for path in (self._file, self._note):
            with suppress(FileNotFoundError):
                path.unlink()


def _texts(
    source: ByteSource, start: int, budget: Budget, progress: Progress | None
) -> Iterator[tuple[str, int]]:
    """Exact pieces in order, each with where it ends."""
    patient = _PatientSource(source, budget)
    log = ExactLog(patient)
    end = end_of(patient)
    position, known = start, b""
    with closing(_ranges(patient, start, end, budget.connections)) as chunks:
        for chunk in chunks:
            for text, reached in _joined(log, chunk, known, position):
                yield text, reached
                position, known = reached, (known + text.encode())[-_OVERLAP:]
            if progress:
                progress(position, max(end, position))
    yield from _sequential(log, position, None)  # what was written meanwhile


def _ranges(
    source: ByteSource, start: int, end: int, connections: int
) -> Generator[LogChunk, None, None]:
    """All ranges in order; those ahead are fetched meanwhile."""
    step = source.longest_slice - _OVERLAP
    starts = iter(range(start, end, step))
    pool = threads(connections, "download")
    waiting: deque[Future[LogChunk]] = deque()
    try:
        while True:
            for first in islice(starts, connections * _AHEAD - len(waiting)):
                waiting.append(pool.submit(source.read, first, source.longest_slice))
            if not waiting:
                return
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _joined(log: Log, chunk: LogChunk, known: bytes, position: int) -> Iterator[tuple[str, int]]:
    """What a range adds to all before ``position``, whose last bytes are known.

    Where the texts do not meet, as in a log that is no UTF-8, the rest is read in sequence.
    """
    if chunk.start_byte is None or chunk.end_byte is None or chunk.end_byte <= position:
        return
    added = _after_overlap(chunk.text, known, position - chunk.start_byte)
    if added is None:
        yield from _sequential(log, position, chunk.end_byte)
        return
    text, reached = exact(added, position, chunk.end_byte)
    if reached > position:
        yield text, reached


def _after_overlap(text: str, known: bytes, length: int) -> str | None:
    """The text after its first ``length`` bytes, which are the end of ``known``.

    The overlap may begin inside a character, of which the service makes U+FFFD or nothing.
    """
    if length == 0:
        return text
    if not 0 < length <= len(known):
        return None
    whole = known[-length:].lstrip(_CONTINUATIONS)
    shown = whole.decode()
    for replaced in range(length - len(whole) + 1):
        if text[:replaced].strip(REPLACEMENT) == "" and text.startswith(shown, replaced):
            return text[replaced + len(shown) :]
    return None


def _sequential(log: Log, position: int, end: int | None) -> Iterator[tuple[str, int]]:
    while end is None or position < end:
        part = log.after(position, is_final=True)
        if part.is_truncated or part.text.end_byte <= position:
            return
        yield part.text.text, part.text.end_byte
        position = part.text.end_byte


class _PatientSource:
    """A source whose passing troubles are waited for."""

    def __init__(self, source: ByteSource, budget: Budget) -> None:
        self.name = source.name
        self.longest_slice = source.longest_slice
        self._source = source
        self._budget = budget

    def read(self, start_byte: int, length: int) -> LogChunk:
        pause = _FIRST_PAUSE
        for _attempt in range(_TRIES - 1):
            try:
                return self._source.read(start_byte, length)
            except (ThrottledError, UnavailableError) as error:
                asked = getattr(error, "retry_after", None)
            self._budget.wait(pause if asked is None else asked)
            pause *= 2
        return self._source.read(start_byte, length)
