"""API v2: a log beside curl, bytes while following, a long list, curves, 512 tasks in a panel.

    python benchmarks/todays_cloud.py [--quick]

The link of every connection has 30 ms and 25 MB a second. The service is a process of its own.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable

from parts import kernel, table
from parts.cloud import BUCKET, JOB, TASK, Cloud, Running, log, running
from parts.synthetic_log import LINE
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.logs.job_logs import JobLogs
from modelarts_magics.core.scalars.reader import ScalarReader
from modelarts_magics.estimatorV2 import TrainingJob
from modelarts_magics.session import Session

RATIO = 0.8  # of the speed of curl
BYTES = 1.3  # fetched for each of the log
GROWTH = 1_000_000  # bytes a second
_RUNS = 20


def opened(service: Running) -> Session:
    Session.set_endpoint(modelarts_endpoint=service.url, obs_endpoint=service.url)
    return Session(access_key="a", secret_key="s", project_id="p", region_name="r", api="v2")


def whole(size: int, rounds: int) -> None:
    """A whole log from its copy, and the same object by curl."""
    ours, curls = [], []
    with running(Cloud(size)) as service, tempfile.TemporaryDirectory() as folder:
        url = f"{service.url}/{BUCKET}/logs/modelarts-job-{JOB}-{TASK}.log"
        for _round in range(rounds):
            path = Path(folder) / "curl"
            started = time.perf_counter()
            subprocess.run(["curl", "-s", "--noproxy", "*", "-o", path, url], check=True)
            curls.append(time.perf_counter() - started)
            path = Path(folder) / "log"
            started = time.perf_counter()
            TrainingJob(opened(service), JOB).download_job_log(TASK, path)
            ours.append(time.perf_counter() - started)
            if path.read_bytes() != log(0, size):
                raise SystemExit("What was downloaded is not the log.")
    ratio = sorted(curls)[rounds // 2] / sorted(ours)[rounds // 2]
    rows = [
        ("ours, 8 connections", f"{sorted(ours)[rounds // 2]:.1f} s", f"{ratio:.2f}x"),
        ("curl, 1 connection", f"{sorted(curls)[rounds // 2]:.1f} s", "1.00x"),
    ]
    table.show(f"{size / 1e6:g} MB whole", ("way", "median", "speed"), rows)
    print(f"\ngoal >= {RATIO:g}x: {ratio:.2f}x, {table.verdict(is_met=ratio >= RATIO)}")


def following(seconds: int) -> None:
    """Bytes of all bodies about the log; what its job is asked for is the same for any log.

    No call tells how late a copy is. The goal is for lines, and for ranges of a copy that keeps up.
    Of a copy that is late the ranges would show text late: the newest part of a short log, which is
    all of it, is fetched again and again in their place, and text comes as soon as by that alone.
    """
    alone = _followed(Cloud(100 * LINE, 10 * LINE, has_copy=False), 15)
    late = _followed(Cloud(100 * LINE, 10 * LINE, copied_every=5.0), 15)
    ways = {
        "lines": Cloud(has_lines=True, has_copy=False),
        "newest part and ranges of the copy": Cloud(),
    }
    cases = (("1 MB a second", 10**9, GROWTH, seconds), ("100 lines", 100 * LINE, 10 * LINE, 15))
    found = {
        (way, words): _followed(replace(cloud, size=size, growth=growth), held)
        for way, cloud in ways.items()
        for words, size, growth, held in cases
    }
    every = {
        **found,
        ("newest part, and a copy that is 5 s late", "100 lines"): late,
        ("newest part alone", "100 lines"): alone,
    }
    rows = [
        (way, words, f"{one.told / 1e6:.2f} MB", f"{one.ratio:.2f}", f"{one.longest:.1f} s")
        for (way, words), one in every.items()
    ]
    headers = ("way", "log", "told", "bytes for each", "longest delay")
    table.show("Following 1 MB a second, and 10 lines a second", headers, rows)
    most = max(one.ratio for one in found.values())
    print(f"\ngoal <= {BYTES:g}: {most:.2f}, {table.verdict(is_met=most <= BYTES)}")
    later, is_met = late.longest - alone.longest, late.longest <= alone.longest + 1
    words = f"a late copy makes text no later: {later:+.1f} s, for {late.ratio:.2f} bytes"
    print(f"{words}, {table.verdict(is_met=is_met)}")


@dataclass(frozen=True)
class _Followed:
    """What was told of a log.

    Attributes:
        told: bytes.
        ratio: bytes that were fetched for each of them.
        longest: seconds from when a byte was written until it was told.
    """

    told: int
    ratio: float
    longest: float


def _followed(cloud: Cloud, seconds: int) -> _Followed:
    """Follow a log; what was told is compared with it."""
    with running(cloud) as service:
        follower = JobLogs(opened(service).jobs_v2, JobRef("v2", JOB)).follow(names=[TASK])
        told, longest, began = b"", 0.0, time.monotonic()
        while time.monotonic() < began + seconds:
            time.sleep(min(1.0, max(0.0, follower.due_in)))
            texts = [one.text for one in follower.poll_due() if isinstance(one, LogText)]
            if any(texts):
                written_at = began + len(told) / cloud.growth
                longest = max(longest, time.monotonic() - written_at)
                told += "".join(texts).encode()
        sent = service.sent()
    if told != log(0, len(told)):
        raise SystemExit("What was told is not the log.")
    fetched = sum(sent.get(name, 0) for name in ("lines", "preview", "store", "listing"))
    return _Followed(len(told), fetched / len(told), longest)


def listing(count: int) -> None:
    with running(Cloud(jobs=count)) as service:
        jobs = opened(service).jobs_v2
        jobs.get(JobRef("v2", JOB))  # the connection is there
        times = []
        for ask in (jobs.list, lambda: jobs.find(f"job-{count - 1:05d}")):
            started = time.perf_counter()
            ask()
            times.append(f"{time.perf_counter() - started:.2f} s")
    rows = [("first page", times[0]), ("the oldest by its name", times[1])]
    table.show(f"{count:,} jobs", ("what", "time"), rows)


def curves(size: int) -> None:
    data = event_file(size // _RUNS)
    files = {f"out/run{n:02d}/events.out.tfevents.{n}": data for n in range(_RUNS)}
    with running(Cloud(files=files, has_copy=False)) as service:
        reader = ScalarReader(opened(service).stored_folder(f"obs://{BUCKET}/out"))
        started, first = time.perf_counter(), 0.0
        while first == 0 or reader.is_behind:
            reader.poll(0.5)
            if not first and any(run.series for run in reader.runs):
                first = time.perf_counter() - started
        every = time.perf_counter() - started
        listed = service.sent()
        reader.poll()
        again = service.sent()
    whole_size = sum(map(len, files.values()))
    twice = listed["store"] + again.get("store", 0) - whole_size
    rows = [
        ("first chart", f"{first:.1f} s"),
        ("all", f"{every:.1f} s"),
        ("bytes read twice", f"{twice:,}"),
        ("bytes of listings", f"{listed['listing']:,}"),
    ]
    table.show(f"{whole_size / 1e6:.0f} MB of event files", ("what", "measured"), rows)
    print(f"\ngoal, nothing twice: {table.verdict(is_met=twice == 0)}")


def event_file(size: int) -> bytes:
    """Scalars, an image's worth of other bytes among them."""
    with tempfile.TemporaryDirectory() as folder:
        writer = EventFileWriter(folder, flush_secs=3600)
        made = step = 0
        while made < size:
            step += 1
            summary = Summary(value=[Summary.Value(tag="loss", simple_value=1 / step)])
            if step % 10 == 0:
                summary.value.add(tag="picture").image.encoded_image_string = bytes(20_000)
                made += 20_000
            writer.add_event(Event(wall_time=1e9 + step, step=step, summary=summary))
            made += 45
        writer.close()
        return next(Path(folder).iterdir()).read_bytes()


