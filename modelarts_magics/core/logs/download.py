"""Fetch a whole log over several connections, write it in order, go on after an interruption."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, Callable

from ..api.v1.models.log import LogChunk
from ..errors import InvalidArgumentError, ThrottledError, UnavailableError
from ..http.rate_limit import Budget
from ..i18n import _
from .ahead import ReadAhead, in_sequence
from .exact import ByteSource, ExactLog, LogText, end_of

_FIRST_PAUSE = 0.5  # seconds
_PATIENCE = 60.0  # seconds of waiting for one slice

Progress = Callable[[int, int], object]


def download(
    source: ByteSource,
    path: Path,
    budget: Budget,
    progress: Progress | None = None,
    wait: Callable[[float], object] | None = None,
) -> int:
    """Write a whole log to a file, which appears when it is complete.

    Interrupting leaves what is there beside it; the next call goes on from it.

    Args:
        budget: tells how many ranges are fetched at once.
        progress: is told the bytes that are written, and those that there are.
        wait: sleeps for some seconds after trouble, until the download is given up by default.

    Returns:
        The length of the log in bytes.

    Raises:
        InvalidArgumentError: the file cannot be written.
        ServiceError: the service refused, or stayed in trouble.
    """
    draft = _Draft(path, source.name)
    stopped = threading.Event()
    patient = _PatientSource(source, stopped, wait)
    try:
        with draft.opened() as file:
            for piece in _texts(patient, draft.position, budget.connections, progress):
                file.write(piece.text)
                draft.position = piece.end_byte
        draft.publish()
    except BaseException:
        draft.keep()
        raise
    finally:
        stopped.set()
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
    source: ByteSource, start: int, connections: int, progress: Progress | None
) -> Iterator[LogText]:
    """Exact pieces in order, up to the end that the log has then."""
    log = ExactLog(source)
    ahead = ReadAhead(log, source)
    end, position, before = end_of(source), start, -1
    while before < position < end and ahead.step:
        before = position
        with closing(ahead.pieces(position, end, connections)) as pieces:
            for piece in pieces:
                yield piece
                position = piece.end_byte
                if progress:
                    progress(position, max(end, position))
    yield from in_sequence(log, position, None, is_final=True)


class _PatientSource:
    """A source whose passing troubles are waited for, until somebody sets ``stopped``."""

    def __init__(
        self, source: ByteSource, stopped: threading.Event, wait: Callable[[float], object] | None
    ) -> None:
        self.name = source.name
        self.longest_slice = source.longest_slice
        self._source = source
        self._stopped = stopped
        self._wait = wait or stopped.wait

    def read(self, start_byte: int, length: int) -> LogChunk:
        waited, usual = 0.0, _FIRST_PAUSE
        while True:
            try:
                return self._source.read(start_byte, length)
            except (ThrottledError, UnavailableError) as error:
                pause = max(usual, getattr(error, "retry_after", None) or 0.0)
                waited += pause
                if waited > _PATIENCE:
                    raise
                self._wait(pause)
                if self._stopped.is_set():
                    raise
            usual *= 2
