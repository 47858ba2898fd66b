"""Charts in a page of Chromium: the first drawing, an update, a million points; beside TensorBoard.

    python benchmarks/charts.py [--quick]

24 charts of 8 series of 1,000 points are told to the built module as a kernel tells them, and drawn
in sight. TensorBoard's page shows the same series from event files, as many charts as it draws by
itself. Seconds are what passes until the charts are there, and what the main thread of the page
works; both pages run in one browser, in turn.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import math
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from parts import table
from playwright.sync_api import Page, sync_playwright

from modelarts_magics.core.scalars.series import Point, Series, TensorBoardRun
from modelarts_magics.notebook.viz.scalars.feed import ScalarFeed

REPOSITORY = Path(__file__).resolve().parents[1]
SCRIPT = REPOSITORY / "modelarts_magics" / "notebook" / "static" / "charts.js"
CHARTS, SERIES, POINTS = 24, 8, 1_000
MILLION = 1_000_000
UPDATES = 6  # one behind the other; the axes of the first of them move, and all is drawn anew
GOALS = {"first": 0.5, "update": 0.05}  # seconds
WIRE = 20_000  # bytes of an update
_TIME_LIMIT = 150.0
_PAGE = """<!doctype html><meta charset="utf-8"><body data-jp-theme-light="true"><div id="at"></div>
<script type="module">
import charts from "./charts.js";
const heard = [];
const model = {
  state: { title: "", words: [], notes: [] },
  get(name) { return { state: this.state, options: { language: "en", hiding: "" } }[name]; },
  on(name, listener) { if (name === "msg:custom") heard.push(listener); },
  off() {}, send() {}, set() {},
};
const widget = charts();
widget.initialize({ model });
widget.render({ model, el: document.getElementById("at") });
window.tell = async (name) => {
  const [message, data] = await Promise.all([
    fetch(`${name}.json`).then((one) => one.json()),
    fetch(`${name}.bin`).then((one) => one.arrayBuffer()),
  ]);
  return () => heard.forEach((listener) => listener(message, [new DataView(data)]));
};
</script>
"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def curve(run: int, tag: int, points: int) -> list[Point]:
    return [
        Point(step, 1e9 + step, math.exp(-step / 300) * (run + 1) + math.sin(step * (tag + 2)) / 9)
        for step in range(points)
    ]


def runs(points: int, charts: int = CHARTS, series: int = SERIES) -> list[TensorBoardRun]:
    return [
        TensorBoardRun(
            f"run{run}",
            tuple(Series(f"m{tag}", tuple(curve(run, tag, points))) for tag in range(charts)),
        )
        for run in range(series)
    ]


def told(folder: Path, name: str, message: dict[str, Any], data: bytes) -> int:
    """Write what a page is to be told; its size in bytes."""
    words = json.dumps(message)
    (folder / f"{name}.json").write_text(words)
    (folder / f"{name}.bin").write_bytes(data)
    return len(words) + len(data)


def prepare(folder: Path) -> int:
    """The messages of this benchmark; the bytes of an update."""
    shutil.copy(SCRIPT, folder)
    (folder / "index.html").write_text(_PAGE)
    feed = ScalarFeed()
    feed.take([("", runs(POINTS))])
    told(folder, "first", *feed.since(0))
    for n in range(1, UPDATES + 1):
        look = feed.now
        feed.take([("", runs(POINTS + n))])
        size = told(folder, f"update{n}", *feed.since(look))
    feed = ScalarFeed()
    feed.take([("", runs(MILLION, 1, 1))])
    told(folder, "million", *feed.since(0))
    return size


