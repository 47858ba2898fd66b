"""Read for a long time from a service in trouble: every byte exact, and nothing grows.

    python scripts/soak.py [--seconds S] [--seed N]

A panel, two followers, a download and a list share a kernel. The service is a process of its own:
it refuses, resets, hangs, garbles, lies and rotates a log as the seed says, and is frozen and
started again meanwhile. Ends with status 1 when a byte was not exact or something grew.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

REPOSITORY = Path(__file__).resolve().parent.parent
_PLACES = [str(REPOSITORY / name) for name in ("tests", "benchmarks", "scripts")]
sys.path[:0] = _PLACES

from faulty_service import FaultyService, Plan  # noqa: E402
from parts import kernel, table  # noqa: E402

_FROZEN = 5.0  # seconds
_LAST_LOOKS = 300.0  # seconds after the end of the jobs for those that follow them
_MAY_GROW = {"threads": 3, "descriptors": 6, "sockets": 6, "memory": 16}
_ONCE = 2  # of each: what a process begins once and keeps

_IMPORTS = """
import json, sys
from pathlib import Path
sys.path[:0] = {places!r}
from faulty_service import Plan
from soak_readers import Readers
from zmq.utils import garbage
garbage.gc.start()  # pyzmq's thread for large messages, which the first of them would start
"""
_START = """
readers = Readers({url!r}, Plan(**{plan!r}), Path({folder!r}))
"""
_TOLD = "print(json.dumps(readers.told()))"
_END = "print(json.dumps(readers.end()))"


@dataclass(frozen=True)
class Sample:
    """What the kernel holds at a moment; memory in MB."""

    threads: int
    descriptors: int
    sockets: int
    memory: float

    @classmethod
    def of(cls, process: psutil.Process) -> Sample:
        with process.oneshot():
            sockets = len(process.net_connections("tcp"))
            memory = process.memory_info().rss / 2**20
            return cls(process.num_threads(), process.num_fds(), sockets, memory)


class Troublemaker:
    """Freezes the service or starts it again, at moments that the seed says."""

    def __init__(self, service: FaultyService, seed: int, seconds: float) -> None:
        self.played: list[str] = []
        self._service = service
        self._chance = random.Random(seed)
        self._pause = min(30.0, seconds / 4)
        self._next = time.monotonic() + self._drawn()
        self._thaws: float | None = None

    def look(self) -> None:
        now = time.monotonic()
        if self._thaws is not None and now >= self._thaws:
            self.end()
            self._next = now + self._drawn()
        elif self._thaws is None and now >= self._next:
            self._play(now)

    def end(self) -> None:
        self._service.thaw()
        self._thaws = None

    def _play(self, now: float) -> None:
        if self._chance.random() < 0.5:
            self._service.freeze()
            self._thaws = now + _FROZEN
            self.played.append("frozen")
            return
        self._service.restart(self._chance.uniform(0.0, 2.0))
        self.played.append("restarted")
        self._next = time.monotonic() + self._drawn()

    def _drawn(self) -> float:
        return self._chance.uniform(self._pause / 3, self._pause)


@dataclass(frozen=True)
class Soaked:
    """What came of it.

    Attributes:
        told: by the readers.
        samples: of each half second, the first from before there were readers.
        left: when they had ended.
        played: what was done to the service.
    """

    told: dict[str, Any]
    samples: list[Sample]
    left: Sample
    service: FaultyService
    played: list[str]


def soak(seed: int, seconds: float) -> Soaked:
    with tempfile.TemporaryDirectory() as folder, kernel.running() as watched:
        watched.run(_IMPORTS.format(places=_PLACES))  # which may take long: the jobs begin after it
        plan = Plan(seed, time.time(), seconds)
        with FaultyService(plan) as service:
            samples = [Sample.of(watched.process)]
            given = {"url": service.url, "plan": asdict(plan), "folder": folder}
            watched.run(_START.format(**given))
            maker = Troublemaker(service, plan.seed, plan.lasts)
            while time.time() < plan.began + plan.lasts:
                maker.look()
                time.sleep(0.5)
                samples.append(Sample.of(watched.process))
            maker.end()
            last = time.monotonic() + _LAST_LOOKS
            while watched.run(_TOLD)["reading"] and time.monotonic() < last:
                time.sleep(1.0)
            told = watched.run(_END)
        return Soaked(told, samples, Sample.of(watched.process), service, maker.played)


def held(samples: Sequence[Sample], name: str) -> tuple[float, float]:
    """What is held when little is under way: in the second quarter of the time, and in the last.

    Readers have more threads and connections while they are behind. What is never given back is
    there in quiet moments, too.
    """
    quarter = max(1, len(samples) // 4)
    early, late = samples[quarter : 2 * quarter] or samples, samples[-quarter:]
    return _low(early, name), _low(late, name)


def _low(samples: Sequence[Sample], name: str) -> float:
    figures = sorted(getattr(one, name) for one in samples)
    return float(figures[len(figures) // 10])


def report(told: dict[str, Any], samples: Sequence[Sample], left: Sample) -> bool:
    """Show it all; whether everything is as it should be.

    Args:
        left: what the kernel holds when all have ended.
    """
    rows, is_flat = [], True
    for name, may_grow in _MAY_GROW.items():
        early, late = held(samples, name)
        first, most = getattr(samples[0], name), max(getattr(one, name) for one in samples)
        end = getattr(left, name)
        is_given_back = name == "memory" or end <= first + _ONCE
        is_flat = is_flat and is_given_back and late - early <= may_grow
        figures = [f"{figure:.0f}" for figure in (first, early, late, most, end)]
        rows.append((name, *figures, f"late <= early + {may_grow}"))
    heads = ("", "first", "early", "late", "most", "at the end", "goal")
    table.show("What the kernel holds", heads, rows)
    print(f"\nflat: {table.verdict(is_met=is_flat)}")
    for name, value in told.items():
        print(f"{name}: {value}")
    is_exact = not told["wrong"] and not told["reading"] and told["saved"] > 0
    print(f"every byte exact: {table.verdict(is_met=is_exact)}")
    return is_flat and is_exact


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.seconds:g} s", flush=True)
    found = soak(options.seed, options.seconds)
    service = found.service
    print(f"{service.requests} requests, {sum(service.failed.values())} of them failed:")
    print(", ".join(f"{name} {count}" for name, count in service.failed.most_common()))
    print(f"the service was {', '.join(found.played)}")
    is_good = report(found.told, found.samples, found.left)
    print(f"again: python scripts/soak.py --seconds {options.seconds:g} --seed {options.seed}")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
