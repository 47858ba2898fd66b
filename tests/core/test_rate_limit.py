"""Requests keep to the rate that the gateway allows, and readers to each other's share of it."""

from __future__ import annotations

import contextlib
import copy
import gc
import inspect
import math
import multiprocessing
import os
import pickle
import sys
import threading
from collections import Counter, deque
from functools import partial

import pytest
from fake_service import Reply
from hypothesis import given, settings
from hypothesis import strategies as st

from modelarts_magics.core.api.v1.logs import ByteEndpoint
from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.errors import ThrottledError, UnavailableError
from modelarts_magics.core.http.fair_queue import FairQueue, Rounds
from modelarts_magics.core.http.rate_limit import RATE, RateLimit, shared
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.http.transport import Transport
from modelarts_magics.session import Session


class Time:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def time():
    return Time()


def limited(rate, time):
    return RateLimit(rate, time, time.sleep)


def starts(limit, time, count):
    """When so many requests start that take no time."""
    moments = []
    for _request in range(count):
        with limit.request("somebody"):
            moments.append(time.now)
    return moments


def refused(limit, retry_after=None):
    error = ThrottledError("slow down", status=429, retry_after=retry_after)
    with pytest.raises(ThrottledError), limit.request("somebody"):
        raise error


def most_in_a_second(moments):
    most = first = 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - 1.0 + 1e-9:
            first += 1
        most = max(most, last - first + 1)
    return most


# ---- the rate -----------------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    rate=st.integers(1, 200),
    pauses=st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.001, 0.1, 0.7, 3.0]), max_size=500),
)
def test_no_second_has_more_requests_than_the_rate(rate, pauses):
    time, moments = Time(), []
    limit = limited(rate, time)
    for pause in pauses:
        time.sleep(pause)
        moments += starts(limit, time, 1)
    assert most_in_a_second(moments) <= rate


def test_a_rate_that_is_wanted_is_reached(time):
    moments = starts(limited(150, time), time, 1501)
    assert moments[-1] <= 10.5


def test_the_first_requests_do_not_wait(time):
    assert starts(limited(150, time), time, 20)[-1] == 0.0


def test_a_fifth_of_a_second_comes_at_once_and_the_rest_is_spaced(time):
    limit = limited(150, time)
    moments = starts(limit, time, 33)
    assert moments[29] == 0.0
    assert moments[30:] == pytest.approx([1 / 150, 2 / 150, 3 / 150])
    time.now = 1.0
    assert set(starts(limit, time, 27)) == {1.0}
    time.now = 3.5
    assert set(starts(limit, time, 30)) == {3.5}


def test_150_requests_a_second_are_the_most(time):
    assert most_in_a_second(starts(RateLimit(clock=time, wait=time.sleep), time, 600)) == 150


def test_how_long_to_wait_is_known_before(time):
    limit = limited(2, time)
    assert limit.due_in == 0.0
    with limit.request("somebody"):
        starts(limit, time, 1)
        time.sleep(0.75)
        assert limit.due_in == 0.25  # until the one that was answered is a second ago
        time.sleep(0.25)
        with limit.request("another"):
            time.sleep(0.75)
            assert 0 < limit.due_in < 0.1  # only an answer makes room
    refused(limit, 7.0)
    with pytest.raises(ThrottledError):
        limit.due_in  # noqa: B018


def test_a_second_is_counted_from_the_answer(time):
    limit = limited(1, time)
    with limit.request("somebody"):
        time.sleep(0.75)
    time.sleep(0.5)
    assert limit.due_in == 0.5


def test_without_a_rate_nothing_waits(time):
    assert set(starts(limited(math.inf, time), time, 1000)) == {0.0}


def test_a_refusal_halves_the_rate_and_success_raises_it_slowly(time):
    limit = limited(100, time)
    refused(limit)
    assert limit.rate == 50
    starts(limit, time, 500)
    assert 50 < limit.rate < 65
    starts(limit, time, 10_000)
    assert limit.rate == 100


