"""A long list of visualization jobs: until it is shown, and until it is filtered.

The jobs are records of the embedded service, written before it starts: creating so many would start
as many TensorBoards. All ways ask the same service over kept connections, from one kernel.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from modelarts_magics.local.storage.database import Store
from modelarts_magics.local.storage.records import (
    Ending,
    JobSpec,
    Kind,
    NewJob,
    Records,
    TaskRecord,
)
from modelarts_magics.local.storage.root import Root
from parts import kernel, table

Times = Mapping[str, Sequence[float]]

FAILED_EACH = 10  # one job of so many has failed, the others were stopped
_MINUTE = 60_000  # milliseconds

# What is measured, in the order of the table: seconds by name, of one round. The loop is the
# documented one: page after page of the vendor's default size, until one is not full.
_ROUND = """
import json, time
from modelarts_magics.estimator import VisualizationJob
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.visualization import VisualizationQuery

shell = get_ipython()
session = shell.magics_manager.registry["ModelArtsMagics"].context.session

def timed(act):
    started = time.perf_counter()
    act()
    return time.perf_counter() - started

def loop(**wanted):
    jobs, page = [], 1
    while True:
        found = VisualizationJob.get_visualization_job_list(session, page=page, **wanted)["jobs"]
        jobs += found
        page += 1
        if len(found) < 10:
            return jobs

def until(model, is_so):
    give_up = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < give_up, model
        time.sleep(0.0005)

def open_panel():
    shell.run_line_magic("ma_viz", "")
    model = shell.user_ns["_"].model
    until(model, lambda: model.updated_ms)
    assert model.total == COUNT

def ask(query, total):
    panel = shell.user_ns["_"]
    panel.act("query", query)
    until(panel.model, lambda: panel.model.query == query and panel.model.total == total)

def show():
    shell.run_line_magic("ma_viz", "list --all")
    assert len(shell.user_ns["_"]) == COUNT

def show_by_loop():
    assert len(loop()) == COUNT

def search_by_loop():
    assert len(loop(search_content=NAME)) == 1

def filter_by_loop():
    assert len(loop(status=int(JobStatus.FAILED))) == FAILED

WAYS = {
    "list": show,
    "list by the loop": show_by_loop,
    "panel": open_panel,
    "panel, search": lambda: ask(VisualizationQuery(search=NAME, per_page=10), 1),
    "search by the loop": search_by_loop,
    "panel, status": lambda: ask(VisualizationQuery(status=JobStatus.FAILED, per_page=10), FAILED),
    "status by the loop": filter_by_loop,
}
"""


def fill(root: Path, count: int) -> None:
    """Write jobs into the folder of a service that does not run."""
    folder = Root(root)
    folder.claim()
    store = Store(folder.database)
    records = Records(store)
    with store.transaction():
        for number in range(count):
            _add(records, number)
    store.close()
    folder.release()


def _add(records: Records, number: int) -> None:
    moment = int(time.time() * 1000) - number * _MINUTE
    wanted = NewJob(name(number), "", "0", JobSpec(input=f"/bucket/run-{number}/"))
    tasks = [TaskRecord("worker-0", "tensorboard.log")]
    made = records.add(Kind.VISUALIZATION, wanted, tasks, moment)
    has_failed = number % FAILED_EACH == 0
    ending = Ending.FAILED if has_failed else Ending.STOPPED
    records.mark_ended(made, ending, moment + _MINUTE)


def name(number: int) -> str:
    """Of a job; the newest is number 0."""
    return f"job-{number:05}"


def measure(root: Path, count: int, rounds: int) -> dict[str, list[float]]:
    """Seconds by way, from a kernel that uses the running service of a folder."""
    constants = {"COUNT": count, "FAILED": -(-count // FAILED_EACH), "NAME": name(count // 2)}
    with kernel.running() as notebook:
        notebook.run(f"%load_ext modelarts_magics\n%ma_session local --root {root}")
        notebook.run(_ROUND)
        notebook.run(f"globals().update({constants!r})")
        one = "print(json.dumps({name: timed(act) for name, act in WAYS.items()}))"
        notebook.run(one)  # the first time, modules are read and connections are made
        found = [notebook.run(one) for _round in range(rounds)]
    return {name: [times[name] for times in found] for name in found[0]}


def report(times: Times, count: int) -> None:
    """Print a table for showing, and one for filtering."""
    _show(
        f"A list of {count:,} jobs until it is shown",
        times,
        [
            ("%ma_viz list --all, rendered", "list", "list by the loop"),
            ("%ma_viz, the first page in the panel", "panel", "list by the loop"),
            ("get_visualization_job_list, page by page", "list by the loop", "list by the loop"),
        ],
    )
    _show(
        f"A list of {count:,} jobs until it is filtered",
        times,
        [
            ("by name, in the panel", "panel, search", "search by the loop"),
            ("the same, page by page", "search by the loop", "search by the loop"),
            ("by state, the first page in the panel", "panel, status", "status by the loop"),
            ("the same, page by page", "status by the loop", "status by the loop"),
        ],
    )


def _show(title: str, times: Times, ways: Sequence[tuple[str, str, str]]) -> None:
    """Rows of words, the way and the one beside which it stands."""
    rows = []
    for words, name, other in ways:
        median = statistics.median(times[name])
        ratio = median / statistics.median(times[other])
        bounds = f"{min(times[name]) * 1000:.0f} - {max(times[name]) * 1000:.0f} ms"
        rows.append((words, f"{ratio:.2f}x", f"{median * 1000:.0f} ms", bounds))
    title += f", {len(times[ways[0][1]])} rounds"
    table.show(title, ("way", "ratio", "median", "range"), rows)
