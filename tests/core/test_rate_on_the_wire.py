"""Whatever goes over the wire keeps to the rate: retries, status, names of files, the log."""

from __future__ import annotations

import threading
import time

import pytest
from fake_service import TIME_LIMIT, Reply

from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.api.v1.client import Client
from modelarts_magics.core.api.v1.jobs import TrainingJobs
from modelarts_magics.core.api.v1.logs import ByteEndpoint
from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.errors import UnavailableError
from modelarts_magics.core.http.rate_limit import RateLimit
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.http.transport import Transport
from modelarts_magics.core.logs.download import download
from modelarts_magics.core.logs.readers import open_log

TEXT = "".join(f"第 {number} 行 line\n" for number in range(9000))
DATA = TEXT.encode()


class Gateway:
    """Answers byte calls, and remembers when each request came.

    Args:
        refusals: what to reply to the request with such a number, counted from 1.
        held: numbers of requests that are answered only when ``is_time`` says so.
    """

    def __init__(self, refusals, held=(), is_time=None):
        self._refusals = refusals
        self._held = held
        self._is_time = is_time
        self._lock = threading.Lock()
        self._in_flight = 0
        self.moments = []
        self.refused_at = None
        self.most_in_flight = 0

    def __call__(self, seen):
        with self._lock:
            self.moments.append(time.monotonic())
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
            number = len(self.moments)
        refusal = self._refusals.get(number)
        give_up = time.monotonic() + TIME_LIMIT
        while number in self._held and not self._is_time() and time.monotonic() < give_up:
            time.sleep(0.005)
        with self._lock:
            self._in_flight -= 1
            if refusal:
                self.refused_at = time.monotonic()
        return refusal or Reply(self._slice(seen.query))

    def _slice(self, query):
        start, length = int(query["start_byte"]), int(query["offset"])
        start = max(0, len(DATA) - length) if start < 0 else start
        cut = DATA[start : start + length]
        log, end = cut.decode(errors="replace"), start + len(cut)
        return {"log": log, "log_byte_count": len(cut), "end_byte": end, "is_success": True}

    def most_in_a_second(self):
        return max(self.within_a_second_of(first) for first in self.moments)

    def within_a_second_of(self, moment):
        return sum(moment <= came < moment + 1 for came in self.moments)


@pytest.fixture
def client(service):
    transport = Transport(service.url, KeyCredentials(lambda: AccessKey("AK", "SK")))
    yield Client(transport, "p")
    transport.close()


def fetch(service, client, folder, gateway, limiter, connections=8):
    service.script(gateway)
    client.transport.limiter = limiter
    reader = Reader(connections)
    source = ByteEndpoint(client.for_reader(reader), "1", "2", "f.0")
    download(source, folder / "log", reader, wait=time.sleep)
    assert (folder / "log").read_bytes() == DATA


def test_no_second_has_more_requests_than_the_rate_retries_included(service, client, tmp_path):
    refusals = dict.fromkeys(range(10, 90, 8), Reply({}, 502))
    gateway = Gateway(refusals)
    fetch(service, client, tmp_path, gateway, RateLimit(60))
    assert len(gateway.moments) > len(DATA) // 2048 + len(refusals)
    assert gateway.most_in_a_second() <= 60
    assert gateway.most_in_flight <= 8


def test_the_second_after_a_429_has_at_most_half_as_many(service, client, tmp_path):
    gateway = Gateway({40: Reply({}, 429)})
    fetch(service, client, tmp_path, gateway, RateLimit(60))
    assert gateway.most_in_a_second() <= 60
    assert gateway.within_a_second_of(gateway.refused_at) <= 30


def test_after_a_429_nobody_sends_before_its_time_is_over(service, client, tmp_path):
    limiter = RateLimit(1000)
    refusals = {20: Reply({}, 429, {"Retry-After": "1"})}
    # the others under way are answered only when the refusal is known, and then all could send
    gateway = Gateway(refusals, held=range(17, 20), is_time=lambda: limiter.rate < 1000)
    fetch(service, client, tmp_path, gateway, limiter, 4)
    assert gateway.within_a_second_of(gateway.refused_at) == 0


@pytest.mark.parametrize("rung", [0, 1])
def test_all_that_a_reader_asks_for_holds_a_connection(service, client, rung):
    held = []

    def reply(_seen):
        held.append(reader.connections - reader.idle)
        return Reply({"lines": 0, "log": "", "status": 8, "log_file_list": []})

    service.script(reply)
    reader = Reader()
    jobs, ref = TrainingJobs(client).for_follower(reader), JobRef("v1", "1", "2")
    jobs.status(ref)
    jobs.log_files(ref)
    log = open_log(jobs.logs(ref, "f.0")[rung:], reader)
    log.after(log.at(0))
    assert held == [1, 1, 1]


def test_a_reader_tries_once(service, client):
    service.script(Reply({}, 500), Reply({"status": 8}))
    with pytest.raises(UnavailableError):
        client.for_reader(Reader()).get_version("1", "2")
    assert len(service.seen) == 1
