"""Text that was read from a log, kept in an anonymous file so that memory stays small."""

from __future__ import annotations

import tempfile
import threading

from ...core.api.log import Before
from ...core.logs.characters import CONTINUATIONS
from ...core.logs.last_lines import behind_line_end


class Spool:
    """A growing text by byte offsets; safe to use from several threads.

    Args:
        start_byte: offset of the first byte that will be kept.
        before: what comes before, where nobody knows how much that is.

    Attributes:
        beginning: where the log begins; ``None`` as long as nobody knows.
    """

    def __init__(self, start_byte: int, before: Before | None = None) -> None:
        self.start = self.end = start_byte
        self.before = before
        self.beginning = None if before else 0
        self.lines = 0
        self._file = tempfile.TemporaryFile(prefix="modelarts-magics-")  # noqa: SIM115
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes of the log, as far as is known."""
        return self.end - (self.start if self.beginning is None else self.beginning)

    def append(self, text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        with self._lock:
            self._file.seek(self.end - self.start)
            self._file.write(data)
            self.end += len(data)
            self.lines += text.count("\n")

    def read(self, start: int, end: int) -> tuple[int, int, str]:
        """The text of a range: where it really starts and ends, since it holds whole characters.

        It starts at the first boundary of a character in the range, and ends at the last one.
        """
        with self._lock:
            start, end = max(start, self.start), min(end, self.end)
            self._file.seek(start - self.start)
            data = self._file.read(max(0, end - start))
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
