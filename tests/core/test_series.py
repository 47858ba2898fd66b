"""Points of a growing series: exact while they are few, true to their extremes when many."""

from __future__ import annotations

import math
import random
import weakref
from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modelarts_magics.core.scalars.series import (
    GrowingSeries,
    Point,
    Series,
    extremes,
)

VALUES = st.floats(width=32)
MOST = 1_502  # two of each of 500 groups, one that is no number, the first and the last


def grown(values):
    series = GrowingSeries(lambda: 1_000)
    for step, value in enumerate(values):
        series.add("file", Point(step, float(step), value))
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


@pytest.mark.parametrize("room", [2, 3, 5, 8, 40])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 20, 41, 100, 200])
def test_of_each_stretch_the_lowest_and_the_highest_are_kept_and_the_stretches_double(count, room):
    """Against the plain rule on all points at once."""
    values = random.Random(count).sample(range(1_000), count)
    series = GrowingSeries(lambda: room)
    for step, value in enumerate(values):
        series.add("file", Point(step, 0.0, value))
    length = 1
    while count // length > max(1, room // 2):
        length *= 2
    kept = {0, count - 1}
    for start in range(0, count, length):
        stretch = range(start, min(start + length, count))
        kept |= {min(stretch, key=values.__getitem__), max(stretch, key=values.__getitem__)}
    assert [point.step for point in series.points] == sorted(kept & set(range(count)))


def test_many_steps_are_kept_evenly():
    points = grown([math.sin(step / 1e4) for step in range(100_000)])
    assert 500 <= len(points) <= MOST
    gaps = [b.step - a.step for a, b in zip(points, points[1:])]
    assert max(gaps) <= 1_024  # two groups of 100,000 / 500 steps or less, to a power of two


@given(st.lists(VALUES, max_size=2_000), st.integers(-1, 2_001))
def test_what_is_forgotten_is_gone_and_the_rest_is_there(values, step):
    series = GrowingSeries(lambda: 1_000)
    for at, value in enumerate(values):
        series.add("file", Point(at, 0.0, value))
    assert series.forget(step, "file") == (bool(values) and step < len(values))
    points = series.points
    assert all(point.step < step for point in points)
    assert bool(points) == (bool(values) and step > 0)
    series.add("file", Point(5_000, 0.0, 1.0))
    assert series.points[-1].step == 5_000


FILES = st.sampled_from("abc")
ADDED = st.tuples(FILES, st.integers(-50, 50), VALUES)
FORGOTTEN = st.tuples(FILES, st.integers(-50, 50), st.none())


@given(st.lists(ADDED | FORGOTTEN, max_size=200), st.integers(0, 1_500))
@example([("b", 0, 0.0), ("b", -1, 0.0), ("b", 0, 0.0), ("b", 0, None)], 1_268)
def test_files_grow_side_by_side_and_lose_what_another_makes_void(written, before):
    """Against the plain rule on lists, which keep everything."""
    series = GrowingSeries(lambda: 1_000)
    kept: dict[str, list[Point]] = {name: [] for name in "abc"}
    for file, step, value in [*(("b", -100 - n, 0.5) for n in range(before)), *written]:
        if value is None:
            series.forget(step, file)
            for name in "abc"[: "abc".index(file) + 1]:
                kept[name] = [point for point in kept[name] if point.step < step]
        else:
            kept[file].append(Point(step, 0.0, value))
            series.add(file, kept[file][-1])
    everything = [point for name in "abc" for point in kept[name]]
    left = iter(everything)
    assert all(any(point is other for other in left) for point in series.points)  # in this order
    assert len(series.points) <= 3 * MOST
    if before < 400:
        assert list(map(id, series.points)) == list(map(id, everything))


def test_many_files_are_as_dense_as_each_other():
    series = GrowingSeries(lambda: 1_000)
    for file in range(20):
        for step in range(500):
            series.add(str(file), Point(step, float(file), math.sin(step)))
    kept = Counter(point.wall_time for point in series.points)
    assert len(series.points) <= MOST + 2 * 20
    assert max(kept.values()) <= 2 * min(kept.values())


NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ([], []),
        ([3], [0]),
        ([3, 3], [0, 1]),
        ([NAN, NAN], [0, 1]),
        ([2, 1, 3], [1, 2]),
        ([3, 3, 3], [0]),
        ([NAN, INF, 2, 9, 4, NAN], [0, 2, 3]),
        ([1, 2, -INF], [0, 1, 2]),
        ([INF, NAN, INF], [0]),
    ],
)
def test_of_some_points_the_extremes_and_the_first_that_is_no_number_stay(values, kept):
    points = [Point(step, 0.0, value) for step, value in enumerate(values)]
    assert [point.step for point in extremes(points)] == kept


def test_a_series_tells_its_ends_and_its_numbers():
    points = tuple(Point(step, 0.0, value) for step, value in enumerate([1.0, NAN, 3.0, 4.0]))
    series = Series("loss", points)
    assert (series.first, series.last) == (points[0], points[3])
    assert series.finite == (points[0], points[2], points[3])


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("count", [1, 2, 3, 30, 77])
def test_whatever_is_forgotten_ends_and_extremes_of_the_rest_stay(count, direction):
    values = random.Random(count).sample(range(1_000), count)
    steps = [direction * (number + 1) for number in range(count)]
    for limit in range(min(steps) - 1, max(steps) + 2):
        series = GrowingSeries(lambda: 8)
        for step, value in zip(steps, values):
            series.add("file", Point(step, 0.0, value))
        ends = series.points[0].step, series.points[-1].step
        assert ends == (steps[0], steps[-1])
        is_there = max(steps) >= limit
        assert series.forget(limit, "file") is is_there
        assert series.forget(limit, "file") is False, "it is gone"
        left = [step for step in steps if step < limit]
        found = [point.step for point in series.points]
        assert all(step < limit for step in found)
        assert len(found) == len(set(found))
        if left:
            assert min(left) in found, "the end that is no extreme of what was forgotten"
            assert series.forget(min(left), "file") is True
        assert series.points == ()


def test_files_that_grow_by_turns_keep_their_extremes_and_their_ends():
    for room in (2, 6, 11, 64):
        series, values = GrowingSeries(lambda room=room: room), {name: [] for name in "abc"}
        chance = random.Random(room)
        for _point in range(400):
            name = chance.choice("aaabc")
            values[name].append(chance.random())
            series.add(name, Point(len(values[name]), ord(name), values[name][-1]))
            for one, told in values.items():
                kept = [point for point in series.points if point.wall_time == ord(one)]
                assert [point.step for point in kept] == sorted({point.step for point in kept})
                if told:
                    assert (kept[0].step, kept[-1].step) == (1, len(told))
                    found = [point.value for point in kept]
                    assert (min(found), max(found)) == (min(told), max(told))


@dataclass(eq=False)
class Traced:
    """A point that tells whether it is held."""

    step: int
    value: float


def test_no_more_points_are_held_than_there_is_room_for_and_a_few():
    held = weakref.WeakSet()
    series, most, chance = GrowingSeries(lambda: 20), 0, random.Random(1)
    for step in range(3_000):
        point = Traced(step, chance.random())
        held.add(point)
        series.add("abc"[step % 3], point)
        del point
        most = max(most, len(held))
    assert most <= 20 + 3 * (3 + 21 + 2)  # for each file a group, what is open, and its ends


@pytest.mark.parametrize("count", [90, 100, 110, *range(111, 128)])
def test_the_last_point_stays_where_its_step_is_not_the_highest(count):
    series = GrowingSeries(lambda: 4)
    for at, step in enumerate([*range(count), 50]):
        series.add("file", Point(step, float(at), at % 7 if at < count else 3))
    assert series.points[-1].wall_time == count
    assert series.forget(80, "file")
    assert series.points[-1].wall_time == count
    assert not series.forget(80, "file")


@pytest.mark.parametrize("open_points", [1, 2, 3])
def test_points_that_wait_for_their_group_stay_when_another_file_needs_room(open_points):
    series = GrowingSeries(lambda: 10)
    for step in range(20 + open_points):
        series.add("a", Point(step, 0.0, 1_000 if step == 20 else -step))
    for step in range(200):
        series.add("b", Point(step, 1.0, step))
        kept = [point for point in series.points if point.wall_time == 0]
        assert (kept[0].step, kept[-1].step) == (0, 19 + open_points)
        assert 20 in {point.step for point in kept}, "the highest of all"
        assert len({id(point) for point in kept}) == len(kept)
        assert kept == sorted(kept)
