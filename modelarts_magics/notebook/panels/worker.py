"""Work beside the main thread; the only place that starts threads."""

from __future__ import annotations

import contextvars
import logging
import math
import threading
import time
from collections.abc import Iterator
from typing import Callable, TypeVar

T = TypeVar("T")

_CHECK_INTERVAL = 0.1  # seconds between looks for an interrupt
_log = logging.getLogger(__name__)


def call(work: Callable[[], T], limit: float = math.inf) -> T:
    """Do some work in a thread and wait for it, open to an interrupt all the time.

    Looking up a host name cannot be interrupted in the main thread. An interrupt leaves the work
    behind; it must end by itself, as a request does at its deadline.

    Raises:
        TimeoutError: the work is not done after ``limit`` seconds, and left behind.
    """
    outcome: list[T] = []
    trouble: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # noqa: BLE001  # raised again where it was asked for
            trouble.append(error)

    thread = _start(run, "modelarts-magics-call")
    end = time.monotonic() + limit
    while thread.is_alive():
        thread.join(min(_CHECK_INTERVAL, max(0.0, end - time.monotonic())))
        if thread.is_alive() and time.monotonic() >= end:
            raise TimeoutError
    if trouble:
        raise trouble[0]
    return outcome[0]


class Worker:
    """A thread that drains an iterator of pauses and sleeps between them.

    Args:
        name: of the thread.
        steps: does a piece of work, yields the seconds until the next; ends when it is done.
        failed: is told of an error that ended the work; it runs in the thread.
    """

    def __init__(
        self, name: str, steps: Iterator[float], failed: Callable[[Exception], object]
    ) -> None:
        self._steps = steps
        self._failed = failed
        self._wake = threading.Event()
        self._stopped = False
        self._thread = _start(self._drain, name)

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def wake(self) -> None:
        """Do the next step now."""
        self._wake.set()

    def stop(self) -> None:
        """End after the present step; a second time does nothing."""
        self._stopped = True
        self._wake.set()

    def join(self, seconds: float | None = None) -> None:
        """Wait until the thread has ended, unless it is this one."""
        if self._thread is not threading.current_thread():
            self._thread.join(seconds)

    def _drain(self) -> None:
        try:
            for pause in self._steps:
                self._wake.wait(pause)
                self._wake.clear()
                if self._stopped:
                    return
        except Exception as error:  # noqa: BLE001  # a thread must not die in silence
            _log.exception("%s failed", threading.current_thread().name)
            self._failed(error)


def _start(work: Callable[[], object], name: str) -> threading.Thread:
    """A daemon thread in the context of the caller: some kernels find the cell's output by it."""
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(work,), name=name, daemon=True)
    thread.start()
    return thread
