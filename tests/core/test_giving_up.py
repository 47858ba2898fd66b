"""Whoever waits for a service can be woken, and its deadline holds, in each phase of a request."""

from __future__ import annotations

import math
import threading
import time
from contextlib import contextmanager

import pytest
from fake_service import TIME_LIMIT, Hang, Reply
from silent_service import PHASES, SilentService, once, silent_look_up

from modelarts_magics.core import cancellation
from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.cancellation import Cancellation, Cancelled
from modelarts_magics.core.errors import DeadlineExceededError
from modelarts_magics.core.http.rate_limit import RateLimit
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.http.transport import Limits, Transport
from modelarts_magics.core.http.wire import allowed, within
from modelarts_magics.core.thread_pool import ThreadPool

WHILE_SILENT = Limits(connect=TIME_LIMIT, read=TIME_LIMIT, deadline=TIME_LIMIT, tries=1)


def transport_to(url, limits=WHILE_SILENT, **options):
    return Transport(url, KeyCredentials(lambda: AccessKey("AK", "SK")), limits, **options)


class Work:
    """Some work in a thread that can be given up."""

    def __init__(self, work):
        self._work = work
        self.trouble = None
        self.cancellation = Cancellation()
        self._thread = cancellation.start(self._run, "work", self.cancellation)

    def _run(self):
        try:
            self._work()
        except Exception as error:  # noqa: BLE001  # which one is what is tested
            self.trouble = error

    def give_up(self):
        self.cancellation.cancel()
        self._thread.join(TIME_LIMIT / 2)
        assert not self._thread.is_alive()
        assert type(self.trouble) is Cancelled


@contextmanager
def waiting(phase, monkeypatch, limits=WHILE_SILENT):
    """A call that waits in a phase, and the service, which goes on waiting."""
    with SilentService(PHASES[phase]) as silent:
        url = silent.url
        if phase == "for TLS":
            url = url.replace("http:", "https:")
        if "proxy" in phase or "SOCKS" in phase:
            proxy = url.replace("http:", "socks5h:") if "SOCKS" in phase else url
            monkeypatch.setenv("https_proxy", proxy)
            monkeypatch.setenv("http_proxy", proxy)
            url = "http://service.invalid" if "head" in phase else "https://service.invalid"
        transport = transport_to(url)
        try:
            if phase == "for a second answer":
                transport.send("GET", "/x")
            transport.limits = limits
            yield silent, lambda: transport.send("GET", "/x")
        finally:
            transport.close()


@pytest.mark.parametrize("phase", PHASES)
def test_a_request_is_given_up_while_the_service_is_still_silent(phase, monkeypatch):
    with waiting(phase, monkeypatch) as (silent, call):
        work = Work(call)
        assert silent.reached.wait(TIME_LIMIT)
        work.give_up()
        if phase != "to connect":
            assert silent.left.wait(TIME_LIMIT)


@pytest.mark.parametrize("phase", PHASES)
def test_the_deadline_holds_while_the_service_is_still_silent(phase, monkeypatch):
    limits = Limits(connect=TIME_LIMIT, read=TIME_LIMIT, deadline=0.1, tries=9)
    in_time = pytest.raises(DeadlineExceededError, match=r"within 0\.1 s")
    with waiting(phase, monkeypatch, limits) as (_silent, call), in_time:
        call()


def test_what_calls_may_take_at_most_holds_whatever_their_own_deadline(service):
    service.script(Hang())
    transport = transport_to(service.url)
    in_time = pytest.raises(DeadlineExceededError, match=r"within 0\.1 s")
    with within(TIME_LIMIT), within(0.1), within(5), in_time:
        transport.send("GET", "/x")
    assert allowed() == math.inf
    transport.close()


def test_a_look_up_is_given_up_while_the_name_server_is_still_silent(monkeypatch):
    transport = transport_to("https://silent.example")
    with silent_look_up(monkeypatch) as asked:
        work = Work(lambda: transport.send("GET", "/x"))
        assert asked.wait(TIME_LIMIT)
        work.give_up()


