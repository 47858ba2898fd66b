"""A log that is given by bytes as a text that grows: exact, although characters are cut.

The service cuts at bytes but answers with text, so a character at the edge of a slice may arrive
as U+FFFD, or not at all. The cursor stays at the boundary of a character: what was cut is read
again with the next slice.

Source: docs/api/logs.md (modelarts_04_0164).
"""

from __future__ import annotations

from collections.abc import Generator

from ..api.log import ByteSource, Cursor, LogChunk, LogText, Part
from ..errors import ContradictoryAnswerError, UnexpectedAnswerError
from ..i18n import _
from .characters import LONGEST_CUT, REPLACEMENT


class ByteLog:
    """The text of a log that is given by bytes, one slice after the other.

    A slice whose numbers and text contradict each other is asked for once more, and refused if it
    still does. A service that says nothing else for some refusals in a row means it: from then on
    its slices are taken as they are, so that the reading goes on.

    Args:
        refusals: how many these are.

    Attributes:
        longest: bytes of a slice so far; a service may give less than is asked for.
    """

    def __init__(self, source: ByteSource, refusals: float = 0) -> None:
        self.name = source.name
        self.longest = 0
        self._source = source
        self._refusals = self._refusals_left = refusals
        self._is_displaced = False  # the text does not stand where its bytes are

    def at(self, start_byte: int, known: str = "") -> Cursor:
        return start_byte

    def after(self, cursor: Cursor, *, is_final: bool = False) -> Part:
        return self._behind("", int(cursor), is_final=is_final)

    def _behind(self, known: str, start: int, *, is_final: bool) -> Part:
        """What follows a text that ends at a byte; it is looked at again.

        Where another one stands, the log is not the one that the byte is of.
        """
        chunk = self._slice(start - len(known.encode()))
        if self._is_truncated(chunk, start):
            return self._truncated()
        new = (chunk.end_byte or 0) - start
        if known and (not chunk.text or new < 0 or (is_final and new == 0)):
            # A service may give nothing, less than is asked for, or up to the last whole character.
            return self._behind("", start, is_final=is_final)
        if not chunk.text.startswith(known):
            if known in chunk.text[: len(known) + LONGEST_CUT]:
                # Bytes that are no character were left out: it stands a little beside its place.
                self._is_displaced = True
                return self._behind("", start, is_final=is_final)
            return self._truncated()
        text, end = exact(chunk.text[len(known) :], start, chunk.end_byte, is_final=is_final)
        is_short = self._is_short(chunk) or end == start
        return Part(LogText(text, start, end, self.name), end, is_short=is_short)

    def _truncated(self) -> Part:
        return Part(LogText("", 0, 0, self.name), 0, is_truncated=True)

    def _slice(self, start: int) -> LogChunk:
        for _attempt in range(2):
            chunk = self._source.read(start, self._source.longest_slice)
            if is_consistent(chunk, start):
                self._refusals_left = self._refusals_left and self._refusals
                return chunk
        if self._refusals_left:
            self._refusals_left -= 1
            raise contradiction(chunk, self.name)
        self._is_displaced = True
        return chunk

    def _is_short(self, chunk: LogChunk) -> bool:
        usual = self.longest or self._source.longest_slice
        is_short = chunk.byte_count < usual - LONGEST_CUT
        self.longest = max(self.longest, chunk.byte_count)
        return is_short

    def _is_truncated(self, chunk: LogChunk, start: int) -> bool:
        """Whether the log ends before the cursor; a doubtful answer is not taken for its word."""
        if chunk.end_byte is None or chunk.end_byte >= start:
            return False
        try:
            return end_of(self._source) < start
        except UnexpectedAnswerError as error:
            if error.is_transient:
                raise
            return False  # nobody knows it: a later look tells


def read_forward(
    source: ByteSource, start_byte: int = 0, end_byte: int | None = None
) -> Generator[LogText, None, None]:
    """Read from ``start_byte``, which is the boundary of a character, until nothing more comes.

    Args:
        end_byte: stop there, or at the first boundary after it.
    """
    log, cursor = ByteLog(source), start_byte
    while end_byte is None or cursor < end_byte:
        part = log.after(cursor, is_final=True)
        if part.text.end_byte <= cursor:
            return
        yield part.text
        cursor = part.text.end_byte


