"""A forked child has no threads of its parent: it waits for no lock, and shares no connection."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading

import pytest
from fake_service import TIME_LIMIT, Reply

from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.http.rate_limit import RateLimit
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.http.transport import Transport

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # for a fork beside threads
]

KEY = AccessKey("AK", "SK")


def in_child(work):
    """Do some work in a forked child; whether it comes to an end, and well."""
    child = multiprocessing.get_context("fork").Process(target=work, daemon=True)
    child.start()
    child.join(TIME_LIMIT / 2)
    code = child.exitcode
    child.kill()
    child.join()
    return code == 0


@contextlib.contextmanager
def meanwhile(work):
    """A thread does some work, which tells that it has begun and goes on until the block ends."""
    begun, over = threading.Event(), threading.Event()

    def hold():
        begun.set()
        assert over.wait(TIME_LIMIT)

    thread = threading.Thread(target=work, args=(hold,))
    thread.start()
    assert begun.wait(TIME_LIMIT)
    try:
        yield
    finally:
        over.set()
        thread.join()


def used(context):
    with context:
        pass


def test_a_child_waits_for_no_connection_that_a_thread_of_its_parent_had():
    reader = Reader(1)

    def work(hold):
        with reader.connection():
            hold()

    with meanwhile(work):
        assert in_child(lambda: used(reader.connection()))


def test_a_child_waits_for_no_place_in_a_queue_of_its_parent():
    pauses = threading.Event()
    limit = RateLimit(1, wait=lambda _seconds: pauses.wait(TIME_LIMIT))

    def work(hold):
        with limit.request("first"):
            hold()

    second = threading.Thread(target=lambda: used(limit.request("second")))
    with meanwhile(work):
        second.start()

        def ask():
            limit.rate = 150
            used(limit.request("second"))

        assert in_child(ask)
        pauses.set()
    second.join()


def test_a_child_waits_for_no_thread_of_its_parent_that_reads_a_key():
    parent, held = os.getpid(), []

    def read():
        if os.getpid() == parent:
            held[0]()
        return KEY

    credentials = KeyCredentials(read)

    def work(hold):
        held.append(hold)
        credentials.key()

    with meanwhile(work):
        assert in_child(credentials.key)


def test_a_child_has_connections_of_its_own(service):
    service.script(Reply({}))
    transport = Transport(service.url, KeyCredentials(lambda: KEY))
    transport.send("GET", "/parent")
    assert in_child(lambda: transport.send("GET", "/child"))
    transport.send("GET", "/parent")
    transport.close()
    first, child, again = service.seen
    assert first.connection == again.connection != child.connection
