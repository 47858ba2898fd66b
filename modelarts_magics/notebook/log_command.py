"""``%ma_log``: parse the line, read the log, show it."""

from __future__ import annotations

import argparse
import errno
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core import rules, runs
from ..core.client import Client
from ..core.errors import InvalidArgumentError
from ..core.i18n import _
from ..core.logs import ByteLog, LogText, read_forward, read_tail
from ..core.models import JobVersion, LogLines
from .arguments import MagicParser, variable_name, whole_number
from .context import Context
from .job_argument import JobArgument
from .log_picture import JobTable, LogPicture

DEFAULT_TAIL = 200  # lines
_ALL = -1
_PROGRESS_AFTER = 1.0  # seconds


def parser() -> MagicParser:
    """The command line of ``%ma_log``."""
    made = MagicParser(
        "%ma_log",
        _("Show the log of a training job; without JOB, list the recent jobs."),
    )
    made.add_argument(
        "job",
        nargs="?",
        metavar="JOB",
        help=_("id or name of a job, or an expression for a job object such as jobs[0]"),
    )
    made.add_argument(
        "version",
        nargs="?",
        metavar="VERSION",
        help=_("id or name of a version (V0001); the newest by default"),
    )
    made.add_argument("--file", metavar="NAME", help=_("log file; the first by default"))
    made.add_argument(
        "--tail",
        metavar="N",
        type=_tail,
        help=_("show the last N lines, or all; {n} by default", n=DEFAULT_TAIL),
    )
    made.add_argument(
        "--start-byte",
        metavar="N",
        type=whole_number(-1),
        help=_("show one slice from byte N, as get_job_log does; -1 for the newest"),
    )
    made.add_argument(
        "--offset", metavar="N", type=int, help=_("length of the slice in bytes; 2048 by default")
    )
    made.add_argument("--save", metavar="PATH", help=_("write the whole log to a file"))
    made.add_argument(
        "--as", dest="name", metavar="NAME", type=variable_name, help=_("keep the result as NAME")
    )
    return made


def _tail(text: str) -> int:
    count: int = _ALL if text == "all" else whole_number(0)(text)
    return count


@dataclass(frozen=True)
class _Log:
    """The log file that a line means."""

    client: Client
    version: JobVersion
    files: tuple[str, ...]
    file: str

    @property
    def source(self) -> ByteLog:
        return ByteLog(self.client, self.version.job_id, self.version.version_id, self.file)

    def picture(self, part: LogText) -> LogPicture:
        return LogPicture(self.version, self.file, self.files, part)


def run(context: Context, line: str) -> None:
    """Carry out one ``%ma_log`` line."""
    asked = parser().parse_line(line)
    _check(asked)
    result = _listed(context) if asked.job is None else _read(context, asked)
    if asked.name:
        context.shell.user_ns[asked.name] = result
    if not asked.save:
        context.show(result)


def _check(asked: argparse.Namespace) -> None:
    """Refuse flags that would do nothing, and a slice that no service gives."""
    given = {"--tail": asked.tail, "--start-byte": asked.start_byte, "--offset": asked.offset}
    part = [flag for flag, value in given.items() if value is not None]
    if asked.job is None and (asked.save or asked.file or part):
        raise InvalidArgumentError(
            _("{magic}: no job is named", magic="%ma_log"), _("%ma_log lists the jobs")
        )
    if asked.save and part:
        raise InvalidArgumentError(
            _("--save writes the whole log"), _("Leave out {flags}", flags=", ".join(part))
        )
    if "--tail" in part and len(part) > 1:
        raise InvalidArgumentError(
            _("--tail and {flag} name different parts of the log", flag=part[1]),
            _("Leave out one of them"),
        )
    rules.check_slice(asked.start_byte or 0, asked.offset or 0)


def _listed(context: Context) -> JobTable:
    return JobTable(runs.recent_jobs(context.client()))


