"""A whole log by the byte endpoint, beside the documented loop, at 30 ms latency per request.

    python benchmarks/download.py [--quick]

The documented loop asks for one slice after the other. It is run on the first part of the log, and
its time is scaled to the whole; all its calls are alike. Rounds go in turn, so that a noisy machine
is noisy for all. The service is a process of its own.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
import time
from pathlib import Path
from typing import Callable

import requests
from parts import synthetic_log, table
from parts.service import JOB, PROJECT, VERSION, Log, Service, Setting, running

from modelarts_magics.core.http.rate_limit import RateLimit
from modelarts_magics.estimator import Estimator
from modelarts_magics.session import Session

LATENCY = 0.030  # seconds
SLICE = 2048  # bytes; the documented limit
LOG_FILE = "job-benchmark.0"
GOAL = 7.0
MOST_A_SECOND = 150


def loop(service: Service, size: int, get: Callable[..., requests.Response]) -> float:
    """Seconds of the documented loop for the first ``size`` bytes."""
    started = time.perf_counter()
    position = 0
    while position < size:
        query: dict[str, str | int] = {
            "log_file": LOG_FILE,
            "start_byte": position,
            "offset": SLICE,
        }
        position = get(service.log_url, params=query).json()["end_byte"]
    return time.perf_counter() - started


def ours(service: Service, size: int, *, is_limited: bool) -> float:
    """Seconds of our download with 8 connections; what it wrote is compared byte by byte."""
    Session.set_endpoint(modelarts_endpoint=service.url)
    session = Session(access_key="a", secret_key="s", project_id=PROJECT, region_name="r")
    if not is_limited:
        session.client.transport.limiter = RateLimit(math.inf)
    job = Estimator(session, job_id=JOB, version_id=VERSION)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        started = time.perf_counter()
        job.download_job_log(LOG_FILE, path)
        seconds = time.perf_counter() - started
        if path.read_bytes() != synthetic_log.data(0, size):
            raise SystemExit("What was downloaded is not the log.")
    session.client.transport.close()
    return seconds


def measure(service: Service, size: int, part: int, rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {"ours": [], "one session": [], "no re-use": []}
    scale = size / part
    for _round in range(rounds):
        with requests.Session() as session:
            times["one session"].append(loop(service, part, session.get) * scale)
        times["no re-use"].append(loop(service, part, requests.get) * scale)
        times["ours"].append(ours(service, size, is_limited=False))
    return times


def report(times: dict[str, list[float]], part: int, size: int) -> None:
    medians = {name: statistics.median(found) for name, found in times.items()}
    faster = min(medians["one session"], medians["no re-use"])
    names = {
        "ours": "ours, 8 connections, no rate limit",
        "one session": "documented loop, one requests.Session",
        "no re-use": "documented loop, requests.get",
    }
    rows = [
        (
            words,
            f"{medians[name] / medians['ours']:.2f}x",
            f"{medians[name]:.1f} s",
            f"{min(times[name]):.1f} - {max(times[name]):.1f} s",
        )
        for name, words in names.items()
    ]
    title = f"{size / 2**20:g} MB at {LATENCY * 1000:.0f} ms; the loops: {part // 2**10} KB, scaled"
    table.show(title, ("way", "ratio", "median", "range"), rows)
    ratio = faster / medians["ours"]
    print(f"\ngoal >= {GOAL:g}x: {ratio:.2f}x, {table.verdict(is_met=ratio >= GOAL)}")


def report_rate(service: Service, size: int) -> None:
    service.notes()
    seconds = ours(service, size, is_limited=True)
    notes = service.notes()
    most = notes.most_in_a_second
    rows = [
        ("requests in the fullest second", str(most), f"<= {MOST_A_SECOND}"),
        ("requests a second on average", f"{len(notes.moments) / seconds:.1f}", "-"),
        ("most requests in flight", str(notes.most_in_flight), "<= 8"),
        ("seconds", f"{seconds:.1f}", "-"),
    ]
    table.show("The same with the default rate limit", ("what", "measured", "goal"), rows)
    print(f"\ngoal <= {MOST_A_SECOND}: {table.verdict(is_met=most <= MOST_A_SECOND)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="A whole log, beside the documented loop.")
    parser.add_argument("--quick", action="store_true", help="a smoke run: 0.5 MB, one round")
    is_quick = parser.parse_args().quick
    size = 2**19 if is_quick else 2**22
    part, rounds = (2**16, 1) if is_quick else (2**18, 3)
    with running(Setting((Log(LOG_FILE, size),), delay=LATENCY)) as service:
        report(measure(service, size, part, rounds), part, size)
        report_rate(service, size)


if __name__ == "__main__":
    main()
