"""The points of one metric while they come, in bounded memory; several ranks make one curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Callable, NamedTuple

from ..scalars.series import GrowingSeries
from . import figures
from .shape import Place
from .stream import At

_FEW = 1_000  # points that are kept without any care
_MOST_OPEN = 16  # steps that ranks are awaited for
_MOST_RANKS = 4_096  # at one step
_NEAR = 4  # lines between those of two ranks, where these do not tell theirs
UNTOLD = "?"  # a rank, where some lines tell theirs and this one does not


class Point(NamedTuple):
    """A value of a metric.

    Attributes:
        at: the line that told it.
        low, high: the least and the most of several ranks.
    """

    value: float
    at: At
    place: Place
    low: float
    high: float

    @property
    def step(self) -> int:
        """What orders points: the number of the line."""
        return self.at[0]


class Curve:
    """The points of one metric.

    Attributes:
        name: as it is shown.
        count: of the values that came.
        trust: 2 for the name of a metric, 1 for one beside such, 0 for any other.
        unit: of the values; that of the first.
    """

    def __init__(self, name: str, trust: int, unit: str, room: Callable[[], int]) -> None:
        self.name = name
        self.count = 0
        self.trust = trust
        self.unit = unit
        self._room = room
        self._last: Point | None = None
        self._few: list[Point] = []
        self._many: GrowingSeries[Point] | None = None
        self._ranks = _Ranks()

    def add(
        self, value: float, unit: str, at: At, place: Place, rank: str, *, is_bar: bool
    ) -> None:
        """Take a value, perhaps out of a bar, which shows it again and again."""
        self.count += 1
        if unit != self.unit:
            value = figures.in_unit(value, unit, self.unit)
        point = Point(value, at, place, value, value)
        if not rank:
            self._take(point, is_bar=is_bar)
            return
        for merged in self._ranks.add(point, rank):
            self._take(merged, is_bar=is_bar)

    def _take(self, point: Point, *, is_bar: bool) -> None:
        last = self._last
        self._last = point
        if last is None:
            return
        if last.place == point.place and point.place.is_told:
            if last.at == point.at or is_bar:
                return  # a bar drew it again, perhaps with a newer value
            if last.value == point.value:
                self._last = last  # told twice: by two handlers, or by ranks without a name
                return
        if is_bar and last.value == point.value:
            self._last = last  # it still shows it
            return
        if self._many is not None:
            self._many.add("", last)
            return
        self._few.append(last)
        if len(self._few) > _FEW:
            self._thin()

    def _thin(self) -> None:
        self._many = GrowingSeries(self._room)
        for point in self._few:
            self._many.add("", point)
        self._few = []

    @property
    def points(self) -> tuple[Point, ...]:
        """Those that are kept, and what ranks have told so far of the last steps."""
        kept = self._few if self._many is None else self._many.points
        return (*kept, *([self._last] if self._last else []), *self._ranks.open)


class _Ranks:
    """Values of several ranks at the same step become one point."""

    def __init__(self) -> None:
        self._open: dict[object, dict[str, Point]] = {}
        self._counts: dict[str, int] = {}

    def add(self, point: Point, rank: str) -> list[Point]:
        """Take a value of a rank; returns the points that are whole now."""
        done = []
        key = self._key(point, rank)
        group = self._open.setdefault(key, {})
        is_new = rank not in group
        if rank == UNTOLD and group:
            is_new = point.step - next(reversed(group.values())).step <= _NEAR
            rank = f"{rank}{len(group)}"
        if not is_new:  # the same step again: a restart
            done.append(_merged(self._open.pop(key)))
            group = self._open[key] = {}
        if len(group) < _MOST_RANKS:
            group[rank] = point
        if len(self._open) > _MOST_OPEN:
            done.append(_merged(self._open.pop(next(iter(self._open)))))
        return done

    def _key(self, point: Point, rank: str) -> object:
        """The step, or how many values a rank has told where no step is."""
        if point.place.is_told:
            return point.place
        if len(self._counts) < _MOST_RANKS or rank in self._counts:
            self._counts[rank] = self._counts.get(rank, 0) + 1
        return self._counts.get(rank, 0)

    @property
    def open(self) -> list[Point]:
        return [_merged(group) for group in self._open.values()]


def _merged(group: dict[str, Point]) -> Point:
    points = list(group.values())
    values = [point.value for point in points]
    finite = [value for value in values if math.isfinite(value)] or values[:1]
    return points[0]._replace(value=mean(values), low=min(finite), high=max(finite))


def mean(values: Sequence[float]) -> float:
    """The mean of what several told at once; the first that is no number where one is none."""
    if len(values) == 1:
        return values[0]
    odd = next((value for value in values if not math.isfinite(value)), None)
    return sum(values) / len(values) if odd is None else odd
