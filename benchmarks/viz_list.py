"""The panel of visualization jobs with 1,000 of them, beside all of them as one table.

    python benchmarks/viz_list.py [--quick] [--jobs N] [--rounds N]

In a JupyterLab, in a browser, with an embedded ModelArts in a process of its own, whose database
has the jobs. The table is what `%ma_viz list --all` shows, fetched anew each time, and once more
from jobs that the kernel has already, which is no more than to draw it. Time runs in the page: from
the start of a cell, or from the last key of a search, to the first frame with the last row in it.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
import uuid
from pathlib import Path

from parts import jupyterlab, table
from playwright.sync_api import Page
from visualize import service

from modelarts_magics.core.models import JobStatus
from modelarts_magics.local.root import Root
from modelarts_magics.local.store import Store

_PATIENCE = 120_000  # ms
_FETCHED = "%ma_viz list --all --as found"
_DRAWN = """
from IPython.display import HTML, display
from modelarts_magics.notebook.viz.results import html_rows
display(HTML(html_rows(found.jobs)))
"""
_PANEL, _LIST, _DRAW = range(1, 4)  # numbers of cells

# A row is there when it is laid out; those of a hidden picture are not, and old ones do not count.
_SCRIPT = """
window.bench = {
  start: (number, words, isAnew) => {
    window.bench.took = null;
    const started = performance.now();
    const cell = window.jupyterapp.shell.currentWidget.content.widgets[number].node;
    const rows = '.modelarts-magics-row, table.modelarts-magics tr';
    const old = new Set(isAnew ? cell.querySelectorAll(rows) : []);
    const isShown = row => !old.has(row) && row.getClientRects().length > 0;
    const look = () => {
      const shown = [...cell.querySelectorAll(rows)].filter(isShown);
      const texts = shown.map(row => row.textContent);
      if (words.every(word => texts.some(text => text.includes(word)))
          && (words.length > 1 || shown.length === 1)) {
        window.bench.took = performance.now() - started;
      } else {
        requestAnimationFrame(look);
      }
    };
    requestAnimationFrame(look);
  },
};
"""


def fill(root: Path, jobs: int) -> None:
    """Put jobs into the database of a service that does not run."""
    store = Store(Root(root).database)
    now = int(time.time() * 1000)
    with store.transaction():
        for number in range(jobs):
            store.change(
                "INSERT INTO visualization_job (job_name, job_desc, workspace_id, train_url,"
                " status, create_time, start_time, end_time, resource_id)"
                " VALUES (?,?,'0',?,?,?,?,?,?)",
                (
                    f"job-{number:04}",
                    f"learning rate {number}",
                    f"/bucket/runs/{number}/",
                    JobStatus.KILLED,
                    now - (jobs - number) * 60_000,
                    now - 50_000,
                    now,
                    str(uuid.uuid4()),
                ),
            )
    store.close()


def timed(page: Page, number: int, *words: str, search: str = "") -> float:
    """Milliseconds until a cell shows these words; of a search, from its last key."""
    if search:
        field = page.locator(".modelarts-magics-viz input").first
        field.fill(search[:-1])
        page.wait_for_timeout(1000)
        field.press("End")
    page.evaluate("given => bench.start(...given)", [number, list(words), not search])
    if search:
        field.press(search[-1])
    else:
        jupyterlab.run_cell(page, number, wait=False)
    page.wait_for_function("bench.took !== null", timeout=_PATIENCE)
    took: float = page.evaluate("bench.took")
    if not search:
        jupyterlab.run_cell(page, 0)  # the kernel is done with everything before
    return took


def measure(jobs: int, rounds: int) -> dict[str, list[float]]:
    newest, oldest, wanted = f"job-{jobs - 1:04}", "job-0000", f"job-{jobs // 2:04}"
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "root"
        with service(root):
            pass  # makes the database
        fill(root, jobs)
        with service(root), jupyterlab.running(Path(place)) as lab:
            choose = f"import os; os.environ['MODELARTS_MAGICS_LOCAL'] = {str(root)!r}"
            load = f"{choose}\n%load_ext modelarts_magics"
            lab.write([load, "%ma_viz", _FETCHED, _DRAWN])
            with jupyterlab.opened(lab, _SCRIPT) as page:
                jupyterlab.run_cell(page, 0)
                timed(
                    page, _PANEL, newest, f"job-{jobs - 10:04}"
                )  # imports what there is to import
                for _round in range(rounds):
                    _measure_once(page, found, newest, f"job-{jobs - 10:04}", oldest, wanted)
    return found


def _measure_once(
    page: Page, found: dict[str, list[float]], newest: str, tenth: str, oldest: str, wanted: str
) -> None:
    def note(name: str, milliseconds: float) -> None:
        found.setdefault(name, []).append(milliseconds)

    note("panel", timed(page, _PANEL, newest, tenth))
    note("search", timed(page, _PANEL, wanted, search=wanted))
    note("list", timed(page, _LIST, newest, oldest))
    note("draw", timed(page, _DRAW, newest, oldest))


def report(found: dict[str, list[float]], jobs: int) -> None:
    medians = {name: statistics.median(times) for name, times in found.items()}
    names = {
        "panel": "the panel: its first page",
        "search": "the panel: from the last key of a search to what it finds",
        "list": f"%ma_viz list --all: {jobs:,} rows",
        "draw": "- of which to draw the table",
    }
    rows = [
        (
            words,
            f"{medians[name] / medians['list']:.2f}x",
            f"{medians[name]:.0f} ms",
            f"{min(found[name]):.0f} - {max(found[name]):.0f} ms",
        )
        for name, words in names.items()
    ]
    title = f"{jobs:,} visualization jobs, {len(found['panel'])} rounds"
    table.show(title, ("way", "ratio", "median", "range"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description="The list of visualization jobs.")
    parser.add_argument("--quick", action="store_true", help="a smoke run: 100 jobs, 1 round")
    parser.add_argument("--jobs", type=int, default=1000, metavar="N")
    parser.add_argument("--rounds", type=int, default=7, metavar="N")
    options = parser.parse_args()
    jobs, rounds = (100, 1) if options.quick else (options.jobs, options.rounds)
    report(measure(jobs, rounds), jobs)


if __name__ == "__main__":
    main()
