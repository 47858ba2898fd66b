"""Requests keep to the rate that the gateway allows."""

from __future__ import annotations

import pytest

from modelarts_magics.core.budget import Budget
from modelarts_magics.core.errors import ThrottledError, UnavailableError


class Time:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def starts(budget, time, count):
    """When so many requests start that take no time."""
    moments = []
    for _request in range(count):
        with budget.request():
            moments.append(time.now)
    return moments


def test_no_second_has_more_requests_than_the_rate():
    time = Time()
    moments = starts(Budget(8, 150, time, time.sleep), time, 1000)
    most = max(sum(first <= moment < first + 1 for moment in moments) for first in moments)
    assert most <= 151


def test_without_a_rate_nothing_waits():
    time = Time()
    assert set(starts(Budget(8, None, time, time.sleep), time, 100)) == {0.0}


def test_a_refusal_halves_the_rate_and_success_raises_it_slowly():
    time = Time()
    budget = Budget(8, 100, time, time.sleep)
    with pytest.raises(ThrottledError), budget.request():
        raise ThrottledError("slow down", status=429)
    assert budget.rate == 50
    starts(budget, time, 10)
    assert 50 < budget.rate < 60
    starts(budget, time, 1000)
    assert budget.rate == 100


def test_other_trouble_does_not_change_the_rate():
    budget = Budget(8, 100)
    with pytest.raises(UnavailableError), budget.request():
        raise UnavailableError("down", status=500)
    assert budget.rate == 100


def test_the_rate_never_falls_to_nothing():
    time = Time()
    budget = Budget(8, 100, time, time.sleep)
    for _refusal in range(50):
        with pytest.raises(ThrottledError), budget.request():
            raise ThrottledError("slow down", status=429)
    assert budget.rate >= 1
