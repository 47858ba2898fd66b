"""Which lines of a log a line of ``%ma_log`` asks for: ``--since``, ``--grep`` and ``--level``."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Callable, Generic, TypeVar

from ...core.api.base import Job
from ...core.api.log import Part
from ...core.errors import InvalidArgumentError
from ...core.i18n import _
from ..text import render, terminal
from ..text.pattern import Pattern
from .levels import ERROR, WARNING, Levels
from .moments import Since, Zone

LEVELS = (ERROR, WARNING)
_BATCH = 1000  # lines that are matched at once
_FIRST_REACH = 1000  # lines in which those of some time are looked for
_LAST_REACH = 100_000
_MARGIN = 100  # lines that may come between one look and the next
_TIMELESS = 10_000  # lines without a time, after which a log is taken to have none

T = TypeVar("T")


@dataclass(frozen=True)
class Wanted:
    """What is asked for.

    Attributes:
        since: from when on; ``None`` for all of the log.
        pattern: what a line has to hold.
        level: ``error``, or ``warning`` for both; empty for all lines.
    """

    since: Since | None = None
    pattern: Pattern | None = None
    level: str = ""

    @property
    def is_all(self) -> bool:
        return self == _ALL

    def words(self) -> str:
        """For a heading."""
        said = []
        if self.since is not None:
            time_ago = render.rough_duration(int(self.since.seconds * 1000))
            said.append(_("since {time}", time=time_ago))
        if self.pattern is not None:
            said.append(_("with {text}", text=self.pattern.text))
        if self.level:
            said.append(self.level)
        return ", ".join(said)


_ALL = Wanted()


@dataclass(frozen=True)
class Begun:
    """Where in a log those lines begin that were written since some time.

    Attributes:
        count: of its lines, when somebody looked; those behind them are newer.
        from_time: seconds since the epoch.
    """

    count: int
    zone: Zone
    from_time: float

    @property
    def words(self) -> str:
        """In which zone times are read, where that is a guess."""
        return _("times read as of {zone}", zone=self.zone.name) if self.zone.is_guessed else ""

    def is_before(self, text: str) -> bool:
        at = self.zone.at(text)
        return at is None or at < self.from_time


@dataclass(frozen=True)
class Sifted(Generic[T]):
    """A line that passed."""

    line: T
    text: str
    is_error: bool


class Sieve:
    """Lets lines through, those of each file in their order.

    Args:
        begun: where those lines of a file begin that are wanted, by its name.

    Attributes:
        reach: last lines of each file that are to be read before those that come; ``None`` for
            all.
        remark: in which zone times are read, where that is a guess; empty for nothing to say.
        last_error: the last line that says which error it was, wanted or not; empty for none.
    """

    def __init__(self, wanted: Wanted = _ALL, begun: Mapping[str, Begun] | None = None) -> None:
        self._wanted = wanted
        self.remark = ", ".join({one.words: "" for one in (begun or {}).values() if one.words})
        self.last_error = ""
        self._levels: dict[str, Levels] = {}
        self._waiting = dict(begun or {})
        most = max((one.count for one in self._waiting.values()), default=0)
        self.reach = None if wanted.since is None else most + _MARGIN
        self._may_drop = {name: most + _MARGIN - one.count for name, one in self._waiting.items()}

    @property
    def is_open(self) -> bool:
        """Whether it lets every line through."""
        return self._wanted.is_all

    def passed(
        self, name: str, lines: Sequence[T], text_of: Callable[[T], str]
    ) -> Iterator[Sifted[T]]:
        """Those of some lines of a file that are wanted.

        Raises:
            InvalidArgumentError: to match the pattern takes too long.
        """
        levels = self._levels.setdefault(name, Levels())
        for first in range(0, len(lines), _BATCH):
            some = []
            for line in lines[first : first + _BATCH]:
                text = text_of(line)
                level = levels.next(text)
                if level == ERROR and text.strip():
                    self.last_error = text.strip()
                some.append((Sifted(line, text, level == ERROR), level))
            late = self._late(name, some)
            yield from self._matching([one for one, level in late if self._is_level(level)])

    def _late(
        self, name: str, lines: Sequence[tuple[Sifted[T], str]]
    ) -> Sequence[tuple[Sifted[T], str]]:
        """Without lines of before; as many as may stand there, since others tell no time."""
        begun = self._waiting.get(name)
        if begun is None:
            return lines
        may_drop = self._may_drop[name]
        count = 0
        while count < min(len(lines), may_drop) and begun.is_before(lines[count][0].text):
            count += 1
        self._may_drop[name] -= count
        if count < len(lines) or not self._may_drop[name]:
            del self._waiting[name]
        return lines[count:]

    def _is_level(self, level: str) -> bool:
        return not self._wanted.level or level in LEVELS[: LEVELS.index(self._wanted.level) + 1]

    def _matching(self, lines: Sequence[Sifted[T]]) -> Iterator[Sifted[T]]:
        if self._wanted.pattern is None or not lines:
            yield from lines
            return
        found = self._wanted.pattern.matching([one.text for one in lines])
        yield from (one for one, is_found in zip(lines, found) if is_found)


def begin(
    tail: Callable[[int], Part], name: str, job: Job, since: Since, now: float | None = None
) -> Begun:
    """Find those lines of a log that were written since some time.

    Args:
        tail: reads the last lines of a log.
        now: seconds since the epoch.

    Raises:
        InvalidArgumentError: no line tells when it was written.
    """
    now = time.time() if now is None else now
    from_time = now - since.seconds
    reach = _FIRST_REACH
    while True:
        part = tail(reach)
        text = part.text.text.removesuffix("\n")
        lines = [terminal.stripped(line) for line in text.split("\n")]
        zone = since.zone or Zone.of(lines, _last_moment(job, now))
        times = [zone.at(line) for line in lines]
        known = [at for at in times if at is not None]
        is_whole = len(lines) < reach and not part.is_cut
        is_enough = bool(known) and min(known) < from_time
        if is_whole or is_enough or reach >= (_LAST_REACH if known else _TIMELESS):
            break
        reach *= 10
    if not known and part.text.text:
        raise InvalidArgumentError(
            _("No line of {file} tells when it was written", file=name),
            _("Ask for so many lines: --tail N"),
        )
    first = next((n for n, at in enumerate(times) if at is not None and at >= from_time), None)
    return Begun(0 if first is None else len(lines) - first, zone, from_time)


def _last_moment(job: Job, now: float) -> float:
    """When the last line may have been written."""
    if not job.state.is_final or not job.started or job.duration is None:
        return now
    return min(now, (job.started + job.duration) / 1000)
