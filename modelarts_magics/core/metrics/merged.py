"""Series of one name out of several logs, such as those of the tasks of a job, made one.

Values at the same step are one point with a band; where no step is told, the first values of all
logs are one, then the second ones, and so on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from . import figures
from .curve import mean
from .series import MetricSeries

_Key = tuple[int, float, int]  # segment, step, and which of those at this step


def merged(parts: Sequence[MetricSeries]) -> MetricSeries:
    """One series of all; that itself where it is only one."""
    first = parts[0]
    if len(parts) == 1:
        return first
    has_steps = all(part.steps is not None for part in parts)
    found: dict[_Key, list[tuple[MetricSeries, int]]] = {}
    for part in parts:
        for n, key in enumerate(_keys(part, has_steps=has_steps)):
            found.setdefault(key, []).append((part, n))
    keys = sorted(found)
    points = [found[key] for key in keys]
    told = [[_value(part, n, first.unit) for part, n in point] for point in points]
    heads = [point[0] for point in points]
    has_epochs = all(part.epochs is not None for part in parts)
    return MetricSeries(
        first.name,
        tuple(key[1] for key in keys) if has_steps else None,
        tuple(map(mean, told)),
        tuple(part.lines[n] for part, n in heads),
        tuple(part.bytes[n] for part, n in heads),
        tuple(part.files[n] for part, n in heads),
        tuple(min(part.lows[n] for part, n in point) for point in points),
        tuple(max(part.highs[n] for part, n in point) for point in points),
        tuple(part.epochs[n] for part, n in heads if part.epochs) if has_epochs else None,
        tuple(n for n, key in enumerate(keys) if not n or key[0] != keys[n - 1][0]),
        first.unit,
    )


def _keys(series: MetricSeries, *, has_steps: bool) -> Iterator[_Key]:
    if not has_steps or series.steps is None:
        yield from ((0, float(n), 0) for n in range(len(series)))
        return
    starts, segment = {*series.segments[1:]}, 0
    counts: Counter[float] = Counter()
    for n, step in enumerate(series.steps):
        if n in starts:
            segment += 1
            counts.clear()
        yield segment, step, counts[step]
        counts[step] += 1


def _value(series: MetricSeries, n: int, unit: str) -> float:
    return figures.in_unit(series.values[n], series.unit, unit)
