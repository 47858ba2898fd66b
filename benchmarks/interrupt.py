"""How soon all ends that waits for a service which never comes to an end.

    python benchmarks/interrupt.py [--quick]

The service holds every request for a log: it says nothing, or sends a head or a body without end. A
process is interrupted as by Ctrl-C; a kernel closes its panels; requests and a download meet their
deadline.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from parts import kernel, silent, table

from modelarts_magics.core.errors import ServiceError
from modelarts_magics.core.http.transport import Limits
from modelarts_magics.estimator import Estimator
from modelarts_magics.session import Session

LONGEST = 1.0  # seconds
WITHIN = 0.1  # of a deadline
HELD = 20_000  # the byte behind which a download gets nothing
STALLED = 60.0  # seconds without progress after which a download is given up
AT_ONCE = 8  # requests that are held before the interrupt
PANELS = 4

_WAITING = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where this runs behind a shell
from modelarts_magics.estimator import Estimator
from modelarts_magics.session import Session
job = Estimator(Session(), job_id="1", version_id="2")
try:
    exec(sys.argv[1])
except KeyboardInterrupt:
    print(time.monotonic(), flush=True)
"""
WAITING = {
    "one call": "job.get_job_log('worker-0')",
    "following 12 logs": "list(job.follow_job_log())",
    "a download": "job.download_job_log('worker-0', sys.argv[2])",
}
_OPEN = """
import time
%load_ext modelarts_magics
from modelarts_magics import LogPanel
from modelarts_magics.estimator import Estimator
from modelarts_magics.session import Session
job = Estimator(Session(), job_id="1", version_id="2")
for number in range({count}):
    LogPanel(job, file=f"worker-{{number}}").show()
"""
_UNLOAD = """
import json, threading
started = time.monotonic()
%unload_ext modelarts_magics
taken = time.monotonic() - started
ours = [one for one in threading.enumerate() if one.name.startswith("modelarts")]
for one in ours:
    one.join(max(0.0, started + {longest} - time.monotonic()))
print(json.dumps([taken, sum(one.is_alive() for one in ours)]))
"""


def interrupted(way: str, what: str) -> tuple[float, float]:
    """Seconds from an interrupt until the prompt would be back, and until the process has ended."""
    since = HELD if what == "a download" else 0
    with silent.running(way, since) as service, tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-c", _WAITING, WAITING[what], str(Path(folder) / "log")],
            env={**os.environ, **service.environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        service.wait_until_held(1 if what == "one call" else AT_ONCE)
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        printed, _nothing = process.communicate()
        return float(printed) - started, time.monotonic() - started


def unloaded(way: str) -> tuple[float, int]:
    """Seconds until the panels of a kernel are closed, and the threads that outlive the longest."""
    with silent.running(way) as service:
        os.environ.update(service.environment)
        with kernel.running() as ours:
            ours.run(_OPEN.format(count=PANELS))
            service.wait_until_held(PANELS)
            taken, left = ours.run(_UNLOAD.format(longest=LONGEST))
            return float(taken), int(left)


def given_up(way: str, deadline: float | None) -> float:
    """Seconds of a call with a deadline; without one, of a download."""
    since = HELD if deadline is None else 0
    with silent.running(way, since) as service, tempfile.TemporaryDirectory() as folder:
        Session.set_endpoint(modelarts_endpoint=service.url)
        limits = Limits(read=deadline or STALLED, deadline=deadline or STALLED)
        keys = {"access_key": "a", "secret_key": "s", "project_id": "p", "region_name": "r"}
        session = Session(limits=limits, **keys)
        job = Estimator(session, job_id="1", version_id="2")
        started = time.monotonic()
        try:
            if deadline is None:
                job.download_job_log("worker-0", Path(folder) / "log")
            session.client.read_log("1", "2", "worker-0")
        except ServiceError:
            return time.monotonic() - started
        finally:
            session.close()
    raise SystemExit("The service did answer.")


def ends() -> bool:
    """Show how soon all ends; whether that is soon enough."""
    rows, worst, is_clean = [], 0.0, True
    for way in silent.WAYS:
        for what in WAITING:
            prompt, end = interrupted(way, what)
            worst = max(worst, prompt, end)
            rows.append((f"{what}; it {way}", f"{prompt:.2f} s", f"{end:.2f} s"))
        taken, left = unloaded(way)
        worst = max(worst, taken)
        is_clean = is_clean and not left
        name = f"{PANELS} panels, unloaded; it {way}"
        rows.append((name, f"{taken:.2f} s", f"{left} threads left"))
    table.show("After an interrupt", ("what waits", "prompt", "process"), rows)
    is_met = is_clean and worst <= LONGEST
    print(f"\ngoal <= {LONGEST:g} s, and no thread left: {table.verdict(is_met=is_met)}")
    return is_met


def deadlines(deadline: float, *, downloads: bool) -> bool:
    """Show how exactly deadlines hold; whether that is exact enough."""
    asked: dict[str, float | None] = {"a call": deadline}
    if downloads:
        asked["a download"] = None
    rows, worst = [], 0.0
    for way in silent.WAYS:
        for what, limit in asked.items():
            wanted = limit or STALLED
            taken = given_up(way, limit)
            worst = max(worst, abs(taken / wanted - 1))
            rows.append((f"{what}; it {way}", f"{wanted:g} s", f"{taken:.2f} s"))
    table.show("Deadlines", ("what waits", "deadline", "given up after"), rows)
    print(f"\ngoal within {WITHIN:.0%}: {table.verdict(is_met=worst <= WITHIN)}")
    return worst <= WITHIN


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="without downloads, as a smoke run")
    arguments = parser.parse_args()
    deadline = 2.0 if arguments.quick else 5.0
    if not all([ends(), deadlines(deadline, downloads=not arguments.quick)]):
        raise SystemExit("Something waits too long.")


if __name__ == "__main__":
    main()
