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
from pathlib import Path

from parts import jupyterlab, table
from parts.many_jobs import fill, name
from playwright.sync_api import Page
from visualize import service

_TIME_LIMIT = 120_000  # ms
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
    page.wait_for_function("bench.took !== null", timeout=_TIME_LIMIT)
    took: float = page.evaluate("bench.took")
    if not search:
        jupyterlab.run_cell(page, 0)  # the kernel is done with everything before
    return took


def measure(jobs: int, rounds: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "root"
        fill(root, jobs)
        with service(root), jupyterlab.running(Path(place)) as lab:
            choose = f"import os; os.environ['MODELARTS_MAGICS_LOCAL'] = {str(root)!r}"
            load = f"{choose}\n%load_ext modelarts_magics"
            lab.write([load, "%ma_viz", _FETCHED, _DRAWN])
            with jupyterlab.opened(lab, _SCRIPT) as page:
                jupyterlab.run_cell(page, 0)
                timed(page, _PANEL, name(0), name(9))  # imports what there is to import
                for _round in range(rounds):
                    _measure_once(page, found, jobs)
    return found


def _measure_once(page: Page, found: dict[str, list[float]], jobs: int) -> None:
    newest, tenth, wanted, oldest = map(name, (0, 9, jobs // 2, jobs - 1))
    times = {
        "panel": timed(page, _PANEL, newest, tenth),
        "search": timed(page, _PANEL, wanted, search=wanted),
        "list": timed(page, _LIST, newest, oldest),
        "draw": timed(page, _DRAW, newest, oldest),
    }
    for way, milliseconds in times.items():
        found.setdefault(way, []).append(milliseconds)


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
