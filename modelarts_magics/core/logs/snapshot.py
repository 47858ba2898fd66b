"""A log as it was when its reading began: all of it, or an error.

What is promised then is its end and the text before that. Pieces go as far as that and no farther,
and are compared with it before anybody publishes them.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import closing
from functools import partial
from typing import Callable

from ..api.log import ByteSource, LogChunk, LogText
from ..errors import ContradictoryAnswerError, LogRewrittenError
from ..i18n import _
from ..thread_pool import ThreadPool
from .ahead import ReadAhead, in_sequence
from .characters import CONTINUATIONS, LONGEST_CUT, REPLACEMENT
from .exact import ByteLog, end_of, newest_slice, read_forward
from .fingerprint import Fingerprint, stands
from .retried import Retry


class Snapshot:
    """A log as it is now.

    Args:
        source: slices; asked from several threads at once.
        connections: how many of them are asked for at once.
        retry: how often answers that contradict each other are asked for again.
        held: what somebody has read of the log already, from its first byte on.

    Attributes:
        end: bytes; what is written later is not part of it.

    Raises:
        UnexpectedAnswerError: the service does not say where the log ends.
    """

    def __init__(
        self, source: ByteSource, connections: int, retry: Retry, held: ByteSource | None = None
    ) -> None:
        self._source = source
        self._connections = connections
        self._retry = retry
        self._held = held
        self._is_exact = True
        self._newest = self._look()
        if not self._newest.end_byte:  # that there is nothing is not believed at once
            self._newest = self._look()
        self.end = self._newest.end_byte or 0

    def _look(self) -> LogChunk:
        attempts = self._retry.doubts()
        while True:
            with attempts:
                return newest_slice(self._source)

    def continues(self, known: Fingerprint) -> bool:
        """Whether something that was read earlier is of this log."""
        return known.position <= self.end and self._surely(partial(known.is_start_of, self._source))

    def pieces(self, position: int) -> Generator[LogText, None, None]:
        """The text from a byte on, in order; what comes too late is cut off.

        Raises:
            LogRewrittenError: the log is another one by now.
            ContradictoryAnswerError: less than was promised is there.
        """
        attempts = self._retry.doubts()
        while position < self.end:
            with attempts, closing(self._read(position)) as pieces:
                for piece in pieces:
                    position = piece.end_byte
                    yield piece
                    attempts.begin()

    def check(self, known: Fingerprint) -> int:
        """Compare all that was read with what was promised, and with the log as it is by now.

        Returns:
            How many bytes were written since.

        Raises:
            LogRewrittenError: it is not the same.
        """
        with ThreadPool(1, "check") as pool:
            is_begun = partial(known.is_begun_by, self._source)
            begins = pool.submit(partial(self._surely, is_begun))
            end = self._end_now()
            is_same = begins.result() and known.ends_like(self._newest)
        if not is_same:
            raise rewritten(self._source.name)
        return max(0, end - known.position)

    def _read(self, position: int) -> Generator[LogText, None, None]:
        for part in (self._held_pieces, self._ranges, self._rest):
            with closing(part(position)) as pieces:
                for piece in map(self._cut, pieces):
                    position = piece.end_byte
                    yield piece
                    if position >= self.end:
                        return
        raise self._missing(position)

    def _held_pieces(self, position: int) -> Generator[LogText, None, None]:
        if self._held:
            yield from read_forward(self._held, position, self.end)

    def _ranges(self, position: int) -> Generator[LogText, None, None]:
        """By several requests at once, as far as that does any good."""
        known = _Ends(self._source, self.end)
        ahead = ReadAhead(ByteLog(known, math.inf), known, self._doubt)
        before = -1
        while before < position < self.end and ahead.step:
            before = position
            with closing(ahead.pieces(position, self.end, self._connections)) as pieces:
                for piece in pieces:
                    yield piece
                    position = piece.end_byte

    def _rest(self, position: int) -> Generator[LogText, None, None]:
        log = ByteLog(_Ends(self._source, self.end), math.inf)
        yield from in_sequence(log, position, self.end, is_final=True)

    def _cut(self, piece: LogText) -> LogText:
        """Without what came after the end; a character that the end cuts stays whole."""
        start, data = piece.start_byte, piece.text.encode()
        is_exact = len(data) == piece.end_byte - start
        # U+FFFD may stand for one byte or for three, so that places behind it are not sure.
        self._is_exact = self._is_exact and is_exact and REPLACEMENT not in piece.text
        if piece.end_byte <= self.end:
            return piece
        if not is_exact:
            text = self._source.read(start, self.end - start).text
            return LogText(text, start, self.end, piece.log_file)
        size = self.end - start
        while size < len(data) and data[size] in CONTINUATIONS:
            size += 1
        return LogText(data[:size].decode(), start, start + size, piece.log_file)

    def _doubt(self, known: bytes, position: int) -> None:
        """Ranges do not meet: look whether what was read still stands there."""
        at = position - len(known)
        if self._is_exact and not self._surely(partial(stands, self._source, at, known)):
            raise rewritten(self._source.name)

    def _end_now(self) -> int:
        end = end_of(self._source)
        if end < self.end:
            end = end_of(self._source)
        if end < self.end:
            raise rewritten(self._source.name)
        return end

    @staticmethod
    def _surely(is_same: Callable[[], bool]) -> bool:
        """Look twice, since a wrong answer would begin anew what may have taken hours."""
        return is_same() or is_same()

    def _missing(self, position: int) -> ContradictoryAnswerError:
        self._end_now()
        return ContradictoryAnswerError(
            _(
                "{file}: the service contradicts itself: nothing at byte {n:,} of {end:,}",
                file=self._source.name,
                n=position,
                end=self.end,
            ),
            _("Try again later"),
        )


def rewritten(log_file: str) -> LogRewrittenError:
    """What a person is told of a log that is not what was read of it."""
    return LogRewrittenError(
        _(
            "{file} is not what was read of it just now: it was written anew, or the service"
            " contradicts itself",
            file=log_file,
        ),
        _("Try again when it only grows; a service may leave out what is no UTF-8"),
    )


class _Ends:
    """A source that ends where it was promised, and where the last character there ends."""

    def __init__(self, source: ByteSource, end: int) -> None:
        self.name = source.name
        self.origin = source.origin
        self.longest_slice = source.longest_slice
        self._source = source
        self._end = end + LONGEST_CUT

    def read(self, start_byte: int, length: int) -> LogChunk:
        return self._source.read(start_byte, min(length, self._end - start_byte))
