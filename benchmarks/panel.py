"""The log panel in JupyterLab, in a browser, beside other ways to show a growing log.

    python benchmarks/panel.py [--quick] [--lines N] [--cap S]

Every measurement has a JupyterLab, a kernel and a browser of its own. Bytes are those of all
messages that the page received over the kernel's websocket, from the start of the cell until the
last line is on screen; the code of the rich view, which travels with each panel, is among them. A
frame is the time between two calls of `requestAnimationFrame`; that of the page at rest, for three
seconds before, tells how much of it is the machine's. Very many lines are shown twice, plain and
with colours that are bytes of the same lines. The others append 50 lines at a
time, as fast as the kernel can; the panel reads the log of a service, by slices of 64 KB, which a
service of today does not give, so that the wire and the page are measured and not the service.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, NamedTuple, Optional

from parts import jupyterlab, kernel, synthetic_log, table
from parts.service import Log, Service, Setting, running
from playwright.sync_api import Error, Page

from modelarts_magics.notebook.log.views import RICH_BUNDLE

SLICE = 2**16  # bytes
GOAL_BYTES = 1.06
GOAL_FRAME = 100  # ms
GOAL_HEAP = 400  # MB
GOAL_JUMP = 150  # ms
GOAL_DELAY = 2.0  # seconds
GOAL_COLOURED = 2.0  # times plain lines: time, and heap
GOAL_OVER_REST = 50  # ms, of the 99th percentile of frames
LATENCY = 0.030  # seconds
_FEW = 1000  # lines; a way that cannot show all shows so many
_JUMPS = 100
_REST = "bench.rest(3)"

_SCRIPT = """
(() => {
  const bench = window.bench = {bytes: 0, worst: 0, took: null, seen: [], frames: []};
  const summary = (frames) => {
    const sorted = [...frames].sort((one, other) => one - other);
    return {worst: sorted[sorted.length - 1], p99: sorted[Math.floor(sorted.length * 0.99)]};
  };
  bench.summary = () => summary(bench.frames);
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...args) {
      super(...args);
      if (!this.url.includes('/channels')) return;
      this.addEventListener('message', ({data}) => {
        bench.bytes += data.byteLength ?? data.size ?? new TextEncoder().encode(data).length;
      });
    }
  };
  const lastText = (selector) => {
    let node = [...document.querySelectorAll(selector)].pop();
    while (node?.lastChild) node = node.lastChild;
    return node?.data?.slice(-300) ?? '';
  };
  const sources = {
    rich: () => document.querySelector('.mm-log .cm-content')?.textContent ?? '',
    html: () => lastText('.widget-html-content pre'),
    output: () => lastText('.jp-OutputArea .jp-OutputArea-output pre'),
  };
  const lastNumber = (text) => Number(text.match(/\\d{10}(?= )/g)?.pop() ?? -1);
  bench.start = (kind, marker) => {
    Object.assign(bench, {bytes: 0, worst: 0, took: null, seen: [], frames: []});
    const started = performance.now();
    let before = started, told = 0, shown = -1;
    const look = (now) => {
      bench.worst = Math.max(bench.worst, now - before);
      bench.frames.push(now - before);
      before = now;
      const text = sources[kind]();
      const number = lastNumber(text);
      if (number > shown) {
        shown = number;
        if (bench.seen.length < 5000) bench.seen.push([number, Date.now()]);
      }
      if (text.includes(marker)) bench.took = performance.now() - started;
      if (bench.took !== null || now - told > 500) {
        told = now;
        const {bytes, worst, took} = bench;
        console.debug('bench ' + JSON.stringify({bytes, worst, took, at: Date.now()}));
      }
      if (bench.took === null) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  };
  bench.rest = async (seconds) => {
    const end = performance.now() + seconds * 1000;
    const frames = [];
    let before = await new Promise(requestAnimationFrame);
    while (before < end) {
      const now = await new Promise(requestAnimationFrame);
      frames.push(now - before);
      before = now;
    }
    return summary(frames);
  };
  bench.jump = async (times) => {
    const scroller = document.querySelector('.mm-log .cm-scroller');
    const tops = new Set();
    const frames = [];
    let before = performance.now();
    for (let frame = 0; frame < times * 6; frame++) {
      if (frame % 6 === 0) scroller.scrollTop = Math.random() * scroller.scrollHeight;
      const now = await new Promise(requestAnimationFrame);
      if (frame > 0) frames.push(now - before);
      before = now;
      if (frame % 6 === 5) tops.add(lastNumber(sources.rich()));
    }
    return {...summary(frames), places: tops.size};
  };
})();
"""

_PEERS = """
import html, time
import ipywidgets
from IPython.display import display
from parts import synthetic_log