def end_of(source: ByteSource) -> int:
    """Where the log ends now, in bytes.

    Raises:
        UnexpectedAnswerError: the service does not say it.
    """
    newest = source.read(-1, 1)
    if newest.end_byte is None:
        raise end_unknown()
    return newest.end_byte


def end_unknown() -> UnexpectedAnswerError:
    """What is raised where a service does not say where a log ends."""
    return UnexpectedAnswerError(
        _("The service does not say where the log ends"),
        _("Read it from its beginning: --start-byte 0"),
    )


def newest_slice(source: ByteSource) -> LogChunk:
    """The end of the log as it is now.

    Raises:
        UnexpectedAnswerError: the service does not say where that is, or contradicts itself.
    """
    newest = source.read(-1, source.longest_slice)
    if newest.end_byte is None:
        raise end_unknown()
    count = newest.byte_count
    least = count - 2 * newest.text.count(REPLACEMENT)  # where the text alone tells it
    is_there = count >= min(1, newest.end_byte) and least <= newest.end_byte
    if is_there and (fits(newest.text, count) or fits(newest.text, count - LONGEST_CUT)):
        return newest  # a character at its beginning may be left out
    raise contradiction(newest, source.name)


def fits(text: str, size: int) -> bool:
    """Whether so many bytes from the boundary of a character can be shown as a text.

    A U+FFFD stands for one to three bytes; a character that is cut at the end may be left out.

    >>> fits("abc", 3), fits("abc", 5), fits("abc\ufffd", 4), fits("abc", 2), fits("abc", 9)
    (True, True, True, False, False)
    """
    length = len(text.encode())
    return length - 2 * text.count(REPLACEMENT) <= size <= length + LONGEST_CUT


def is_consistent(chunk: LogChunk, start: int) -> bool:
    """Whether numbers and text of a slice from a byte can both be true."""
    return fits(chunk.text, max(0, (chunk.end_byte or start) - start))


def contradiction(chunk: LogChunk, log_file: str) -> ContradictoryAnswerError:
    """What a person is told of numbers and text that cannot both be true."""
    return ContradictoryAnswerError(
        _(
            "{file}: the service contradicts itself: {length:,} bytes of text, {count:,} counted",
            file=log_file,
            length=len(chunk.text.encode()),
            count=chunk.byte_count,
        ),
        _("Try again later; a service may leave out what is no UTF-8"),
    )


def exact(text: str, start: int, end: int | None, *, is_final: bool = True) -> tuple[str, int]:
    """The exact text of a slice, and where it ends; a cut character is left for the next slice.

    Up to three U+FFFD at the end are left, or nothing if the cut bytes were dropped; the rest is
    exact and tells by its length where it ends. A genuine U+FFFD that is left is only read again.
    When the lengths do not fit, the bytes are no UTF-8 and are taken as they are.

    Args:
        text: what the service made of the bytes from ``start``, the boundary of a character, to
            ``end``.
        is_final: nothing will be written after ``end``.
    """
    if end is None or end <= start:
        return "", start
    kept = max(len(text.rstrip(REPLACEMENT)), len(text) - LONGEST_CUT)
    left = len(text) - kept
    whole_end = start + len(text[:kept].encode())
    if kept and left <= end - whole_end <= LONGEST_CUT * (left + 1):
        return text[:kept], whole_end
    if not text.strip(REPLACEMENT):
        return _only_replaced(text, start, end, is_final)
    return text, end


def _only_replaced(text: str, start: int, end: int, is_final: bool) -> tuple[str, int]:
    """A slice without any character that is surely whole.

    A few bytes at the end of a growing log wait for the rest of their character, also behind up to
    three genuine U+FFFD; otherwise those bytes are no UTF-8, or genuine.
    """
    is_short = len(text) <= LONGEST_CUT and end - start <= LONGEST_CUT * (len(text) + 1)
    if is_short and not is_final:
        return "", start
    return text, end
