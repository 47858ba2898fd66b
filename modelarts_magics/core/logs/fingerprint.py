"""By what a log is known again: its first and its last bytes, and where they stand."""

from __future__ import annotations

from ..api.log import ByteSource, LogChunk, LogText
from .characters import CONTINUATIONS, REPLACEMENT

_SIZE = 4096  # bytes at either end
_LAST = 64  # bytes that tell whether a text is the one that goes on there
_SLICES = 2  # at either end that are compared; the documented ones are as long as that


class Fingerprint:
    """Grows with the text of a log.

    Args:
        start: the byte where that begins.

    Attributes:
        position: where it ends.
        is_aligned: whether the text is as long as the bytes, so that each stands in its place.
        is_exact: whether the text surely is these bytes. A U+FFFD may be one, or stand for three
            bytes of a character of four.
    """

    def __init__(self, start: int = 0) -> None:
        self.position = start
        self.is_aligned = self.is_exact = True
        self._start = start
        self._head = self._tail = b""

    def add(self, piece: LogText) -> bytes:
        """Take in the next piece; returns it as it stands in a file."""
        data = piece.text.encode()
        self.is_aligned = self.is_aligned and len(data) == piece.end_byte - piece.start_byte
        self.is_exact = self.is_exact and self.is_aligned and REPLACEMENT not in piece.text
        if self.is_aligned:
            self._head += data[: _SIZE - len(self._head)]
            self._tail = (self._tail + data)[-_SIZE:]
        self.position = piece.end_byte
        return data

    def is_like(self, other: Fingerprint) -> bool:
        """Whether another text is as long, and has the same ends."""
        return (self.position, self._head, self._tail) == (other.position, other._head, other._tail)

    def ends_like(self, newest: LogChunk) -> bool:
        """Whether the bytes there can be a slice; characters may be cut at its edges."""
        if not self.is_aligned:
            return True
        size = max(0, len(self._tail) - (self.position - (newest.end_byte or 0)))
        tail = self._tail[:size][-newest.byte_count :]
        known = tail.decode(errors="ignore").strip(REPLACEMENT)
        shown = newest.text.strip(REPLACEMENT)
        return shown.endswith(known) and (shown == known or len(tail) < newest.byte_count)

    def is_start_of(self, source: ByteSource) -> bool:
        """Whether a log still begins like this, and goes on so up to the position."""
        size = _SLICES * source.longest_slice
        tail = self._tail[-size:]
        head_is_there = stands(source, 0, self._head[:size])
        return head_is_there and stands(source, self.position - len(tail), tail)

    def is_begun_by(self, source: ByteSource) -> bool:
        """Whether a log still begins like this: one look."""
        return stands(source, 0, self._head[: source.longest_slice])

    def is_replaced_in(self, source: ByteSource) -> bool:
        """Whether other text stands in its place by now; that there is none tells nothing."""
        size = source.longest_slice
        head, tail = self._head[:size], self._tail[-size:]
        ends = (self._start, head), (self.position - len(tail), tail)
        return self.is_aligned and any(_is_replaced(source, at, data) for at, data in ends)


def last_of(text: str, most: int = _LAST) -> str:
    """The last characters of a text that surely are the bytes before its end.

    Args:
        most: bytes of them; never more than 64.
    """
    exact = text.rpartition(REPLACEMENT)[2].encode()
    return exact[max(0, len(exact) - min(most, _LAST)) :].lstrip(CONTINUATIONS).decode()


def _is_replaced(source: ByteSource, at: int, data: bytes) -> bool:
    """Whether a slice of other text stands there; asked twice, as it may be wrong."""
    at, known = _whole(at, data)
    found = (source.read(at, len(known)).text.rstrip(REPLACEMENT) for _look in range(2))
    return known != b"" and all(text and not known.startswith(text.encode()) for text in found)


def stands(source: ByteSource, at: int, data: bytes) -> bool:
    """Whether these bytes stand there, without characters that are cut at their edges."""
    at, rest = _whole(at, data)
    while rest:
        asked = rest[: source.longest_slice].decode(errors="ignore")
        found = source.read(at, len(asked.encode())).text
        if found != asked:  # a service may give less, and cut a character by that
            found = found.rstrip(REPLACEMENT)
        if not found or not asked.startswith(found):
            return False
        size = len(found.encode())
        at, rest = at + size, rest[size:]
    return True


def _whole(at: int, data: bytes) -> tuple[int, bytes]:
    """Bytes and where they stand, without characters that are cut at their edges."""
    whole = data.lstrip(CONTINUATIONS)
    return at + len(data) - len(whole), whole.decode(errors="ignore").encode()
