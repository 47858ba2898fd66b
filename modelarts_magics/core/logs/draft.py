"""What is there of a file that is still being written, for the next attempt to go on from.

A draft is one writer's at a time: it is locked, and never reached through a link. Where there are
no locks, as on some network file systems, a writer gives it a name of his own while he writes, so
that others have drafts of theirs. The note beside it says what of it can be trusted. It is written
after that is on the disk, with a digest, so that no other bytes are taken for it.
"""

from __future__ import annotations

import codecs
import errno
import hashlib
import json
import os
import secrets
import stat
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from ..api.log import LogText
from ..errors import InvalidArgumentError
from ..i18n import _
from .fingerprint import Fingerprint

_LONGEST_NAME = 255  # bytes, of a file system
_KEPT_NAME = 200  # bytes of a name that is too long together with what is added to it
_LONGEST_NOTE = 2**16  # bytes
_BLOCK = 2**20  # bytes
_OTHERS = {errno.ELOOP, errno.EISDIR}  # a link or a folder has the name
_DIRECTLY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True)
class _Note:
    """What is known of a draft.

    Attributes:
        origin: of the log; earlier versions noted only the name of its file.
        position: bytes of the log that are in the draft.
        length: bytes of the draft that are these.
        digest: of these bytes; earlier versions noted none.
    """

    origin: tuple[str, ...]
    position: int
    length: int
    digest: str | None

    @classmethod
    def read(cls, path: Path) -> _Note | None:
        """The note in a file; ``None`` where there is none that makes sense."""
        try:
            with _opened(path, os.O_RDONLY) as file:
                text = file.read(_LONGEST_NOTE)
        except OSError:
            return None
        try:
            note = json.loads(text)
            origin = note["origin"] if "origin" in note else [note["log_file"]]
            return cls(tuple(origin), note["position"], note["length"], note.get("digest"))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def is_of(self, origin: tuple[str, ...]) -> bool:
        """Whether it may be of a log; without a digest only the text of the log can tell."""
        return self.origin == (origin[-1:] if self.digest is None else origin)

    def put(self, path: Path) -> None:
        with _opened(path, os.O_RDWR | os.O_CREAT) as file:
            file.truncate(0)
            file.write(json.dumps(asdict(self)).encode())


