"""Where event files come from: a folder of this machine, or one of the object store.

Source: docs/api/obs.md.
"""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..errors import ModelArtsError
from ..i18n import _
from ..obs.client import ObsClient

MOST_LOOKED_AT = 20_000
"""Files of a folder, whatever they are, among which event files are looked for at each look."""

_AT_ONCE = 4 * 2**20  # bytes that are fetched at least, where there are so many


class Opened(Protocol):
    """A file that is being read."""

    def read(self, size: int) -> bytes:
        """Fewer bytes only where the file ends, as far as it is known."""

    def close(self) -> None:
        """Hold nothing more than is needed to go on later."""


class GrowingFile(Protocol):
    """A file that grows at its end; every method may raise ``OSError``."""

    def size(self) -> int:
        """Bytes that it has now, as far as it is known."""

    def open(self, offset: int) -> Opened:
        """Read it from a byte on."""


@dataclass(frozen=True)
class FoundFile:
    """An event file.

    Attributes:
        run: its folder, below the one that was searched.
        name: in that folder.
    """

    run: str
    name: str
    file: GrowingFile


class EventFolder(Protocol):
    """Where event files are looked for.

    Attributes:
        is_cut: whether there were more files than were looked at.
    """

    is_cut: bool

    def find(self) -> Iterator[FoundFile]:
        """All that are there now, those of a folder by their names."""


def is_event_file(name: str) -> bool:
    """TensorBoard's rule; a profiler marks its folders by files that hold nothing."""
    return "tfevents" in name and not name.endswith(".profile-empty")


class LocalFolder:
    """A folder of this machine.

    Args:
        path: need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self.is_cut = False
        self._path = path

    def find(self) -> Iterator[FoundFile]:
        """Links to folders are not followed: they may lead anywhere, or in a circle."""
        looked_at, self.is_cut = 0, False
        for folder, _folders, names in os.walk(self._path):
            run = os.path.relpath(folder, self._path)
            for name in sorted(filter(is_event_file, names)):
                yield FoundFile(run, name, LocalFile(Path(folder, name)))
            looked_at += 1 + len(names)
            if looked_at > MOST_LOOKED_AT:
                self.is_cut = True
                return


class LocalFile:
    """A file of this machine, which need not be there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def size(self) -> int:
        found = os.stat(self._path)
        if not stat.S_ISREG(found.st_mode):  # a pipe might never be written to
            raise OSError(errno.EINVAL, _("it is no regular file"))
        return found.st_size

    def open(self, offset: int) -> Opened:
        file = open(self._path, "rb")  # noqa: SIM115  # whoever reads it closes it
        file.seek(offset)
        return file


class StoredFolder:
    """A folder of the object store, whose listing tells how much there is of each object.

    Args:
        bucket: its bucket.
        prefix: how the keys of its objects begin, with a slash at its end.
    """

    def __init__(self, store: ObsClient, bucket: str, prefix: str) -> None:
        self.is_cut = False
        self._store = store
        self._bucket = bucket
        self._prefix = prefix
        self._files: dict[str, _StoredFile] = {}

    def find(self) -> Iterator[FoundFile]:
        """Objects come by their keys.

        Raises:
            ServiceError: the store refuses, or cannot be reached.
        """
        self.is_cut = False
        for number, found in enumerate(self._store.objects(self._bucket, self._prefix)):
            if number == MOST_LOOKED_AT:
                self.is_cut = True
                return
            run, name = posixpath.split(found.key[len(self._prefix) :])
            if is_event_file(name) and (file := self._file(found.key)):
                file.listed = found.size
                yield FoundFile(run or ".", name, file)

    def _file(self, key: str) -> _StoredFile | None:
        """The object, also where it was found before; nothing where others are known enough."""
        if key not in self._files and len(self._files) < MOST_LOOKED_AT:
            self._files[key] = _StoredFile(self._store, self._bucket, key)
        return self._files.get(key)


class _StoredFile:
    """An object; what was fetched of it and is not read yet is kept."""

    def __init__(self, store: ObsClient, bucket: str, key: str) -> None:
        self.listed = 0
        self._store = store
        self._place = bucket, key
        self._next = 0  # the first byte that is not read yet
        self._fetched = b""
        self._used = (
            0  # bytes of that which are read; cutting them off would copy the rest each time
        )

    def size(self) -> int:
        return self.listed

    def open(self, offset: int) -> Opened:
        if offset != self._next:
            self._next, self._fetched, self._used = offset, b"", 0
        return self

    def read(self, size: int) -> bytes:
        if self._left < size:
            self._fetched, self._used = self._fetched[self._used :], 0
        while self._left < size and (more := self._fetch(size - self._left)):
            self._fetched += more
        data = self._fetched[self._used : self._used + size]
        self._used += len(data)
        self._next += len(data)
        return data

    @property
    def _left(self) -> int:
        return len(self._fetched) - self._used

    def close(self) -> None:
        pass

    def _fetch(self, size: int) -> bytes:
        start = self._next + self._left
        length = min(max(size, _AT_ONCE), self.listed - start)
        if length <= 0:
            return b""
        try:
            return self._store.read(*self._place, start, length).data
        except ModelArtsError as error:
            raise OSError(errno.EIO, error.message) from error