def test_the_rate_is_raised_a_second_after_a_refusal_and_by_a_hundredth_a_second(time):
    time.sleep(100)
    limit = limited(25, time)
    refused(limit)
    assert limit.rate == 12.5
    time.sleep(0.5)
    starts(limit, time, 1)
    assert limit.rate == 12.5
    time.sleep(0.5)
    starts(limit, time, 1)
    assert limit.rate == pytest.approx(12.5 + 0.25 / 12.5)


def test_only_a_second_after_a_refusal_another_one_counts(time):
    time.sleep(100)
    limit = limited(100, time)
    for pause, rate in [(0, 50), (0.5, 50), (0.5, 50), (0.25, 25)]:
        time.sleep(pause)
        refused(limit)
        assert limit.rate == rate


def test_the_longest_of_the_times_that_a_service_asks_for_counts(time):
    time.sleep(10)
    limit = limited(math.inf, time)
    for asked, left in [(1.0, 1.0), (7.0, 7.0), (3.0, 7.0), (None, 7.0)]:
        with pytest.raises(ThrottledError), limit.request("a person", is_held=False):
            raise ThrottledError("slow down", status=429, retry_after=asked)
        with pytest.raises(ThrottledError) as caught, limit.request("somebody"):
            pytest.fail("this was sent")
        assert caught.value.retry_after == left


def test_thesecond_after_a_refusal_has_at_most_half_as_many_requests(time):
    limit = limited(100, time)
    starts(limit, time, 300)
    refused(limit)
    refusal = time.now
    moments = starts(limit, time, 200)
    assert sum(moment <= refusal + 1 for moment in moments) <= 50


def test_refusals_of_the_samesecond_halve_the_rate_once(time):
    limit = limited(100, time)
    together = [limit.request("somebody") for _request in range(8)]
    for request in together:
        request.__enter__()
    for request in together:
        request.__exit__(ThrottledError, ThrottledError("slow down", status=429), None)
    refused(limit)
    assert limit.rate == 50


def test_nobody_sends_before_the_time_is_over_that_the_service_asked_for(time):
    limit = limited(math.inf, time)
    refused(limit, 7.0)
    time.sleep(2)
    with pytest.raises(ThrottledError, match="slow down") as caught, limit.request("another"):
        pytest.fail("this was sent")
    assert caught.value.retry_after == 5.0
    time.sleep(5)
    assert starts(limit, time, 3) == [7.0] * 3


def test_a_service_that_asks_to_wait_for_ever_is_asked_again_after_an_hour(time):
    limit = limited(math.inf, time)
    refused(limit, math.inf)
    time.sleep(3601)
    assert starts(limit, time, 1)


def test_what_may_still_be_on_its_way_counts_as_a_request_of_this_second(time):
    def wait(seconds):
        time.sleep(seconds)
        if time.now > 10:
            under_way.close()

    limit = RateLimit(2, time, wait)
    with contextlib.ExitStack() as under_way:
        for _request in range(2):
            under_way.enter_context(limit.request("somebody"))
        assert starts(limit, time, 1)[0] > 11


def test_other_trouble_does_not_change_the_rate():
    limit = RateLimit(100)
    with pytest.raises(UnavailableError), limit.request("somebody"):
        raise UnavailableError("down", status=500)
    assert limit.rate == 100


def test_the_rate_never_falls_to_nothing(time):
    limit = limited(100, time)
    for _refusal in range(50):
        refused(limit)
        time.sleep(2)
    assert limit.rate == 1


# ---- two kernels --------------------------------------------------------------------------------


class Gateway:
    """Refuses more than 200 requests in a second, those that it refuses not counted."""

    def __init__(self, time):
        self._time = time
        self._let_through = deque()
        self.refusals = []
        self.moments = []

    def ask(self):
        while self._let_through and self._let_through[0] <= self._time.now - 1.0:
            self._let_through.popleft()
        if len(self._let_through) >= 200:
            self.refusals.append(self._time.now)
            raise ThrottledError("too many", status=429)
        self._let_through.append(self._time.now)
        self.moments.append(self._time.now)


