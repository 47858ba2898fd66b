"""Many readers while jobs write: every byte is right, and nobody waits long.

``MA_LOAD_SECONDS=60`` runs it for a minute; ``-rP`` shows the numbers.
"""

from __future__ import annotations

import os
import random
import statistics
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from running_service import RunningService, Training, until

SECONDS = float(os.environ.get("MA_LOAD_SECONDS", "8"))
CLIENTS = 16
JOBS = 4
WRITER = """
import sys, time
end = time.monotonic() + SECONDS
i = 0
while time.monotonic() < end:
    for _ in range(20):
        sys.stdout.write(f"JOB {i:09d} 训练 é 😀 loss=0.25\\n")
        i += 1
    sys.stdout.flush()
    time.sleep(0.01)
"""


@dataclass
class Expected:
    """The log of one job, without ever holding it: all lines are equally long."""

    job: int

    def line(self, number: int) -> bytes:
        return f"{self.job} {number:09d} 训练 é 😀 loss=0.25\n".encode()

    def between(self, start: int, end: int) -> bytes:
        length = len(self.line(0))
        first = start // length
        lines = b"".join(self.line(i) for i in range(first, end // length + 1))
        return lines[start - first * length : end - first * length]


@dataclass
class Numbers:
    """What the clients saw; appending to a list is atomic."""

    seconds: list[float] = field(default_factory=list)
    delivered: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        cuts = statistics.quantiles(self.seconds, n=100)
        return (
            f"{CLIENTS} clients, {JOBS} writers, {SECONDS:.0f} s: {len(self.seconds)} requests"
            f" ({len(self.seconds) / SECONDS:.0f} a second), {sum(self.delivered)} bytes;"
            f" median {cuts[49] * 1000:.1f} ms, 99 % below {cuts[98] * 1000:.1f} ms,"
            f" longest {max(self.seconds) * 1000:.1f} ms; {len(self.wrong)} errors"
        )


class Client:
    """Reads one job's log in one way, with a connection of its own."""

    def __init__(self, job: Training, expected: Expected, numbers: Numbers, seed: int) -> None:
        self._job = job
        self._expected = expected
        self._numbers = numbers
        self._random = random.Random(seed)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = job.service.signature()
        self._log_file = job.log_files()[0]

    def run(self, way: str, stop: threading.Event) -> None:
        try:
            with self._session:
                getattr(self, way)(stop)
        except (requests.RequestException, ValueError, LookupError) as error:
            self._numbers.wrong.append(f"{way}: {error!r}")

    def follow_bytes(self, stop: threading.Event) -> None:
        position = 0
        while not stop.is_set():
            chunk = self._get("/log", start_byte=position, offset=2048)
            self._check(position, chunk)
            position = chunk["end_byte"]
            stop.wait(0 if chunk["log_byte_count"] else 0.02)

    def read_anywhere(self, stop: threading.Event) -> None:
        size = 0
        while not stop.is_set():
            tail = self._get("/log", start_byte=-1, offset=self._random.randrange(1, 2049))
            size = tail["end_byte"]
            self._check(size - tail["log_byte_count"], tail)
            start = self._random.randrange(size + 1)
            self._check(start, self._get("/log", start_byte=start, offset=2048))

    def follow_lines(self, stop: threading.Event) -> None:
        base, number = "0", 0
        while not stop.is_set():
            page = self._get("/aom-log", base_line=base, lines=100, order="desc")
            lines = range(number, number + page["lines"])
            wanted = b"\n".join(map(self._expected.line, lines)).decode()
            if page["content"] != wanted:
                self._numbers.wrong.append(f"lines {lines} of {self._job.path}")
            base, number = page["end_line"], lines.stop
            self._numbers.delivered.append(len(wanted.encode()))
            stop.wait(0 if page["lines"] else 0.02)

    def read_backwards(self, stop: threading.Event) -> None:
        while not stop.is_set():
            page = self._get("/aom-log", lines=50)
            while page["lines"] and not stop.is_set():
                entries = page["content"].split("\n\n")
                number = int(entries[0].split()[1])
                lines = range(number, number + page["lines"])
                if page["content"] != b"\n".join(map(self._expected.line, lines)).decode():
                    self._numbers.wrong.append(f"lines {lines} of {self._job.path}")
                page = self._get("/aom-log", base_line=page["start_line"], lines=500, order="asc")

    def _get(self, path: str, **query: Any) -> dict[str, Any]:
        url = self._job.service.base + self._job.path + path
        begun = time.perf_counter()
        answer = self._session.get(url, params={"log_file": self._log_file, **query}, timeout=30)
        self._numbers.seconds.append(time.perf_counter() - begun)
        answer.raise_for_status()
        return answer.json()

    def _check(self, start: int, chunk: dict[str, Any]) -> None:
        end, count = chunk["end_byte"], chunk["log_byte_count"]
        wanted = self._expected.between(start, end)
        if (len(wanted), wanted.decode(errors="replace")) != (count, chunk["log"]):
            self._numbers.wrong.append(f"bytes {start} to {end} of {self._job.path}")
        self._numbers.delivered.append(count)


WAYS = ["follow_bytes", "read_anywhere", "follow_lines", "read_backwards"]


@pytest.mark.slow
def test_sixteen_readers_of_four_growing_logs_get_every_byte_right(
    own_service: RunningService,
) -> None:
    jobs = []
    for number in range(JOBS):
        source = WRITER.replace("SECONDS", str(SECONDS + 2)).replace("JOB", str(number))
        jobs.append(own_service.train(f"writer-{number}", source))
    for job in jobs:
        until(lambda job=job: job.has_logged("loss"), "the first lines")
    numbers, stop = Numbers(), threading.Event()
    threads = []
    for i in range(CLIENTS):
        client = Client(jobs[i % JOBS], Expected(i % JOBS), numbers, seed=i)
        way = WAYS[i // JOBS]
        threads.append(threading.Thread(target=client.run, args=(way, stop)))
    for thread in threads:
        thread.start()
    stop.wait(SECONDS)
    stop.set()
    for thread in threads:
        thread.join()
    print(numbers)
    assert numbers.wrong == []
    assert len(numbers.seconds) > CLIENTS * SECONDS
    for number, job in enumerate(jobs):
        assert job.wait() == 10
        (log,) = (own_service.root / "logs" / "training" / str(job.version_id)).iterdir()
        written = log.read_bytes().rpartition(b"[Modelarts Service Log]")[0]
        assert written == Expected(number).between(0, len(written))
