"""Run the tests that need no browser on every Python of this machine, each with dependencies anew.

    python scripts/matrix.py [--jobs N] [VERSION...]

The oldest Python gets the oldest dependencies that pyproject.toml allows, the others the newest.
Environments and logs are in `.matrix/`. The exit code tells whether all passed.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDER = REPOSITORY / ".matrix"
OLDEST = "3.9"
VERSIONS = (OLDEST, "3.10", "3.11", "3.12", "3.13", "3.14")

_HEADINGS = ("Python", "dependencies", "passed", "failed", "skipped", "seconds", "")
# uv knows nothing of pip's configuration, which is where a machine says how it reaches an index.
_UV_NAMES = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
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
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "--quiet", *arguments]
    done = subprocess.run(
        command, check=False, env=_environment(), stderr=subprocess.PIPE, text=True
    )
    if done.returncode != 0:
        raise CannotBeInstalled(done.stderr)


def _environment() -> dict[str, str]:
    """This one, with what pip is told where uv is told nothing."""
    told = {_UV_NAMES[name]: value for name, value in _pip_settings() if name in _UV_NAMES}
    return {**told, **os.environ}


def _pip_settings() -> Iterator[tuple[str, str]]:
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True)
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        yield name.rpartition(".")[2], str(ast.literal_eval(value))


def _see(log: Path) -> str:
    return f"see {log.relative_to(REPOSITORY)}"


def _test(version: str, python: Path, log: Path) -> Row:
    command = [str(python), "-m", "pytest", "-m", "not browser", "-q", "-p", "no:cacheprovider"]
    started = time.monotonic()
    with log.open("wb") as output:
        done = subprocess.run(
            command,
            check=False,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    seconds = time.monotonic() - started
    remark = _see(log) if done.returncode else ""
    counts = outcomes(log.read_text("utf-8", "replace"))
    return Row(version, counts, seconds, remark, failed=done.returncode != 0)


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


def run_all(versions: Sequence[str], jobs: int) -> list[Row]:
    """Rows in the order of the versions; tells of each Python when it is through."""
    with ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(run, version): version for version in versions}
        for ended in as_completed(running):
            print(f"Python {running[ended]} is through", flush=True)
    return [ended.result() for ended in running]


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the tests on every Python that is here.")
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="such as 3.12; all if none")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="Pythons side by side")
    arguments = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    rows = run_all(arguments.versions or VERSIONS, arguments.jobs)
    print(table(rows))
    is_tested = any(row.seconds is not None for row in rows)
    return int(not is_tested or any(row.failed for row in rows))


if __name__ == "__main__":
    sys.exit(main())
