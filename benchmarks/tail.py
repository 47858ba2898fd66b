"""The end of a log, and what is before it: requests, and how long a reader waits.

    python benchmarks/tail.py [--quick]

A progress bar of 3 MB without a line feed shows its end; a reader scrolls up a megabyte. The
service is a process of its own, and answers after 30 ms.
"""

from __future__ import annotations

import argparse
import threading
import time
from typing import NamedTuple

from parts import synthetic_log, table
from parts.service import JOB, PROJECT, VERSION, Log, Notes, Service, Setting, running

from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v1.client import Client
from modelarts_magics.core.api.v1.jobs import TrainingJobs
from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.http.transport import Transport
from modelarts_magics.core.logs.exact import read_forward
from modelarts_magics.core.logs.job_logs import JobLogs
from modelarts_magics.core.logs.readers import open_log
from modelarts_magics.notebook.log.earlier import Earlier
from modelarts_magics.notebook.log.model import LogModel

MB = 2**20
LATENCY = 0.030  # seconds
NAME = "job-benchmark.0"
REF = JobRef("v1", JOB, VERSION)
TAILS = (5, 200, 1000)  # lines: a still picture that is asked for, by default, a panel
MOST_REQUESTS = 100
LONGEST_FIRST = 1.0  # seconds
LONGEST_SCROLL = 4.0  # seconds for a megabyte


def jobs_of(service: Service) -> TrainingJobs:
    """With a rate limit of its own."""
    keys = KeyCredentials(lambda: AccessKey("a", "s"))
    return TrainingJobs(Client(Transport(service.url, keys, project=PROJECT), PROJECT))


# ---- the end of a progress bar ------------------------------------------------------------------


class End(NamedTuple):
    """What the last lines of a bar took."""

    lines: int
    requests: int
    seconds: float
    size: int  # bytes


def end_of_bar(lines: int) -> End:
    with running(Setting((Log(NAME, 3 * MB, of=synthetic_log.bar),), delay=LATENCY)) as service:
        logs = JobLogs(jobs_of(service), REF)
        log = open_log(logs.jobs.logs(REF, NAME), logs.reader)
        started = time.perf_counter()
        text = log.tail(lines).text
        seconds = time.perf_counter() - started
        whole = synthetic_log.data(text.start_byte, 3 * MB - text.start_byte, synthetic_log.bar)
        if not whole.decode().startswith(text.text):
            raise SystemExit("What was read is not the log.")
        return End(lines, service.notes().requests, seconds, text.end_byte - text.start_byte)


def report_ends() -> None:
    found = [end_of_bar(lines) for lines in TAILS]
    rows = [
        (f"{one.lines:,} lines", str(one.requests), f"{one.seconds:.2f} s", f"{one.size:,}")
        for one in found
    ]
    headers = ("a progress bar of 3 MB", "requests", "until it is there", "bytes")
    table.show(f"The end of a log without line feeds, {LATENCY * 1000:.0f} ms", headers, rows)
    most, longest = max(one.requests for one in found), max(one.seconds for one in found)
    print(f"\ngoal <= {MOST_REQUESTS} requests: {table.verdict(is_met=most <= MOST_REQUESTS)}")
    print(f"goal <= {LONGEST_FIRST:g} s: {table.verdict(is_met=longest <= LONGEST_FIRST)}")


# ---- scrolling up -------------------------------------------------------------------------------


class Scroll(NamedTuple):
    """How long a reader waited."""

    way: str
    first: float  # seconds
    whole: float  # seconds
    notes: Notes


def scroll_up(size: int) -> Scroll:
    """As the panel does it, beside its thread."""
    end = 4 * MB // synthetic_log.LINE * synthetic_log.LINE
    with running(Setting((Log(NAME, end),), delay=LATENCY)) as service:
        logs = JobLogs(jobs_of(service), REF)
        model = LogModel(logs.jobs.get(REF), (NAME,))
        parts: list[tuple[float, LogText]] = []
        is_over = threading.Event()

        def show(part: LogText) -> None:
            parts.append((time.perf_counter(), part))
            if part.start_byte <= end - size:
                is_over.set()

        earlier = Earlier(model, logs, show, print)
        started = time.perf_counter()
        earlier.want(NAME, end - size, end)
        if not is_over.wait(120):
            raise SystemExit("Reading does not end.")
        earlier.close()
        text = "".join(part.text for _at, part in reversed(parts)).encode()
        if text != synthetic_log.data(end - len(text), len(text)):
            raise SystemExit("What was read is not the log.")
        times = [at - started for at, _part in parts]
        return Scroll("ours", times[0], times[-1], service.notes())


def slice_by_slice(size: int) -> Scroll:
    """The documented calls one after the other; then it is shown."""
    with running(Setting((Log(NAME, 4 * MB),), delay=LATENCY)) as service:
        source = JobLogs(jobs_of(service), REF).source(NAME)
        started = time.perf_counter()
        list(read_forward(source, 0, size))
        seconds = time.perf_counter() - started
        return Scroll("one slice after the other", seconds, seconds, service.notes())


def report_scroll(size: int) -> None:
    ours, theirs = scroll_up(size), slice_by_slice(size)
    rows = [
        (
            one.way,
            f"{one.first:.2f} s",
            f"{one.whole:.2f} s",
            str(one.notes.requests),
            str(one.notes.most_in_flight),
        )
        for one in (ours, theirs)
    ]
    headers = (f"{size / MB:g} MB", "the first of it", "all of it", "requests", "most in flight")
    table.show(f"Scrolling up, {LATENCY * 1000:.0f} ms, default rate limit", headers, rows)
    limit = LONGEST_SCROLL * size / MB
    print(f"\ngoal <= {limit:g} s: {table.verdict(is_met=ours.whole <= limit)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="What the end of a log takes, and its beginning.")
    parser.add_argument("--quick", action="store_true", help="a smoke run: a quarter of a megabyte")
    options = parser.parse_args()
    report_ends()
    report_scroll(MB // 4 if options.quick else MB)


if __name__ == "__main__":
    main()
