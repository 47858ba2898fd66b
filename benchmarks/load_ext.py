"""What `%load_ext` costs over bare IPython, beside `%load_ext tensorboard`.

    python benchmarks/load_ext.py [--rounds N]

Every round starts a fresh process for each extension, in turn, so that a noisy machine is noisy for
all of them. The time is that of the magic alone, in a shell that is up.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

_SHELL = """
import time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("1 + 1")
before = time.perf_counter()
shell.run_line_magic("load_ext", {name!r})
print("seconds:", time.perf_counter() - before)
"""
EXTENSIONS = ("modelarts_magics", "tensorboard", "autoreload")


def seconds(extension: str) -> float:
    """The time of one `%load_ext` in a fresh process."""
    command = [sys.executable, "-c", _SHELL.format(name=extension)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(output.split("seconds:")[1])


def main() -> None:
    parser = argparse.ArgumentParser(description="What %load_ext costs.")
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    times: dict[str, list[float]] = {name: [] for name in EXTENSIONS}
    for _round in range(rounds):
        for name in EXTENSIONS:
            times[name].append(seconds(name))
    ours = statistics.median(times["modelarts_magics"])
    print(f"{'extension':<18} {'median':>10} {'fastest':>10} {'ours is':>9}")
    for name, found in times.items():
        median = statistics.median(found)
        print(
            f"{name:<18} {median * 1000:>7.2f} ms {min(found) * 1000:>7.2f} ms"
            f" {ours / median:>8.2f}x"
        )


if __name__ == "__main__":
    main()