def test_two_kernels_of_one_account_settle_below_the_limit_of_the_gateway(time):
    gateway = Gateway(time)
    kernels = [limited(RATE, time) for _kernel in range(2)]
    while time.now < 120:
        time.sleep(max(0.0, min(kernel.due_in for kernel in kernels)) + 1e-6)
        for kernel in kernels:
            if kernel.due_in <= 0:
                with contextlib.suppress(ThrottledError), kernel.request("somebody"):
                    gateway.ask()
    settled = [moment for moment in gateway.moments if moment > 20]
    assert len([moment for moment in gateway.refusals if moment > 20]) < 0.02 * len(settled)
    assert len(settled) / 100 > 100


# ---- fairness -----------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.data())
def test_each_reader_that_waits_is_served_before_another_is_served_twice(wants, data):
    rounds, owners = Rounds(), {}
    for number, reader in enumerate(wants):
        rounds.join(reader, number)
        owners[number] = reader
    served = []
    while rounds.first is not None:
        ticket = rounds.first
        if data.draw(st.booleans()) and len(owners) > 1:  # somebody gives up
            gone = data.draw(st.sampled_from(sorted(owners)))
            rounds.leave(owners.pop(gone), gone, was_served=False)
            continue
        waiting = Counter(owners.values())
        reader = owners.pop(ticket)
        rounds.leave(reader, ticket, was_served=True)
        since = served[-served[::-1].index(reader) - 1 :] if reader in served else None
        if since is not None:
            others = {other for other in waiting if other != reader}
            assert others <= set(since)
        served.append(reader)


def test_who_is_first_is_so_alone_and_all_get_there():
    queue, served, inside = FairQueue(), [], []

    def go(reader):
        inside.append(reader)
        served.append((reader, len(inside)))
        inside.pop()

    threads = [threading.Thread(target=queue.as_first, args=(r, partial(go, r))) for r in "aaaaab"]

    def begin():
        for thread in threads:
            thread.start()
        assert served == []

    queue.as_first("nobody", begin)
    for thread in threads:
        thread.join()
    assert Counter(served) == {("a", 1): 5, ("b", 1): 1}


class Known:
    """A reader that tells when it is asked for, which is when it joins a queue."""

    def __init__(self):
        self.asked = threading.Event()

    def __hash__(self):
        self.asked.set()
        return id(self)


def test_a_thread_whose_reader_was_served_lets_others_go_first():
    queue, served, threads = FairQueue(), [], []
    a, b = Known(), Known()

    def begin():
        for reader in (a, a, b):
            reader.asked.clear()
            work = partial(served.append, reader)
            threads.append(threading.Thread(target=queue.as_first, args=(reader, work)))
            threads[-1].start()
            reader.asked.wait()

    queue.as_first("nobody", begin)
    for thread in threads:
        thread.join()
    assert served == [a, b, a]


def test_who_is_interrupted_while_it_waits_leaves_the_others_their_place():
    rounds = Rounds()
    for reader, ticket in [("a", 1), ("a", 2), ("b", 3)]:
        rounds.join(reader, ticket)
    assert rounds.first == 1
    rounds.leave("a", 1, was_served=False)
    assert rounds.first == 2
    rounds.leave("a", 2, was_served=True)
    assert rounds.first == 3
    rounds.leave("b", 3, was_served=False)
    assert rounds.first is None


def interrupted(call, work):
    """Do some work with an interrupt at one call of a function; whether it came that far."""
    left = iter(range(call))

    def trace(frame, _event, _value):
        is_resumed = frame.f_code.co_flags & inspect.CO_GENERATOR
        if not is_resumed and next(left, None) is None:  # before 3.11 it would skip its "finally"
            sys.settrace(None)
            raise KeyboardInterrupt

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def test_an_interrupt_whenever_it_comes_stops_nobody_else(time):
    call, came = 0, True
    while came:
        limit = limited(1, time)
        came = interrupted(call, lambda limit=limit: starts(limit, time, 2))
        other = threading.Thread(target=starts, args=(limit, time, 2), daemon=True)
        other.start()
        other.join(20)
        assert not other.is_alive(), f"after an interrupt at call {call}"
        call += 1
    assert call > 30