def test_the_deadline_holds_while_the_name_server_is_still_silent(monkeypatch):
    transport = transport_to("https://silent.example", Limits(deadline=0.1))
    with silent_look_up(monkeypatch), pytest.raises(DeadlineExceededError):
        transport.send("GET", "/x")


def test_a_call_of_the_main_thread_is_interrupted_while_it_looks_up(monkeypatch, interrupt):
    transport = transport_to("https://silent.example")
    with silent_look_up(monkeypatch) as asked:
        threading.Thread(target=lambda: asked.wait(TIME_LIMIT) and interrupt()).start()
        with pytest.raises(KeyboardInterrupt):
            transport.send("GET", "/x")


def test_the_pause_before_a_retry_is_given_up(service):
    service.script(Reply({}, 429, {"Retry-After": "5"}))
    transport = transport_to(service.url, Limits())
    work = Work(lambda: transport.send("GET", "/x"))
    once(lambda: service.seen)
    work.give_up()
    transport.close()


def test_a_place_in_the_queue_is_given_up_and_nobody_waits_for_it():
    pauses, now = threading.Event(), [0.0]
    limit = RateLimit(1, clock=lambda: now[0], wait=lambda _seconds: pauses.wait(TIME_LIMIT))
    with limit.request("first"):
        second = threading.Thread(target=lambda: _ask(limit, "second"))
        second.start()
        third = Work(lambda: _ask(limit, "third"))
        third.give_up()
    now[0] = 9.0
    pauses.set()
    second.join(TIME_LIMIT)
    assert not second.is_alive()


def _ask(limit, reader):
    with limit.request(reader):
        pass


def test_what_was_given_up_begins_nothing_more(service):
    transport = transport_to(service.url)
    begun = threading.Event()

    def work():
        begun.wait(TIME_LIMIT)
        transport.send("GET", "/x")

    one = Work(work)
    one.cancellation.cancel()
    begun.set()
    one.give_up()
    assert service.seen == []
    transport.close()


def test_what_was_given_up_holds_no_connection_and_no_rate(service):
    service.script(Hang())
    reader, limiter = Reader(1), RateLimit(1)
    transport = transport_to(service.url)
    transport.limiter = limiter
    reading = transport.with_limits(WHILE_SILENT, reader=reader)
    work = Work(lambda: reading.send("GET", "/x"))
    once(lambda: service.seen)
    assert reader.idle == 0
    work.give_up()
    assert reader.idle == 1
    assert limiter.due_in <= 1
    transport.close()


def test_threads_of_work_end_with_it(service):
    service.script(Hang())
    transport = transport_to(service.url)

    def work():
        with ThreadPool(3, "test") as pool:
            pool.results([lambda: transport.send("GET", "/x")] * 5)

    one = Work(work)
    once(lambda: len(service.seen) == 3)
    one.give_up()
    once(lambda: not [t for t in threading.enumerate() if "magics-test" in t.name])
    assert len(service.seen) == 3
    transport.close()


def test_who_leaves_a_pool_waits_for_nothing(service):
    service.script(Hang())
    transport = transport_to(service.url)
    with ThreadPool(2, "test") as pool:
        pool.submit(lambda: transport.send("GET", "/x"))
        once(lambda: service.seen)
    assert service.left.wait(TIME_LIMIT)
    transport.close()


def test_what_a_pool_does_is_told_in_order_with_its_error():
    with ThreadPool(2, "test") as pool:
        assert pool.results([lambda n=n: n * n for n in range(9)]) == [n * n for n in range(9)]
        broken = pool.submit(lambda: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            broken.result()


def test_a_call_is_left_behind_after_its_time(service):
    service.script(Hang())
    transport = transport_to(service.url)
    with pytest.raises(TimeoutError):
        cancellation.call(lambda: transport.send("GET", "/x"), limit=0.05)
    transport.close()
    once(lambda: not [t for t in threading.enumerate() if t.name == "modelarts-magics-call"])


def test_a_pause_of_the_main_thread_is_a_pause():
    before = time.monotonic()
    cancellation.pause(0.01)
    assert time.monotonic() >= before + 0.01
