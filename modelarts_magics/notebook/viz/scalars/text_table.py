"""Scalars as text: a row for each series, with a curve of block characters."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ....core.i18n import _
from ....core.scalars.series import Jobs, Point, Series, TensorBoardRun, step_range
from ...text.render import plain, text_table
from .axis import number

MOST_ROWS = 100
_BLOCKS = "▁▂▃▄▅▆▇█"
_NO_NUMBER = "×"
_WIDTH = 20


def table(runs: Sequence[TensorBoardRun]) -> str:
    """The runs beside each other under each tag."""
    return _rows([_("run")], [((run.name,), run) for run in runs])


def job_table(jobs: Jobs) -> str:
    """The same of several jobs, each under its name."""
    named = [((name, run.name), run) for name, runs in jobs for run in runs]
    return _rows([_("job"), _("run")], named)


def _rows(names: Sequence[str], runs: Sequence[tuple[tuple[str, ...], TensorBoardRun]]) -> str:
    rows = sorted(
        (plain(series.tag), *map(plain, of), *_cells(series))
        for of, run in runs
        for series in run.series
    )
    numbers = [_("steps"), _("first"), _("last"), _("lowest"), _("highest")]
    headers = [_("tag"), *names, *numbers, _("curve")]
    left = len(rows) - MOST_ROWS
    more = _("{n} more rows are not shown: choose some tags with --tags REGEX", n=left)
    return text_table(headers, rows[:MOST_ROWS]) + (f"\n{more}" if left > 0 else "")


def _cells(series: Series) -> tuple[str, ...]:
    low, high = step_range(series.points)
    values = [point.value for point in series.finite] or [math.nan]
    numbers = (series.first.value, series.last.value, min(values), max(values))
    return (f"{low}-{high}", *map(number, numbers), sparkline(series.points))


def sparkline(points: Sequence[Point], width: int = _WIDTH) -> str:
    """A curve of characters: the first value, then the last of each stretch; a blank has no step.

    >>> sparkline([Point(step, 0.0, step % 8) for step in range(8)])
    '▁▂▃▄▅▆▇█'
    >>> sparkline([Point(0, 0.0, 1.0), Point(1, 0.0, float("nan")), Point(2, 0.0, 1.0)])
    '▄×▄'
    """
    columns = _columns(points, width)
    values = [v for v in columns if v is not None and math.isfinite(v)]
    low, high = min(values, default=0.0), max(values, default=0.0)
    return "".join(" " if value is None else _block(value, low, high) for value in columns)


def _columns(points: Sequence[Point], width: int) -> list[float | None]:
    if len(points) <= width:
        return [point.value for point in points]
    first, last = step_range(points)
    columns: list[float | None] = [None] * width
    for point in points:
        columns[(point.step - first) * (width - 1) // max(last - first, 1)] = point.value
    columns[0] = points[0].value  # else a fall at the very beginning is lost
    return columns


def _block(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return _NO_NUMBER
    if low == high:
        return _BLOCKS[3]
    height = (value / 2 - low / 2) / (high / 2 - low / 2 or 1.0)
    return _BLOCKS[min(len(_BLOCKS) - 1, int(height * len(_BLOCKS)))]
