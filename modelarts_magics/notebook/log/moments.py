"""When a line of a log was written, as far as it says so.

Many programs write times without a zone, and the clock of a container is often that of UTC. Such
times are read in the zone in which the newest of them is latest, but not in the future; whoever
knows better says so.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

_SEEN = 120  # characters of a line that are looked at
_STAMP = re.compile(
    r"(\d{4})[-/.](\d\d)[-/.](\d\d)[T _-](\d\d):(\d\d):(\d\d)(?:[.,]\d+)?"
    r" ?(?:(Z\b|UTC)|([+-])(\d\d):?(\d\d)\b)?",
    re.ASCII,
)
_ZONE = re.compile(r"UTC|Z|([+-])(\d{1,2})(?::?(\d\d))?", re.ASCII | re.IGNORECASE)
_FARTHEST = 14 * 3600  # seconds that a zone is away from UTC
_CHINA = 8 * 3600  # seconds before UTC
_SLACK = 120.0  # seconds that a clock may be ahead


@dataclass(frozen=True)
class Moment:
    """A time in a line.

    Attributes:
        seconds: since the epoch; of one without a zone as if it were of UTC.
        has_zone: whether the line says which zone it is of.
    """

    seconds: float
    has_zone: bool


def moment_of(line: str) -> Moment | None:
    """The first time in a line that has a date, too.

    >>> moment_of("2026-01-02 03:04:05,678 INFO go"), moment_of("2026-01-02T11:04:05+08:00 go")
    (Moment(seconds=1767323045.0, has_zone=False), Moment(seconds=1767323045.0, has_zone=True))
    >>> moment_of("2026-13-02 03:04:05"), moment_of("step 3")
    (None, None)
    """
    found = _STAMP.search(line, 0, _SEEN)
    if found is None:
        return None
    *numbers, utc, sign, hours, minutes = found.groups()
    offset = timedelta()
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    try:
        at = datetime.fromisoformat("{}-{}-{}T{}:{}:{}+00:00".format(*numbers)).timestamp()
    except ValueError:  # no calendar has it
        return None
    return Moment(at - offset.total_seconds(), bool(utc or sign))


@dataclass(frozen=True)
class Zone:
    """In which zone times without one are read.

    Attributes:
        offset: seconds before UTC.
        is_guessed: whether a log has such times, and nobody said of which zone they are.
    """

    offset: float = 0.0
    is_guessed: bool = False

    @classmethod
    def parse(cls, text: str) -> Zone | None:
        """That of ``UTC`` or ``+08:00``; ``None`` where it is none.

        >>> Zone.parse("UTC").name, Zone.parse("+8").name, Zone.parse("-0330").name
        ('UTC', 'UTC+08:00', 'UTC-03:30')
        >>> Zone.parse("+99"), Zone.parse("Mars")
        (None, None)
        """
        found = _ZONE.fullmatch(text)
        if found is None:
            return None
        sign, hours, minutes = found.groups("0")
        seconds = int(hours) * 3600 + int(minutes) * 60
        if seconds > _FARTHEST or int(minutes) > 59:
            return None
        return cls(float(-seconds if sign == "-" else seconds))

    @property
    def name(self) -> str:
        if not self.offset:
            return "UTC"
        hours, minutes = divmod(abs(int(self.offset)) // 60, 60)
        return f"UTC{'-' if self.offset < 0 else '+'}{hours:02d}:{minutes:02d}"

    @classmethod
    def of(cls, lines: Iterable[str], now: float) -> Zone:
        """That of a log.

        Args:
            now: seconds since the epoch, when its last line may have been written.
        """
        stamps = [
            found.seconds for line in lines if (found := moment_of(line)) if not found.has_zone
        ]
        if not stamps:
            return cls()
        newest = max(stamps)
        here = -(time.altzone if time.localtime(now).tm_isdst > 0 else time.timezone)
        offsets = {0.0, float(_CHINA), float(here)}
        past = [offset for offset in offsets if newest - offset <= now + _SLACK]
        return cls(min(past, default=max(offsets)), is_guessed=True)

    def at(self, line: str) -> float | None:
        """When a line was written, in seconds since the epoch; ``None`` where it does not say."""
        found = moment_of(line)
        if found is None:
            return None
        return found.seconds if found.has_zone else found.seconds - self.offset


@dataclass(frozen=True)
class Since:
    """From when on lines are wanted.

    Attributes:
        seconds: before now.
        zone: of times that do not say theirs; ``None`` where it is to be guessed.
    """

    seconds: float
    zone: Zone | None = None
