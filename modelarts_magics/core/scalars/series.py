"""Scalars over the steps of a training, kept in bounded memory however many there are.

Of a long series each stretch of steps keeps its lowest and highest value, so that no spike is lost
from a chart, and one value that is no number, so that no gap is. The first and the last point are
always there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

_MOST_GROUPS = 500  # up to 1,000 points are kept as they are


class Point(NamedTuple):
    """A value at a step; ``wall_time`` is in seconds since the epoch.

    The value may be infinite or not a number: a loss that diverged.
    """

    step: int
    wall_time: float
    value: float


@dataclass(frozen=True)
class Series:
    """The points of one tag, by ascending step; never empty.

    >>> Series("loss", (Point(1, 0.0, 0.5), Point(2, 1.0, 0.25))).last.value
    0.25
    """

    tag: str
    points: tuple[Point, ...]

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


class GrowingSeries:
    """Takes points in the order of their writing.

    A step that goes back means that the training was resumed from a checkpoint: what had been
    written from there on is forgotten, as in TensorBoard.
    """

    def __init__(self) -> None:
        self._groups: list[tuple[Point, ...]] = []
        self._stride = 1  # points that went into each closed group
        self._open: tuple[Point, ...] = ()
        self._in_open = 0
        self._first: Point | None = None
        self._last: Point | None = None

    def add(self, point: Point) -> None:
        if self._last is not None and point.step <= self._last.step:
            self.forget(point.step)
        if self._first is None:
            self._first = point
        self._last = point
        self._open = _extremes((*self._open, point))
        self._in_open += 1
        if self._in_open >= self._stride:
            self._close_group()

    def forget(self, step: int) -> None:
        """Forget what is known from a step on."""
        while self._groups and self._groups[-1][0].step >= step:
            self._groups.pop()
        if self._groups:
            self._groups[-1] = _before(step, self._groups[-1])
        self._open = _before(step, self._open)
        self._in_open = self._in_open if self._open else 0
        if self._first is not None and self._first.step >= step:
            self._first = None
        self._last = None
        self._last = next(reversed(self.points), None)

    @property
    def points(self) -> tuple[Point, ...]:
        kept = [point for group in self._groups for point in group]
        kept.extend(self._open)
        if self._first is not None and (not kept or kept[0].step > self._first.step):
            kept.insert(0, self._first)
        if self._last is not None and kept[-1].step < self._last.step:
            kept.append(self._last)
        return tuple(kept)

    def _close_group(self) -> None:
        self._groups.append(self._open)
        self._open, self._in_open = (), 0
        if len(self._groups) > _MOST_GROUPS:
            self._join_groups()

    def _join_groups(self) -> None:
        """Make two neighbouring groups one; an odd one at the end is still open."""
        groups = self._groups
        self._groups = [
            _extremes((*first, *second)) for first, second in zip(groups[::2], groups[1::2])
        ]
        if len(groups) % 2:
            self._open, self._in_open = groups[-1], self._stride
        self._stride *= 2


def _extremes(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """The lowest and the highest value, and the first that is no number."""
    if len(points) <= 2:
        return points
    finite = [point for point in points if math.isfinite(point.value)]
    odd = [point for point in points if not math.isfinite(point.value)]
    kept = [min(finite, key=_value), max(finite, key=_value)] if finite else []
    return tuple(sorted({*kept, *odd[:1]}))


def _value(point: Point) -> float:
    return point.value


def _before(step: int, points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(point for point in points if point.step < step)
