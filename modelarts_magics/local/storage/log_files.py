"""A log file read by position: bytes as in section "log", entries of lines as in "aom-log".

A file of any size is served in bounded time and memory, forwards and backwards, without an index:

* A line ends with ``\\n``. A line that fills a whole aligned block of 64 KiB is cut at the end of
  that block, or up to three bytes earlier so that no character is cut. Whether a position is such
  a boundary depends on one block only, and stays so while the file grows.
* An entry is known by the position of its first byte. Its cursor, for the outside, is that
  position plus a base.
"""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BLOCK = 64 * 1024
PAGE_BYTES = 1024 * 1024  # a page of lines ends early rather than grow far beyond this
_LONGEST_CHARACTER = 4


@dataclass(frozen=True)
class Chunk:
    """A range of bytes as text; ``count`` and ``end`` are in bytes."""

    text: str
    count: int
    end: int


@dataclass(frozen=True)
class Entry:
    """A line with its ``\\n``, or a piece of a very long one."""

    start: int
    text: str


class LogFile:
    """An open log file, as long as it was when it was opened.

    Args:
        descriptor: of the file, or ``None`` for a file that does not exist, which is empty.
        complete: nothing more will be written, so that an unterminated last line is an entry.
    """

    def __init__(self, descriptor: int | None, complete: bool) -> None:
        self._descriptor = descriptor
        self._complete = complete
        self.size = 0 if descriptor is None else os.fstat(descriptor).st_size

    def chunk(self, start: int, length: int, whole_characters: bool = False) -> Chunk:
        """The bytes that ``byte_range`` says.

        Args:
            start: first byte; -1 for the newest ones.
            length: number of bytes; negative for those before ``start``.
            whole_characters: end where a character ends, when that leaves anything.
        """
        start, end = byte_range(self.size, start, length)
        data = self.read(start, end)
        if whole_characters:
            data = data[: len(data) - _unfinished(data)] or data
        return Chunk(data.decode(errors="replace"), len(data), start + len(data))

    def entries_after(self, position: int, count: int) -> list[Entry]:
        """At most ``count`` entries that start after the one that holds ``position``."""
        marks = [0] if position < 0 else []
        block = max(position, 0) // BLOCK
        while block * BLOCK < self.size and not _enough(marks, count):
            marks += [mark for mark in self._entry_ends(block) if mark > position]
            block += 1
        at_end = block * BLOCK >= self.size
        if self._complete and at_end and marks and marks[-1] < self.size:
            marks.append(self.size)
        return self._entries(marks[: count + 1], newest=False)

    def entries_before(self, position: int, count: int) -> list[Entry]:
        """At most ``count`` entries that end before the one that holds ``position``."""
        marks = [self.size] if self._complete and position >= self.size else []
        limit = self.size if marks else min(position, self.size) + 1
        block = (limit - 1) // BLOCK
        while block >= 0 and not _enough(marks, count):
            marks += [mark for mark in reversed(self._entry_ends(block)) if mark < limit]
            block -= 1
        if block < 0 and marks[-1:] != [0]:
            marks.append(0)
        return self._entries(marks[: count + 1][::-1], newest=True)

    def newest_entries(self, count: int) -> list[Entry]:
        return self.entries_before(self.size, count)

    def _entry_ends(self, block: int) -> list[int]:
        """The ends of entries in ``(block * BLOCK, (block + 1) * BLOCK]``, ascending."""
        start = block * BLOCK
        data = self.read(start, min(start + BLOCK + 1, self.size))
        body, following = data[:BLOCK], data[BLOCK:]
        ends = [start + end for end in _line_ends(body)]
        if not ends and following:
            return [start + BLOCK - _cut_character(body, following)]
        return ends

    def _entries(self, marks: list[int], newest: bool) -> list[Entry]:
        """The entries between neighbouring marks, as many as fit into a page."""
        while len(marks) > 2 and marks[-1] - marks[0] > PAGE_BYTES:
            del marks[0 if newest else -1]
        if len(marks) < 2:
            return []
        data = self.read(marks[0], marks[-1])
        return [
            Entry(start, data[start - marks[0] : end - marks[0]].decode(errors="replace"))
            for start, end in zip(marks, marks[1:])
        ]

    def read(self, start: int, end: int) -> bytes:
        """The bytes of a half-open range, as far as they are there."""
        data = bytearray()
        while self._descriptor is not None and start + len(data) < end:
            piece = os.pread(self._descriptor, end - start - len(data), start + len(data))
            if not piece:
                break  # the file shrank
            data += piece
        return bytes(data)


@contextmanager
def open_log(path: Path, complete: bool) -> Iterator[LogFile]:
    """Open a log file; a missing one, and whatever is not a plain file, reads as empty."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        yield LogFile(None, complete)
        return
    try:
        plain = stat.S_ISREG(os.fstat(descriptor).st_mode)
        yield LogFile(descriptor if plain else None, complete)
    finally:
        os.close(descriptor)


def byte_range(size: int, start: int, length: int) -> tuple[int, int]:
    """The half-open range of bytes that is asked for, inside ``[0, size]``.

    >>> byte_range(100, 90, 500), byte_range(100, -1, 30), byte_range(100, 50, -20)
    ((90, 100), (70, 100), (30, 50))
    """
    if start == -1:
        return max(0, size - abs(length)), size
    if length < 0:
        end = min(start, size)
        return min(max(0, start + length), end), end
    return min(start, size), min(start + length, size)


def _enough(marks: list[int], count: int) -> bool:
    return len(marks) > count or (len(marks) > 1 and abs(marks[-1] - marks[0]) >= PAGE_BYTES)


def _line_ends(data: bytes) -> Iterator[int]:
    end = data.find(b"\n") + 1
    while end:
        yield end
        end = data.find(b"\n", end) + 1


def _cut_character(before: bytes, following: bytes) -> int:
    """How many bytes of ``before`` belong to a character that goes on in ``following``."""
    if not _continues(following[0]):
        return 0
    for length in range(1, _LONGEST_CHARACTER):
        if not _continues(before[-length]):
            return length if before[-length] >= 0xC0 else 0
    return 0


def _continues(byte: int) -> bool:
    return byte & 0xC0 == 0x80


def _unfinished(data: bytes) -> int:
    """How many bytes at the end begin a character that is not finished."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    decoder.decode(data)
    return len(decoder.getstate()[0])
