"""Points as they fall on the pixels of a chart: few enough to draw, with every spike and gap."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Callable

from ....core.scalars.series import Point, extremes

COLUMNS = 96  # a column of a chart gives three points at most


def thin(points: Sequence[Point], position: Callable[[Point], float]) -> list[Point]:
    """The points that make a difference in a chart.

    Of each column they are the lowest and the highest, and one that is no number; and the first
    and the last of all.

    Args:
        points: in the order of their writing.
        position: of a point between the left (0) and the right (1) edge.
    """
    if len(points) <= 2 * COLUMNS:
        return list(points)
    columns = groupby(points[1:-1], key=lambda point: int(position(point) * COLUMNS))
    telling = [point for _column, group in columns for point in extremes(list(group))]
    return [points[0], *telling, points[-1]]


def stretches(points: Sequence[Point]) -> Iterator[list[Point]]:
    """The points between the gaps that values make which are no numbers."""
    for is_finite, group in groupby(points, key=lambda point: math.isfinite(point.value)):
        if is_finite:
            yield list(group)
