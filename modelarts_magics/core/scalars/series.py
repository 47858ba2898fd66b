"""Scalars over the steps of a training, kept in bounded memory however many there are.

As many points of a tag as there is room for are kept as they are. Of more, each stretch keeps its
lowest and highest value, so that no spike is lost from a chart, and one value that is no number, so
that no gap is. The first and the last point of each event file are always there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Callable, Generic, NamedTuple, Protocol, TypeVar

_MOST_OPEN = 20  # points that wait for their group


class Point(NamedTuple):
    """A value at a step; ``wall_time`` is in seconds since the epoch.

    The value may be infinite or not a number: a loss that diverged.
    """

    step: int
    wall_time: float
    value: float


class Valued(Protocol):
    """What can be kept in bounded memory: a value at a step."""

    @property
    def step(self) -> float: ...

    @property
    def value(self) -> float: ...


Kept = TypeVar("Kept", bound=Valued)


@dataclass(frozen=True)
class Series:
    """The points of one tag, in the order of their writing; never empty.

    Steps mostly ascend, but need not: several writers, or none that counts steps. Where the tag is
    a name for people, ``source_name`` is what its source calls it.

    >>> Series("loss", (Point(1, 0.0, 0.5), Point(2, 1.0, 0.25))).last.value
    0.25
    """

    tag: str
    points: tuple[Point, ...]
    source_name: str = ""

    @property
    def first(self) -> Point:
        return self.points[0]

    @property
    def last(self) -> Point:
        return self.points[-1]

    @property
    def finite(self) -> tuple[Point, ...]:
        """The points whose values are numbers."""
        return tuple(point for point in self.points if math.isfinite(point.value))


@dataclass(frozen=True)
class TensorBoardRun:
    """What one folder of event files holds; ``name`` is its path as TensorBoard shows it."""

    name: str
    series: tuple[Series, ...]


Jobs = Sequence[tuple[str, Sequence[TensorBoardRun]]]
"""The runs of several jobs, by the names by which these are told apart."""


def step_range(points: Iterable[Point]) -> tuple[int, int]:
    """The lowest and the highest step."""
    steps = [point.step for point in points]
    return min(steps), max(steps)


def extremes(points: Sequence[Kept]) -> tuple[Kept, ...]:
    """The lowest and the highest value, and the first that is no number, in their order."""
    if len(points) <= 2:
        return tuple(points)
    finite = [point for point in points if math.isfinite(point.value)]
    kept = [point for point in points if not math.isfinite(point.value)][:1]
    if finite:
        kept += [min(finite, key=_value), max(finite, key=_value)]
    ids = set(map(id, kept))
    return tuple(point for point in points if id(point) in ids)


class GrowingSeries(Generic[Kept]):
    """The points of one tag in one run: those of each file, the files by their names.

    Args:
        room: tells how many points are kept as they are; asked again and again.
    """

    def __init__(self, room: Callable[[], int]) -> None:
        self._room = room
        self._parts: dict[str, _Part[Kept]] = {}

    def add(self, file: str, point: Kept) -> None:
        """Take a point that a file has behind those it had before."""
        part = self._parts.get(file)
        if part is None:
            part = self._parts[file] = _Part()
        if part.add(point):
            self._make_room()

    def forget(self, step: int, last_file: str) -> bool:
        """Forget what a file and those before it have from a step on; whether there was any."""
        parts = (part for file, part in self._parts.items() if file <= last_file)
        return sum(part.forget(step) for part in parts) > 0

    def clear(self) -> None:
        self._parts.clear()

    @property
    def points(self) -> tuple[Kept, ...]:
        parts = (part.points for _file, part in sorted(self._parts.items()))
        return tuple(chain.from_iterable(parts))

    def _make_room(self) -> None:
        """Halve what is kept most densely, so that all of the series is equally dense."""
        parts = self._parts.values()
        most = self._room() // 2  # groups, of two points each
        while sum(len(part.groups) for part in parts) > most:
            dense = [part for part in parts if len(part.groups) > 1]
            if not dense:
                return
            min(dense, key=lambda part: (part.stride, -len(part.groups))).halve()


class _Part(Generic[Kept]):
    """The points of one file.

    Attributes:
        groups: the extremes of as many points each as the stride says.
        stride: points that went into each group.
    """

    def __init__(self) -> None:
        self.groups: list[tuple[Kept, ...]] = []
        self.stride = 1
        self._open: list[Kept] = []
        self._in_open = 0
        self._ends: list[Kept] = []  # the first and the last point
        self._highest = -math.inf

    def add(self, point: Kept) -> bool:
        """Take a point; whether a group is whole now."""
        self._ends[1:] = (point,)
        self._highest = max(self._highest, point.step)
        self._open.append(point)
        self._in_open += 1
        if self._in_open >= self.stride:
            self.groups.append(extremes(self._open))
            self._open, self._in_open = [], 0
            return True
        if len(self._open) > _MOST_OPEN:
            self._open = list(extremes(self._open))
        return False

    def forget(self, step: int) -> bool:
        if self._highest < step:
            return False
        first, last = _before(step, self._ends[:1]), _before(step, self._ends[1:])
        self.groups = [kept for group in self.groups if (kept := _before(step, group))]
        self._open = list(_before(step, self._open))
        self._in_open = self._in_open if self._open else 0
        left = (*first, *chain.from_iterable(self.groups), *self._open, *last)
        self._ends = [left[0], left[-1]] if left else []
        self._highest = max((point.step for point in left), default=-math.inf)
        return True

    @property
    def points(self) -> tuple[Kept, ...]:
        kept = (*chain.from_iterable(self.groups), *extremes(self._open))
        if not self._ends:
            return kept
        first, last = self._ends[0], self._ends[-1]
        before = () if kept and kept[0] is first else (first,)
        after = () if (*before, *kept)[-1] is last else (last,)
        return (*before, *kept, *after)

    def halve(self) -> None:
        """Make two neighbouring groups one; an odd one at the end is still open."""
        groups = self.groups
        self.groups = [
            extremes((*first, *second)) for first, second in zip(groups[::2], groups[1::2])
        ]
        if len(groups) % 2:
            self._open[:0] = groups[-1]
            self._in_open += self.stride
        self.stride *= 2


def _value(point: Kept) -> float:
    return point.value


def _before(step: int, points: Iterable[Kept]) -> tuple[Kept, ...]:
    return tuple(point for point in points if point.step < step)
