"""`make matrix`: which Pythons it finds, and what its table tells."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import matrix
import pytest
from matrix import Row

HERE = "{}.{}".format(*sys.version_info)

# Two Pythons, one after the other, whose tests say what becomes of them.
TWO = """
import sys
sys.path.insert(0, sys.argv[1])
import matrix

def run(version):
    matrix.CHILDREN.run([sys.executable, "-c", sys.argv[2], version], output=sys.stdout.buffer)

matrix.end_on_signals()
matrix.run_all(["3.9", "3.10"], 1, run)
"""
TESTS = """
import sys, time
try:
    print("begin", sys.argv[1], flush=True)
    time.sleep(600)
except KeyboardInterrupt:
    print("take down", sys.argv[1], flush=True)
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any Python: `pyenv/versions` and `bin` are where it looks."""
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    return tmp_path


def put_interpreter(folder: Path, name: str, command: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    path.chmod(0o755)
    return path


def test_a_python_of_pyenv_comes_before_the_one_on_the_path(machine: Path) -> None:
    on_path = put_interpreter(machine / "bin", f"python{HERE}", sys.executable)
    assert matrix.find(HERE) == on_path
    bins = [machine / "pyenv" / "versions" / f"{HERE}.{patch}" / "bin" for patch in (9, 10)]
    of_pyenv = [put_interpreter(folder, "python", sys.executable) for folder in bins]
    assert matrix.find(HERE) == of_pyenv[1]


def test_a_shim_that_leads_to_no_interpreter_is_none(machine: Path) -> None:
    put_interpreter(machine / "bin", f"python{HERE}", "false")
    assert matrix.find(HERE) is None


def test_a_python_that_is_not_there_is_a_row_that_says_so(machine: Path) -> None:
    row = matrix.run("3.14")
    assert not row.failed
    assert "not on this machine" in matrix.table([row])


IGNORING = ("sh", "-c", """trap "" INT QUIT HUP TERM; exec "$@" """, "sh")


@pytest.mark.parametrize(
    ("launcher", "numbers"),
    [
        ((), [signal.SIGTERM]),
        ((), [signal.SIGINT]),
        ((), [signal.SIGHUP]),
        (IGNORING, [signal.SIGINT, signal.SIGTERM]),
    ],
)
def test_a_signal_ends_the_tests_and_starts_no_more(
    launcher: Sequence[str], numbers: list[signal.Signals]
) -> None:
    scripts = str(Path(matrix.__file__).parent)
    command = [*launcher, sys.executable, "-c", TWO, scripts, TESTS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as ended:
        assert ended.stdout
        assert ended.stdout.readline() == "begin 3.9\n"
        for number in numbers:
            ended.send_signal(number)
        assert ended.stdout.read() == "take down 3.9\n"  # ends when nobody can write any more
    assert ended.returncode == 128 + numbers[-1]


def test_a_python_that_was_asked_for_by_name_has_to_be_there() -> None:
    passed = Row("3.12", Counter(passed=1), 1.0)
    missing = Row("3.14", Counter(), remark="not on this machine")
    failed = Row("3.13", Counter(failed=1), 1.0, failed=True)
    assert matrix.exit_code([passed, missing], is_named=False) == 0
    assert matrix.exit_code([passed, missing], is_named=True) == 1
    assert matrix.exit_code([missing], is_named=False) == 1
    assert matrix.exit_code([passed, failed], is_named=False) == 1
    assert matrix.exit_code([passed], is_named=True) == 0


@pytest.mark.parametrize(
    ("last_line", "expected"),
    [
        ("12 passed in 3.21s", {"passed": 12}),
        ("=== 1 failed, 3385 passed, 4 skipped in 61.00s (0:01:01) ===",
         {"failed": 1, "passed": 3385, "skipped": 4}),
        ("2 passed, 3 deselected, 1 warning, 1 error in 1.00s", {"passed": 2, "failed": 1}),
        ("3 errors in 0.50s", {"failed": 3}),
        ("no tests ran in 0.01s", {}),
    ],
)  # fmt: skip
def test_outcomes_are_those_of_the_last_line(last_line: str, expected: dict[str, int]) -> None:
    assert matrix.outcomes(f"FAILED a - 5 passed\n{last_line}\n") == expected


def test_outcomes_of_a_run_that_wrote_nothing_are_none() -> None:
    assert matrix.outcomes("") == {}


def test_the_table_tells_of_each_python() -> None:
    rows = [
        Row("3.9", Counter(passed=3385, failed=7), 577.4, "see .matrix/3.9.log", failed=True),
        Row("3.13", Counter(passed=3392, skipped=2), 61.0),
        Row("3.14", Counter(), remark="not on this machine"),
    ]
    assert matrix.table(rows).splitlines() == [
        "Python  dependencies  passed  failed  skipped  seconds",
        "3.9     oldest          3385       7        0      577  see .matrix/3.9.log",
        "3.13    newest          3392       0        2       61",
        "3.14    newest                                          not on this machine",
    ]
