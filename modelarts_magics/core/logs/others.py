"""What is missing before the newest part of a log, by whoever has it."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Callable

from ..api.log import ByteSource, LogText
from ..errors import ModelArtsError, UnexpectedAnswerError
from ..http.retry import may_read_again
from ..i18n import _
from .exact import ByteLog
from .fingerprint import last_of
from .window import SURE, Doubt

_REST = 120.0  # seconds; a copy may come later
_SHORT_REST = 10.0  # after trouble that may pass


class Others:
    """Places of a log, the best first.

    One that refuses is left alone for a while, but by what would be lost otherwise.

    Args:
        clock: monotonic seconds.

    Attributes:
        has_answered: whether one of them read the log when it was asked last.
        is_at_end: whether hardly more is behind the last piece.
    """

    def __init__(
        self, sources: Sequence[ByteSource], clock: Callable[[], float] | None = None
    ) -> None:
        self._sources = sources
        self._clock = clock or time.monotonic
        self._rests_until: dict[int, float] = {}
        self._is_lively = False  # the last piece was of what had come since
        self._end = math.inf  # of the log, where it was asked for
        self.has_answered = False
        self.is_at_end = False

    def lacks(self, told: int) -> bool:
        """Whether the one that answered last has less of the log than was told."""
        return self.has_answered and self._end < told

    def piece(
        self,
        start: int,
        length: int,
        known: str = "",
        doubt: Doubt = SURE,
        *,
        is_routine: bool = False,
    ) -> LogText | None:
        """A piece from a byte on, by the first that has it.

        Args:
            known: the text before it.
            doubt: about the byte where that ends.
            is_routine: whoever asks has another way. Where nothing is new for long, that costs one
                request, and while text comes it does, too.
        """
        self.has_answered, self._end = False, math.inf
        is_lively, self._is_lively = self._is_lively, False
        for number, source in enumerate(self._sources):
            if is_routine and self._clock() < self._rests_until.get(number, 0):
                continue
            try:
                is_new = not is_routine or is_lively or self._is_longer(source, start)
                piece = _behind(source, start, length, known, doubt) if is_new else None
            except ModelArtsError as error:
                if may_read_again(error) and not is_routine:
                    raise
                pause = _SHORT_REST if may_read_again(error) else _REST
                self._rests_until[number] = self._clock() + pause
                continue
            self.has_answered = True
            if piece is not None:
                self._is_lively = is_routine
                self.is_at_end = piece.end_byte - start < source.longest_slice / 2
                return piece
        return None

    def _is_longer(self, source: ByteSource, start: int) -> bool:
        self._end = source.read(start, 1).end_byte or 0
        return self._end > start


def _behind(
    source: ByteSource, start: int, length: int, known: str, doubt: Doubt
) -> LogText | None:
    """What a place has behind a byte, where it has the text before that, too."""
    before = last_of(known)
    for end in range(start, start - doubt.size - 1, -1):
        piece = _read(source, end - len(before.encode()), end + length, before)
        if piece is None:
            return None
        text = piece.text[len(before) :]
        if piece.text.startswith(before) and doubt.is_possible(end, text.encode()):
            return LogText(text, start, piece.end_byte, source.name)
    raise UnexpectedAnswerError(_("{file}: the copy is of another text", file=source.name))


def _read(source: ByteSource, first: int, end: int, before: str) -> LogText | None:
    """The text from a byte on; ``None`` where it has nothing behind the text that is known."""
    log, text, at = ByteLog(source), "", first
    while at < end and len(text) <= len(before):
        part = log.after(at)  # it may lag, so that a character is cut at its end
        if part.text.end_byte <= at:
            break
        text, at = text + part.text.text, part.text.end_byte
    return None if before.startswith(text) else LogText(text, first, at, source.name)
