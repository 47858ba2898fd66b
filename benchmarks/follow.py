"""Following logs: memory, CPU, speed, requests in flight and when quiet, delay when busy.

    python benchmarks/follow.py [--quick] [--size MB] [--seconds S]

The panel follows a synthetic service, which is a process of its own, in a real kernel: its thread,
model, spool and rich view are those of a notebook, and the messages go out over ZeroMQ; only
nobody reads them. A minute of quiet is that of an injected clock.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import statistics
import time
from typing import NamedTuple

from parts import kernel, synthetic_log, table
from parts.service import JOB, PROJECT, VERSION, Log, Notes, Setting, running

from modelarts_magics.core.api import log as api_log
from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.api.log import LogChunk, LogText
from modelarts_magics.core.api.v1.client import Client
from modelarts_magics.core.api.v1.jobs import TrainingJobs
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.http.rate_limit import RATE, RateLimit
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.http.transport import Transport
from modelarts_magics.core.logs.ahead import RangeLog
from modelarts_magics.core.logs.cadence import QUIET, JobWatch
from modelarts_magics.core.logs.follow import LastLines
from modelarts_magics.core.logs.follow_job import JobFollower
from modelarts_magics.core.logs.job_logs import JobLogs
from modelarts_magics.core.logs.tail import Tail

MB = 2**20
LATENCY = 0.030  # seconds
WORKERS = 64
MOST_MEMORY = 120  # MB
MOST_IN_FLIGHT = 8
MOST_AT_FIRST = 16
MOST_WHEN_QUIET = 8
_OPENING = 4  # requests: jobs of that name, versions, the version, log files
LONGEST_DELAY = 2.0  # seconds

_END = """
import json
print(json.dumps({
    "bytes": sum(spool.end for spool in panel.model.spools.values()),
    "finished": panel.model.finished is not None,
}))
"""

_SAMPLE = """
import json, threading, time
seen = []
def look():
    known = {}
    while not done.wait(0.005):
        for name, spool in list(panel.model.spools.items()):
            if spool.lines != known.get(name, 0):
                known[name] = spool.lines
                seen.append((name, spool.lines, time.time()))
done = threading.Event()
threading.Thread(target=look, daemon=True).start()
"""

_SEEN = """
import hashlib
def digest(spool):
    found = hashlib.sha256()
    for start in range(0, spool.end, 2**20):
        with spool._lock:
            spool._file.seek(start)
            found.update(spool._file.read(2**20))
    return found.hexdigest()
