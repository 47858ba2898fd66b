"""How fast curves are read out of a log, beside the loop that one would write for one format.

    python benchmarks/metrics.py [--quick]

The loop finds ``name=number`` in each line by one regular expression and makes a number of it. Both
take processor time on the same text in the same process, in turn.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import time
import tracemalloc
from collections import defaultdict
from typing import Callable

from parts import table

from modelarts_magics.core.metrics.reader import MetricReader

PIECE = 64 * 1024  # characters
GOAL_SPEED = 10.0  # MB a second where one line in 20 tells something
GOAL_RATIO = 0.2  # of the loop where all lines do
PAIR = re.compile(r"(\w+)[=:]\s*([-+\d.e]+)")
WORDS = "loading shard worker cache miss pipeline thread started connected host done queue"


def telling(n: int, chance: random.Random) -> str:
    values = [chance.random() for _ in range(3)]
    return (
        f"2026-11-25 10:{n // 60 % 60:02}:{n % 60:02},123 INFO epoch {n // 1000} step {n} "
        f"loss={values[0]:.4f} accuracy={values[1]:.4f} lr={values[2] / 1000:.3e}"
    )


def silent(n: int, chance: random.Random) -> str:
    words = " ".join(chance.choices(WORDS.split(), k=8))
    stamp = f"2026-11-25 10:{n // 60 % 60:02}:{n % 60:02},123"
    return (
        f"{stamp} INFO {words} {chance.randrange(1000)} of 400 in {chance.random():.3f} s",
        f"{stamp} DEBUG data.loader: read /cache/x{chance.randrange(10**6)}/part-{n}.rec (9 bytes)",
        f"{words} {words}",
        f"[worker-{n % 8}] {words}: id={chance.randrange(10**9)} state=ok",
    )[n % 4]


def log(lines: int, every: int) -> str:
    """A log of which one line in so many tells something."""
    chance = random.Random(1)
    return "".join((telling if n % every == 0 else silent)(n, chance) + "\n" for n in range(lines))


def read(text: str) -> None:
    reader = MetricReader()
    for start in range(0, len(text), PIECE):
        reader.feed(text[start : start + PIECE])
    assert {"loss", "accuracy", "lr"} <= set(reader.series)


def plain(text: str) -> None:
    found: dict[str, list[float]] = defaultdict(list)
    for line in text.split("\n"):
        for name, number in PAIR.findall(line):
            try:
                found[name].append(float(number))
            except ValueError:  # noqa: PERF203
                continue


def seconds(work: Callable[[str], None], text: str) -> float:
    before = time.process_time()
    work(text)
    return time.process_time() - before


def memory(text: str) -> float:
    """The most megabytes that reading takes beside the text."""
    tracemalloc.start()
    read(text)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="a short log, as a smoke run")
    lines = 10_000 if parser.parse_args().quick else 200_000
    rows, figures = [], []
    for title, every in (("one line in 20 tells", 20), ("all lines tell", 1)):
        text = log(lines, every)
        size = len(text) / 1e6
        runs = [(seconds(read, text), seconds(plain, text)) for _ in range(3)]
        ours, loop = (statistics.median(times) for times in zip(*runs))
        figures.append((size / ours, loop / ours))
        rows.append((title, f"{size:.1f} MB", f"{size / ours:.1f} MB/s", f"{size / loop:.1f} MB/s"))
    table.show("Curves out of a log", ("log", "size", "ours", "the loop"), rows)
    print(f"\nmemory, all lines tell: {memory(log(lines, 1)):.1f} MB")
    speed, ratio = figures[0][0], figures[1][1]
    print(f"one line in 20: {speed:.1f} MB/s, goal >= {GOAL_SPEED:g}: "
          f"{table.verdict(is_met=speed >= GOAL_SPEED)}")  # fmt: skip
    print(f"all lines: {ratio:.2f} of the loop, goal >= {GOAL_RATIO:g}: "
          f"{table.verdict(is_met=ratio >= GOAL_RATIO)}")  # fmt: skip


if __name__ == "__main__":
    main()