class Draft:
    """The unfinished file beside the target; a context, in which it is this writer's.

    Args:
        path: the target.
        origin: whose text it is; a draft of another log is not gone on with.

    Attributes:
        known: what of the log is in it.

    Raises:
        InvalidArgumentError: somebody else is writing it, or something else has its name.
        OSError: there can be no such file.
    """

    def __init__(self, path: Path, origin: tuple[str, ...]) -> None:
        name = _hidden(path.name)
        self._target = path
        self._path = self._shared = path.with_name(name)
        self._note = path.with_name(f"{name}.json")
        self._origin = origin
        self._is_published = False

    def __enter__(self) -> Draft:
        note = _Note.read(self._note)
        self._file = self._taken()
        try:
            self._go_on_with(note)
        except BaseException:  # an interrupt, while a long draft is read: its lock goes with it
            self._file.close()
            os.replace(self._path, self._shared)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with closing(self._file):
            if not self._is_published:
                self._keep()

    def add(self, piece: LogText) -> None:
        """Append a piece; one that fails half-way is not counted."""
        data = memoryview(piece.text.encode())
        written = 0
        while written < len(data):
            written += self._file.write(data[written:])
        self._count(data, piece)

    def restart(self) -> None:
        """Forget what is there."""
        self._begin()
        self._file.seek(0)
        self._file.truncate(0)

    def publish(self) -> None:
        """Make it the target."""
        os.fsync(self._file.fileno())
        self._note.unlink(missing_ok=True)
        self._close_where_nobody_waits()
        os.replace(self._path, self._target)
        self._is_published = True

    def _go_on_with(self, note: _Note | None) -> None:
        self._begin()
        if note is None or not note.is_of(self._origin) or not self._is_as_noted(note):
            self.restart()
        self._file.truncate(self._length)

    def _begin(self) -> None:
        self.known = Fingerprint()
        self._digest = hashlib.sha256()
        self._length = 0

    def _count(self, data: bytes | memoryview, piece: LogText) -> None:
        self.known.add(piece)
        self._digest.update(data)
        self._length += len(data)

    def _taken(self) -> IO[bytes]:
        """The file, once it is ours; it may become the target of another in between."""
        while True:
            file = _opened(self._path, os.O_RDWR | os.O_CREAT)
            try:
                is_locked = _lock(file)
                if is_locked and self._has_its_name(file):
                    return file
            except BlockingIOError:
                file.close()
                raise self._in_use() from None
            file.close()
            if not is_locked:
                return self._renamed()

    def _renamed(self) -> IO[bytes]:
        """The file by a name that nobody else knows; a new one where another was faster."""
        while True:
            with suppress(FileExistsError):
                path = self._shared.with_name(f"{self._shared.name}.{secrets.token_hex(2)}")
                _opened(path, os.O_RDWR | os.O_CREAT | os.O_EXCL).close()
                break
        with suppress(FileNotFoundError):
            os.replace(self._shared, path)
        self._path = path
        return _opened(path, os.O_RDWR)

    def _close_where_nobody_waits(self) -> None:
        """Without a lock; some systems move no file that is open."""
        if self._path != self._shared:
            self._file.close()

    def _has_its_name(self, file: IO[bytes]) -> bool:
        try:
            named = os.stat(self._path, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return os.path.samestat(named, os.fstat(file.fileno()))

    def _in_use(self) -> InvalidArgumentError:
        return InvalidArgumentError(
            _("Another saving is writing {path}", path=self._target),
            _("Wait until it is done, or name another file"),
        )

    def _is_as_noted(self, note: _Note) -> bool:
        """Read what is there; text that is not surely the bytes of the log is not gone on with."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := self._file.read(min(_BLOCK, max(0, note.length - self._length))):
                text, at = decoder.decode(block), self.known.position
                self._count(block, LogText(text, at, at + len(text.encode())))
        except (UnicodeDecodeError, TypeError):  # a length that is no number
            return False
        is_whole = self._length == note.length == note.position == self.known.position
        return is_whole and note.digest in (None, self._digest.hexdigest())

    def _keep(self) -> None:
        """Note what was added, once it is on the disk; nothing is kept that is of no use."""
        with suppress(OSError, InvalidArgumentError):  # there is an error that matters more
            if not self.known.position or not self.known.is_aligned:
                self._close_where_nobody_waits()
                self._path.unlink()
                self._note.unlink()
                return
            os.fsync(self._file.fileno())
            self._close_where_nobody_waits()
            os.replace(self._path, self._shared)
            note = _Note(self._origin, self._length, self._length, self._digest.hexdigest())
            note.put(self._note)


def _hidden(name: str) -> str:
    """The name of the draft of a file; a long one is told from others by its digest."""
    if len(os.fsencode(f".{name}.part.json")) > _LONGEST_NAME:
        known = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
        name = f"{os.fsencode(name)[:_KEPT_NAME].decode(errors='ignore')}-{known}"
    return f".{name}.part"


def _opened(path: Path, flags: int) -> IO[bytes]:
    """Open a file of ours: nothing else, and nothing that has another name elsewhere."""
    try:
        descriptor = os.open(path, flags | _DIRECTLY, 0o666)
    except OSError as error:
        raise _in_the_way(path) if error.errno in _OTHERS else error from None
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        os.close(descriptor)
        raise _in_the_way(path)
    return open(descriptor, "rb" if flags == os.O_RDONLY else "r+b", buffering=0)


def _in_the_way(path: Path) -> InvalidArgumentError:
    return InvalidArgumentError(
        _("{path} is in the way: it is no unfinished log", path=path),
        _("Remove it, or name another file: --save PATH"),
    )


def _lock(file: IO[bytes]) -> bool:
    """Lock a file; whether there are locks.

    Raises:
        BlockingIOError: somebody else has it.
    """
    try:
        import fcntl  # noqa: PLC0415  # not every system has it
    except ImportError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return False
    return True