def batches(lines, seconds):
    end = time.monotonic() + seconds
    for first in range(0, lines, 50):
        if time.monotonic() > end:
            return
        yield synthetic_log.data(first * synthetic_log.LINE, 50 * synthetic_log.LINE).decode()

def append_stdout(lines, seconds, most_sent):
    output = ipywidgets.Output()
    display(output)
    sent = length = 0
    for text in batches(lines, seconds):
        output.append_stdout(text)
        length += len(text)
        sent += length
        if sent > most_sent:
            return

def as_html(lines, seconds, most_sent, kept):
    shown = ipywidgets.HTML()
    display(shown)
    sent, last = 0, []
    for text in batches(lines, seconds):
        last = (last + text.splitlines(keepends=True))[-kept:]
        shown.value = "<pre>" + html.escape("".join(last)) + "</pre>"
        sent += len(shown.value)
        if sent > most_sent:
            return
"""

# When the job has ended the notebook gets its last picture, and JupyterLab draws the view anew.
_STANDS_STILL = """() => {
  const length = document.querySelector('.mm-log .cm-scroller')?.scrollHeight ?? 0;
  const now = performance.now();
  if (length !== bench.length) Object.assign(bench, {length, since: now});
  return now - bench.since > 3000;
}"""

_MOST_SENT = 600_000_000  # bytes; what a way sends above that cannot be waited for


class Way(NamedTuple):
    """A way to show a log."""

    words: str
    kind: str  # of what the page looks at
    code: str  # of the cell


class Shown(NamedTuple):
    """What showing a log took; ``seconds`` is ``None`` when the last line did not appear."""

    way: Way
    lines: int
    seconds: Optional[float] = None  # noqa: UP045  # evaluated by Python 3.9
    bytes_each: float = 0.0  # for a byte of the log
    worst_frame: float = 0.0  # ms
    at_rest: float = 0.0  # ms; the worst frame of the page before, which is that of the machine


def ours(service: Service, view: str) -> Way:
    words = "the panel, rich view" if view == "rich" else "the panel as it opens by itself"
    options = f"slice_length={SLICE}, is_limited=False, view={view!r}"
    return Way(words, "rich", f"panel = open_panel({service.url!r}, {options})")


def peers(lines: int, cap: float) -> list[Way]:
    limits = f"{lines}, {cap}, {_MOST_SENT}"
    return [
        Way("HTML, last 500 lines", "html", f"as_html({limits}, 500)"),
        Way("HTML, whole text", "html", f"as_html({limits}, {lines})"),
        Way("Output.append_stdout", "output", f"append_stdout({limits})"),
    ]


@contextmanager
def notebook(code: str) -> Iterator[Page]:
    """A notebook in a browser: its first cell has run, its second has this code."""
    with tempfile.TemporaryDirectory() as root, jupyterlab.running(Path(root)) as lab:
        lab.write([kernel.OPEN_PANEL + _PEERS, code])
        with jupyterlab.opened(lab, _SCRIPT) as page:
            jupyterlab.run_cell(page, 0)
            yield page


def show(way: Way, lines: int, cap: float) -> Shown:
    """Run a cell until the last line is on screen, or the time is over."""
    told: list[dict[str, Any]] = []
    with notebook(way.code) as page:
        at_rest = page.evaluate(_REST)["worst"]
        page.on("console", lambda message: told.extend(_told(message.text)))
        begin(page, way, lines)
        try:
            page.wait_for_function("window.bench.took !== null", timeout=cap * 1000)
            page.wait_for_timeout(100)
        except Error:  # too late; the page may stand still, so what it told before has to do
            pass
    if not told or told[-1]["took"] is None:
        return Shown(way, lines)
    last = told[-1]
    each = last["bytes"] / (lines * synthetic_log.LINE)
    return Shown(way, lines, last["took"] / 1000, each, last["worst"], at_rest)


def _told(text: str) -> Iterator[dict[str, Any]]:
    if text.startswith("bench "):
        yield json.loads(text.partition(" ")[2])


def begin(page: Page, way: Way, lines: int) -> None:
    page.evaluate("([kind, marker]) => bench.start(kind, marker)", [way.kind, f"{lines - 1:010d}"])
    jupyterlab.run_cell(page, 1, wait=False)


# ---- beside others ------------------------------------------------------------------------------


def measure_ways(lines: int, cap: float) -> list[Shown]:
    found = []
    with running(_whole(lines)) as service:
        found += [show(ours(service, view), lines, cap) for view in ("rich", "auto")]
    for number, way in enumerate(peers(lines, cap)):
        shown = show(way, lines, cap)
        found.append(shown)
        if shown.seconds is None:
            found.append(show(peers(_FEW, cap)[number], _FEW, cap))
    return found


def _whole(lines: int, of: Callable[[int], str] = synthetic_log.line) -> Setting:
    log = Log("job-benchmark.0", lines * synthetic_log.LINE, of=of)
    return Setting((log,), longest_slice=SLICE)


def report_ways(found: list[Shown], cap: float) -> None:
    best = found[0]
    rows = [
        (
            one.way.words,
            f"{one.lines:,}",
            _ratio(one, best),
            f"{one.bytes_each:.2f}" if one.seconds is not None else "-",
            f"{one.seconds:.1f} s" if one.seconds is not None else f"not within {cap:g} s",
            f"{one.worst_frame:.0f} ms" if one.seconds is not None else "-",
            f"{one.at_rest:.0f} ms" if one.seconds is not None else "-",
        )
        for one in found
    ]
    headers = (
        "way",
        "lines",
        "time, ours is 1",
        "bytes each",
        "last line on screen",
        "worst frame",
        "at rest",
    )
    table.show("Showing a log in JupyterLab, bytes received for each byte of it", headers, rows)
    others = [one for one in found[2:] if one.lines == best.lines]
    own_time = best.seconds or float("inf")
    is_fastest = all(one.seconds is None or own_time < one.seconds for one in others)
    print(f"\ngoal <= {GOAL_BYTES}: {table.verdict(is_met=best.bytes_each <= GOAL_BYTES)}")
    print(f"goal all beaten: {table.verdict(is_met=is_fastest)}")
    print(f"goal <= {GOAL_FRAME} ms: {table.verdict(is_met=best.worst_frame <= GOAL_FRAME)}")


def _ratio(one: Shown, best: Shown) -> str:
    if one.seconds is None or best.seconds is None or one.lines != best.lines:
        return "-"
    return f"{one.seconds / best.seconds:.2f}x"


# ---- very many lines ----------------------------------------------------------------------------


class Many(NamedTuple):
    """What very many lines cost; heaps in MB, frames in ms as `{worst, p99}`."""

    seconds: float
    base: float  # JupyterLab without a panel
    before: float  # before garbage is collected
    heap: float
    at_rest: dict[str, float]
    loading: dict[str, float]
    jumps: dict[str, float]


def report_many(lines: int, cap: float) -> None:
    try:
        plain = _many(lines, synthetic_log.line, cap)
        coloured = _many(lines, synthetic_log.coloured, cap)
    except Error:
        print(f"\n{lines:,} lines in the rich view: not within {cap:g} s, MISSED")
        return
    _report_many(lines, plain, coloured)


def _many(lines: int, of: Callable[[int], str], cap: float) -> Many:
    with running(_whole(lines, of)) as service:
        way = ours(service, "rich")
        with notebook(way.code) as page:
            at_rest = page.evaluate(_REST)
            base = jupyterlab.javascript_heap(page)[1] / 1e6
            begin(page, way, lines)
            page.wait_for_function("window.bench.took !== null", timeout=cap * 1000)
            seconds = page.evaluate("bench.took") / 1000
            loading = page.evaluate("bench.summary()")
            page.wait_for_function(_STANDS_STILL, timeout=cap * 1000)
            page.hover(".mm-log .cm-scroller")
            page.mouse.wheel(0, -400)  # who reads on does not follow the end
            page.wait_for_timeout(500)
            jumps = page.evaluate("times => bench.jump(times)", _JUMPS)
            before, heap = (size / 1e6 for size in jupyterlab.javascript_heap(page))
    return Many(seconds, base, before, heap, at_rest, loading, jumps)


def _report_many(lines: int, plain: Many, coloured: Many) -> None:
    def row(words: str, value: Callable[[Many], float], unit: str, goal: str = "-") -> list[str]:
        one, other = value(plain), value(coloured)
        shown = [f"{number:.{1 if unit == 's' else 0}f} {unit}" for number in (one, other)]
        return [words, *shown, f"{other / one:.2f}x" if one else "-", goal]

    rows = [
        row("JavaScript heap of the page", lambda many: many.heap, "MB", f"<= {GOAL_HEAP} MB"),
        row("- before garbage is collected", lambda many: many.before, "MB"),
        row("- of which JupyterLab without a panel", lambda many: many.base, "MB"),
        row("page at rest, before: worst frame", lambda many: many.at_rest["worst"], "ms"),
        row("- 99th percentile", lambda many: many.at_rest["p99"], "ms"),
        row(f"{_JUMPS} random jumps: worst frame", _worst_jump, "ms", f"<= {GOAL_JUMP} ms"),
        row("- 99th percentile", lambda many: many.jumps["p99"], "ms"),
        row("- different places that were shown", lambda many: many.jumps["places"], ""),
        row("time until the last line is on screen", lambda many: many.seconds, "s"),
        row("- worst frame meanwhile", lambda many: many.loading["worst"], "ms"),
        row("- 99th percentile", lambda many: many.loading["p99"], "ms"),
    ]
    headers = ("what", "plain", "with colours", "ratio", "goal")
    table.show(f"{lines:,} lines in the rich view", headers, rows)
    worst = max(map(_worst_jump, (plain, coloured)))
    over = max(map(_over_rest, (plain, coloured)))
    time = coloured.seconds / plain.seconds
    heap = (coloured.heap - coloured.base) / (plain.heap - plain.base)
    print(f"\ngoal <= {GOAL_HEAP} MB: {table.verdict(is_met=plain.heap <= GOAL_HEAP)}")
    print(f"goal <= {GOAL_JUMP} ms: {table.verdict(is_met=worst <= GOAL_JUMP)}")
    for words, ratio in (("time", time), ("heap of the panel", heap)):
        verdict = table.verdict(is_met=ratio <= GOAL_COLOURED)
        print(f"goal <= {GOAL_COLOURED:g}x, {words} with colours: {ratio:.2f}x, {verdict}")
    verdict = table.verdict(is_met=over <= GOAL_OVER_REST)
    print(f"goal <= {GOAL_OVER_REST} ms above rest, 99 of 100 frames: {over:.0f} ms, {verdict}")


def _worst_jump(many: Many) -> float:
    return many.jumps["worst"]


def _over_rest(many: Many) -> float:
    return max(many.loading["p99"], many.jumps["p99"]) - many.at_rest["p99"]


# ---- live ---------------------------------------------------------------------------------------


def report_delay(seconds: float) -> None:
    """From a line in a log that grows by 20 lines a second to the same on the screen."""
    rate = 20.0 * synthetic_log.LINE
    lines = int(20 * seconds)
    log = Log("job-benchmark.0", lines * synthetic_log.LINE, rate)
    with running(Setting((log,), delay=LATENCY)) as service:
        way = Way("", "rich", f"panel = open_panel({service.url!r})")
        with notebook(way.code) as page:
            begin(page, way, lines)
            page.wait_for_function("window.bench.took !== null", timeout=(seconds + 60) * 1000)
            seen = page.evaluate("window.bench.seen")
        grows_since = service.notes().grows_since
    delays, known = [], -1
    for number, at in seen:
        new = range(known + 1, number + 1)
        delays += [at / 1000 - grows_since - (line + 1) / 20.0 for line in new]
        known = number
    p95 = statistics.quantiles(delays, n=20)[-1]
    rows = [
        ("p95", f"{p95:.2f} s", f"<= {GOAL_DELAY:g} s"),
        ("median", f"{statistics.median(delays):.2f} s", "-"),
    ]
    title = f"From the log to the screen: {len(delays)} lines, 20 a second, {LATENCY * 1000:.0f} ms"
    table.show(title, ("delay", "measured", "goal"), rows)
    print(f"\ngoal <= {GOAL_DELAY:g} s: {table.verdict(is_met=p95 <= GOAL_DELAY)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="The log panel in JupyterLab, beside others.")
    parser.add_argument("--quick", action="store_true", help="a smoke run: 10,000 lines")
    parser.add_argument("--lines", type=int, default=100_000, help="that every way shows")
    parser.add_argument("--cap", type=float, default=30, metavar="S", help="time for each way")
    options = parser.parse_args()
    if not RICH_BUNDLE.is_file():
        raise SystemExit("The log view is not built: cd js && npm ci && node build.mjs")
    lines, cap = (10_000, 15) if options.quick else (options.lines, options.cap)
    report_ways(measure_ways(lines, cap), cap)
    report_many(lines * 10, cap * 4)
    report_delay(10 if options.quick else 25)


if __name__ == "__main__":
    main()
