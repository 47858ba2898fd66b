"""Run the tests of a module against its mutants, each in a fork of a process that is warm.

pytest has collected the tests once. A fork that runs a mutant gives the functions that differ their
other code, or imports all of ours afresh where something other than a function differs, and runs
the tests that execute what was changed: first those that noticed other mutants, then the quick
ones, up to the first that fails.
"""

from __future__ import annotations

import ast
import gc
import os
import pickle
import re
import signal
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, Callable, NamedTuple, cast

import pytest
from hypothesis import HealthCheck, Phase, settings

REPOSITORY = Path(__file__).resolve().parent.parent
_OURS = tuple(str(REPOSITORY / name) + os.sep for name in ("modelarts_magics", "tests"))
_WARM = "ignore::pytest.PytestAssertRewriteWarning"  # what is imported already stays as it is
_OPTIONS = ("-q", "-s", "-x", "-p", "no:cacheprovider", "-W", _WARM)
_TO_BEGIN = 300.0  # seconds for what comes before the first test, however busy the machine
_FOR_A_TEST = 3.0  # seconds, and as many times what it takes by itself
_MAXIMUM = 5
_AGAIN = 5.0  # as many times that where a mutant ran out of it without work: others may have had it
_UNSEEN = re.compile(r"\bsettrace\(|\bfork\b")  # tests that run code where no trace sees it

settings.register_profile(
    "mutants",
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # what fails need not be made smaller
    suppress_health_check=list(HealthCheck),
)


class Mutant(NamedTuple):
    """A module with one change, which is in this row."""

    row: int
    source: str


class Seen(NamedTuple):
    """A test that runs on the code as it is.

    Attributes:
        seconds: that go by.
        work: seconds of a processor.
        rows: which it executes; without them it may be any.
    """

    seconds: float
    work: float
    rows: frozenset[int] | None


class Forked:
    """Work in a fork; its processes end with it."""

    def __init__(self, work: Callable[[], object]) -> None:
        handle, self._path = tempfile.mkstemp(prefix="mutant-")
        os.close(handle)
        self.pid = os.fork()
        if self.pid == 0:
            self._work(work)

    def _work(self, work: Callable[[], object]) -> None:
        try:
            os.setpgid(0, 0)
            nowhere = os.open(os.devnull, os.O_RDWR)
            for standard in range(3):
                os.dup2(nowhere, standard)
            Path(self._path).write_bytes(pickle.dumps(work()))
        finally:
            os._exit(0)

    def result(self) -> Any:
        """What the work gave, once it has ended; ``False`` where it did not come so far."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        try:
            data = Path(self._path).read_bytes()
            return pickle.loads(data) if data else False  # noqa: S301  # it is from our own fork
        finally:
            os.unlink(self._path)


def survivors(
    module: Path, tests: Sequence[Path], mutants: Sequence[Mutant], workers: int
) -> list[Mutant]:
    """The mutants that no test notices."""
    loop = _Loop(module, tests, mutants, workers)
    files = [str(path) for path in (*tests, module)]  # it may have tests in its docstrings

    def run() -> list[Mutant] | None:
        pytest.main([*_OPTIONS, *files], plugins=[loop])
        return loop.survivors

    forked = Forked(run)
    os.waitpid(forked.pid, 0)
    found = forked.result()
    if not isinstance(found, list):
        raise SystemExit(f"the tests of {module} cannot be run: {', '.join(files)}")
    return found


class _Profile:
    """Lets hypothesis run few examples, whatever the tests say in common."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(self) -> None:
        settings.load_profile("mutants")


