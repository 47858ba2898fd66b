"""What the newest part of a log tells to somebody who has been told all before a byte.

Pure arithmetic: sizes count bytes of the log, so that the text only has to say which of them it
lacks, where an edge cuts a character.

Source: docs/api/v2-logs.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..api.log import LogWindow
from .characters import LONGEST, REPLACEMENT
from .fingerprint import last_of

LONGEST_KNOWN = 4096  # bytes that tell where a text goes on
_LONGEST_CUT = 3  # bytes


@dataclass(frozen=True)
class Doubt:
    """Where a text ends, as far as nobody can tell.

    A service that leaves out what it cuts does not say at which edge it did. Behind a gap neither
    the text before tells it; only one that goes on does.

    Attributes:
        size: bytes by which the text may stand earlier.
        seen: where the newest part ended: what stands before that and behind the text is a part of
            one character.
    """

    size: int = 0
    seen: int = 0

    def is_possible(self, end: int, following: bytes) -> bool:
        """Whether the text may end at a byte, by what follows it."""
        cut = self.seen - end
        return not self.size or cut <= 0 or not following or _length(following) > cut


SURE = Doubt()


@dataclass(frozen=True)
class News:
    """What is new.

    Attributes:
        text: it.
        start: the byte that it begins with.
        end: how far the log is told with it.
        is_anew: the log was written anew, so that this is all of it.
        doubt: about the end, and behind a gap about the start.
    """

    text: str
    start: int
    end: int
    is_anew: bool = False
    doubt: Doubt = SURE

    def gap(self, told: int) -> int:
        """How many bytes are missing before it."""
        return 0 if self.is_anew else max(0, self.start - told)


@dataclass(frozen=True)
class _Placed:
    """A text without cut characters, and where it stands."""

    data: bytes
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.data)

    def follows(self, told: int, known: bytes, new: int) -> bool:
        """Whether it may stand there, by the last bytes that were told."""
        if told < self.start:
            return told < new
        before, after = self.data[: told - self.start], self.data[told - self.start :]
        size = min(len(known), len(before))
        is_boundary = told <= self.end and after[:1] not in _CONTINUATIONS
        return is_boundary and (size == 0 or before.endswith(known[-size:]))

    def behind(self, told: int) -> bytes:
        """The bytes in which the character is that follows; none where that is before the text."""
        at = told - self.start
        return self.data[at : at + LONGEST] if at >= 0 else b""


@dataclass(frozen=True)
class _Fitting:
    """Where a text may stand, and where the one may end that was told."""

    place: _Placed
    end: int

    @property
    def told(self) -> int:
        """How many bytes of the text were told."""
        return max(0, self.end - self.place.start)


# How an edge may be cut, the likeliest first: as the other one, in its own way, and behind a
# character of the log that looks as if it were what shows the cut.
_CUTS = ((True, 0), (False, 0), (False, _LONGEST_CUT))
_CONTINUATIONS = {bytes([byte]) for byte in range(0x80, 0xC0)}


def news(
    window: LogWindow, told: int, known: str, doubt: Doubt = SURE, *, is_final: bool = False
) -> News:
    """What a window adds.

    Args:
        told: how many bytes of the log were told.
        known: the last text of them, or a part of it.
        doubt: about what was told.
        is_final: nothing more will be written, so that a cut character at the end stays cut.
    """
    if window.end < told or (window.end == told and not _ends_with(window.text, known)):
        return replace(news(window, 0, "", is_final=is_final), is_anew=True)
    nothing = News("", told, told, doubt=doubt)
    if window.end == told:
        return nothing
    new, last = window.end - window.size, known.encode()[-LONGEST_KNOWN:]
    ends = range(told - doubt.size, told + 1)
    for is_alike, dropped in _CUTS:
        places = _places(window, 0 if doubt.size else told, dropped, is_alike=is_alike)
        fitting = [
            _Fitting(place, end)
            for place in places
            for end in ends
            if place.follows(end, last, new) and doubt.is_possible(end, place.behind(end))
        ]
        if len({one.told for one in fitting}) > 1 and last and not is_final:
            return nothing  # a later window tells which of them it is
        if fitting:
            return _behind(window, told, fitting, is_final=is_final)
        if places and new == 0:  # nothing is cut at its front, so it is another log
            return replace(news(window, 0, "", is_final=is_final), is_anew=True)
    return _found(window, told, known)


def _ends_with(text: str, known: str) -> bool:
    """Whether a text, which may lack a character at its front, ends with what is known."""
    shown, last = text.lstrip(REPLACEMENT), last_of(known)
    return shown.endswith(last) or last.endswith(shown)


def _behind(window: LogWindow, told: int, fitting: Sequence[_Fitting], *, is_final: bool) -> News:
    """What is behind the text that was told, by the likeliest of some places."""
    likeliest = fitting[-1]
    place = likeliest.place
    start = max(told, place.start)
    text = place.data[likeliest.told :].decode()
    if is_final and place.end < window.end:
        cut = len(window.text) - len(window.text.rstrip(REPLACEMENT))
        return News(text + REPLACEMENT * cut, start, window.end)
    is_shown = window.text.startswith(REPLACEMENT)
    alike = [one for one in fitting if one.told == likeliest.told and not is_shown]
    ends = [one.place.end for one in alike or [likeliest]]
    end = max([told, *ends])
    return News(text, start, end, doubt=Doubt(end - min(ends), window.end))


def _length(data: bytes) -> int:
    """Bytes of the first character."""
    return len(data[:LONGEST].decode(errors="ignore")[:1].encode())


def _places(window: LogWindow, told: int, dropped: int, *, is_alike: bool) -> list[_Placed]:
    """Where the text may stand, the likeliest last: what it lacks belongs to its edges.

    Args:
        dropped: bytes that an edge may lack beside those that it shows.
        is_alike: an edge is not cut where only the other one shows that it is.
    """
    new = window.end - window.size
    rest = window.text.rstrip(REPLACEMENT)
    at_end = len(window.text) - len(rest)
    may_be_cut = new not in (0, told)  # there a character begins
    at_front = len(rest) - len(rest.lstrip(REPLACEMENT)) if may_be_cut else 0
    data = rest[at_front:].encode()
    missing = window.size - len(data)
    most_front = _most(at_front, is_shown=is_alike and bool(at_end)) + dropped
    most_end = _most(at_end, is_shown=is_alike and bool(at_front)) + dropped
    possible = range(at_front, most_front + 1 if may_be_cut else 1)
    fronts = [front for front in possible if at_end <= missing - front <= most_end]
    if at_front:  # of a character's rest each byte is shown
        fronts.reverse()
    return [_Placed(data, new + front) for front in fronts]


def _most(replaced: int, *, is_shown: bool) -> int:
    """How many bytes an edge may lack.

    Args:
        is_shown: the service shows where characters are cut.
    """
    return _LONGEST_CUT * replaced if replaced or is_shown else _LONGEST_CUT


def _found(window: LogWindow, told: int, known: str) -> News:
    """Sizes and text contradict what was told: go on behind its end, where that stands."""
    new = window.end - window.size
    if told <= new or not known:
        return News(window.text, max(told, new), window.end)
    inside = min(LONGEST_KNOWN, max(1, told - new - _LONGEST_CUT))  # bytes that surely stand there
    last = known.encode()[-inside:].decode(errors="ignore")
    expected = max(0, (told - new) * len(window.text) // max(1, window.size) - len(last))
    places = [window.text.rfind(last, 0, expected + len(last)), window.text.find(last, expected)]
    there = [place for place in places if place >= 0]
    if (
        not there or len(window.text.encode()) == window.size
    ):  # no edge is cut, so it is another log
        return News(window.text, new, window.end, is_anew=True)
    nearest = min(there, key=lambda place: abs(place - expected))
    return News(window.text[nearest + len(last) :], told, window.end)
