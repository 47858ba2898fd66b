"""Pauses grow up to a limit, and never are shorter than what the service asks for."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.core.backoff import LONGEST_ASKED, Backoff

backoffs = st.builds(
    Backoff,
    first=st.floats(0, 10),
    factor=st.floats(1, 10),
    longest=st.floats(0, 100),
    jitter=st.floats(0, 0.5),
)
steady = st.builds(
    Backoff, first=st.floats(0, 10), factor=st.floats(1, 10), longest=st.floats(0, 100)
)
failures = st.integers(1, 100_000)
asked = st.one_of(st.none(), st.floats(0, 1e300), st.just(math.inf))


def test_pauses_double_from_the_first_to_the_longest():
    backoff = Backoff(first=1.0, longest=10.0)
    assert [backoff.pause(failure) for failure in range(1, 7)] == [1, 2, 4, 8, 10, 10]


def test_a_pause_is_a_minute_at_most_where_nothing_else_is_said():
    assert Backoff(first=1.0).pause(50) == 60.0
    assert Backoff(first=20.0, factor=2.5).longer(20.0) == 50.0


def test_a_service_that_asks_for_a_day_is_asked_again_after_an_hour():
    assert Backoff(first=1.0).pause(1, 86_400.0) == 3600.0


def test_chance_makes_pauses_shorter_as_well_as_longer():
    backoff = Backoff(first=4.0, jitter=0.5)
    pauses = [backoff.pause(1) for _number in range(200)]
    assert 2.0 <= min(pauses) < 3.0
    assert 5.0 < max(pauses) <= 6.0


@given(steady, failures)
def test_a_later_pause_is_never_shorter(backoff, failure):
    assert backoff.pause(failure) <= backoff.pause(failure + 1) <= backoff.longest


@given(backoffs, failures, asked)
def test_only_a_service_makes_a_pause_longer_than_the_longest(backoff, failure, seconds):
    pause = backoff.pause(failure, seconds)
    least = min(seconds or 0.0, LONGEST_ASKED)
    assert least <= pause <= max(backoff.longest, least)


@given(backoffs, failures)
def test_chance_changes_a_pause_by_no_more_than_its_part(backoff, failure):
    usual = Backoff(backoff.first, backoff.factor, math.inf).pause(failure)
    pause = backoff.pause(failure)
    assert pause <= usual * (1 + backoff.jitter) * 1.000001
    assert pause >= min(backoff.longest, usual * (1 - backoff.jitter) * 0.999999)


@given(steady, failures, asked, st.floats(0, 1e6))
def test_who_has_no_time_left_for_a_pause_is_told_so(backoff, failure, seconds, left):
    pause = backoff.pause(failure, seconds)
    assert backoff.pause_within(left, failure, seconds) == (pause if pause < left else None)


@given(steady, st.floats(0, 1e6), asked)
def test_the_pause_after_another_one_is_longer_by_the_factor(backoff, pause, seconds):
    longer = backoff.longer(pause, seconds)
    usual = min(backoff.longest, max(backoff.first, pause * backoff.factor))
    assert longer == max(usual, min(seconds or 0.0, LONGEST_ASKED))


@pytest.mark.parametrize("count", [1, 2, 1000, 10**9])
def test_any_number_of_failures_has_a_pause(count):
    assert 0 < Backoff(first=0.25, factor=1.5, longest=5.0).pause(count) <= 5.0