class _Loop(_Profile):
    """Takes the place of pytest's: runs many mutants, in forks."""

    def __init__(
        self, module: Path, tests: Sequence[Path], mutants: Sequence[Mutant], workers: int
    ) -> None:
        self.survivors: list[Mutant] | None = None
        self._module = module
        self._tests = tests
        self._mutants = mutants
        self._workers = workers
        self._noticed: Counter[str] = Counter()
        self._has_failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._has_failed = self._has_failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._items = {item.nodeid: item for item in session.items}
        self._seen: dict[str, Seen] = self._alone(self._look)
        self._code = self._compiled(self._module.read_text("utf-8"))
        self._functions = _functions_of(self._module)
        self.survivors = list(self._run_all())
        return True

    def _alone(self, work: Callable[[], object]) -> Any:
        forked = Forked(work)
        os.waitpid(forked.pid, 0)
        return forked.result()

    def _look(self) -> dict[str, Seen]:
        """What tests do by themselves; those that fail are left out."""
        trace, found = _Trace(str(self._module)), {}
        for item, following in _with_next(list(self._items.values())):
            self._has_failed = False
            trace.begin()
            began, worked = time.monotonic(), time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            rows = trace.rows
            if not self._has_failed:
                is_seen = _UNSEEN.search(item.path.read_text("utf-8")) is None
                seconds, work = time.monotonic() - began, time.process_time() - worked
                found[item.nodeid] = Seen(seconds, work, rows if is_seen else None)
        return found

    def _run_all(self) -> Iterator[Mutant]:
        left = deque((mutant, 1.0) for mutant in self._mutants)
        running = dict[int, tuple[Mutant, float, Forked]]()
        while left or running:
            while left and len(running) < self._workers:
                mutant, patience = left.popleft()
                forked = Forked(self._work(mutant, patience))
                running[forked.pid] = mutant, patience, forked
            pid, status = os.wait()
            mutant, patience, forked = running.pop(pid)
            noticed = forked.result()
            if noticed is None:
                yield mutant
            elif noticed:
                self._noticed[noticed] += 1
            elif _ran_out_of_time(status) and patience < _AGAIN:
                left.append((mutant, _AGAIN))

    def _work(self, mutant: Mutant, patience: float) -> Callable[[], object]:
        """What tells the test that notices a mutant; ``None`` where there is none."""
        changed = differing(self._code, self._compiled(mutant.source))
        if changed is None or not all(_key(one) in self._functions for one, _other in changed):
            names = self._in_order(self._seen)
            return lambda: self._afresh(mutant, names, patience)
        rows = _statement(self._module.read_text("utf-8"), mutant.row)
        names = self._in_order(
            name
            for name, seen in self._seen.items()
            if seen.rows is None or not seen.rows.isdisjoint(rows)
        )
        return lambda: self._replaced(changed, names, patience)

    def _in_order(self, names: Any) -> list[str]:
        return sorted(names, key=lambda name: (-self._noticed[name], self._seen[name].seconds))

    def _replaced(
        self, changed: list[tuple[CodeType, CodeType]], names: list[str], patience: float
    ) -> str | None:
        for one, other in changed:
            for function in self._functions[_key(one)]:
                function.__code__ = other
        return self._first_failing(names, patience)

    def _limit(self, patience: float, name: str) -> None:
        """Let this process end where a test takes far longer than on the code as it is."""
        seen = self._seen[name]
        signal.setitimer(signal.ITIMER_PROF, _FOR_A_TEST + _MAXIMUM * seen.work)
        signal.setitimer(signal.ITIMER_REAL, patience * (_FOR_A_TEST + _MAXIMUM * seen.seconds))

    def _first_failing(self, names: Sequence[str], patience: float) -> str | None:
        for item, following in _with_next([self._items[name] for name in names]):
            self._limit(patience, item.nodeid)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._has_failed:
                return item.nodeid
        return None

    def _afresh(self, mutant: Mutant, names: list[str], patience: float) -> str | None:
        """The same, with all of ours imported anew: the module as the mutant has it."""
        signal.setitimer(signal.ITIMER_REAL, _TO_BEGIN)
        for name, module in list(sys.modules.items()):
            if (getattr(module, "__file__", None) or "").startswith(_OURS):
                del sys.modules[name]
        finder = _Finder(self._module, mutant.source)
        sys.meta_path.insert(0, cast(Any, finder))  # for what conftest.py imports
        run = _Chosen(names, partial(self._limit, patience), finder)
        pytest.main([*_OPTIONS, *map(str, (*self._tests, self._module))], plugins=[run])
        return run.failed if run.has_begun else ""

    def _compiled(self, source: str) -> CodeType:
        return compile(source, str(self._module), "exec", dont_inherit=True)


