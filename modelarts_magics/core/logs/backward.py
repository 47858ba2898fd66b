"""Read a log towards its beginning, by several ranges at once: exact, the newest text first.

Each range reaches a few bytes into the text that is known already. That tells where the characters
before it end; where they begin their length tells, since what was cut at the start of a range is
read again with the next one. Where a range does not meet what is known, the next one ends exactly
there. The slices of a log that is no UTF-8 are taken as they are, once two of them have said so,
and until one is text without a doubt.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from itertools import islice

from ..api.log import ByteSource, LogChunk, LogText
from ..errors import ContradictoryAnswerError
from .characters import LONGEST_CUT, OVERLAP, REPLACEMENT
from .exact import end_unknown, exact, is_consistent, newest_slice
from .ranges import Range, fetched

_SHORTEST = 2 * OVERLAP
_MOST_GAPS = 3  # ranges that do not meet what is known, after which no more are read at once
_DOUBTS = 2  # slices in a row that are no text, after which the log is none there
_MOST_RETURNS = 8  # from what is no text to what is, each of which costs as many slices


class Backward:
    """The text before a place in a log.

    Args:
        source: slices; asked from several threads at once.
        start: that place, the boundary of a character.
        known: the text behind it; a few characters are enough, and none do as well.
        connections: how many ranges are read at once.
        length: bytes of a range; those of the longest slice by default.

    Attributes:
        start: where what is known begins by now.
    """

    def __init__(
        self,
        source: ByteSource,
        start: int,
        known: str = "",
        connections: int = 1,
        length: int | None = None,
    ) -> None:
        self.start = start
        self._source = source
        self._known = known[:OVERLAP]
        self._connections = connections
        self._length = max(_SHORTEST, length or source.longest_slice)
        self._is_text = True  # as far as is known
        self._doubts = self._returns = 0
        self._gaps = 0

    def pieces(self, until: int = 0, slices: float = math.inf) -> Generator[LogText, None, None]:
        """The text before, a piece for each slice: as far as ``until``, or the next boundary.

        Args:
            slices: not more than so many.
        """
        while slices > 0 and self.start - until > (LONGEST_CUT if until else 0):
            before = self._state
            connections = self._connections if self._gaps <= _MOST_GAPS else 1
            ranges = self._ranges(until)
            wanted = ranges if slices == math.inf else islice(ranges, int(slices))
            with closing(fetched(self._source, wanted, connections)) as chunks:
                for chunk in chunks:
                    slices -= 1
                    piece = self._joined(chunk)
                    if piece is None:
                        break
                    yield piece
            if self._state == before:  # the log is not there any more
                return

    @property
    def _state(self) -> tuple[int, int, int]:
        return self.start, self._length, self._doubts

    def _ranges(self, until: int) -> Iterator[Range]:
        end = self.start
        while True:
            first = max(until, end - self._length)
            yield first, end - first
            if first <= until:
                return
            end = first + (OVERLAP if self._is_text else 0)

    def _joined(self, chunk: LogChunk) -> LogText | None:
        """What a range adds before all that is known; ``None`` where it does not meet it."""
        if chunk.start_byte is None or chunk.end_byte is None or chunk.byte_count == 0:
            return None
        overlap = chunk.end_byte - self.start
        if overlap < -LONGEST_CUT:  # the service gives less than is asked for
            self._length = max(_SHORTEST, chunk.byte_count)
            return None
        if not self._is_text:
            self._is_text = self._returns_to_text(chunk)
            return self._added(chunk.text, chunk.start_byte)
        return self._joined_text(chunk.text, chunk.start_byte, overlap)

    def _joined_text(self, shown: str, start: int, overlap: int) -> LogText | None:
        before = _before(shown, self._known, overlap)
        if before is None:
            self._gaps += 1
            return None
        text = _whole(before, self.start - start, LONGEST_CUT if start else 0)
        if text is None or overlap < 0:  # it takes what is known for the inside of a character
            self._doubts += 1
            self._is_text = self._doubts < _DOUBTS
            return None
        self._doubts = 0
        return self._added(text, self.start - len(text.encode()))

    def _returns_to_text(self, chunk: LogChunk) -> bool:
        if self._returns >= _MOST_RETURNS or not _is_aligned(chunk, chunk.byte_count):
            return False
        self._returns += 1
        self._doubts = 0
        return True

    def _added(self, text: str, start: int) -> LogText | None:
        if start >= self.start:
            return None
        piece = LogText(text, start, self.start, self._source.name)
        self.start = start
        self._known = (text[:OVERLAP] + self._known)[:OVERLAP]
        return piece


def newest(source: ByteSource) -> tuple[LogText, bool]:
    """The end of a log, in whole characters, as far as one slice reaches.

    Returns:
        It, and whether something follows that is no whole character yet, or a genuine U+FFFD.

    Raises:
        UnexpectedAnswerError: the service does not say where its newest part ends.
    """
    length = source.longest_slice
    chunk = _newest_slice(source)
    if chunk.end_byte is None:
        raise end_unknown()
    if chunk.start_byte is not None and _is_aligned(chunk, length):
        return LogText(chunk.text, chunk.start_byte, chunk.end_byte, source.name), False
    start = max(0, chunk.end_byte - min(length, chunk.byte_count or length))
    if chunk.start_byte != 0:  # only a slice from a byte surely tells where it begins
        chunk = _slice(source, start, chunk.end_byte - start)
    shown, first = (chunk.text, 0) if start == 0 else _from_whole_character(source, chunk, start)
    text, end = exact(shown, start + first, chunk.end_byte, is_final=False)
    return LogText(text, start + first, end, source.name), end < (chunk.end_byte or 0)


def _newest_slice(source: ByteSource) -> LogChunk:
    """What contradicts itself is asked for once more, and then taken as it is."""
    with suppress(ContradictoryAnswerError):
        return newest_slice(source)
    return source.read(-1, source.longest_slice)


def _slice(source: ByteSource, start: int, length: int) -> LogChunk:
    """The same of a slice from a byte."""
    chunk = source.read(start, length)
    return chunk if is_consistent(chunk, start) else source.read(start, length)


def _is_aligned(chunk: LogChunk, length: int) -> bool:
    """Whether a slice surely begins and ends with a whole character."""
    edges = chunk.text[:1] + chunk.text[-1:]
    return chunk.byte_count == len(chunk.text.encode()) == length and REPLACEMENT not in edges


def _from_whole_character(source: ByteSource, chunk: LogChunk, start: int) -> tuple[str, int]:
    """A slice without what is left of a character that is cut at its start, and how much that is.

    Where its first character is, only a slice of that character tells: at its end a slice may be
    cut, too. Before it may be U+FFFD, for cut bytes, or genuine.
    """
    text = chunk.text.lstrip(REPLACEMENT)
    if not text:
        return _from_whole_replacement(source, chunk, start)
    length, replaced = len(text[0].encode()), len(chunk.text) - len(text)
    firsts = {
        cut + 3 * (replaced - shown)
        for cut in range(LONGEST_CUT + 1)
        for shown in range(min(cut, replaced) + 1)
    }
    for first in sorted(firsts):
        if source.read(start + first, length).text == text[0]:
            return text, first
    return chunk.text, 0


def _from_whole_replacement(source: ByteSource, chunk: LogChunk, start: int) -> tuple[str, int]:
    """The same of a slice that is nothing but U+FFFD."""
    size = len(REPLACEMENT.encode())
    for first in range(size):
        found = source.read(start + first, size)
        whole = (chunk.byte_count - first) // size
        if found.text == REPLACEMENT and found.byte_count == size and whole <= len(chunk.text):
            return REPLACEMENT * whole, first
    return chunk.text, 0


def _before(text: str, known: str, length: int) -> str | None:
    """The text before its last ``length`` bytes, which are the beginning of ``known``.

    They may end inside a character, of which the service makes U+FFFD or nothing.
    """
    if length <= 0:
        return text
    shown = known.encode()[:length].decode(errors="ignore")
    if not shown or REPLACEMENT in shown:
        return None
    for replaced in range(length - len(shown.encode()) + 1):
        end = shown + REPLACEMENT * replaced
        if text.endswith(end):
            return text[: -len(end)]
    return None


def _whole(text: str, size: int, longest_cut: int) -> str | None:
    """A text of so many bytes without what is left of a character that is cut at its start.

    ``None`` when the lengths do not fit, so that the bytes are no UTF-8. A genuine U+FFFD that is
    taken for cut bytes is only read again.
    """
    for replaced in range(min(longest_cut, len(text)), -1, -1):
        rest = text[replaced:]
        is_cut = not text[:replaced].strip(REPLACEMENT)
        if is_cut and replaced <= size - len(rest.encode()) <= longest_cut:
            return rest
    return None
