"""What is new in the series of several logs, for those who look again and again.

Each look that finds something new has a number. Who has what the look ``n`` gave asks for what is
new since ``n``, and is told of each series that changed how many of its points still hold and which
come behind them. Nothing is kept for those who look.
"""

from __future__ import annotations

import bisect
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .merged import merged
from .reader import MetricReader
from .series import MetricSeries
from .standing import Standing, first_of, standing

_MOST_CHANGES = 256  # of a series that are remembered one by one
_MOST_GONE = 2_000  # series that are remembered to be gone

_Column = Sequence[float]
_Log = tuple[str, str]  # job, file


@dataclass(frozen=True)
class Change:
    """How a series is another one than before.

    Attributes:
        number: of the series; another one never has it.
        keep: so many of its first points still hold.
        is_added: it was not there before.
        job: the name of the job whose log it is, where others are compared with one.
    """

    number: int
    keep: int
    series: MetricSeries
    is_added: bool
    job: str = ""


@dataclass(frozen=True)
class Changes:
    """What is new since a look.

    Attributes:
        since: the number of that look; 0 where all is told, since it is not known any more.
        now: the number of this look.
        gone: the numbers of series that are no more.
    """

    since: int
    now: int
    changed: tuple[Change, ...]
    gone: tuple[int, ...]


class MetricFeed:
    """Readers of several logs and what was told of them; not safe to use from several threads.

    The logs are those of one job, and of others that are compared with it: these have names.

    Args:
        hidden: names of metrics that are not shown when a reader finds them by itself.
    """

    def __init__(self, hidden: Collection[str] = ()) -> None:
        self._hidden = hidden
        self._readers: dict[_Log, MetricReader] = {}
        self._told: dict[tuple[_Log, str], _Told] = {}
        self._gone: deque[tuple[int, int]] = deque(maxlen=_MOST_GONE)  # look, number
        self._forgotten = 0  # the last look of which something that is gone is not remembered
        self._numbers = 0
        self._now = 0

    def reader(self, file: str, job: str = "") -> MetricReader:
        """The reader of a log."""
        if (job, file) not in self._readers:
            self._readers[job, file] = MetricReader(file, self._hidden)
        return self._readers[job, file]

    def forget(self, file: str, job: str = "") -> None:
        """A log is read again from its beginning."""
        self._readers.pop((job, file), None)

    def leave(self, job: str) -> None:
        """A job is compared no longer."""
        for log in [log for log in self._readers if log[0] == job]:
            del self._readers[log]

    def end(self, job: str = "") -> None:
        """Take what stands behind the last newline of each log of a job for a line."""
        for (of, _file), reader in self._readers.items():
            if of == job:
                reader.end()

    @property
    def series(self) -> dict[str, MetricSeries]:
        """All series of the one job by name, each one of all its logs."""
        return {name: merged(parts) for name, parts in self._parts().items()}

    @property
    def standing(self) -> list[Standing]:
        """How the first metrics of the one job stand."""
        parts = self._parts()
        return [standing(name, merged(parts[name]).values) for name in first_of(parts)]

    def _parts(self) -> dict[str, list[MetricSeries]]:
        found: dict[str, list[MetricSeries]] = {}
        for (job, _file), reader in self._readers.items():
            for name, series in reader.series.items() if not job else ():
                found.setdefault(name, []).append(series)
        return found

    def since(self, look: int) -> Changes:
        """What is new since a look; all since look 0."""
        self._look()
        since = look if self._forgotten <= look <= self._now else 0
        changed = (told.since(since) for told in self._told.values())
        gone = tuple(number for at, number in self._gone if at > since > 0)
        return Changes(since, self._now, tuple(filter(None, changed)), gone)

    def _look(self) -> None:
        """Give a number to what is new, if something is."""
        there = {
            (log, name): series
            for log, reader in self._readers.items()
            for name, series in reader.series.items()
        }
        gone = [key for key in self._told if key not in there]
        fresh = [key for key, series in there.items() if self._is_new(key, series)]
        if not gone and not fresh:
            return
        self._now += 1
        for key in gone:
            self._bury(self._told.pop(key).number)
        for key in fresh:
            if key not in self._told:
                self._numbers += 1
                (job, _file), _name = key
                self._told[key] = _Told(self._numbers, self._now, job)
            self._told[key].take(there[key], self._now)

    def _is_new(self, key: tuple[_Log, str], series: MetricSeries) -> bool:
        return key not in self._told or self._told[key].series is not series

    def _bury(self, number: int) -> None:
        if len(self._gone) == _MOST_GONE:
            self._forgotten = self._gone[0][0]
        self._gone.append((self._now, number))


class _Told:
    """What was told of a series; at which looks it changed, and how many points held then.

    Both ascend: a change of more points makes those of fewer before it not worth remembering.
    """

    def __init__(self, number: int, born: int, job: str) -> None:
        self.number = number
        self._job = job
        self.series: MetricSeries | None = None
        self._born = born
        self._looks: list[int] = []
        self._keeps: list[int] = []

    def take(self, series: MetricSeries, look: int) -> None:
        keep = _in_common(self.series, series) if self.series else 0
        self.series = series
        while self._keeps and self._keeps[-1] >= keep:
            self._looks.pop()
            self._keeps.pop()
        self._looks.append(look)
        self._keeps.append(keep)
        if len(self._looks) > _MOST_CHANGES:  # who looked between these two gets a little more
            del self._looks[0], self._keeps[1]

    def since(self, look: int) -> Change | None:
        """How it changed behind a look; ``None`` where it did not."""
        at = bisect.bisect_right(self._looks, look)
        if at == len(self._looks) or self.series is None:
            return None
        is_added = self._born > look
        keep = 0 if is_added else self._keeps[at]
        return Change(self.number, keep, self.series, is_added, self._job)


def _in_common(one: MetricSeries, other: MetricSeries) -> int:
    """How many of their first points are the same."""
    pairs = list(zip(_columns(one), _columns(other)))
    if any((a is None) != (b is None) for a, b in pairs) or one.has_band != other.has_band:
        return 0
    most = min(len(one), len(other))
    return min(_same(a, b, most) for a, b in pairs if a is not None and b is not None)


def _columns(series: MetricSeries) -> tuple[_Column | None, ...]:
    return series.bytes, series.values, series.steps, series.epochs, series.lows, series.highs


def _same(one: _Column, other: _Column, most: int) -> int:
    """How many of the first values are the same; those that are no numbers are as objects."""
    least = 0
    if one[:most] == other[:most]:
        return most
    while most - least > 1:
        middle = (least + most) // 2
        if one[least:middle] == other[least:middle]:
            least = middle
        else:
            most = middle
    return least
