"""A whole log: in the file that a line names, in a still picture, or for the reader of a panel.

All only tell a person about it; :mod:`modelarts_magics.core.logs.download` reads and writes.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Callable

from ...core.api.log import ByteSource, LogChunk, LogText
from ...core.errors import ModelArtsError
from ...core.http.reader import Reader
from ...core.i18n import _
from ...core.logs.download import (
    ReadLog,
    Stopped,
    WrittenLog,
    cannot_write,
    download,
    read_whole,
)
from ...core.logs.job_logs import JobLogs
from ...sdk.writer import say
from ..panels.worker import END_TIME, Worker
from .model import LogModel
from .progress import ProgressLine
from .results import LogPicture

LARGEST_LINK = 4 * 2**20  # bytes
SHOWN_LINES = 200
_LONGEST_NAME = 150  # bytes of UTF-8; file systems take 255
_PIECE = 2**20  # bytes
_INTERVAL = 0.5  # seconds between words about how far it is

OpenSource = Callable[[Reader], ByteSource]


def save(
    open_source: OpenSource,
    path: str,
    picture: Callable[[], LogPicture],
) -> LogPicture:
    """Write the log, saying how far it is; what was there before stays until it is complete.

    Args:
        open_source: the log, for a reader with a back-off of its own.
        picture: of the last lines.

    Raises:
        InvalidArgumentError: the file cannot be written.
    """
    line, reader = ProgressLine(), Reader()
    source = open_source(reader)
    try:
        target = _target(path, source.name)
        written = download(source, target, reader, line.tell)
    finally:
        line.clear()
    say(_("Saved {n:,} bytes of {file} to {path}", n=written, file=source.name, path=target))
    _say(_remarks(written))
    return picture()


def read_all(open_source: OpenSource) -> LogText:
    """The whole log for a picture, saying how far it is; see :func:`save`."""
    line, reader = ProgressLine(), Reader()
    try:
        found = read_whole(open_source(reader), reader, line.tell)
    finally:
        line.clear()
    _say(_remarks(found))
    return found.part


def _remarks(log: WrittenLog | ReadLog) -> tuple[str, ...]:
    """What else there is to say of a whole log."""
    no_utf8 = _("What is no UTF-8 in the log stands there as U+FFFD.")
    lost = _("Only its newest part can be had: {n:,} bytes before it are missing.", n=log.missing)
    more = _("The job has written {n:,} bytes more since.", n=log.written_since)
    is_odd = not log.is_exact and not log.missing
    said = [(is_odd, no_utf8), (log.missing > 0, lost), (log.written_since > 0, more)]
    return tuple(words for is_so, words in said if is_so)


def _say(words: Sequence[str]) -> None:
    for word in words:
        say(word)


def check_target(path: str) -> None:
    """Refuse now what could not be written later; errors as those of :func:`save`."""
    target = _target(path, "log")
    if not target.parent.is_dir():
        raise cannot_write(path, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))
    if not os.access(target.parent, os.W_OK):
        raise cannot_write(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def _target(path: str, log_file: str) -> Path:
    """The file to write: in a folder it is named like the log, behind a link it is the link's.

    Raises:
        InvalidArgumentError: there is something that is no file and must not be replaced by one.
    """
    try:
        target = Path(os.path.realpath(Path(path).expanduser()))
        if target.is_dir():
            target /= Path(log_file).name or "log"
        if target.exists() and not target.is_file():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    except (OSError, RuntimeError, ValueError) as error:  # ~NAME is nobody; no file can have it
        raise cannot_write(path, error) from None
    return target


@dataclass(frozen=True)
class SavedLog:
    """A log that was saved.

    Attributes:
        name: for the file.
        size: bytes.
        data: the whole of it, where it is not written to :attr:`path`.
        path: on the machine of the kernel.
        remarks: what else there is to say of it.
    """

    name: str
    size: int
    data: bytes | None = None
    path: Path | None = None
    remarks: tuple[str, ...] = ()


class Saving:
    """Brings whole logs out of a panel, in a thread of its own; reading goes on meanwhile.

    For a reader whose browser runs no script of ours. Kernel and browser may be on different
    machines: a log that is not large goes to the browser as a link that holds it; a large one is
    written into the working folder of the kernel, where the notebook lies as a rule.

    Args:
        model: of the panel; a log that it holds from its first byte on is not read again.
        logs: where the log files can be read.
        changed: is called when there is something else to show.

    Attributes:
        said: how far it is, or what went wrong.
        saved: what there is to show.
    """

    def __init__(
        self,
        model: LogModel,
        logs: JobLogs,
        changed: Callable[[], object],
    ) -> None:
        self.said = ""
        self.saved: tuple[SavedLog, ...] = ()
        self._model = model
        self._logs = logs
        self._changed = changed
        self._worker: Worker | None = None
        self._is_wanted = False
        self._stop = threading.Event()  # of the file that is being written
        self._told_at = 0.0

    def start(self, names: Sequence[str]) -> None:
        """Begin, unless it is at work; returns at once."""
        if self._worker is not None and self._worker.is_running:
            return
        self._is_wanted = True
        self._tell(_("Reading the whole log…"))
        self._worker = Worker("modelarts-magics-saving", self._steps(names), self._failed)

    def wait(self, seconds: float) -> None:
        """Wait until it is done."""
        if self._worker is not None:
            self._worker.join(seconds)

    def forget(self) -> None:
        """Let go of what was saved, and end what is under way."""
        self.end()
        self._tell("")

    def end(self) -> None:
        """Give up what is under way; returns at once."""
        self._is_wanted = False
        self._stop.set()
        if self._worker is not None:
            self._worker.stop()

    def close(self) -> None:
        self.end()
        self.wait(END_TIME)

    def _steps(self, names: Sequence[str]) -> Iterator[float]:
        saved: list[SavedLog] = []
        try:
            for name in names:
                saved.append(self._save(name, is_large=self._size(names) > LARGEST_LINK))
                yield 0.0
        except Stopped:
            return
        except (ModelArtsError, OSError) as error:
            self._failed(error)
        else:
            self._tell("", *saved)

    def _failed(self, error: Exception) -> None:
        if self._is_wanted:
            self._tell(_("Not saved: {reason}", reason=error))

    def _tell(self, words: str, *saved: SavedLog) -> None:
        self.said, self.saved = words, saved
        self._told_at = time.monotonic()
        self._changed()

    def _size(self, names: Sequence[str]) -> int:
        """As far as the panel knows the logs."""
        spools = (self._model.spools.get(name) for name in names)
        return sum(spool.end for spool in spools if spool is not None)

    def _save(self, log_file: str, *, is_large: bool) -> SavedLog:
        job = self._model.job
        name = file_name(job.name, job.version_name, log_file)
        if is_large:
            path = _unused(Path.cwd(), name)
            written = self._bring(log_file, path)
            return SavedLog(path.name, written, path=path, remarks=_remarks(written))
        with tempfile.TemporaryDirectory(prefix="modelarts-magics-") as folder:
            path = Path(folder) / "log"
            written = self._bring(log_file, path)
            data = path.read_bytes()
        return SavedLog(name, len(data), data=data, remarks=_remarks(written))

    def _bring(self, log_file: str, path: Path) -> WrittenLog:
        """Write the whole log to a file; what the panel has read of it is not read again."""
        self._stop = stop = threading.Event()  # another for each: a download sets it at its end
        if not self._is_wanted:
            raise Stopped
        source, reader = self._logs.source(log_file), self._logs.reader
        held = _Held(self._model, log_file, source.origin)
        if self._model.finished and held.is_whole:
            return download(held, path, Reader(1), self._progress, stop=stop)
        return download(source, path, reader, self._progress, stop=stop, held=held)

    def _progress(self, position: int, end: int) -> None:
        if time.monotonic() - self._told_at > _INTERVAL:
            self._tell(_("Reading the whole log: {n:,} of {end:,} bytes", n=position, end=end))


class _Held:
    """What a panel has read of a log from its first byte on; cut characters are left out.

    There is nothing in it where the panel has begun farther on, or where the text is not the bytes.
    """

    longest_slice = _PIECE

    def __init__(self, model: LogModel, log_file: str, origin: tuple[str, ...]) -> None:
        self.name = log_file
        self.origin = origin
        self._model = model

    @property
    def is_whole(self) -> bool:
        return self._model.whole(self.name) is not None

    def read(self, start_byte: int, length: int) -> LogChunk:
        spool = self._model.whole(self.name)
        end = spool.end if spool else 0
        start = max(0, end - length) if start_byte < 0 else start_byte
        count = max(0, min(length, end - start))
        try:
            text = spool.read(start, start + count)[2] if spool else ""
        except ValueError:  # it was closed just now, since the log was written anew
            return LogChunk("", start, start, 0)
        return LogChunk(text, start, start + count, count)


def file_name(*parts: str) -> str:
    """A name that means nothing to a file system, a page or a shell.

    >>> file_name("job", "V0001", "../a<b>.log"), file_name("训练", "", "")
    ('job-V0001-.._a_b_.log', '训练.log')
    """
    name = re.sub(r"[^\w.-]+", "_", "-".join(filter(None, parts))).lstrip("._-") or "job"
    short = name.removesuffix(".log").encode()[:_LONGEST_NAME].decode(errors="ignore")
    return f"{short}.log"


def _unused(folder: Path, name: str) -> Path:
    """A name that no file has; what is there is somebody's."""
    stem, suffix = os.path.splitext(name)
    names = (name if not n else f"{stem}-{n}{suffix}" for n in count())
    return next(folder / name for name in names if not (folder / name).exists())
