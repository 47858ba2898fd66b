"""The files of the buckets, for whoever reads them by key; no symbolic link is followed.

A key is the path of a regular file below the folder of its bucket.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import BinaryIO

from .refusals import no_such_bucket, no_such_key

_BUCKET = re.compile(r"[0-9a-z][0-9a-z.-]{1,61}[0-9a-z]")
_LONGEST_KEY = 1024  # bytes
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True)
class Stored:
    """An object: what of it stands in a listing and in the head of an answer."""

    key: str
    size: int
    changed: float  # epoch seconds
    start: int = 0  # where in its file it begins

    @classmethod
    def of(cls, key: str, found: os.stat_result) -> Stored:
        return cls(key, found.st_size, found.st_mtime)

    @property
    def etag(self) -> str:
        return f'"{int(self.changed * 1000):x}-{self.size:x}"'

    @property
    def date(self) -> str:
        return formatdate(self.changed, usegmt=True)


def open_object(path: Path, key: str) -> tuple[BinaryIO, Stored]:
    """A file as an object, to be read and closed.

    Raises:
        AccessRefused: it is no regular file, or a link is on the way to it.
    """
    try:
        if os.path.realpath(path) != str(path):
            raise no_such_key()
        file = os.fdopen(os.open(path, _FLAGS), "rb")
    except (OSError, ValueError):  # the latter for names that no file system has
        raise no_such_key() from None
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode):
        file.close()
        raise no_such_key()
    return file, Stored.of(key, found)


class Buckets:
    """The object store.

    Args:
        folder: holds one folder per bucket.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Path(os.path.realpath(folder))

    def check(self, bucket: str) -> Path:
        """The folder of a bucket.

        Raises:
            AccessRefused: there is none.
        """
        path = self._folder / bucket
        if not _BUCKET.fullmatch(bucket) or path.is_symlink() or not path.is_dir():
            raise no_such_bucket()
        return path

    def opened(self, bucket: str, key: str) -> tuple[BinaryIO, Stored]:
        """An object, to be read and closed.

        Raises:
            AccessRefused: there is no such bucket, or no regular file of this key.
        """
        folder = self.check(bucket)
        if {"", ".", ".."} & set(key.split("/")):
            raise no_such_key()
        return open_object(folder / key, key)

    def objects(self, bucket: str, prefix: str, marker: str) -> Iterator[Stored]:
        """The objects that begin with a prefix, after a marker, by key."""
        yield from _below(str(self.check(bucket)), "", prefix, marker)


def _below(folder: str, base: str, prefix: str, marker: str) -> Iterator[Stored]:
    """The objects of a folder whose keys begin with ``base``, in the order of their keys."""
    for key, entry in sorted(_entries(folder, base), key=lambda named: named[0]):
        if key.endswith("/"):
            may_match = key.startswith(prefix) or prefix.startswith(key)
            if may_match and (key > marker or marker.startswith(key)):
                yield from _below(entry.path, key, prefix, marker)
        elif key.startswith(prefix) and key > marker:
            try:
                yield Stored.of(key, entry.stat(follow_symlinks=False))
            except FileNotFoundError:  # it was deleted meanwhile
                continue


def _entries(folder: str, base: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """What is in a folder, by key; that of a folder ends with a slash."""
    try:
        with os.scandir(folder) as found:
            entries = list(found)
    except OSError:  # it was deleted meanwhile
        return
    for entry in entries:
        key = base + entry.name
        if _is_key(key) and entry.is_dir(follow_symlinks=False):
            yield key + "/", entry
        elif _is_key(key) and entry.is_file(follow_symlinks=False):
            yield key, entry


def _is_key(key: str) -> bool:
    try:
        return len(key.encode()) < _LONGEST_KEY
    except UnicodeEncodeError:
        return False
