"""Run the tests that need no browser on every Python of this machine, each with dependencies anew.

    python scripts/matrix.py [--jobs N] [VERSION...]

The oldest Python gets the oldest dependencies that pyproject.toml allows, the others the newest.
Environments and logs are in `.matrix/`. The exit code tells whether all passed, and whether those
that were asked for by name are here. A signal that ends this ends all that it started.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Callable

import installer

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDER = REPOSITORY / ".matrix"
OLDEST = "3.9"
VERSIONS = (OLDEST, "3.10", "3.11", "3.12", "3.13", "3.14")

_HEADINGS = ("Python", "dependencies", "passed", "failed", "skipped", "seconds", "")
_LOOK = 0.5  # seconds between looks whether a signal came
_END = 60.0  # seconds for tests to take down what they have set up
_COUNT = re.compile(r"(\d+) (passed|failed|skipped|errors?)\b")


@dataclass(frozen=True)
class Row:
    """What became of one Python.

    Attributes:
        version: minor version, such as `3.9`.
        counts: tests by outcome; those that could not be set up count as failed.
        seconds: of the tests, without the installation; None when they did not run.
        remark: what the counts do not say.
        failed: also where no test did: a Python that is not there has not failed.
    """

    version: str
    counts: Counter[str]
    seconds: float | None = None
    remark: str = ""
    failed: bool = False

    def cells(self) -> tuple[str, ...]:
        if self.seconds is None:
            return (self.version, _dependencies(self.version), "", "", "", "", self.remark)
        counts = (str(self.counts[name]) for name in ("passed", "failed", "skipped"))
        seconds = f"{self.seconds:.0f}"
        return (self.version, _dependencies(self.version), *counts, seconds, self.remark)


class CannotBeInstalled(Exception):
    """The environment of a Python could not be made."""


class Children:
    """What was started and still runs, so that nothing of it stays behind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._is_over = False

    def run(
        self,
        command: Sequence[str],
        output: IO[bytes] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> tuple[int, str]:
        """Run a command to its end.

        Args:
            command: the program and its arguments.
            output: where all that it prints goes; if there is none, errors are returned.
            env: its environment, if not this one.

        Returns:
            Its exit code and its errors.
        """
        with self._lock:
            if self._is_over:
                raise CannotBeInstalled("interrupted")
            child = subprocess.Popen(
                command,
                cwd=REPOSITORY,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.PIPE if output is None else subprocess.STDOUT,
                text=True,
                start_new_session=True,  # Ctrl-C of a terminal comes from here, and once
            )
            self._running.add(child)
        errors = child.communicate()[1]
        self._running.discard(child)
        return child.returncode, errors or ""

    def end(self) -> None:
        """Interrupt all, so that tests take down what they have set up; start no more."""
        with self._lock:
            self._is_over = True
            running = list(self._running)
        for child in running:
            child.send_signal(signal.SIGINT)
        limit = time.monotonic() + _END
        for child in running:
            _kill_after(child, max(0.0, limit - time.monotonic()))


def _kill_after(child: subprocess.Popen[str], seconds: float) -> None:
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)


CHILDREN = Children()


def end_on_signals() -> None:
    """Let signals raise `SystemExit`, but for those that are ignored by inheritance.

    SIGTERM always ends this. What handles a signal lets a child have it at its default.
    """
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        is_ignored = signal.getsignal(number) is signal.SIG_IGN and number != signal.SIGTERM
        signal.signal(number, _go_on if is_ignored else _exit)


def _exit(number: int, _frame: FrameType | None) -> None:
    for other in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(other, _go_on)
    raise SystemExit(128 + number)


def _go_on(_number: int, _frame: FrameType | None) -> None:
    pass


def run(version: str) -> Row:
    """Make the environment of a Python and run the tests in it; their output goes to a log."""
    interpreter = find(version)
    if interpreter is None:
        return Row(version, Counter(), remark="not on this machine")
    log = FOLDER / f"{version}.log"
    try:
        python = _install(version, interpreter)
    except CannotBeInstalled as error:
        log.write_text(f"{error}\n", "utf-8")
        return Row(version, Counter(), remark=f"not installed, {_see(log)}", failed=True)
    return _test(version, python, log)


def find(version: str) -> Path | None:
    """The first interpreter of this minor version that starts: of pyenv, then on PATH."""
    return next((path for path in _candidates(version) if _starts(path, version)), None)