class Clock:
    """What the main thread of a page works, in seconds of a processor, whatever else runs."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def now(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


def ours(page: Page, address: str, name: str, charts: int) -> tuple[float, float]:
    """Seconds until the charts are drawn, and what the main thread worked for it."""
    clock = Clock(page)
    page.wait_for_function("window.tell !== undefined")
    page.evaluate("async (name) => { window.next = await tell(name); }", name)
    worked, started = clock.now(), time.monotonic()
    page.evaluate("next()")
    page.wait_for_function(
        "(n) => document.querySelectorAll('.mm-plot canvas').length >= n", arg=charts
    )
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    passed = time.monotonic() - started
    page.wait_for_timeout(300)
    return passed, clock.now() - worked


@contextmanager
def tensorboard(folder: Path) -> Iterator[str]:
    """TensorBoard's page of the same series."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    for run in runs(POINTS):
        writer = EventFileWriter(str(folder / run.name))
        for at in range(POINTS):
            points = [(series.tag, series.points[at]) for series in run.series]
            values = [Summary.Value(tag=tag, simple_value=one.value) for tag, one in points]
            step = points[0][1].step
            writer.add_event(Event(step=step, wall_time=1e9, summary=Summary(value=values)))
        writer.close()
    port = _free_port()
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(folder)]
    with subprocess.Popen(
        [*command, "--port", str(port), "--load_fast=false"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for_tags(address)
            yield address
        finally:
            process.terminate()


def _free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for_tags(address: str) -> None:
    """Until it has read all series."""
    end = time.monotonic() + _TIME_LIMIT
    while time.monotonic() < end:
        try:
            if len(requests.get(f"{address}/data/plugin/scalars/tags", timeout=5).json()) == SERIES:
                return
        except requests.RequestException:
            pass
        time.sleep(1.0)
    raise SystemExit("TensorBoard does not answer.")


def theirs(page: Page, address: str) -> tuple[float, float, int]:
    """Seconds until lines stand in its charts, what the main thread worked, and how many charts."""
    clock = Clock(page)
    worked, started = clock.now(), time.monotonic()
    page.goto(f"{address}/#timeseries")
    page.locator("scalar-card line-chart canvas, scalar-card line-chart svg path").first.wait_for(
        state="attached", timeout=_TIME_LIMIT * 1000
    )
    page.wait_for_load_state("networkidle")
    passed = time.monotonic() - started
    return passed, clock.now() - worked, page.locator("scalar-card line-chart").count()


def milliseconds(values: Sequence[float]) -> str:
    return f"{statistics.median(values) * 1000:,.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round")
    rounds = 1 if parser.parse_args().quick else 5
    names = ("first", "update, axes move", "update", "million")
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    board: list[tuple[float, float, int]] = []
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        folder = Path(made)
        (folder / "page").mkdir()
        (folder / "logs").mkdir()
        size = prepare(folder / "page")
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        with served(folder / "page") as address, tensorboard(folder / "logs") as other:
            for _round in range(rounds):
                page = browser.new_page(viewport={"width": 1600, "height": 2400})
                page.goto(f"{address}/index.html")
                found["first"].append(ours(page, address, "first", CHARTS))
                updates = [ours(page, address, f"update{n + 1}", CHARTS) for n in range(UPDATES)]
                found["update, axes move"].append(updates[0])
                found["update"] += updates[1:]
                page.goto(f"{address}/index.html?anew")
                found["million"].append(ours(page, address, "million", 1))
                page.close()
                page = browser.new_page(viewport={"width": 1600, "height": 2400})
                board.append(theirs(page, other))
                page.close()
        browser.close()
    rows = [
        [name, *(milliseconds([one[n] for one in found[name]]) for n in (0, 1))] for name in found
    ]
    rows.append(
        [
            f"TensorBoard, {board[0][2]} charts",
            *(milliseconds([one[n] for one in board]) for n in (0, 1)),
        ]
    )
    table.show("charts", ["what", "until it is there", "main thread"], rows)
    first = statistics.median(one[0] for one in found["first"])
    update = statistics.median(one[1] for one in found["update"])
    print(f"\nfirst drawing: {table.verdict(is_met=first <= GOALS['first'])}")
    print(f"update, main thread: {table.verdict(is_met=update <= GOALS['update'])}")
    print(f"update, {size:,} bytes: {table.verdict(is_met=size <= WIRE)}")


def _chromium() -> str:
    finder = [sys.executable, str(REPOSITORY / "scripts" / "find_browser.py")]
    found = subprocess.run(finder, check=False, capture_output=True, text=True)
    if found.returncode:
        raise SystemExit(found.stderr.strip())
    return found.stdout.strip()


if __name__ == "__main__":
    main()
