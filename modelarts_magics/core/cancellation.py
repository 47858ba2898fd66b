"""Work that may be given up: whoever waits for something in a thread can be woken.

Work runs in a thread with a :class:`Cancellation`. Whatever it waits for heeds that: a request,
which has a socket, a pause, a place in a queue. The main thread has none: there an interrupt wakes
whoever waits.
"""

from __future__ import annotations

import contextvars
import math
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Callable, TypeVar
from weakref import WeakSet

T = TypeVar("T")

CHECK_INTERVAL = 0.1  # seconds between looks where nobody can be woken


class Cancelled(Exception):
    """The work was given up; whoever wanted it does not wait any more."""


class Cancellation:
    """Ends some work from another thread.

    Args:
        whole: the work that this is a part of, and ends with.
    """

    def __init__(self, whole: Cancellation | None = None) -> None:
        self._is_over = threading.Event()
        self._lock = threading.Lock()
        self._acts: list[Callable[[], object]] = []
        self._parts: WeakSet[Cancellation] = WeakSet()
        if whole is not None:
            whole._add(self)

    def _add(self, part: Cancellation) -> None:
        with self._lock:
            self._parts.add(part)
        if self.is_cancelled:
            part.cancel()

    @property
    def is_cancelled(self) -> bool:
        return self._is_over.is_set()

    def cancel(self) -> None:
        """Wake whoever waits in this work; it raises :class:`Cancelled` there. Returns at once."""
        self._is_over.set()
        with self._lock:  # which whoever takes his act back waits for, so that none comes too late
            for act in self._acts:
                act()
            parts = list(self._parts)
        for part in parts:
            part.cancel()

    def check(self) -> None:
        """Raise :class:`Cancelled` when the work was given up."""
        if self.is_cancelled:
            raise Cancelled

    def wait(self, seconds: float) -> None:
        """Sleep.

        Raises:
            Cancelled: the work was given up, before or meanwhile.
        """
        self._is_over.wait(seconds)
        self.check()

    @contextmanager
    def waking_by(self, act: Callable[[], object]) -> Iterator[None]:
        """Let ``act`` wake the block; it must not wait, nor fail.

        Raises:
            Cancelled: the work was given up, before or meanwhile, whatever that brought about: an
                answer whose end is missing may look like a whole one.
        """
        with self._lock:
            self._acts.append(act)
        try:
            self.check()
            yield
            self.check()
        except Exception:
            self.check()
            raise
        finally:
            with self._lock:
                self._acts.remove(act)


_OF_THREAD: contextvars.ContextVar[Cancellation | None] = contextvars.ContextVar(
    "cancellation", default=None
)


def check() -> None:
    """Raise :class:`Cancelled` when the work of this thread was given up."""
    work = _OF_THREAD.get()
    if work is not None:
        work.check()


def pause(seconds: float) -> None:
    """Sleep; :class:`Cancelled` is raised when the work of this thread is given up."""
    work = _OF_THREAD.get()
    if work is None:
        time.sleep(seconds)
    else:
        work.wait(seconds)


def waking_by(act: Callable[[], object]) -> AbstractContextManager[None]:
    """Let ``act`` wake the block when the work of this thread is given up."""
    work = _OF_THREAD.get()
    return nullcontext() if work is None else work.waking_by(act)


def acquire(lock: threading.Lock) -> None:
    """Wait for a lock; :class:`Cancelled` is raised when the work of this thread is given up."""
    while not lock.acquire(timeout=CHECK_INTERVAL):
        check()


def part_of_thread() -> Cancellation:
    """Work that is a part of what this thread does."""
    return Cancellation(_OF_THREAD.get())


def start(
    work: Callable[[], object], name: str, cancellation: Cancellation | None = None
) -> threading.Thread:
    """Begin some work in a thread that the end of the process does not wait for.

    It has the context of the caller: some kernels find the cell's output by it.
    """
    context = contextvars.copy_context()
    context.run(_OF_THREAD.set, cancellation or part_of_thread())
    thread = threading.Thread(target=context.run, args=(work,), name=name, daemon=True)
    thread.start()
    return thread


def call(work: Callable[[], T], limit: float = math.inf) -> T:
    """Do some work in a thread and wait for it, open to an interrupt all the time.

    Looking up a host name cannot be interrupted, nor woken. Whoever does not wait any more gives
    the work up; it is left behind, and ends by itself.

    Raises:
        TimeoutError: the work is not done after ``limit`` seconds.
    """
    outcome: list[T] = []
    trouble: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # noqa: BLE001  # raised again where it was asked for
            trouble.append(error)

    cancellation = part_of_thread()
    try:
        thread = start(run, "modelarts-magics-call", cancellation)
        _join(thread, limit)
    except BaseException:
        cancellation.cancel()
        raise
    if trouble:
        raise trouble[0]
    return outcome[0]


def _join(thread: threading.Thread, limit: float) -> None:
    end = time.monotonic() + limit
    while thread.is_alive():
        thread.join(min(CHECK_INTERVAL, max(0.0, end - time.monotonic())))
        if thread.is_alive():
            check()
            if time.monotonic() >= end:
                raise TimeoutError