# What the kernel says first; each line of these logs tells when it was written.
_OPEN = """
import json, time
from types import SimpleNamespace
from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.api.log import LogText
from modelarts_magics.notebook.log.panel import LogPanel
from modelarts_magics.session import Session

Session.set_endpoint(modelarts_endpoint={url!r}, obs_endpoint={url!r})
session = Session(access_key="a", secret_key="s", project_id="p", region_name="r", api="v2")
began = time.time()
panel = LogPanel(SimpleNamespace(ref=JobRef("v2", {job!r}), modelarts_session=session))
answered, first, delays = time.time(), [], []
taken = panel.model.apply

def apply(event):
    taken(event)
    if isinstance(event, LogText) and event.text:
        now = time.time()
        first.append(now - answered)
        written = [float(line.partition(" ")[0]) for line in event.text.splitlines()]
        delays.extend((now - at, event.log_file) for at in written if at > answered)

panel.model.apply = apply
panel.show()
"""
_TELL = """
print(json.dumps({"first": first[0], "tasks": len(panel.model.spools), "delays": delays}))
"""


def many(tasks: int, noisy: int, seconds: int) -> None:
    """A panel of a job of very many tasks, most of them quiet."""
    with running(Cloud(tasks=tasks, noisy=noisy)) as service, kernel.running() as panel:
        panel.run(_OPEN.format(url=service.url, job=JOB))
        time.sleep(15.0)
        opened_at, cpu = len(service.moments()), panel.cpu_seconds
        begun = panel.run(_TELL)
        time.sleep(seconds)
        spent = panel.cpu_seconds - cpu
        told, moments, memory = panel.run(_TELL), service.moments(), panel.memory
    names = {f"worker-{number}" for number in range(noisy)}
    quiet = sorted(delay for delay, task in told["delays"] if task not in names)
    often = sorted(delay for delay, task in told["delays"] if task in names)
    fullest = max(sum(at <= other < at + 1 for other in moments) for at in moments)
    rows = [
        ("first text after the first answer", f"{begun['first']:.2f} s"),
        ("tasks with text after 15 s", f"{begun['tasks']}"),
        ("requests in the fullest second", f"{fullest}"),
        ("requests a minute after that", f"{(len(moments) - opened_at) / seconds * 60:.0f}"),
        ("delay of a noisy task, median", f"{often[len(often) // 2]:.1f} s"),
        ("the same, p95", f"{often[len(often) * 95 // 100]:.1f} s"),
        ("delay of a quiet task, median", f"{quiet[len(quiet) // 2]:.1f} s"),
        ("the same, p95", f"{quiet[len(quiet) * 95 // 100]:.1f} s"),
        ("the longest", f"{quiet[-1]:.1f} s"),
        ("CPU of the kernel", f"{spent / seconds:.0%}"),
        ("memory of the kernel", f"{memory / 1e6:.0f} MB"),
    ]
    words = f"{tasks} tasks, {noisy} of them with a line a second, {seconds} s"
    table.show(words, ("what", "measured"), rows)
    is_met = begun["first"] <= 2 and fullest <= 150 and quiet[-1] <= 30
    print(f"\ngoal 2 s, 150 a second, 30 s: {table.verdict(is_met=is_met)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="API v2, over a link of 30 ms and 25 MB/s.")
    parser.add_argument("--only", help="one of: whole following listing curves many")
    parser.add_argument("--quick", action="store_true", help="a smoke run: a tenth of it")
    asked = parser.parse_args()
    is_quick = asked.quick
    parts: dict[str, Callable[[], None]] = {
        "whole": lambda: whole(20_000_000 if is_quick else 200_000_000, 1 if is_quick else 3),
        "following": lambda: following(5 if is_quick else 200),
        "listing": lambda: listing(500 if is_quick else 5_000),
        "curves": lambda: curves(20_000_000 if is_quick else 200_000_000),
        "many": lambda: many(512, 16, 35 if is_quick else 180),
    }
    for name, measure in parts.items():
        if asked.only in (None, name):
            measure()


if __name__ == "__main__":
    main()
