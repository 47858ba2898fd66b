"""Which curves are shown: those that came three times, change, and go on."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .curve import Curve, Point
from .words import is_amount

_LEAST = 3  # points


def is_shown(curve: Curve, points: Sequence[Point]) -> bool:
    """Whether a curve is that of a metric, as far as its points tell.

    Args:
        points: of the curve; those that are kept.
    """
    values = [point.value for point in points]
    if len(values) < _LEAST or not _changes(values):
        return False
    if not _goes_on(points):
        return curve.trust == 2
    if curve.trust == 2:
        return not (is_amount(curve.name) and _counts(values) and values == sorted(values))
    return not _counts(values) and (curve.trust > 0 or _is_told(points))


def _changes(values: Sequence[float]) -> bool:
    return len({"nan" if math.isnan(value) else value for value in values}) > 1


def _goes_on(points: Sequence[Point]) -> bool:
    """Whether its step grows; where none is told, its lines do."""
    places = {point.place for point in points if point.place.is_told}
    return not places or len(places) > 1


def _counts(values: Sequence[float]) -> bool:
    """Whether all are whole numbers: what counts something."""
    return all(math.isfinite(value) and value == int(value) for value in values)


def _is_told(points: Sequence[Point]) -> bool:
    return any(point.place.is_told for point in points)
