"""Work of a panel beside the main thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from typing import Callable

from ...core.cancellation import Cancellation, Cancelled, start

END_TIME = 0.5  # seconds that a thread gets to end; what it waits for is given up
_log = logging.getLogger(__name__)


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
        self._cancellation = Cancellation()
        self._thread = start(self._drain, name, self._cancellation)

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def wake(self) -> None:
        """Do the next step now."""
        self._wake.set()

    def stop(self) -> None:
        """Give up the present step and end; returns at once. A second time does nothing."""
        self._cancellation.cancel()
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
                if self._cancellation.is_cancelled:
                    return
        except Cancelled:
            return
        except Exception as error:  # noqa: BLE001  # a thread must not die in silence
            _log.exception("%s failed", threading.current_thread().name)
            self._failed(error)
