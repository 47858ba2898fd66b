"""Points of a growing series: exact while they are few, true to their extremes when many."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.core.scalars.series import GrowingSeries, Point

VALUES = st.floats(width=32)
MOST = 1_502  # two of each of 500 groups, one that is no number, the first and the last


def grown(values):
    series = GrowingSeries()
    for step, value in enumerate(values):
        series.add(Point(step, float(step), value))
    return series.points


@given(st.lists(VALUES, max_size=1_000))
def test_a_thousand_numbers_are_kept_as_they_are(values):
    points = grown(values)
    finite = [point for point in points if math.isfinite(point.value)]
    assert [point.step for point in points] == sorted(point.step for point in points)
    assert [(p.step, p.value) for p in finite] == [
        (step, value) for step, value in enumerate(values) if math.isfinite(value)
    ]


@given(st.lists(VALUES, min_size=1, max_size=30), st.integers(1, 700), st.data())
def test_of_a_long_series_the_ends_and_the_extremes_stay(pattern, repeats, data):
    values = pattern * repeats
    for at in data.draw(st.lists(st.integers(0, len(values) - 1), max_size=3)):
        values[at] = data.draw(VALUES)
    points = grown(values)
    assert len(points) <= MOST
    assert (points[0].step, points[-1].step) == (0, len(values) - 1)
    numbers = [value for value in values if math.isfinite(value)]
    kept = [point.value for point in points if math.isfinite(point.value)]
    assert [min(kept, default=None), max(kept, default=None)] == [
        min(numbers, default=None),
        max(numbers, default=None),
    ]
    if len(numbers) < len(values):
        assert len(kept) < len(points)  # a gap stays a gap


def test_many_steps_are_kept_evenly():
    points = grown([math.sin(step / 1e4) for step in range(100_000)])
    assert 500 <= len(points) <= MOST
    gaps = [b.step - a.step for a, b in zip(points, points[1:])]
    assert max(gaps) <= 1_024  # two groups of 100,000 / 500 steps or less, to a power of two


@given(
    st.lists(st.tuples(st.integers(-50, 50), VALUES), max_size=200),
    st.integers(0, 1_500),
)
def test_steps_that_go_back_take_the_place_of_what_was_there(written, ahead):
    """Against the plain rule on a list, which keeps everything."""
    series = GrowingSeries()
    kept: list[Point] = []
    for step, value in [*((-2_000 + n, 0.0) for n in range(ahead)), *written]:
        point = Point(step, 0.0, value)
        series.add(point)
        kept = [*(old for old in kept if old.step < step), point] if kept else [point]
    points = series.points
    assert set(map(id, points)) <= set(map(id, kept))
    assert [p.step for p in points] == sorted({p.step for p in points})
    if kept:
        assert (points[0], points[-1]) == (kept[0], kept[-1])
    if len(kept) < 500:
        assert len(points) >= len(kept) / 8


@given(st.lists(VALUES, max_size=2_000), st.integers(-1, 2_001))
def test_what_is_forgotten_is_gone_and_the_rest_is_there(values, step):
    series = GrowingSeries()
    for at, value in enumerate(values):
        series.add(Point(at, 0.0, value))
    series.forget(step)
    points = series.points
    assert all(point.step < step for point in points)
    assert bool(points) == (bool(values) and step > 0)
    series.add(Point(5_000, 0.0, 1.0))
    assert series.points[-1].step == 5_000
