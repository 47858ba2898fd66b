"""Requests that are made at once: how many, where, and in which order they are answered."""

from __future__ import annotations

import threading

import pytest

from modelarts_magics.core.logs.ranges import fetched, in_order

CALLER = threading.get_ident


@pytest.mark.parametrize("connections", [2, 3, 8])
def test_four_requests_are_under_way_or_wait_for_each_connection(connections):
    begun = []
    answers = in_order((begun.append(n) or (lambda n=n: n) for n in range(100)), connections)
    for number in range(100):
        assert next(answers) == number
        assert len(begun) == min(100, number + 4 * connections)
    assert list(answers) == []


@pytest.mark.parametrize("connections", [0, 1])
def test_over_one_connection_a_request_is_made_when_its_answer_is_asked_for(connections):
    begun = []
    answers = in_order((begun.append(n) or CALLER for n in range(9)), connections)
    for number in range(9):
        assert next(answers) == CALLER()
        assert len(begun) == number + 1
    assert list(answers) == []


def test_over_two_connections_requests_are_made_elsewhere():
    assert CALLER() not in list(in_order([CALLER] * 9, 2))


@pytest.mark.parametrize("connections", [1, 4])
def test_ranges_are_given_in_the_order_in_which_they_were_asked_for(connections):
    class Source:
        def read(self, start, length):
            return start, length

    ranges = [(start, 7) for start in (5, 3, 9, 1) * 9]
    assert list(fetched(Source(), ranges, connections)) == ranges
