"""Whose folder it is: one file in it tells, written before anything else.

A folder is ours when it carries our mark. A missing or empty one becomes ours, and one from before
there were marks is known by what it holds. Every other one is refused, and left as it was.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Callable

NAME = "modelarts-magics.json"
VERSION = 1
_LONGEST = 4096  # bytes of a mark that are read
_SHOWN = 3  # names of what a folder of somebody else holds


class Foreign(Enum):
    """Why a folder cannot be ours."""

    HOLDS_OTHER_THINGS = auto()
    IS_SHARED = auto()
    IS_NEWER = auto()


class NotOurs(Exception):
    """A folder that was left as it was.

    Args:
        reason: why.
        found: a few names of what it holds, fit to be shown.
    """

    def __init__(self, reason: Foreign, found: str = "") -> None:
        super().__init__(reason.name, found)
        self.reason = reason
        self.found = found


@dataclass(frozen=True)
class Mark:
    """What the folders of one kind carry.

    Args:
        format: says what keeps such a folder.
        was_ours: whether a folder without a mark is one from before there were marks.
    """

    format: str
    was_ours: Callable[[Path], bool]

    def claim(self, folder: Path) -> None:
        """Make sure that a folder is ours, and closed to other users; a missing one is made.

        Raises:
            NotOurs: it is somebody else's.
            OSError: it cannot be made, read or changed.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = stat.S_IMODE(folder.stat().st_mode)
        if mode & stat.S_ISVTX or any(_are_same(folder, one) for one in _of_everything()):
            raise NotOurs(Foreign.IS_SHARED)
        is_marked = self._is_marked(folder)
        if mode & 0o077:
            folder.chmod(0o700)
        if not is_marked:
            self._write(folder, mode)

    def is_ours(self, folder: Path) -> bool:
        """Whether a folder carries the mark, or is one from before there were marks."""
        return bool(self._version(_read(folder / NAME))) or self.was_ours(folder)

    def _is_marked(self, folder: Path) -> bool:
        """Whether it carries the mark; false when it may get one."""
        names = sorted(os.listdir(folder))  # before the mark is read: it may be made just now
        found = _read(folder / NAME)
        version = self._version(found)
        if version > VERSION:
            raise NotOurs(Foreign.IS_NEWER)
        # A mark that was cut by a crash is the beginning of one.
        can_be = self._text.startswith(found) and (names in ([], [NAME]) or self.was_ours(folder))
        if not version and not can_be:
            raise NotOurs(Foreign.HOLDS_OTHER_THINGS, _shown(names))
        return bool(version)

    @property
    def _text(self) -> bytes:
        return json.dumps({"format": self.format, "version": VERSION}).encode() + b"\n"

    def _version(self, found: bytes) -> int:
        """Of a mark of this kind; 0 when it is none."""
        try:
            mark = json.loads(found)
        except (ValueError, RecursionError):
            return 0
        if not isinstance(mark, dict) or mark.get("format") != self.format:
            return 0
        version = mark.get("version")
        return version if isinstance(version, int) and version > 0 else 0

    def _write(self, folder: Path, mode: int) -> None:
        """Two processes may do so at once: what they write is the same."""
        path = folder / NAME
        is_new = not os.path.lexists(path)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            with open(descriptor, "wb") as file:
                file.write(self._text)
                file.flush()
                os.fsync(descriptor)
        except OSError:
            if is_new:
                path.unlink(missing_ok=True)
            folder.chmod(mode)
            raise


def _read(path: Path) -> bytes:
    """The beginning of a plain file: nothing where there is none, no mark where it is no file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return b""
    except OSError:
        return b"?"
    with open(descriptor, "rb") as file:
        is_plain = stat.S_ISREG(os.fstat(descriptor).st_mode)
        return file.read(_LONGEST) if is_plain else b"?"


def _of_everything() -> list[Path]:
    try:
        return [Path("/"), Path.home()]
    except RuntimeError:  # nobody's
        return [Path("/")]


def _are_same(folder: Path, other: Path) -> bool:
    try:
        return folder.samefile(other)
    except OSError:
        return False


def _shown(names: list[str]) -> str:
    shown = [name if name.isprintable() else ascii(name)[1:-1] for name in names[:_SHOWN]]
    return ", ".join(name[:40] for name in shown) + (", ..." if len(names) > _SHOWN else "")
