"""What is asked for again after trouble: how often, for how long, and what counts anew."""

from __future__ import annotations

import threading

import pytest
from log_services import GrowingLog

from modelarts_magics.core.errors import (
    ContradictoryAnswerError,
    NotFoundError,
    ThrottledError,
    UnavailableError,
)
from modelarts_magics.core.http.wire import allowed
from modelarts_magics.core.logs.retried import RetriedSource, Retry

DOWN = UnavailableError("down", status=500)
LIE = ContradictoryAnswerError("a lie", "")


class Asked:
    """Raises what it is told to, each time after some seconds; then it answers."""

    def __init__(self, *troubles, seconds=0.0):
        self.now = 100.0
        self.pauses, self.allowed = [], []
        self.stopped = threading.Event()
        self.retry = Retry(self.stopped, self._wait, lambda: self.now)
        self._troubles = list(troubles)
        self._seconds = seconds

    def _wait(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds

    def __call__(self):
        self.allowed.append(allowed())
        self.now += self._seconds
        if self._troubles:
            raise self._troubles.pop(0)
        return "answer"


def asked_to_wait(seconds):
    error = ThrottledError("slow", status=429)
    error.retry_after = seconds
    return error


def test_pauses_become_longer_until_there_is_an_answer():
    asked = Asked(*[DOWN] * 5)
    assert asked.retry.call(asked) == "answer"
    assert asked.pauses == [0.5, 1, 2, 4, 8]


def test_each_request_may_take_half_of_what_is_left_of_a_minute():
    asked = Asked(DOWN, DOWN, DOWN, seconds=10)
    assert asked.retry.call(asked) == "answer"
    assert asked.allowed == [30, (60 - 10.5) / 2, (60 - 21.5) / 2, (60 - 33.5) / 2]


@pytest.mark.parametrize(
    ("seconds", "pauses"),
    [(0, [0.5, 1, 2, 4, 8, 16]), (7, [0.5, 1, 2, 4, 8]), (59.5, []), (99, [])],
)
def test_after_a_minute_it_is_given_up_so_that_no_pause_is_in_vain(seconds, pauses):
    asked = Asked(*[DOWN] * 99, seconds=seconds)
    with pytest.raises(UnavailableError):
        asked.retry.call(asked)
    assert asked.pauses == pauses


@pytest.mark.parametrize(("seconds", "is_waited"), [(59.9, True), (60, False), (999, False)])
def test_a_service_is_waited_for_as_it_asks_if_a_minute_does(seconds, is_waited):
    asked = Asked(asked_to_wait(seconds))
    if is_waited:
        assert asked.retry.call(asked) == "answer"
        assert asked.pauses == [seconds]
    else:
        with pytest.raises(ThrottledError):
            asked.retry.call(asked)


@pytest.mark.parametrize("error", [NotFoundError("gone", status=404), ValueError("ours")])
def test_what_does_not_pass_is_not_asked_for_again(error):
    asked = Asked(error)
    with pytest.raises(type(error)):
        asked.retry.call(asked)
    assert asked.pauses == []


def test_who_stops_gets_the_error_behind_the_pause():
    asked = Asked(DOWN)
    asked.retry.wait = lambda _seconds: asked.stopped.set()
    with pytest.raises(UnavailableError):
        asked.retry.call(asked)
    assert len(asked.allowed) == 1


def test_a_pause_ends_when_somebody_stops():
    stopped = threading.Event()
    stopped.set()
    assert Retry(stopped).wait(99) is True, "at once"


def test_of_doubts_those_of_five_seconds_are_asked_about_and_progress_counts_anew():
    asked = Asked(*[LIE] * 99)
    attempts = asked.retry.doubts()

    def look():
        while True:
            with attempts:
                return asked()

    for pauses in ([0.5, 1, 2], []):
        asked.pauses.clear()
        with pytest.raises(ContradictoryAnswerError):
            look()
        assert asked.pauses == pauses
    attempts.begin()
    with pytest.raises(ContradictoryAnswerError):
        look()
    assert asked.pauses == [0.5, 1, 2]
    other = Asked(DOWN)
    with pytest.raises(UnavailableError), other.retry.doubts():
        other()
    assert other.pauses == []


def test_a_source_that_is_asked_again_is_the_same_source():
    log = GrowingLog(b"text", "replaces a cut character", 77)
    source = RetriedSource(log, Asked().retry)
    assert (source.name, source.origin, source.longest_slice) == (log.name, log.origin, 77)
    assert source.read(1, 2) == log.read(1, 2)
