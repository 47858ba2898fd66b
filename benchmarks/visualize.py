"""From `create` to a TensorBoard that answers, and a long list of jobs.

    python benchmarks/visualize.py [--quick] [--rounds N] [--part start|list]

The start stands beside `%tensorboard` on the same folder. Both run in every round, and the order
changes from round to round, so that a noisy machine is noisy for both. Ours is what a client sees:
a request creates the job, which is then described ten times a second until it has an address.
Theirs is the magic in a shell that is up and has the extension loaded. Both end with the first page
that is answered with 200.

The list of 1,000 jobs stands beside the documented loop over its pages (`parts/many_jobs.py`).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests
from parts import many_jobs, table

from modelarts_magics.core.api.v1.client import Client
from modelarts_magics.core.api.v1.models.visualization import new_visualization_job
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.session import Session

FOLDER = "bucket/curves"
JOBS = 1000  # in the list
GOAL = 1.15  # of the time of %tensorboard
_LOOK = 0.1  # seconds between two looks at a job; more of them would slow down what they wait for
_TIME_LIMIT = 120.0


@contextmanager
def service(root: Path) -> Iterator[Client]:
    """An embedded ModelArts in a process of its own, and a client for it."""
    command = [sys.executable, "-m", "modelarts_magics.local", "--root", str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            if not process.stdout.readline():
                raise SystemExit("The embedded ModelArts does not start.")
            session = Session(local_root=str(root))
            yield session.client
            session.close()
        finally:
            process.terminate()


# ---- time until it answers ----------------------------------------------------------------------


def write_curves(folder: Path) -> None:
    """What two short trainings leave: a thousand steps of two scalars each."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    for run in ("first", "second"):
        writer = EventFileWriter(str(folder / run))
        for step in range(1000):
            loss = math.exp(-step / 200)
            tags = {"loss": loss, "accuracy": 1 - loss}
            values = [Summary.Value(tag=tag, simple_value=value) for tag, value in tags.items()]
            summary = Summary(value=values)
            writer.add_event(Event(wall_time=time.time(), step=step, summary=summary))
        writer.close()


def ours(client: Client, number: int) -> float:
    """Seconds from the request that creates a job to a page of its TensorBoard."""
    started = time.perf_counter()
    body = new_visualization_job(f"/{FOLDER}/", f"job-{number}")
    job_id = client.create_visualization_job(body).job_id
    while not (job := client.get_visualization_job(job_id)).service_url:
        if job.status.is_final or time.perf_counter() - started > _TIME_LIMIT:
            raise SystemExit(f"The job is {job.status.name}: {job.raw.get('failure_reason')}")
        time.sleep(_LOOK)
    _wait_for_a_page(job.service_url)
    seconds = time.perf_counter() - started
    client.stop_visualization_job(job_id)
    while client.get_visualization_job(job_id).status is not JobStatus.KILLED:
        time.sleep(_LOOK)
    return seconds


def theirs(shell: Any, folder: Path) -> float:
    """Seconds from `%tensorboard --logdir` to a page of what it started."""
    from tensorboard import manager

    before = {info.pid for info in manager.get_all()}
    started = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        shell.run_line_magic("tensorboard", f"--logdir {folder}")
    made = [info for info in manager.get_all() if info.pid not in before]
    if not made:
        raise SystemExit("%tensorboard started nothing.")
    _wait_for_a_page(f"http://127.0.0.1:{made[0].port}/")
    seconds = time.perf_counter() - started
    process = psutil.Process(made[0].pid)
    family = [process, *process.children(recursive=True)]
    process.terminate()
    psutil.wait_procs(family, timeout=30)
    return seconds


def _wait_for_a_page(url: str) -> None:
    give_up = time.perf_counter() + _TIME_LIMIT
    with requests.Session() as session:
        session.trust_env = False
        while time.perf_counter() < give_up:
            with contextlib.suppress(requests.ConnectionError):
                if session.get(url, timeout=10).status_code == 200:
                    return
            time.sleep(_LOOK)
    raise SystemExit(f"{url} does not answer.")


@contextmanager
def shell_with_tensorboard() -> Iterator[Any]:
    """A shell with the extension, where the magic finds the program of this interpreter."""
    from IPython.core.interactiveshell import InteractiveShell

    path = os.environ["PATH"]
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), path])
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "tensorboard")
    yield shell
    os.environ["PATH"] = path


def measure_start(rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {"ours": [], "theirs": []}
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "root"
        with service(root) as client, shell_with_tensorboard() as shell:
            folder = root / "obs" / FOLDER
            write_curves(folder)
            theirs(shell, folder)  # reads all files of TensorBoard once, for both
            for number in range(rounds):
                for name in ("ours", "theirs") if number % 2 else ("theirs", "ours"):
                    taken = ours(client, number) if name == "ours" else theirs(shell, folder)
                    times[name].append(taken)
    return times


def report_start(times: dict[str, list[float]]) -> None:
    medians = {name: statistics.median(found) for name, found in times.items()}
    names = {"ours": "create, embedded service", "theirs": "%tensorboard --logdir"}
    rows = [
        (
            words,
            f"{medians[name] / medians['theirs']:.2f}x",
            f"{medians[name]:.2f} s",
            f"{min(times[name]):.2f} - {max(times[name]):.2f} s",
        )
        for name, words in names.items()
    ]
    title = f"Until TensorBoard answers, {len(times['ours'])} rounds"
    table.show(title, ("way", "ratio", "median", "range"), rows)
    ratio = medians["ours"] / medians["theirs"]
    print(f"\ngoal <= {GOAL:g}x: {ratio:.2f}x, {table.verdict(is_met=ratio <= GOAL)}")


# ---- a long list --------------------------------------------------------------------------------


def measure_list(rounds: int) -> dict[str, list[float]]:
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "root"
        many_jobs.fill(root, JOBS)
        with service(root):
            return many_jobs.measure(root, JOBS, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description="Visualization jobs.")
    parser.add_argument("--quick", action="store_true", help="a smoke run: 2 rounds")
    parser.add_argument("--rounds", type=int, default=15, metavar="N")
    parser.add_argument("--part", choices=("start", "list"), help="only one of them")
    options = parser.parse_args()
    rounds = 2 if options.quick else options.rounds
    if options.part != "list":
        report_start(measure_start(rounds))
    if options.part != "start":
        many_jobs.report(measure_list(rounds), JOBS)


if __name__ == "__main__":
    main()