def _read(context: Context, asked: argparse.Namespace) -> LogPicture:
    log = _find(context, asked)
    if asked.save:
        return _save(log, Path(asked.save))
    if asked.start_byte is not None or asked.offset is not None:
        return log.picture(_slice(log, asked.start_byte or 0, asked.offset))
    if asked.tail == _ALL:
        pieces = list(_with_progress(read_forward(log.source)))
        text = "".join(piece.text for piece in pieces)
        return log.picture(LogText(text, 0, pieces[-1].end_byte if pieces else 0))
    return log.picture(read_tail(log.source, DEFAULT_TAIL if asked.tail is None else asked.tail))


def _find(context: Context, asked: argparse.Namespace) -> _Log:
    job = JobArgument.parse(asked.job, context.shell.user_ns)
    client = context.client(job.session)
    job_id = job.job_id or runs.find_job_id(client, job.name)
    version = runs.find_version(client, job_id, asked.version or job.version_id)
    files = client.list_log_files(job_id, version.version_id).names
    file = runs.choose_log_file(files, asked.file, version.job_name)
    return _Log(client, version, files, file)


def _slice(log: _Log, start_byte: int, offset: int | None) -> LogText:
    """The one documented call, just as it answers."""
    length = rules.LONGEST_SLICE if offset is None else offset
    version = log.version
    chunk = log.client.read_log(version.job_id, version.version_id, log.file, start_byte, length)
    if isinstance(chunk, LogLines):
        return LogText(chunk.text, 0, 0)
    return LogText(chunk.text, chunk.start_byte or 0, chunk.end_byte or 0)


def _save(log: _Log, path: Path) -> LogPicture:
    """Write the whole log; what was there before stays until the new one is complete."""
    try:
        target = _target(path, log.file)
        end = _write(read_forward(log.source), target)
    except (OSError, RuntimeError) as error:  # a RuntimeError where ~NAME is nobody
        reason = getattr(error, "strerror", None) or error
        raise InvalidArgumentError(
            _("Cannot write {path}: {reason}", path=path, reason=reason),
            _("Name another file: --save PATH"),
        ) from None
    print(_("Saved {n:,} bytes of {file} to {path}", n=end, file=log.file, path=target))
    return log.picture(read_tail(log.source, DEFAULT_TAIL))


def _target(path: Path, log_file: str) -> Path:
    """The file to write: in a folder it is named like the log, behind a link it is the link's.

    Raises:
        OSError: there is something that is no file and must not be replaced by one.
    """
    target = Path(os.path.realpath(path.expanduser()))
    if target.is_dir():
        target /= Path(log_file).name or "log"
    if target.exists() and not target.is_file():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    return target


def _write(pieces: Iterable[LogText], target: Path) -> int:
    """Replace a file by what comes, once all of it is there; gives its number of bytes."""
    handle, draft = tempfile.mkstemp(prefix=".ma_log-", dir=target.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            end = _copy(pieces, file)
        os.chmod(draft, 0o666 & ~_umask())
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise
    return end


def _copy(pieces: Iterable[LogText], file: Any) -> int:
    end = 0
    for piece in _with_progress(pieces):
        file.write(piece.text)
        end = piece.end_byte
    return end


def _umask() -> int:
    """The permissions that a new file of this user does not get."""
    present = os.umask(0)
    os.umask(present)
    return present


def _with_progress(pieces: Iterable[LogText]) -> Iterator[LogText]:
    """Say how far the reading is, once it takes longer than a moment."""
    started, shown = time.monotonic(), 0.0
    for piece in pieces:
        yield piece
        now = time.monotonic()
        if now - started > _PROGRESS_AFTER and now - shown > _PROGRESS_AFTER / 2:
            shown = now
            print("\r" + _("Reading: {n:,} bytes", n=piece.end_byte), end="", flush=True)
    if shown:
        print("\r" + " " * 40, end="\r", flush=True)