def test_an_interrupt_whenever_it_comes_stops_no_later_call_of_a_session():
    def ask(reader):
        with reader.connection():
            pass

    call, came = 0, True
    while came:
        reader = Transport("https://example.com", KeyCredentials(lambda: None)).reader
        came = interrupted(call, lambda reader=reader: ask(reader))
        other = threading.Thread(target=ask, args=(reader,), daemon=True)
        other.start()
        other.join(20)
        assert not other.is_alive(), f"after an interrupt at call {call}"
        call += 1
    assert call > 5


# ---- one for all --------------------------------------------------------------------------------


def session(url, **given):
    Session.set_endpoint(modelarts_endpoint=url)
    known = {"access_key": "A", "secret_key": "s", "project_id": "p", "region_name": "r", **given}
    return Session(**known)


def test_all_sessions_of_a_project_share_one_limit_whatever_their_keys(service):
    first = session(service.url).client.transport
    other = session(service.url, access_key="B", secret_key="t").client
    assert first.limiter is other.transport.limiter
    assert first.limiter is other.for_reader(Reader()).transport.limiter
    assert first.limiter is not session(service.url, project_id="q").client.transport.limiter


def test_a_limit_lives_as_long_as_somebody_uses_it():
    limit = shared("https://example.com/", "p")
    assert shared("https://EXAMPLE.com", "p") is limit
    refused(limit)
    assert shared("https://example.com", "p").rate == RATE / 2
    del limit
    gc.collect()
    assert shared("https://example.com", "p").rate == RATE


def test_a_copy_of_a_limit_is_the_limit_itself():
    limit = shared("https://example.com", "p")
    assert copy.copy(limit) is limit
    assert copy.deepcopy({"limit": limit})["limit"] is limit
    assert pickle.loads(pickle.dumps(limit)) is limit


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # for a fork beside threads
def test_a_forked_child_does_not_wait_for_threads_that_it_does_not_have():
    limit = shared("https://example.com", "p")
    child = multiprocessing.get_context("fork").Process(target=ask_once, args=(limit,), daemon=True)
    waiting = threading.Thread(target=ask_once, args=(limit,))
    with contextlib.ExitStack() as under_way:
        for _request in range(int(RATE)):
            under_way.enter_context(limit.request("somebody"))
        waiting.start()
        child.start()
        child.join(20)
        ended, code = child.exitcode is not None, child.exitcode
        child.kill()
    waiting.join()
    assert ended
    assert code == 0


def ask_once(limit):
    with limit.request("another"):
        pass


def test_a_refusal_that_one_reader_gets_slows_all_down(service):
    service.script(Reply({}, 429), Reply({"log": "", "end_byte": 0, "log_byte_count": 0}))
    client = session(service.url).client
    with pytest.raises(ThrottledError):
        ByteEndpoint(client.for_reader(Reader()), "1", "2", "f").read(0, 10)
    assert session(service.url).client.transport.limiter.rate == RATE / 2


# ---- a reader -----------------------------------------------------------------------------------


def test_a_rate_may_be_less_than_one_a_second(time):
    limit = limited(0.25, time)
    assert starts(limit, time, 4) == [0.0, 4.0, 8.0, 12.0]
    time.sleep(2.0)
    assert starts(limit, time, 1) == [16.0]
    time.sleep(9.0)
    refused(limit)
    assert starts(limit, time, 2) == [29.0, 33.0]


def test_idle_connections_are_those_that_nobody_holds():
    reader = Reader(3)
    with reader.connection():
        assert reader.idle == 2
    assert reader.idle == 3


def test_a_reader_may_have_a_lower_rate_of_its_own(time):
    reader, limit = Reader(8, limited(5, time)), limited(150, time)
    moments = []
    for _request in range(50):
        with reader.connection(), limit.request(reader):
            moments.append(time.now)
    assert most_in_a_second(moments) <= 5
