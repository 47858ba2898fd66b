"""The newest part of a log in place of all of it, where nobody has more."""

from __future__ import annotations

import threading
from typing import Callable

from ..api.log import ByteSource, LogChunk, LogWindow, WindowSource
from .exact import read_forward
from .preview import marker
from .window import news

_LONGEST = 4 * 2**20  # bytes of a slice

Ask = Callable[[Callable[[], "LogWindow | None"]], "LogWindow | None"]


class NewestPart:
    """What can be had of a log at one moment; what is missing is a line with its number of bytes.

    Args:
        origin: of the log.
        held: what somebody has read of it already, from its first byte on.
        ask: makes a request, and perhaps again after trouble.

    Attributes:
        missing: bytes; 0 until something is read.
    """

    longest_slice = _LONGEST

    def __init__(
        self, source: WindowSource, origin: tuple[str, ...], held: ByteSource | None, ask: Ask
    ) -> None:
        self.name = source.name
        self.origin = origin
        self.missing = 0
        self._source = source
        self._held = held
        self._ask = ask
        self._lock = threading.Lock()
        self._data: bytes | None = None

    def read(self, start_byte: int, length: int) -> LogChunk:
        with self._lock:
            if self._data is None:
                self._data = self._had()
        end = len(self._data)
        start = max(0, end - length) if start_byte < 0 else min(start_byte, end)
        data = self._data[start : start + length]
        return LogChunk(data.decode(errors="replace"), start, start + len(data), len(data))

    def _had(self) -> bytes:
        window = self._ask(self._source.window) or LogWindow("", 0, 0)
        newest = news(window, 0, "", is_final=True)
        told = self._before(newest.start)
        self.missing = newest.start - len(told.encode())
        line = marker(told, self.missing) if self.missing else ""
        return f"{told}{line}{newest.text}".encode()

    def _before(self, end: int) -> str:
        """What is held of the log up to a byte, without a character that this cuts."""
        if self._held is None or not end:
            return ""
        pieces = [piece.text for piece in read_forward(self._held, 0, end)]
        return "".join(pieces).encode()[:end].decode(errors="ignore")