done.set()
print(json.dumps({
    "seen": seen,
    "digests": {name: digest(spool) for name, spool in panel.model.spools.items()},
}))
"""


# ---- one large log ------------------------------------------------------------------------------


class Large(NamedTuple):
    """What following a large log took."""

    words: str
    megabytes: float
    seconds: float
    growth: float  # MB
    cpu: float  # seconds


def follow_large(size: int, slice_length: int, limit: float) -> Large:
    """Follow a whole log for at most ``limit`` seconds, with the rate limit off."""
    log = Log("job-benchmark.0", size)
    setting = Setting((log,), longest_slice=slice_length)
    with running(setting) as service, kernel.running() as running_kernel:
        running_kernel.run(kernel.OPEN_PANEL + "import modelarts_magics.notebook.log.views.rich")
        before, cpu_before = running_kernel.memory, running_kernel.cpu_seconds
        most, started = before, time.monotonic()
        options = f"slice_length={slice_length}, is_limited=False, view='rich'"
        running_kernel.run(f"panel = open_panel({service.url!r}, {options})")
        while time.monotonic() - started < limit:
            time.sleep(0.25)
            most = max(most, running_kernel.memory)
            state = running_kernel.run(_END)
            if state["finished"]:
                break
        seconds = time.monotonic() - started
        cpu = running_kernel.cpu_seconds - cpu_before
    megabytes = state["bytes"] / MB
    words = f"{slice_length / 1024:g} KB a call"
    return Large(words, megabytes, seconds, (most - before) / MB, cpu)


def report_large(found: list[Large]) -> None:
    rows = [
        (
            one.words,
            f"{one.growth:.0f} MB",
            f"{one.megabytes:,.0f} MB",
            f"{one.seconds:.0f} s",
            f"{one.cpu / one.megabytes * 1000:.0f} ms",
        )
        for one in found
    ]
    headers = ("one log, its whole text", "memory grew by", "followed", "in", "CPU per MB")
    table.show("Following a large log in a kernel, rate limit off", headers, rows)
    is_met = all(one.growth <= MOST_MEMORY for one in found)
    print(f"\ngoal <= {MOST_MEMORY} MB: {table.verdict(is_met=is_met)}")


# ---- catching up ---------------------------------------------------------------------------------


def catching_up(size: int, rate: float | None, *, ahead: bool) -> tuple[float, Notes]:
    """Seconds until a follower has the whole of a log that is there already; what was asked."""
    with running(Setting((Log("job-benchmark.0", size),), delay=LATENCY)) as service:
        keys = KeyCredentials(lambda: AccessKey("a", "s"))
        transport = Transport(service.url, keys)
        transport.limiter = RateLimit(rate or math.inf)
        logs = JobLogs(TrainingJobs(Client(transport, PROJECT)), JobRef("v1", JOB, VERSION))
        source = logs.source("job-benchmark.0")
        log = RangeLog(source, logs.reader if ahead else Reader(1))
        follower = Tail(log, JobWatch(logs.status), 0)
        found, started = hashlib.sha256(), time.perf_counter()
        position = 0
        while position < size:
            for event in follower.poll_once():
                if isinstance(event, LogText):
                    found.update(event.text.encode())
                    position = event.end_byte
        seconds = time.perf_counter() - started
        transport.close()
        if found.hexdigest() != _digest(size):
            raise SystemExit("What was followed is not the log.")
        return seconds, service.notes()


def report_catching_up(size: int) -> None:
    size = size // synthetic_log.LINE * synthetic_log.LINE  # or it would end inside a character
    ways = (
        ("one slice after the other", None, False),
        ("several at once, no rate limit", None, True),
        ("several at once, default rate limit", RATE, True),
    )
    rows = []
    for words, rate, ahead in ways:
        seconds, notes = catching_up(size, rate, ahead=ahead)
        speed = f"{size / 1000 / seconds:.0f} kB/s"
        rows.append((words, speed, str(notes.most_in_flight), str(notes.most_in_a_second)))
    headers = ("2 KB a call", "speed", "most in flight", "requests in the fullest second")
    title = f"Catching up on {size / MB:g} MB of one log at {LATENCY * 1000:.0f} ms latency"
    table.show(title, headers, rows)


# ---- growing logs -------------------------------------------------------------------------------


class Growing(NamedTuple):
    """What following growing logs showed."""

    files: int
    notes: Notes
    seconds: float
    exact: int  # files
    delays: list[float]  # seconds from a line in the log to the same in the model


def follow_growing(files: int, rate: float, seconds: float) -> Growing:
    """Follow logs that grow by ``rate`` bytes a second for some seconds, then end."""
    size = int(rate * seconds) // synthetic_log.LINE * synthetic_log.LINE
    logs = tuple(Log(f"job-benchmark.{worker}", size, rate) for worker in range(files))
    setting = Setting(logs, delay=LATENCY)
    with running(setting) as service, kernel.running() as running_kernel:
        running_kernel.run(kernel.OPEN_PANEL)
        running_kernel.run(f"panel = open_panel({service.url!r}, view='rich')")
        running_kernel.run(_SAMPLE)
        started = time.monotonic()
        while not running_kernel.run(_END)["finished"]:
            time.sleep(0.5)
            if time.monotonic() - started > seconds * 4 + 60:
                raise SystemExit("Following does not end.")
        took = time.monotonic() - started
        found = running_kernel.run(_SEEN)
        notes = service.notes()
    whole = _digest(size)
    exact = sum(digest == whole for digest in found["digests"].values())
    return Growing(files, notes, took, exact, _delays(found["seen"], notes.grows_since, rate))


def _digest(size: int) -> str:
    return hashlib.sha256(synthetic_log.data(0, size)).hexdigest()


def _delays(seen: list[tuple[str, int, float]], grows_since: float, rate: float) -> list[float]:
    """For every line, from when it was written until the model had it."""
    delays: list[float] = []
    known: dict[str, int] = {}
    for name, lines, at in seen:
        new = range(known.get(name, 0) + 1, lines + 1)
        delays.extend(at - grows_since - line * synthetic_log.LINE / rate for line in new)
        known[name] = lines
    return delays


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def report_growing(found: list[Growing]) -> None:
    rows = [
        (
            f"{one.files} files",
            str(one.notes.most_in_flight),
            f"{one.exact} of {one.files}",
            f"{p95(one.delays):.2f} s",
            f"{statistics.median(one.delays):.2f} s",
            f"{one.notes.requests / one.seconds:.0f}",
            str(one.notes.most_in_a_second),
        )
        for one in found
    ]
    headers = (
        "growing at once",
        "most in flight",
        "exact",
        "delay, p95",
        "median",
        "requests a second",
        "in the fullest",
    )
    title = f"Following growing logs at {LATENCY * 1000:.0f} ms latency, from the log to the model"
    table.show(title, headers, rows)
    in_flight = max(one.notes.most_in_flight for one in found)
    is_exact = all(one.exact == one.files for one in found)
    delay = max(p95(one.delays) for one in found)
    print(f"\ngoal <= {MOST_IN_FLIGHT} in flight: {_is_at_most(in_flight, MOST_IN_FLIGHT)}")
    print(f"goal every byte exact: {table.verdict(is_met=is_exact)}")
    print(f"goal <= {LONGEST_DELAY:g} s from the log on: {_is_at_most(delay, LONGEST_DELAY)}")


def _is_at_most(value: float, limit: float) -> str:
    return table.verdict(is_met=value <= limit)


# ---- quiet --------------------------------------------------------------------------------------


class _Quiet:
    """A running job whose log does not grow, its clock, and a note of each request."""

    name = "job-benchmark.0"
    origin: tuple[str, ...] = (name,)
    longest_slice = 2048

    def __init__(self) -> None:
        self.now = 0.0
        self.asked: list[float] = [0.0] * _OPENING
        self.asked_status: list[float] = [0.0]

    def read(self, start_byte: int, length: int) -> LogChunk:
        self.asked.append(self.now)
        return LogChunk("", 0, 0, 0)

    def status(self) -> JobStatus:
        self.asked.append(self.now)
        self.asked_status.append(self.now)
        return JobStatus.RUNNING

    def files(self) -> list[api_log.Log]:
        self.asked.append(self.now)
        return [RangeLog(self, Reader(1))]


def requests_when_quiet(interval: float | None) -> tuple[int, int, float]:
    """Requests in the first minute and in the fullest later one; seconds between two statuses."""
    quiet = _Quiet()
    follower = JobFollower(
        [RangeLog(quiet, Reader(1))],
        quiet.status,
        LastLines(1000),
        interval=interval,
        clock=lambda: quiet.now,
        files=quiet.files,
        is_listed=True,
        last_status=JobStatus.RUNNING,
    )
    while quiet.now < 600:
        follower.poll_due()
        quiet.now += follower.due_in
    minutes = [sum(start <= at < start + 60 for at in quiet.asked) for start in range(0, 600, 60)]
    asked = quiet.asked_status
    longest = round(max(after - before for before, after in zip(asked, asked[1:])), 3)
    return minutes[0], max(minutes[1:]), longest


def report_quiet() -> None:
    found = {
        words: requests_when_quiet(interval)
        for words, interval in (("ours", None), ("fixed 10 s polling", 10.0))
    }
    rows = [
        (words, str(first), str(later), f"{longest:.0f} s")
        for words, (first, later, longest) in found.items()
    ]
    headers = ("one file, by name", "the first minute", "each later one", "between two statuses")
    table.show("Requests for a quiet job, opening and names included", headers, rows)
    first, later, longest = found["ours"]
    print(f"\ngoal <= {MOST_AT_FIRST} at first: {_is_at_most(first, MOST_AT_FIRST)}")
    print(f"goal <= {MOST_WHEN_QUIET} then: {_is_at_most(later, MOST_WHEN_QUIET)}")
    print(f"goal <= {QUIET:g} s between statuses: {_is_at_most(longest, QUIET)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="What following logs takes.")
    parser.add_argument("--quick", action="store_true", help="a smoke run: 40 MB, 10 seconds")
    parser.add_argument("--size", type=int, default=1024, metavar="MB", help="of the large log")
    parser.add_argument("--seconds", type=float, default=20, help="that a log grows")
    options = parser.parse_args()
    size, seconds = (40, 10) if options.quick else (options.size, options.seconds)
    limit = 10 if options.quick else 25
    report_quiet()
    report_catching_up(MB // 4 if options.quick else MB)
    report_growing(
        [follow_growing(1, 20_000, seconds), follow_growing(WORKERS, 2_000, seconds)],
    )
    report_large(
        [follow_large(size * MB, 2048, limit), follow_large(size * MB, 2**16, limit * 6)],
    )


if __name__ == "__main__":
    main()