class _Chosen(_Profile):
    """Some tests, in an order, with a module that is not as in its file."""

    def __init__(
        self, names: Sequence[str], limit: Callable[[str], object], finder: _Finder
    ) -> None:
        self.failed: str | None = None
        self.has_begun = False
        self._place = {name: place for place, name in enumerate(names)}
        self._limit = limit
        self._finder = finder

    def pytest_sessionstart(self) -> None:
        sys.meta_path.insert(0, cast(Any, self._finder))  # before pytest's own, which came since

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid in self._place]
        items.sort(key=lambda item: self._place[item.nodeid])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.has_begun = True
        self._limit(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and self.failed is None:
            self.failed = report.nodeid


class _Finder:
    """Imports a module from another text than that in its file."""

    def __init__(self, path: Path, source: str) -> None:
        self._name = ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
        self._path = str(path)
        self._source = source

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> Any:
        if name != self._name:
            return None
        loader = _Loader(name, self._path, self._source)
        spec: ModuleSpec | None = spec_from_file_location(name, self._path, loader=loader)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, _name: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)


class _Trace:
    """Which rows of a file are executed, in all threads of this process."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._rows: set[int] = set()
        threading.settrace(self._called)

    def begin(self) -> None:
        self._rows = set()
        sys.settrace(self._called)

    @property
    def rows(self) -> frozenset[int]:
        """Since the beginning."""
        sys.settrace(None)
        return frozenset(self._rows)

    def _called(self, frame: FrameType, _event: str, _argument: object) -> Any:
        return self._executed if frame.f_code.co_filename == self._file else None

    def _executed(self, frame: FrameType, _event: str, _argument: object) -> Any:
        self._rows.add(frame.f_lineno)
        return self._executed


def _with_next(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Each test with the one after it, so that what both need stays."""
    return zip(items, [*items[1:], None])


def differing(one: CodeType, other: CodeType) -> list[tuple[CodeType, CodeType]] | None:
    """The functions of a module that differ; ``None`` where anything else does."""
    if _is_function(one):
        return [(one, other)] if one != other else []
    if _own(one) != _own(other):
        return None
    found = list[tuple[CodeType, CodeType]]()
    for pair in zip(_nested(one), _nested(other)):
        inner = differing(*pair)
        if inner is None:
            return None
        found += inner
    return found


def _ran_out_of_time(status: int) -> bool:
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM


def _is_function(code: CodeType) -> bool:
    return bool(code.co_flags & CO_OPTIMIZED)


def _nested(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _own(code: CodeType) -> tuple[object, ...]:
    constants = [repr(one) for one in code.co_consts if not isinstance(one, CodeType)]
    return code.co_code, code.co_names, constants, len(_nested(code))


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_name, code.co_firstlineno


def _functions_of(module: Path) -> dict[tuple[str, int], list[FunctionType]]:
    """The functions that were made of a module's text, whatever they are wrapped in."""
    found: dict[tuple[str, int], list[FunctionType]] = {}
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename == str(module):
            found.setdefault(_key(one.__code__), []).append(one)
    return found


def _statement(source: str, row: int) -> range:
    """The rows of the statement in a row; of one that holds others, those of its head."""
    found = range(row, row + 1)
    for node in ast.walk(ast.parse(source)):  # outer ones first
        if isinstance(node, ast.stmt):
            body: list[ast.stmt] = getattr(node, "body", [])
            end = body[0].lineno if body else (node.end_lineno or node.lineno) + 1
            if node.lineno <= row < max(end, node.lineno + 1):
                found = range(node.lineno, max(end, node.lineno + 1))
    return found
