"""A log of which the service gives the newest part only, as a text that grows.

What is gone from the newest part before it was told is asked of others; what nobody has is one line
with its number of bytes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Callable

from ..api.log import Cursor, LogText, LogWindow, Part, WindowSource
from ..i18n import _
from .last_lines import beginning, behind_line_end
from .others import Others
from .promptness import Promptness
from .window import LONGEST_KNOWN, SURE, Doubt, News, news

_COST = 2**18  # bytes a second of all logs while little comes: of one the largest in 20 s
LARGE = 2**18  # bytes of a newest part, in place of which others are asked
_FIRST_PAUSE = 2.5  # seconds until it is known how much comes
_SILENCE = 60.0  # seconds; so long a cheaper source is believed that says nothing
_FIRST_SILENCE = 20.0  # the same for the first time in place of a small newest part
_NEVER = -math.inf


class Windows:
    """How large the newest parts are that somebody fetches, of all logs together."""

    def __init__(self) -> None:
        self._sizes: dict[object, int] = {}

    def seconds(self, log: object, size: int) -> float:
        """How long the newest part of a log is not fetched again, which had so many bytes."""
        self._sizes[log] = size
        return sum(list(self._sizes.values())) / _COST


class PreviewLog:
    """The text of a log by its newest part.

    Args:
        clock: monotonic seconds.
        windows: what else is fetched.
    """

    def __init__(
        self,
        source: WindowSource,
        clock: Callable[[], float] | None = None,
        windows: Windows | None = None,
    ) -> None:
        self._windows = windows or Windows()
        self.name = source.name
        self._source = source
        self._clock = clock = clock or time.monotonic
        self._others = Others(source.others, clock)
        self._known = ""  # the last text that was told
        self._told = 0  # where it ends
        self._doubt = SURE  # about that
        self._held: LogWindow | None = None  # while what is before it is asked of others
        self._looked_at: float | None = None
        self._is_begun = False  # by a look, so that what comes is new
        self._is_dear = False  # to look again
        self._promptness = Promptness(clock)  # of others
        self._believed_until = _NEVER  # that others would say what is new
        self._silence = _FIRST_SILENCE
        self._note = _("The service gives no lines of this log: its newest part is read")

    def at(self, start_byte: int, known: str = "") -> Cursor:
        self._known, self._told, self._doubt = known[-LONGEST_KNOWN:], start_byte, SURE
        return start_byte

    def after(self, cursor: Cursor, *, is_final: bool = False) -> Part:
        told = int(cursor)
        if told != self._told:
            self._known, self._told, self._doubt = "", told, SURE
        if self._held and told >= self._held.end:
            self._held = None
        is_asked = self._is_replaced or self._promptness.is_on_trial
        if is_asked and not self._held and not is_final and (part := self._cheaper(told)):
            return part
        window = self._held or self._source.window()
        is_begun, self._is_begun = self._is_begun, True
        if window is None:
            return self._silent(told)
        found = news(window, told, self._known, self._doubt, is_final=is_final)
        if found.is_anew:
            self._known, self._told, self._doubt, self._held = "", 0, SURE, None
            return Part(LogText("", 0, 0, self.name), 0, is_truncated=True)
        if gap := found.gap(told):
            return self._filled(window, told, gap) or self._marked(window, found, told, gap)
        return self._delivered(window, found, is_first=not is_begun)

    def ahead(self, cursor: Cursor, parts: int) -> Iterator[Part]:
        return iter(())

    def tail(self, lines: int, *, is_frugal: bool = False) -> Part:
        window = self._source.window()
        if window is None:
            return self._part("", 0, 0, is_short=True)
        start = window.end - window.size
        found = news(window, 0, "")
        first = beginning(found.text, lines, is_whole=start == 0)
        is_cut = first is None
        if first is None:
            first = behind_line_end(found.text)
        at = found.start + len(found.text[:first].encode())
        self._pause(window, 0)
        self._known = ""  # of an earlier end
        text = found.text[first:]
        return self._part(text, at, found.end, found.doubt, is_short=True, is_cut=is_cut)

    @property
    def _is_replaced(self) -> bool:
        """Whether others are asked in place of the newest part."""
        return self._is_dear or self._promptness.is_proven

    def _delivered(self, window: LogWindow, found: News, *, is_first: bool) -> Part:
        is_fresh = self._held is None
        self._held = None
        pause = self._pause(window, found.end - found.start) if is_fresh else 0.0
        if is_fresh:
            self._believed_until = _NEVER
            is_quiet = found.end == found.start
            self._promptness.looked(is_news=not is_quiet and not is_first)
            if self._is_replaced and is_quiet and self._others.has_answered:
                self._silence = min(_SILENCE, 2 * self._silence)
                self._believe(pause)
                pause = 0.0  # the next look costs little
        place = found.start, found.end, found.doubt
        return self._part(found.text, *place, is_short=is_fresh, pause=pause)

    def _cheaper(self, told: int) -> Part | None:
        """What others have behind a byte, as long as they keep up.

        They say nothing for some time: then the newest part tells whether there is nothing, alone.
        """
        is_believed = self._is_replaced and self._clock() < self._believed_until
        if self._is_replaced and not is_believed and self._believed_until != _NEVER:
            return None
        if piece := self._others.piece(told, 1, self._known, self._doubt, is_routine=True):
            self._promptness.passed()
            self._believe()
            return self._part(piece.text, told, piece.end_byte, is_short=self._others.is_at_end)
        if self._others.lacks(told):
            self._promptness.failed()
        elif is_believed and self._others.has_answered:
            return self._silent(told)
        return None

    def _believe(self, least: float = 0.0) -> None:
        silence = _SILENCE if self._is_dear else self._silence
        self._believed_until = self._clock() + max(silence, least)

    def _filled(self, window: LogWindow, told: int, gap: int) -> Part | None:
        """A piece of what is missing before a window, which is kept meanwhile."""
        piece = self._others.piece(told, gap, self._known, self._doubt)
        if piece is None:
            return None
        self._held = window
        self._believe()
        return self._part(piece.text, told, piece.end_byte)

    def _marked(self, window: LogWindow, found: News, told: int, gap: int) -> Part:
        self._held = None
        pause = self._pause(window, window.size)
        least = gap - found.doubt.size
        line = marker(self._known, gap + self._doubt.size, least)
        text = f"{line}{found.text}"
        part = self._part(text, told, found.end, found.doubt, is_short=True, pause=pause)
        self._known = found.text[-LONGEST_KNOWN:]  # the marker is not of the log
        return part

    def _pause(self, window: LogWindow, new: int) -> float:
        """Seconds until it is worth its bytes to look again, before the newest part is overrun."""
        now, before = self._clock(), self._looked_at
        self._looked_at = now
        cheap = self._windows.seconds(self, window.size)
        self._is_dear = window.size > LARGE
        if before is None or now <= before:
            return min(cheap, _FIRST_PAUSE)
        return min(cheap, self._source.largest / 2 * (now - before) / new) if new else cheap

    def _silent(self, told: int) -> Part:
        return self._part("", told, told, self._doubt, is_short=True)

    def _part(
        self,
        text: str,
        start: int,
        end: int,
        doubt: Doubt = SURE,
        *,
        is_short: bool = False,
        is_cut: bool = False,
        pause: float = 0.0,
    ) -> Part:
        self._known = (self._known + text)[-LONGEST_KNOWN:]
        self._told, self._doubt = end, doubt
        shown = LogText(text, start, end, self.name)
        part = Part(shown, end, is_short=is_short, is_cut=is_cut, pause=pause)
        if self._note and text:
            part, self._note = replace(part, note=self._note, is_of_service=True), ""
        return part


def marker(told: str, gap: int, least: int | None = None) -> str:
    """The line in place of so many bytes, behind a text.

    Args:
        least: how many are missing at least, where nobody can tell.
    """
    feed = "" if told.endswith("\n") or not told else "\n"
    if least is None or least == gap:
        line = _("[{n:,} bytes of the log are missing here]", n=gap)
    elif least <= 0:
        line = _("[up to {n:,} bytes of the log are missing here]", n=gap)
    else:
        line = _("[{least:,} to {n:,} bytes of the log are missing here]", least=least, n=gap)
    return feed + line + "\n"
