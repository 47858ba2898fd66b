"""Requests keep to the rate that the gateway allows."""

from __future__ import annotations

import contextlib

import pytest

from modelarts_magics.core.errors import ThrottledError, UnavailableError
from modelarts_magics.core.http.rate_limit import Budget


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
    starts(budget, time, 100)
    assert 50 < budget.rate < 60
    starts(budget, time, 1000)
    assert budget.rate == 100


def refused(budget, retry_after=None):
    error = ThrottledError("slow down", status=429)
    error.retry_after = retry_after
    with pytest.raises(ThrottledError), budget.request():
        raise error


def test_the_second_after_a_refusal_has_at_most_half_as_many_requests():
    time = Time()
    budget = Budget(8, 100, time, time.sleep)
    starts(budget, time, 300)
    refused(budget)
    refusal = time.now
    moments = starts(budget, time, 200)
    assert sum(moment <= refusal + 1 for moment in moments) <= 50


def test_refusals_of_requests_that_were_under_way_together_halve_the_rate_once():
    time = Time()
    budget = Budget(8, 100, time, time.sleep)
    together = [budget.request() for _request in range(8)]
    for request in together:
        request.__enter__()
    for request in together:
        request.__exit__(ThrottledError, ThrottledError("slow down", status=429), None)
    assert budget.rate == 50


def test_nobody_sends_before_the_time_is_over_that_the_service_asked_for():
    time = Time()
    budget = Budget(8, None, time, time.sleep)
    refused(budget, 7.0)
    time.sleep(2)
    with pytest.raises(ThrottledError, match="slow down") as caught, budget.request():
        pytest.fail("this was sent")
    assert caught.value.retry_after == 5.0
    time.sleep(5)
    assert starts(budget, time, 3) == [7.0] * 3


def test_a_service_that_asks_to_wait_for_ever_is_asked_again_after_an_hour():
    time = Time()
    budget = Budget(8, None, time, time.sleep)
    refused(budget, float("inf"))
    time.sleep(3601)
    assert starts(budget, time, 1)


def test_what_may_still_be_on_its_way_counts_as_a_request_of_this_second():
    time = Time()
    budget = Budget(8, 2, time, time.sleep)

    def wait(seconds):
        time.sleep(seconds)
        if time.now > 10:
            under_way.close()

    budget.wait = wait
    with contextlib.ExitStack() as under_way:
        for _request in range(2):
            under_way.enter_context(budget.request())
        assert starts(budget, time, 1)[0] > 11


def test_idle_slots_are_those_that_nobody_holds():
    budget = Budget(3, None)
    with budget.request():
        assert budget.idle == 2
    assert budget.idle == 3


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