def _candidates(version: str) -> Iterator[Path]:
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    patches = (pyenv / "versions").glob(f"{version}.*")
    for folder in sorted(patches, key=_patch, reverse=True):
        yield folder / "bin" / "python"
    on_path = shutil.which(f"python{version}")
    if on_path is not None:
        yield Path(on_path)


def _patch(folder: Path) -> int:
    """The last number of a version; -1 of one such as `3.14.0rc1`, which comes last."""
    number = folder.name.rpartition(".")[2]
    return int(number) if number.isdigit() else -1


def _starts(path: Path, version: str) -> bool:
    """False as well for a shim of pyenv that leads to no interpreter."""
    command = [str(path), "-c", "import sys; print('{}.{}'.format(*sys.version_info))"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    except OSError:
        return False
    return done.stdout.strip() == version


def _install(version: str, interpreter: Path) -> Path:
    """A fresh environment: what an earlier run left would not be the oldest, or the newest."""
    place = FOLDER / version
    python = place / "bin" / "python"
    resolution = "lowest-direct" if version == OLDEST else "highest"
    project = ["--editable", f"{REPOSITORY}[test]"]
    _uv("venv", "--clear", "--python", str(interpreter), str(place))
    _uv("pip", "install", "--python", str(python), "--resolution", resolution, *project)
    return python


def _uv(*arguments: str) -> None:
    code, errors = CHILDREN.run(installer.command(*arguments), env=installer.environment())
    if code != 0:
        raise CannotBeInstalled(errors)


def _see(log: Path) -> str:
    return f"see {log.relative_to(REPOSITORY)}"


def _test(version: str, python: Path, log: Path) -> Row:
    command = [str(python), "-m", "pytest", "-m", "not browser", "-q", "-p", "no:cacheprovider"]
    started = time.monotonic()
    with log.open("wb") as output:
        code, _ = CHILDREN.run(command, output)
    seconds = time.monotonic() - started
    remark = _see(log) if code else ""
    counts = outcomes(log.read_text("utf-8", "replace"))
    return Row(version, counts, seconds, remark, failed=code != 0)


def outcomes(output: str) -> Counter[str]:
    """How many tests passed, failed and were skipped, by the last line that pytest wrote."""
    counts: Counter[str] = Counter()
    for number, name in _COUNT.findall("".join(output.splitlines()[-1:])):
        counts["failed" if name.startswith("error") else name] += int(number)
    return counts


def _dependencies(version: str) -> str:
    return "oldest" if version == OLDEST else "newest"


def table(rows: Sequence[Row]) -> str:
    """Columns as wide as they need to be, numbers to the right."""
    lines = [_HEADINGS, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join(_line(cells, widths) for cells in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    names, numbers, remark = cells[:2], cells[2:-1], cells[-1]
    padded = [name.ljust(width) for name, width in zip(names, widths)]
    padded += [number.rjust(width) for number, width in zip(numbers, widths[2:])]
    return "  ".join((*padded, remark)).rstrip()


def run_all(versions: Sequence[str], jobs: int, run_one: Callable[[str], Row] = run) -> list[Row]:
    """Rows in the order of the versions; tells of each Python when it is through."""
    pool = ThreadPoolExecutor(jobs)
    try:
        running = {pool.submit(run_one, version): version for version in versions}
        for ended in _as_they_end(running):
            print(f"Python {running[ended]} is through", flush=True)
        return [ended.result() for ended in running]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        CHILDREN.end()


def _as_they_end(running: Collection[Future[Row]]) -> Iterator[Future[Row]]:
    """Each as it ends.

    The second of two signals may come to a thread that is not this one, and does not wake it: so
    it wakes by itself now and then.
    """
    left = set(running)
    while left:
        ended, left = wait(left, _LOOK, FIRST_COMPLETED)
        yield from ended


def exit_code(rows: Sequence[Row], is_named: bool) -> int:
    """0 when all passed: all that are here, or all that were asked for by name."""
    tested = [row.seconds is not None for row in rows]
    is_tested = all(tested) if is_named else any(tested)
    return int(not is_tested or any(row.failed for row in rows))


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the tests on every Python that is here.")
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="such as 3.12; all if none")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="Pythons side by side")
    arguments = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    end_on_signals()
    named = list(dict.fromkeys(arguments.versions))
    rows = run_all(named or VERSIONS, arguments.jobs)
    print(table(rows))
    return exit_code(rows, bool(named))


if __name__ == "__main__":
    sys.exit(main())
