"""Numbers as people read them, whatever their size."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.notebook.viz.scalars.axis import number, step_ticks, ticks

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
STEPS = st.integers(-(2**63), 2**63 - 1)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.1 + 2e-9, "0.1"),
        (1234.5678, "1235"),
        (-98_765.4, "-98,765"),
        (1_234_567.0, "1.235e6"),
        (3e-5, "3e-5"),
        (-0.0, "0"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
        (math.nan, "NaN"),
    ],
)
def test_a_value_is_four_digits(value, words):
    assert number(value) == words


@given(st.floats(-1e308, 1e308))
def test_a_written_value_is_the_value_to_four_digits(value):
    assert float(number(value).replace(",", "")) == pytest.approx(value, rel=6e-4)
    assert len(number(value)) <= 11


@given(st.tuples(NUMBERS, NUMBERS).map(sorted))
def test_ticks_are_few_round_even_and_inside(ends):
    low, high = ends
    found = ticks(low, high)
    assert len(found) <= 6
    values = [tick.value for tick in found]
    assert values == sorted(set(values))
    assert all(low <= value <= high for value in values)
    assert len({tick.label for tick in found}) == len(found)
    for tick in found:
        assert float(tick.label.replace(",", "")) == tick.value
    gaps = [b / 2 - a / 2 for a, b in zip(values, values[1:])]
    assert all(gap == pytest.approx(gaps[0], rel=0.01) for gap in gaps)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_a_range_that_people_plot_has_at_least_two_ticks(low, width):
    assert len(ticks(low, low + width)) >= 2
    assert max(len(tick.label) for tick in ticks(low, low + width)) <= 14


@given(st.tuples(STEPS, STEPS).map(sorted))
def test_step_ticks_are_whole_steps(ends):
    low, high = ends
    found = step_ticks(low, high)
    assert 1 <= len(found) <= 6 or high - low > 2**53 or not found
    for tick in found:
        assert tick.value == int(tick.value)


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (7, 7, ["7"]),
        (0, 1, ["0", "1"]),
        (0, 1_000_000, ["0", "200k", "400k", "600k", "800k", "1000k"]),
        (0, 40_000_000, ["0", "10M", "20M", "30M", "40M"]),
        (1_700_000_000, 1_700_000_004, [f"1,700,000,00{n}" for n in range(5)]),
    ],
)
def test_steps_are_shortened_where_nothing_is_lost(low, high, labels):
    assert [tick.label for tick in step_ticks(low, high)] == labels
