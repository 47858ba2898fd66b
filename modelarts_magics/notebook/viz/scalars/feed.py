"""What is new in scalars, for charts in a page: each point travels once.

The messages are those of :mod:`...log.metrics`, with the run in place of the log file; one more
word of a series that came: what its source calls it, where that is another name; and one more
column, ``w``: the wall time, in seconds since the epoch.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Callable

from ....core.scalars.series import Jobs, Point, Series

COLUMNS = "vsw"
BY_TIME = "vw"  # of points that are told apart by their time
_MOST_SEGMENTS = 20  # of a series; one that goes back more often is of several writers

_COLUMN: Mapping[str, Callable[[Point], float]] = {
    "v": attrgetter("value"),
    "s": attrgetter("step"),
    "w": attrgetter("wall_time"),
}

Key = tuple[str, str, str]  # job, run, tag


@dataclass
class _Told:
    """A series as it was told last.

    Attributes:
        number: which no other series gets.
        series: the same, with all of its points.
        keep: so many of the first points still held when it changed last.
        changed: the look at which that was.
        before: the look at which it changed before that, or came.
        born: the look at which it came.
    """

    number: int
    series: Series
    keep: int
    changed: int
    before: int
    born: int


class ScalarFeed:
    """Compares what there is with what was told; nothing is kept for those who look.

    Args:
        columns: what is told of each point.
    """

    def __init__(self, columns: str = COLUMNS) -> None:
        self.now = 0
        self._columns = columns
        self._told: dict[Key, _Told] = {}
        self._gone: dict[int, int] = {}  # number -> the look at which it was gone
        self._numbers = 0

    def take(self, jobs: Jobs) -> None:
        """What there is now, by the name of its job; empty where there is but one."""
        there = {
            (job, run.name, series.tag): series
            for job, runs in jobs
            for run in runs
            for series in run.series
        }
        look = self.now + 1
        for key in [key for key in self._told if key not in there]:
            self._gone[self._told.pop(key).number] = self.now = look
        for key, series in there.items():
            self._take(key, series, look)

    def _take(self, key: Key, series: Series, look: int) -> None:
        told = self._told.get(key)
        if told is None:
            self._numbers += 1
            self._told[key] = _Told(self._numbers, series, 0, look, look, look)
        else:
            keep = _in_common(told.series.points, series.points)
            if keep == len(series.points) == len(told.series.points):
                return
            self._told[key] = _Told(told.number, series, keep, look, told.changed, told.born)
        self.now = look

    def since(self, look: int) -> tuple[dict[str, Any], bytes]:
        """The message and its buffer for who has what a look told; 0 for all."""
        look = look if 0 < look <= self.now else 0
        added, parts, data = [], [], []
        for (job, run, tag), told in self._told.items():
            if told.changed <= look:
                continue
            if told.born > look:
                added.append([told.number, tag, run, "", job, told.series.source_name])
            keep = told.keep if told.before <= look else 0
            fresh = told.series.points[keep:]
            segments = [at for at in _segments(told.series.points) if at >= keep]
            parts.append([told.number, keep, len(fresh), self._columns, segments])
            data += [_packed([_COLUMN[one](point) for point in fresh]) for one in self._columns]
        gone = [number for number, at in self._gone.items() if at > look > 0]
        message = {
            "kind": "metrics",
            "since": look,
            "now": self.now,
            "epoch": 0,
            "added": added,
            "gone": gone,
            "parts": parts,
        }
        return message, b"".join(data)


def _in_common(old: Sequence[Point], new: Sequence[Point]) -> int:
    """How many of the first points are the same; values that are no numbers as objects."""
    most = min(len(old), len(new))
    if old[:most] == new[:most]:
        return most
    return next(at for at in range(most) if old[at] is not new[at] and old[at] != new[at])


def _segments(points: Sequence[Point]) -> list[int]:
    """Where a training began again: its steps go back."""
    back = [at for at in range(1, len(points)) if points[at].step < points[at - 1].step]
    return [0, *back] if len(back) < _MOST_SEGMENTS else [0]


def _packed(column: Sequence[float]) -> bytes:
    numbers = array("d", column)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
