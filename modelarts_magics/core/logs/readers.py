"""Open a log by the best of its readers that its service has.

The readers of a log are a ladder: each is tried until one answers. What a service lacks it mostly
says to the first reading. Where it says so later, the next reader goes on behind the text that was
shown last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Union

from ..api.first_of import FirstOf
from ..api.log import ByteSource, Cursor, LineSource, Log, LogReader, LogText, Part, WindowSource
from ..errors import (
    LinesOnlyError,
    LogClearedError,
    ModelArtsError,
    NotOfferedError,
    ServiceError,
)
from ..http.reader import Reader
from ..i18n import _
from .ahead import RangeLog
from .lines import LineLog
from .newest_part import NewestPart
from .pages import PagedSource
from .preview import PreviewLog, Windows
from .retried import RetriedSource, Retry

_Reader = Union[ByteSource, LineSource]
_KNOWN = 4096  # characters that tell where a text goes on
_FIRST_KNOWN = 64  # characters of them, by which a reader is known that lags behind
_LOOKS = 2  # before a part of the log is said to be missing
_LOOKED_AT = 5000  # lines in which they are looked for


class Ladder:
    """A log by the first of some readers that its service has.

    Args:
        rungs: best first.
    """

    def __init__(self, rungs: Sequence[Log]) -> None:
        self._log, *self._below = rungs
        self.name = self._log.name
        self._is_changed = False  # since a part was given
        self._shown = ""  # the last text of all that was given
        self._told = 0  # where it ends
        self._is_relative = False  # that counts from where the reading began
        self._note = ""  # why another reader gives the next part
        self._looks_left = _LOOKS

    def at(self, start_byte: int, known: str = "") -> Cursor:
        return self._log.at(start_byte, known)

    def after(self, cursor: Cursor, *, is_final: bool = False) -> Part:
        try:
            part = self._next(cursor, is_final)
        except ServiceError as error:
            if not self._stepped_down(error):
                raise
        else:
            return self._given(part) if part else self._nothing(cursor)
        return self.after(cursor, is_final=is_final)

    def _next(self, cursor: Cursor, is_final: bool) -> Part | None:
        """What follows; the cursor of another reader means nothing to this one."""
        if not self._is_changed:
            return self._log.after(cursor, is_final=is_final)
        if self._shown:
            return self._resumed(is_final=is_final)
        return self._log.after(self._log.at(0), is_final=is_final)

    def ahead(self, cursor: Cursor, parts: int) -> Iterator[Part]:
        return iter(()) if self._is_changed else map(self._given, self._log.ahead(cursor, parts))

    def tail(self, lines: int, *, is_frugal: bool = False) -> Part:
        try:
            return self._given(self._log.tail(lines, is_frugal=is_frugal))
        except ServiceError as error:
            if not self._stepped_down(error):
                raise
        return self.tail(lines, is_frugal=is_frugal)

    def _given(self, part: Part) -> Part:
        is_silent = not part.text.text and not part.is_truncated  # it may not have the log yet
        self._is_changed = self._is_changed and is_silent and not isinstance(self._log, LineLog)
        self._shown = "" if part.is_truncated else (self._shown + part.text.text)[-_KNOWN:]
        self._told, self._is_relative = part.text.end_byte, part.text.is_relative
        if self._note and part.text.text:
            part, self._note = replace(part, note=self._note, is_of_service=True), ""
        return part

    def _nothing(self, cursor: Cursor) -> Part:
        return Part(LogText("", self._told, self._told, self.name), cursor, is_short=True)

    def _stepped_down(self, error: ServiceError) -> bool:
        if not is_lacking(error) or not self._below:
            return False
        if isinstance(error, LogClearedError):
            self._note = _("The service has cleared this log: its copy in OBS is read")
        self._log, *self._below = self._below
        self._is_changed, self._looks_left = True, _LOOKS
        return True

    def _resumed(self, *, is_final: bool) -> Part | None:
        """What follows the text that was shown, by another reader; ``None`` while that lags."""
        if self._is_relative or isinstance(self._log, LineLog):
            return self._met(self._log.tail(_LOOKED_AT), is_final=is_final)
        part = self._log.after(self._log.at(self._told, self._shown), is_final=is_final)
        if not part.is_truncated:
            return part
        end = self._log.tail(_LOOKED_AT)
        if self._is_at(end.text):
            return None
        is_known = len(self._shown) >= _FIRST_KNOWN
        return (self._behind(end) if is_known else None) or part

    def _is_at(self, end: LogText) -> bool:
        """Whether the end of a log is a part of what was shown, by the bytes where it stands."""
        known = self._shown.encode()
        first = self._told - len(known)
        common = min(end.end_byte - max(first, end.start_byte), len(known))
        stands = known[end.end_byte - common - first : end.end_byte - first]
        return common > 0 and end.text.encode().endswith(stands)

    def _met(self, end: Part, *, is_final: bool) -> Part | None:
        """What the last lines have behind the text that was shown; ``None`` while they may lag.

        Where they have nothing in common with it, they are of before it, or a part of the log is
        missing between: some looks one after the other have to say so.
        """
        if part := self._behind(end):
            return part
        if self._lags(end.text) or (self._overlaps(end.text) and not is_final):
            return None
        if self._looks_left and not is_final:
            self._looks_left -= 1
            return None
        return self._behind_gap(end)

    def _lags(self, end: LogText) -> bool:
        """Whether the end of a log surely has nothing that was not shown."""
        least = 1 if isinstance(self._log, LineLog) else self._told
        is_inside = end.text != "" and end.text in self._shown
        return end.end_byte < least or is_inside or self._is_before(end.text)

    def _overlaps(self, end: LogText) -> bool:
        """Whether the end of a log begins before what was shown ends, so that nothing is between.

        Where nothing of it is found there, it ends before that, too: what was shown ends at
        least as far into the log as it is long.
        """
        is_by_bytes = not isinstance(self._log, LineLog)
        return is_by_bytes and end.start_byte < self._told and not self._common(end.text)

    def _is_before(self, text: str) -> bool:
        """Whether a text ends with what was shown earlier."""
        known = self._shown[:_FIRST_KNOWN]
        place = text.rfind(known)
        is_earlier = place >= 0 and len(text) < place + len(self._shown)
        return is_earlier and len(known) == _FIRST_KNOWN and self._shown.startswith(text[place:])

    def _behind(self, end: Part) -> Part | None:
        """What the last lines have behind the text that was shown, where that surely stands."""
        common = self._common(end.text.text)
        return self._rest(end, common) if common >= min(_FIRST_KNOWN, len(self._shown)) else None

    def _common(self, text: str) -> int:
        """How many characters of a text reach to the end of what was shown, or are that end."""
        place = text.rfind(self._shown)
        if place >= 0:
            return place + len(self._shown)
        most = min(len(text), len(self._shown))
        return next((n for n in range(most, 0, -1) if self._shown.endswith(text[:n])), 0)

    def _behind_gap(self, end: Part) -> Part:
        """The last lines, with what may be missing before them."""
        rest = self._rest(end, self._common(end.text.text))
        if isinstance(self._log, LineLog):
            note = _("Some of the log may be missing here: it is read in another way from now on")
            return replace(rest, note=note)
        feed = "" if self._shown.endswith("\n") else "\n"
        missing = max(0, rest.text.start_byte - self._told)
        marker = _("[up to {n:,} bytes of the log are missing here]", n=missing)
        text = replace(rest.text, text=f"{feed}{marker}\n{rest.text.text}")
        return replace(rest, text=text)

    @staticmethod
    def _rest(end: Part, common: int) -> Part:
        """The last lines without some characters at their beginning."""
        start = end.text.start_byte + len(end.text.text[:common].encode())
        rest = replace(end.text, text=end.text.text[common:], start_byte=start, before=None)
        return replace(end, text=rest, is_cut=False)


def is_lacking(error: ModelArtsError) -> bool:
    """Whether a service has no such reading of a log."""
    if isinstance(error, ServiceError) and error.is_unknown_call:
        return True
    return isinstance(error, (LinesOnlyError, LogClearedError, NotOfferedError))


def open_log(rungs: Sequence[LogReader], reader: Reader, windows: Windows | None = None) -> Log:
    """The text of a log.

    Args:
        rungs: as :meth:`~modelarts_magics.core.api.base.JobApi.logs` gives them.
        reader: who reads it; what is much is read over those of his connections that are idle.
        windows: what else he fetches by newest parts.
    """
    return Ladder([_text(rung, reader, windows) for rung in rungs])


class LogBytes(FirstOf):
    """A log by bytes, by the first of its readers that the service has; see :class:`PagedSource`.

    Args:
        readers: best first; those by bytes are asked before those by entries.
    """

    def __init__(self, readers: Sequence[LogReader]) -> None:
        self._readers = readers
        super().__init__([_opened(one, None) for one in _in_order(readers)], is_lacking, telling=0)

    def for_whole(self, retry: Retry, held: ByteSource | None = None) -> WholeLogBytes:
        """The same for a reader of the whole log, who asks again."""
        return WholeLogBytes(self._readers, retry, held)


class WholeLogBytes(FirstOf):
    """A whole log; where nobody has all of it, its newest part behind what is held of it.

    Args:
        retry: asks again after trouble.
        held: what somebody has read of the log already, from its first byte on.
    """

    def __init__(self, readers: Sequence[LogReader], retry: Retry, held: ByteSource | None) -> None:
        sources = [_opened(one, retry) for one in _in_order(readers)]
        windows = [one for one in readers if isinstance(one, WindowSource)]
        self._parts = [NewestPart(one, sources[0].origin, held, retry.call) for one in windows]
        super().__init__([*sources, *self._parts], is_lacking, telling=0)

    @property
    def missing(self) -> int:
        """Bytes of the log that nobody has."""
        return sum(one.missing for one in self._parts)


def _in_order(readers: Sequence[LogReader]) -> Sequence[_Reader]:
    by_bytes: list[_Reader] = [reader for reader in readers if isinstance(reader, ByteSource)]
    return [*by_bytes, *(reader for reader in readers if isinstance(reader, LineSource))]


def _opened(reader: _Reader, retry: Retry | None) -> ByteSource:
    if isinstance(reader, ByteSource):
        return RetriedSource(reader, retry) if retry else reader
    return PagedSource(reader, retry.call) if retry else PagedSource(reader)


def _text(rung: LogReader, reader: Reader, windows: Windows | None) -> Log:
    if isinstance(rung, ByteSource):
        return RangeLog(rung, reader)
    if isinstance(rung, LineSource):
        return LineLog(rung, reader)
    return PreviewLog(rung, windows=windows)
