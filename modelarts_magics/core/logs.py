"""A log as a byte sequence: exact text from slices that cut characters.

The service cuts a log at bytes but answers with text, so a character at the edge of a slice may
arrive as U+FFFD, or not at all. The reader keeps its cursor at the boundary of a character: what
was cut is read again with the next slice.

Source: ModelArts SDK reference, "Querying training job logs" (modelarts_04_0164).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from .client import Client
from .errors import UnexpectedAnswerError
from .i18n import _
from .models import LogChunk
from .rules import LONGEST_SLICE

_REPLACEMENT = "\ufffd"
_LONGEST_CUT = 3  # bytes; a character of UTF-8 has at most one more
_TYPICAL_LINE = 120  # bytes


@dataclass(frozen=True)
class LogText:
    """A part of a log; the offsets count bytes, ``end_byte`` is exclusive."""

    text: str
    start_byte: int
    end_byte: int


class LogSource(Protocol):
    """Anything that a log can be read from."""

    def read(self, start_byte: int, length: int) -> LogChunk:
        """At most ``length`` bytes from ``start_byte``, or the newest ones when that is -1."""

    longest_slice: int


class ByteLog:
    """A log file of a training job, by the byte endpoint."""

    longest_slice = LONGEST_SLICE

    def __init__(self, client: Client, job_id: str, version_id: str, log_file: str) -> None:
        self._client = client
        self._job_id = job_id
        self._version_id = version_id
        self._log_file = log_file

    def read(self, start_byte: int, length: int) -> LogChunk:
        chunk = self._client.read_log(
            self._job_id, self._version_id, self._log_file, start_byte, length
        )
        if isinstance(chunk, LogChunk):
            return chunk
        raise UnexpectedAnswerError(
            _("{file}: the service gives this log by lines only", file=self._log_file),
            _("Read it with get_job_log(log_file)"),
        )


def read_forward(
    source: LogSource, start_byte: int = 0, end_byte: int | None = None
) -> Iterator[LogText]:
    """Read from ``start_byte``, which is the boundary of a character, until nothing more comes.

    Args:
        end_byte: stop there, or at the first boundary after it.
    """
    cursor = start_byte
    while end_byte is None or cursor < end_byte:
        piece = _read_piece(source, cursor)
        if piece.end_byte <= cursor:
            return
        yield piece
        cursor = piece.end_byte


def _read_piece(source: LogSource, cursor: int) -> LogText:
    chunk = source.read(cursor, source.longest_slice)
    if chunk.end_byte is None or not chunk.byte_count:
        return LogText("", cursor, cursor)
    text, end = _without_cut_tail(chunk.text, cursor, chunk.end_byte)
    return LogText(text, cursor, end)


def _without_cut_tail(text: str, start: int, end: int) -> tuple[str, int]:
    """Leave a character that may be cut for the next slice.

    Up to three U+FFFD at the end are left, or nothing if the cut bytes were dropped; the rest is
    exact and tells by its length where it ends. A genuine U+FFFD that is left is only read again.
    When the lengths do not fit, the bytes are no UTF-8 and are taken as they are; so is a slice of
    nothing else, with which a log ends.
    """
    kept = max(len(text.rstrip(_REPLACEMENT)), len(text) - _LONGEST_CUT)
    left = len(text) - kept
    whole_end = start + len(text[:kept].encode())
    if kept and left <= end - whole_end <= _LONGEST_CUT * (left + 1):
        return text[:kept], whole_end
    return text, end


def read_tail(source: LogSource, lines: int) -> LogText:
    """The last ``lines`` lines, and where they stand; all of them when there are fewer.

    Raises:
        UnexpectedAnswerError: the service does not say where its newest part ends.
    """
    end = _end_of(source)
    window = max(source.longest_slice, lines * _TYPICAL_LINE)
    while True:
        start = _boundary(source, max(0, end - window))
        pieces = list(read_forward(source, start, end))
        text = "".join(piece.text for piece in pieces)
        part = LogText(text, start, pieces[-1].end_byte if pieces else start)
        kept = _last_lines(part, lines)
        if kept is not None:
            return kept
        window *= 4


def _end_of(source: LogSource) -> int:
    newest = source.read(-1, 1)
    if newest.end_byte is None:
        raise UnexpectedAnswerError(
            _("The service does not say where the log ends"),
            _("Read it from its beginning: --start-byte 0"),
        )
    return newest.end_byte


def _boundary(source: LogSource, near: int) -> int:
    """The start of the character that holds a byte; that byte itself if there is none.

    A slice is one character when its text is one, and as long. A U+FFFD counts only when nothing
    else does, since it may also stand for the rest of a longer character.
    """
    if near <= _LONGEST_CUT:
        return 0
    for back in range(_LONGEST_CUT + 1):
        for length in range(back + 1, _LONGEST_CUT + 2):
            text = source.read(near - back, length).text
            if len(text) == 1 and text != _REPLACEMENT and len(text.encode()) == length:
                return near - back
    for start in range(near, near - _LONGEST_CUT, -1):
        chunk = source.read(start, _LONGEST_CUT)
        if chunk.text == _REPLACEMENT and chunk.byte_count == _LONGEST_CUT:
            return start
    return near


def _last_lines(part: LogText, lines: int) -> LogText | None:
    """The last lines of a part; ``None`` when they may begin before it."""
    if lines == 0:
        return LogText("", part.end_byte, part.end_byte)
    body = part.text[:-1] if part.text.endswith("\n") else part.text
    cut = len(body)
    for _line in range(lines):
        cut = body.rfind("\n", 0, cut)
        if cut < 0:
            return part if part.start_byte == 0 else None
    skipped = len(part.text[: cut + 1].encode())
    return LogText(part.text[cut + 1 :], part.start_byte + skipped, part.end_byte)
