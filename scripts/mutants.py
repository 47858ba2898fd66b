"""Change the code in small ways, and see whether the tests that belong to it notice.

    python scripts/mutants.py [MODULE...]

cosmic-ray makes the mutants, through `uv`, in a copy of the repository. Each module runs with its
own tests only. Names the mutants that survive, and ends with status 1 where more than 5 of 100 do.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
_CORE = "modelarts_magics/core"
_COPIED = ("modelarts_magics", "tests", "scripts", "docs", "pyproject.toml")
_MOST_SURVIVORS = 0.05
_TIME_LIMIT = 120.0  # seconds for the tests of one mutant

_LOGS = ("test_logs", "test_log_sources", "test_read_ahead")
# The modules, and the files of tests/core that belong to each.
TESTS: dict[str, tuple[str, ...]] = {
    "auth/signing.py": ("test_signing",),
    "backoff.py": ("test_backoff", "test_transport"),
    "http/retry.py": ("test_transient", "test_transport"),
    "http/rate_limit.py": ("test_rate_limit", "test_rate_on_the_wire"),
    "http/fair_queue.py": ("test_rate_limit", "test_rate_on_the_wire"),
    "api/v1/rules.py": ("test_rules", "test_client"),
    "logs/exact.py": (*_LOGS, "test_download"),
    "logs/ahead.py": (*_LOGS, "test_download"),
    "logs/ranges.py": (*_LOGS, "test_download"),
    "logs/last_lines.py": _LOGS,
    "logs/tail.py": ("test_follow", "test_logs"),
    "logs/follow.py": ("test_follow", "test_job_logs", "test_discovery"),
    "logs/follow_job.py": ("test_follow", "test_job_logs", "test_discovery"),
    "logs/cadence.py": ("test_follow", "test_job_logs", "test_discovery"),
    "logs/download.py": ("test_download", "test_snapshot", "test_giving_up"),
    "logs/draft.py": ("test_draft", "test_download"),
    "logs/shown.py": ("test_follow",),
    "logs/fingerprint.py": ("test_draft", "test_download", "test_snapshot"),
    "logs/snapshot.py": ("test_snapshot", "test_download"),
    "logs/retried.py": ("test_download", "test_giving_up"),
    "scalars/event_file.py": ("test_scalars", "test_scalars_as_tensorboard"),
    "scalars/series.py": ("test_series", "test_scalars_as_tensorboard"),
}

_SETTINGS = """
[cosmic-ray]
module-path = "{module}"
timeout = {limit}
excluded-modules = []
test-command = "{python} -m pytest -x -q -p no:cacheprovider {tests}"

[cosmic-ray.distributor]
name = "local"

# An annotation that says `int | None` is never run.
[cosmic-ray.filters.operators-filter]
exclude-operators = ["core/ReplaceBinaryOperator_BitOr_.*"]
"""


def outcome(lines: Iterable[str]) -> tuple[int, list[str]]:
    """How many mutants `cosmic-ray dump` speaks of, and those that no test noticed."""
    count, survivors = 0, list[str]()
    for line in lines:
        item, result = json.loads(line)
        if result is not None and result["worker_outcome"] == "skipped":
            continue
        count += 1
        if result is None or result["test_outcome"] == "survived":
            survivors += map(_words, item["mutations"])
    return count, survivors


def _words(mutation: dict[str, Any]) -> str:
    row, column = mutation["start_pos"]
    operator = mutation["operator_name"].rpartition("/")[2]
    return f"{mutation['module_path']}:{row}:{column + 1} {operator} {mutation['occurrence']}"


def survivors_of(module: str, copy: Path) -> tuple[int, list[str]]:
    """Make all mutants of a module, one after the other."""
    tests = " ".join(f"tests/core/{name}.py" for name in TESTS[module])
    given = {"module": f"{_CORE}/{module}", "limit": _TIME_LIMIT, "python": sys.executable}
    (copy / "mutants.toml").write_text(_SETTINGS.format(tests=tests, **given), "utf-8")
    for command in (
        "cosmic-ray baseline mutants.toml",
        "cosmic-ray init mutants.toml found.db --force",
        "cr-filter-operators found.db mutants.toml",
        "cosmic-ray exec mutants.toml found.db",
    ):
        _run(command.split(), copy)
    return outcome(_run(["cosmic-ray", "dump", "found.db"], copy).splitlines())


def _run(tool: Sequence[str], folder: Path) -> str:
    """Run a tool of cosmic-ray; what it prints."""
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "tool", "run", "--quiet", "--from", "cosmic-ray", *tool]
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def _copied(folder: Path) -> Path:
    """What the mutants are made in; the tests there import the package that is beside them."""
    for name in _COPIED:
        source, target = REPOSITORY / name, folder / name
        ignored = shutil.ignore_patterns("__pycache__", "browser")
        shutil.copytree(source, target, ignore=ignored) if source.is_dir() else shutil.copy(
            source, target
        )
    return folder


def _report(modules: Sequence[str]) -> Iterator[tuple[int, int]]:
    with tempfile.TemporaryDirectory() as folder:
        copy = _copied(Path(folder))
        for module in modules:
            count, survivors = survivors_of(module, copy)
            print(f"{module}: {count - len(survivors)} of {count} mutants were noticed", flush=True)
            for survivor in survivors:
                print(f"  {survivor}", flush=True)
            yield count, len(survivors)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("module", nargs="*", help=f"one of {', '.join(TESTS)}; all by default")
    modules = parser.parse_args().module or list(TESTS)
    if unknown := set(modules) - set(TESTS):
        parser.error(f"no tests are known for {', '.join(sorted(unknown))}")
    counts, survivors = zip(*_report(modules))
    return int(sum(survivors) > _MOST_SURVIVORS * sum(counts))


if __name__ == "__main__":
    sys.exit(main())
