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
_LAST_LOOKS = 150.0  # seconds after the end of the jobs for those that follow them
_MAY_GROW = {"threads": 3, "descriptors": 6, "sockets": 6, "memory": 16}

_START = """
import json, sys
from pathlib import Path
sys.path[:0] = {places!r}
from faulty_service import Plan
from soak_readers import Readers
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


def soak(plan: Plan) -> tuple[dict[str, Any], list[Sample], FaultyService, list[str]]:
    """What the readers told, what the kernel held each second, and what the service did."""
    samples: list[Sample] = []
    folders = tempfile.TemporaryDirectory()
    with folders as folder, FaultyService(plan) as service, kernel.running() as watched:
        given = {"places": _PLACES, "url": service.url, "plan": asdict(plan), "folder": folder}
        watched.run(_START.format(**given))
        maker = Troublemaker(service, plan.seed, plan.lasts)
        while time.time() < plan.began + plan.lasts:
            maker.look()
            samples.append(Sample.of(watched.process))
            time.sleep(0.5)
        maker.end()
        last = time.monotonic() + _LAST_LOOKS
        while watched.run(_TOLD)["reading"] and time.monotonic() < last:
            time.sleep(1.0)
        told = watched.run(_END)
    return told, samples, service, maker.played


def grown(samples: Sequence[Sample]) -> dict[str, tuple[float, float]]:
    """Of each figure: the most in the second quarter of the time, and that in the last.

    Readers come and go, as each download does with its threads: only the most tells.
    """
    quarter = max(1, len(samples) // 4)
    early, late = samples[quarter : 2 * quarter] or samples, samples[-quarter:]
    return {
        name: (max(getattr(one, name) for one in early), max(getattr(one, name) for one in late))
        for name in _MAY_GROW
    }


def report(told: dict[str, Any], samples: Sequence[Sample]) -> bool:
    figures = grown(samples)
    rows = [
        (name, f"{early:.0f}", f"{late:.0f}", f"<= +{_MAY_GROW[name]}")
        for name, (early, late) in figures.items()
    ]
    table.show("What the kernel holds", ("", "early", "late", "goal"), rows)
    is_flat = all(late - early <= _MAY_GROW[name] for name, (early, late) in figures.items())
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
    plan = Plan(options.seed, time.time(), options.seconds)
    told, samples, service, played = soak(plan)
    print(f"{service.requests} requests, {sum(service.failed.values())} of them failed:")
    print(", ".join(f"{name} {count}" for name, count in service.failed.most_common()))
    print(f"the service was {', '.join(played)}")
    is_good = report(told, samples)
    print(f"again: python scripts/soak.py --seconds {options.seconds:g} --seed {options.seed}")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
