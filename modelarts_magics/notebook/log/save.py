"""Write a whole log to a file, saying how far it is."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Callable

from ...core.errors import InvalidArgumentError
from ...core.http.rate_limit import Budget
from ...core.i18n import _
from ...core.logs.download import download
from ...core.logs.exact import ByteSource, LogText, read_tail
from .results import LogPicture

_PROGRESS_AFTER = 1.0  # seconds
_SHOWN_LINES = 200


def save(
    open_source: Callable[[Budget | None], ByteSource],
    path: str,
    picture: Callable[[LogText], LogPicture],
) -> LogPicture:
    """Write the log; what was there before stays until the new one is complete.

    Args:
        open_source: the log, with a budget for somebody who waits and repeats by himself.

    Raises:
        InvalidArgumentError: the file cannot be written.
    """
    progress, budget = _Progress(), Budget()
    source = open_source(budget)
    try:
        target = _target(Path(path), source.name)
        size = download(source, target, budget, progress.tell)
    except (OSError, RuntimeError) as error:  # a RuntimeError where ~NAME is nobody
        reason = getattr(error, "strerror", None) or error
        raise InvalidArgumentError(
            _("Cannot write {path}: {reason}", path=path, reason=reason),
            _("Name another file: --save PATH"),
        ) from None
    finally:
        progress.clear()
    print(_("Saved {n:,} bytes of {file} to {path}", n=size, file=source.name, path=target))
    return picture(read_tail(open_source(None), _SHOWN_LINES))


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


def with_progress(pieces: Iterable[LogText]) -> Iterator[LogText]:
    """Say how far a reading is, once it takes longer than a moment."""
    progress = _Progress()
    for piece in pieces:
        yield piece
        progress.tell(piece.end_byte, 0)
    progress.clear()


class _Progress:
    """One line that rewrites itself, from the moment that somebody begins to wait."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._shown = 0.0

    def tell(self, position: int, end: int) -> None:
        now = time.monotonic()
        if now - self._started < _PROGRESS_AFTER or now - self._shown < _PROGRESS_AFTER / 4:
            return
        self._shown = now
        print("\r" + _words(position, end), end="", flush=True)

    def clear(self) -> None:
        if self._shown:
            print("\r" + " " * 60, end="\r", flush=True)


def _words(position: int, end: int) -> str:
    if not end:
        return _("Reading: {n:,} bytes", n=position)
    filled = 20 * position // end
    bar = "█" * filled + "░" * (20 - filled)
    return _("Reading: {bar} {n:,} of {end:,} bytes", bar=bar, n=position, end=end)
