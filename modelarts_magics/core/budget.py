"""How many requests at once and how many a second, for all who read logs together.

The gateway refuses more than 200 requests a second. A refusal halves the rate, success raises it
slowly again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Callable

from .errors import ThrottledError

CONNECTIONS = 8
RATE = 150.0  # requests a second
_LOWEST_RATE = 1.0
_RAISE = 0.1  # requests a second, for each success


class Budget:
    """Slots for requests; safe to share between threads.

    Args:
        connections: requests in flight at once.
        rate: requests in any second; ``None`` for no limit.
        clock: monotonic seconds.
        wait: sleeps for some seconds.
    """

    def __init__(
        self,
        connections: int = CONNECTIONS,
        rate: float | None = RATE,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self.connections = connections
        self.rate = rate
        self.wait = wait
        self._highest = rate
        self._clock = clock
        self._slots = threading.BoundedSemaphore(connections)
        self._lock = threading.Lock()
        self._next_start = 0.0

    @contextmanager
    def request(self) -> Iterator[None]:
        """Hold a slot for one request, once it is its turn."""
        with self._slots:
            pause = self._turn()
            if pause > 0:
                self.wait(pause)
            try:
                yield
            except ThrottledError:
                self._slow_down()
                raise
            self._speed_up()

    def _turn(self) -> float:
        """Seconds until the next request may start; the turn is taken."""
        with self._lock:
            now = self._clock()
            start = max(now, self._next_start)
            if self.rate is not None:
                self._next_start = start + 1 / self.rate
            return start - now

    def _slow_down(self) -> None:
        with self._lock:
            if self.rate is not None:
                self.rate = max(_LOWEST_RATE, self.rate / 2)

    def _speed_up(self) -> None:
        with self._lock:
            if self.rate is not None and self._highest is not None:
                self.rate = min(self._highest, self.rate + _RAISE)
