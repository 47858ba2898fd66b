"""Read a part of a log by several ranges at once: exact, and in order.

Ranges are asked for with a small overlap: the end of one tells where the characters of the next
begin, so that no character is lost where two ranges meet. Where they do not meet, the log is read
in sequence up to the end of the range. The slices of a log that is no UTF-8 are taken as they are,
so that its ranges follow each other without an overlap.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from typing import Callable

from ..api.log import ByteSource, Cursor, LogChunk, LogText, Part
from ..errors import UnexpectedAnswerError
from ..http.reader import Reader
from .characters import CONTINUATIONS, OVERLAP, REPLACEMENT
from .exact import ByteLog, end_of, exact, fits
from .last_lines import read_tail
from .ranges import Range, fetched
from .shown import Shown

_KNOWN = 64  # bytes; reading in sequence goes a little beyond the end of a range
_MOST_GAPS = 3  # ranges in a row that do not meet what was before
_MOST_CHANGES = 6  # between ranges with and without an overlap
_DRIFT = 12  # bytes that U+FFFD in a slice may be taken for, beyond those that they are
_REFUSALS = 3  # of contradictions; a follower waits longer after each


class ReadAhead:
    """Reads ahead in one log, as long as that does any good.

    Args:
        log: reads the same source in sequence.
        source: slices; asked from several threads at once.
        doubt: is told the bytes before a position where a range does not meet them.
    """

    def __init__(
        self,
        log: ByteLog,
        source: ByteSource,
        doubt: Callable[[bytes, int], object] | None = None,
    ) -> None:
        self._log = log
        self._source = source
        self._doubt = doubt
        self._overlap = OVERLAP
        self._gaps = 0
        self._changes = 0

    @property
    def step(self) -> int:
        """Bytes by which a range brings the reading on; none when ranges are of no use."""
        if self._changes > _MOST_CHANGES:
            return 0
        step = self._length - self._overlap
        return step if step >= OVERLAP else 0

    @property
    def _length(self) -> int:
        return self._log.longest or self._source.longest_slice

    def pieces(self, start: int, end: int, connections: int) -> Generator[LogText, None, None]:
        """The text from ``start``, which is the boundary of a character.

        It may end a little before or after ``end``, and earlier where ranges do not meet.
        """
        position, known = start, b""
        ranges = self._ranges(start, end)
        with closing(fetched(self._source, ranges, connections)) as chunks:
            for chunk in chunks:
                before = position
                for piece in self._joined(chunk, known, position):
                    yield piece
                    position = piece.end_byte
                    known = (known + piece.text.encode())[-_KNOWN:]
                if position == before or self._changed():
                    return

    def _changed(self) -> bool:
        """After some gaps the other kind of ranges is tried."""
        if self._gaps <= _MOST_GAPS:
            return False
        self._gaps = 0
        self._changes += 1
        self._overlap = OVERLAP - self._overlap
        return True

    def _ranges(self, start: int, end: int) -> Iterator[Range]:
        length = self._length
        return (
            ((first, length) for first in range(start, end, self.step)) if self.step else iter(())
        )

    def _joined(self, chunk: LogChunk, known: bytes, position: int) -> Iterator[LogText]:
        """What a range adds to all before ``position``, whose last bytes are known."""
        if chunk.start_byte is None or chunk.end_byte is None or chunk.end_byte <= position:
            return
        overlap = position - chunk.start_byte
        added = _after_overlap(chunk.text, known, overlap)
        if added is None or not fits(added, chunk.end_byte - position):
            self._gaps += 1
            if self._doubt and 0 < overlap <= len(known):
                self._doubt(known, position)
            yield from in_sequence(self._log, position, chunk.end_byte, is_final=False)
            return
        self._gaps = 0
        text, end = exact(added, position, chunk.end_byte, is_final=False)
        if end > position:
            yield LogText(text, position, end, self._source.name)


class RangeLog(ByteLog):
    """The text of a log that is given by bytes; what lies far ahead is read by several at once.

    Args:
        reader: tells how many of its connections are idle.
    """

    def __init__(self, source: ByteSource, reader: Reader) -> None:
        super().__init__(source, _REFUSALS)
        self._reader = reader
        self._read_ahead = ReadAhead(self, source)
        self._known_end = 0
        self._is_at_end = False  # as far as is known, so that time goes by before the next slice
        self._shown = Shown(source, _REFUSALS)

    def after(self, cursor: Cursor, *, is_final: bool = False) -> Part:
        start = int(cursor)
        is_comparable = self._is_at_end and not self._is_displaced
        known = self._shown.before(start) if is_comparable else ""
        part = self._behind(known, start, is_final=is_final)
        if part.is_truncated and self._is_before(known, start):
            self._is_displaced = True
            part = self._behind("", start, is_final=is_final)
        if self._shown.is_of_another(is_gone=part.is_truncated):
            self._is_at_end = False
            self._is_displaced = self._is_displaced or self._shown.was_the_same
            return self._truncated()
        return self._added(part)

    def _is_before(self, known: str, start: int) -> bool:
        """Whether a text that should end at a byte ends a little before it.

        So it does in a log that is no UTF-8, where a U+FFFD that is one byte was taken for three.
        """
        if known == "" or self._shown.is_exact:
            return False
        first = max(0, start - len(known.encode()) - _DRIFT)
        shown = self._source.read(first, self._source.longest_slice).text
        return known in shown[: len(known) + _DRIFT]

    def _added(self, part: Part) -> Part:
        self._shown.add(part.text)
        self._is_at_end = part.is_short
        return part

    def ahead(self, cursor: Cursor, parts: int) -> Iterator[Part]:
        start, step, connections = int(cursor), self._read_ahead.step, self._reader.idle
        if (
            self._shown.is_doubted
            or not step
            or connections < 2
            or self._end(start + 2 * step) < start + 2 * step
        ):
            return
        end = min(self._known_end, start + parts * step)
        with closing(self._read_ahead.pieces(start, end, connections)) as pieces:
            for text in pieces:
                self._shown.add(text)
                yield Part(text, text.end_byte)
                start = text.end_byte
        if start == int(cursor):
            self._known_end = 0  # it may have become shorter

    def tail(self, lines: int, *, is_frugal: bool = False) -> Part:
        return self._added(read_tail(self._source, lines, self._reader.idle))

    def _end(self, needed: int) -> int:
        """Where the log ends, as far as is known; asked when that is before ``needed``."""
        if self._known_end < needed:
            with suppress(UnexpectedAnswerError):
                self._known_end = end_of(self._source)
        return self._known_end


def in_sequence(log: ByteLog, position: int, end: int, *, is_final: bool) -> Iterator[LogText]:
    """One part after the other up to ``end``, while there are more."""
    while position < end:
        part = log.after(position, is_final=is_final)
        if part.is_truncated or part.text.end_byte <= position:
            return
        yield part.text
        position = part.text.end_byte


def _after_overlap(text: str, known: bytes, length: int) -> str | None:
    """The text after its first ``length`` bytes, which are the end of ``known``.

    The overlap may begin inside a character, of which the service makes U+FFFD or nothing. How many
    of them only a whole character behind them tells, which is no genuine U+FFFD.
    """
    if length == 0:
        return text
    if not 0 < length <= len(known):
        return None
    shown, rest = known[-length:].lstrip(CONTINUATIONS).decode(), text.lstrip(REPLACEMENT)
    if not shown or REPLACEMENT in shown or not rest.startswith(shown):
        return None
    return rest[len(shown) :]
