"""Text that was read from logs, kept in an anonymous file so that memory stays small.

All logs of a panel share the file, in blocks: a job may have more logs than a process may have open
files. What is remembered of a block takes 8 bytes.
"""

from __future__ import annotations

import tempfile
import threading
from array import array
from collections.abc import Iterable, Iterator, MutableSequence
from typing import IO

from ...core.api.log import Before
from ...core.logs.characters import CONTINUATIONS
from ...core.logs.last_lines import behind_line_end

_BLOCK = 2**14  # bytes


class SpoolFile:
    """The file, which is opened when something is put into it; safe to use from several threads."""

    def __init__(self) -> None:
        self._opened: IO[bytes] | None = None
        self._lock = threading.Lock()
        self._count = 0  # blocks
        self._free: list[int] = []

    @property
    def size(self) -> int:
        """Bytes on the disk, at the most."""
        return self._count * _BLOCK

    def write(self, blocks: MutableSequence[int], at: int, data: bytes) -> None:
        """Put data at an offset of a text; ``blocks``, where that lies, grow with it."""
        with self._lock:
            if self._opened is None:
                self._opened = tempfile.TemporaryFile(prefix="modelarts-magics-")  # noqa: SIM115
            while len(blocks) * _BLOCK < at + len(data):
                blocks.append(self._taken())
            for place, size in _runs(blocks, at, at + len(data)):
                self._opened.seek(place)
                self._opened.write(data[:size])
                data = data[size:]

    def read(self, blocks: MutableSequence[int], start: int, end: int) -> bytes:
        """The data from an offset of a text to another one."""
        parts = []
        with self._lock:
            if self._opened is None:
                return b""
            for place, size in _runs(blocks, start, end):
                self._opened.seek(place)
                parts.append(self._opened.read(size))
        return b"".join(parts)

    def let_go(self, blocks: Iterable[int]) -> None:
        """Other texts may take these places."""
        with self._lock:
            self._free += blocks

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    def _taken(self) -> int:
        if self._free:
            return self._free.pop()
        self._count += 1
        return self._count - 1


def _runs(blocks: MutableSequence[int], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where a range lies in the file, and how long it goes on there; blocks in a row are one."""
    while start < end:
        first = last = start // _BLOCK
        while (last + 1) * _BLOCK < end and blocks[last + 1] == blocks[last] + 1:
            last += 1
        stop = min(end, (last + 1) * _BLOCK)
        yield blocks[first] * _BLOCK + start % _BLOCK, stop - start
        start = stop


class Spool:
    """A growing text by byte offsets; safe to use from several threads.

    Once it is closed, reading and writing raise ValueError, as with a file.

    Args:
        start_byte: offset of the first byte that will be kept.
        before: what comes before, where nobody knows how much that is.
        file: where it is kept; one of its own by default.

    Attributes:
        beginning: where the log begins; ``None`` as long as nobody knows.
    """

    def __init__(
        self, start_byte: int, before: Before | None = None, file: SpoolFile | None = None
    ) -> None:
        self.start = self.end = start_byte
        self.before = before
        self.beginning = None if before else 0
        self.lines = 0
        self._is_alone = file is None
        self._file = file or SpoolFile()
        self._held: MutableSequence[int] | None = array("Q")
        self._lock = threading.Lock()

    @property
    def _blocks(self) -> MutableSequence[int]:
        if self._held is None:
            raise ValueError("the text was let go of")
        return self._held

    @property
    def size(self) -> int:
        """Bytes of the log, as far as is known."""
        return self.end - (self.start if self.beginning is None else self.beginning)

    def append(self, text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        with self._lock:
            self._file.write(self._blocks, self.end - self.start, data)
            self.end += len(data)
            self.lines += text.count("\n")

    def read(self, start: int, end: int) -> tuple[int, int, str]:
        """The text of a range: where it really starts and ends, since it holds whole characters.

        It starts at the first boundary of a character in the range, and ends at the last one.
        """
        with self._lock:
            start, end = max(start, self.start), min(end, self.end)
            data = self._file.read(self._blocks, start - self.start, end - self.start)
        skipped = 0
        while skipped < len(data) and data[skipped] in CONTINUATIONS:
            skipped += 1
        kept = data[skipped : len(data) - _cut_tail(data)]
        return start + skipped, start + skipped + len(kept), kept.decode("utf-8", "replace")

    def tail(self, size: int) -> tuple[int, int, str]:
        """The last bytes, as :meth:`read` gives them."""
        return self.read(self.end - size, self.end)

    def last_lines(self, count: int, size: int) -> str:
        """The last lines, as far as they are among the last ``size`` bytes."""
        start, _end, text = self.tail(size)
        lines = text.split("\n")
        wanted = count + 1 if lines[-1] == "" else count
        if len(lines) <= wanted and start > self.start:
            lines[0] = lines[0][behind_line_end(lines[0]) :]
        return "\n".join(lines[-wanted:])

    def close(self) -> None:
        """Let go of the text."""
        with self._lock:
            self._file.let_go(self._held or ())
            self._held = None
        if self._is_alone:
            self._file.close()


def _cut_tail(data: bytes) -> int:
    """How many bytes at the end begin a character that is not whole."""
    for length in range(1, min(3, len(data)) + 1):
        byte = data[-length]
        if byte in CONTINUATIONS:
            continue
        needed = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
        return length if length < needed else 0
    return 0
