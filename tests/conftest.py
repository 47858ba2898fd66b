"""What all tests share."""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import settings

REPOSITORY = Path(__file__).resolve().parent.parent

# The scripts behind the Makefile are tested as what they are: modules beside each other.
sys.path.insert(0, str(REPOSITORY / "scripts"))

# The search for doctests would import the conftest.py of every folder under the same name.
collect_ignore_glob = ["conftest.py", "*/conftest.py"]

# `make matrix` does without a browser, and without what drives one.
collect_ignore = [] if importlib.util.find_spec("playwright") else ["browser"]

# What an example takes on a busy machine tells nothing.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

_TIME_LIMIT = 15.0  # seconds for what is ending when the last test is over

# The long ones first: what is left for the end is short, and no worker waits for another. Beside
# the browsers, which keep the processor busy, run those that mostly wait.
_ORDER = ("browser/test_", "browser/", "notebook/", "sdk/", "local/", "stories/", "core/")


def pytest_configure(config: pytest.Config) -> None:
    """Let what the tests start be asked to end, also where this process ignores it.

    A background job of a shell inherits SIGINT as ignored, nohup SIGHUP, and so would all that it
    starts. A signal that is handled, if only by doing nothing, is at its default in a child. The
    process that only hands tests to workers starts nothing else, and they handle it themselves.
    """
    is_worker = hasattr(config, "workerinput")
    if is_worker or config.getoption("dist", "no") == "no":
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
            if signal.getsignal(number) is signal.SIG_IGN:
                signal.signal(number, _go_on)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """The one of `--dist loadfile`, which knows that browsers are heavy."""
    from side_by_side import BrowsersOnFewWorkers

    return BrowsersOnFewWorkers(config, log) if config.getoption("dist") == "loadfile" else None


def _go_on(_number: int, _frame: FrameType | None) -> None:
    pass


def pytest_collection_finish() -> None:
    """Let no collection of garbage walk through what stays: thousands of tests and modules."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    within = item.nodeid.removeprefix("tests/")
    return next((n for n, name in enumerate(_ORDER) if within.startswith(name)), len(_ORDER))


@pytest.fixture
def interrupt() -> Iterator[Callable[[], None]]:
    """Interrupts this process, as Ctrl-C does; works also where it ignores that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda: signal.pthread_kill(_main_thread(), signal.SIGINT)
    signal.signal(signal.SIGINT, before)


def _main_thread() -> int:
    found = threading.main_thread().ident
    assert found is not None
    return found


@pytest.fixture(scope="session", autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    """Threads, sockets and child processes are as many after the suite as before."""
    counters = {"threads": _threads, "sockets": _sockets, "children": _children}
    before = {name: count() for name, count in counters.items()}
    yield
    gc.collect()
    left = {name: _left(count, before[name]) for name, count in counters.items()}
    assert not any(left.values()), f"left behind by the suite: {left}"


def _left(count: Callable[[], set[str]], before: set[str]) -> list[str]:
    """What is there now and was not before, once it had some time to go."""
    end = time.monotonic() + _TIME_LIMIT
    while (left := count() - before) and time.monotonic() < end:
        time.sleep(0.1)
    return sorted(left)


def _threads() -> set[str]:
    return {f"{thread.name} ({thread.ident})" for thread in threading.enumerate()}


def _sockets() -> set[str]:
    """Sockets of this process; none can be listed where there is no /proc."""
    return {link for link in _links("/proc/self/fd") if link.startswith("socket:")}


def _links(folder: str) -> Iterator[str]:
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        with contextlib.suppress(OSError):  # the descriptor that listed the folder is gone
            yield os.readlink(os.path.join(folder, name))


def _children() -> set[str]:
    """Child processes by their commands, with those that ended and were never waited for."""
    found: set[str] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        for pid in path.read_text().split():
            with contextlib.suppress(OSError):  # it is gone
                command = Path("/proc", pid, "cmdline").read_text("utf-8", "replace")
                found.add(f"{pid} {command}".replace("\0", " ").strip())
    return found
