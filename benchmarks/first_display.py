"""How soon a cell with `%ma_log JOB` shows its panel, and how soon the kernel is idle again.

    python benchmarks/first_display.py [--rounds N] [--kernels N] [--quick]

In a real kernel, with a service that answers at once and a job that is running. Times are those at
which the messages of the kernel come, from that which says that the cell begins; the panel is there
with the message that holds text of the log. A cell that shows a widget of ipywidgets stands beside.
CPU is that of the kernel, with all of its threads, and a second more than the cell.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from parts import kernel, service, table

SHOWN, IDLE = 0.05, 0.25  # seconds
OURS = "%ma_log 1 2"
PEER = 'display(ipywidgets.HTML("INFO"))'
_LOADED = "import ipywidgets\n%load_ext modelarts_magics\n"
_CLOSE = "from modelarts_magics.notebook.panels import live\nlive.close_all()\n"
_MARK = "INFO"
_SIZE = 2_160  # bytes of the log
_SETTLED = 1.0  # seconds, so that no cell waits for the rate limit


@dataclass(frozen=True)
class Cell:
    """Seconds of a cell until it shows something, until the kernel is idle, and of CPU."""

    shown: float
    idle: float
    cpu: float


def measured(ours: kernel.Kernel, code: str) -> Cell:
    """Run a cell which shows something."""
    before = ours.cpu_seconds
    moments: dict[str, float] = {}

    def heard(message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind != "display_data" or _MARK in str(content["data"]):
            name = content["execution_state"] if kind == "status" else kind
            moments.setdefault(name, time.perf_counter())

    ours.watch(code, heard)
    time.sleep(_SETTLED)
    began = moments["execute_input"]
    cpu = ours.cpu_seconds - before
    return Cell(moments["display_data"] - began, moments["idle"] - began, cpu)


def main() -> None:
    parser = argparse.ArgumentParser(description="How soon %ma_log shows its panel.")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="in each kernel")
    parser.add_argument("--kernels", type=int, default=3, metavar="N")
    parser.add_argument("--quick", action="store_true", help="a smoke run")
    asked = parser.parse_args()
    kernels, rounds = (1, 3) if asked.quick else (asked.kernels, asked.rounds)
    first, later, peer = [], [], []
    log = service.Log("worker-0", _SIZE)
    with service.running(service.Setting((log,), stays=True)) as running:
        os.environ.update(running.environment)
        for _kernel in range(kernels):
            with kernel.running() as ours:
                ours.run(_LOADED)
                first.append(measured(ours, OURS))
                for _round in range(rounds):
                    ours.run(_CLOSE)
                    later.append(measured(ours, OURS))
                    peer.append(measured(ours, PEER))
    rows = [
        _row("`%ma_log`, the first of a kernel", first),
        _row("`%ma_log`, later", later),
        _row("`ipywidgets.HTML`", peer),
    ]
    headers = ("what", "shown", "slowest", "idle", "slowest", "CPU")
    table.show("A panel in its cell", headers, rows)
    shown = statistics.median(cell.shown for cell in later)
    idle = statistics.median(cell.idle for cell in later)
    print(f"\ngoal shown <= {SHOWN * 1000:g} ms: {table.verdict(is_met=shown <= SHOWN)}")
    print(f"goal idle <= {IDLE * 1000:g} ms: {table.verdict(is_met=idle <= IDLE)}")


def _row(name: str, cells: Sequence[Cell]) -> tuple[str, ...]:
    shown, idle = [cell.shown for cell in cells], [cell.idle for cell in cells]
    cpu = statistics.median(cell.cpu for cell in cells)
    times = (statistics.median(shown), max(shown), statistics.median(idle), max(idle), cpu)
    return (name, *(f"{seconds * 1000:.0f} ms" for seconds in times))


if __name__ == "__main__":
    main()
