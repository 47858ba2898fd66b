"""How many requests at once and how many a second, for all who read logs together.

The gateway refuses more than 200 requests a second. A refusal halves the rate, success raises it
slowly again.

When a request reaches the gateway is not known, only that it is before its answer. So whatever is
under way, or was answered within the last second, counts as a request of this second.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Callable

from .errors import ThrottledError

CONNECTIONS = 8
RATE = 150.0  # requests a second
_LOWEST_RATE = 1.0
_RAISE = 0.1  # requests a second, for each success


def threads(count: int, purpose: str) -> ThreadPoolExecutor:
    """Threads for requests that are made at once; the only ones that the core starts."""
    return ThreadPoolExecutor(count, thread_name_prefix=f"modelarts-magics-{purpose}")


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
        self._gate = threading.Lock()  # whoever waits for his turn holds it
        self._lock = threading.Lock()
        self._last_start = float("-inf")
        self._in_flight = 0
        self._answered: deque[float] = deque()  # when, for those of the last second

    @contextmanager
    def request(self) -> Iterator[None]:
        """Hold a slot for one request, once it is its turn."""
        with self._slots:
            with self._gate:
                while (pause := self._pause()) > 0:
                    self.wait(pause)
                self._start()
            try:
                yield
            except ThrottledError:
                self._slow_down()
                raise
            finally:
                self._end()
            self._speed_up()

    def _pause(self) -> float:
        """Seconds until the next request may start."""
        with self._lock:
            if self.rate is None:
                return 0.0
            now = self._clock()
            while self._answered and self._answered[0] + 1 <= now:
                self._answered.popleft()
            pause = self._last_start + 1 / self.rate - now
            is_full = self._in_flight + len(self._answered) >= self.rate
            if is_full and self._answered:
                pause = max(pause, self._answered[0] + 1 - now)
            return pause

    def _start(self) -> None:
        with self._lock:
            self._last_start = self._clock()
            self._in_flight += 1

    def _end(self) -> None:
        with self._lock:
            self._in_flight -= 1
            if self.rate is not None:
                self._answered.append(self._clock())

    def _slow_down(self) -> None:
        with self._lock:
            if self.rate is not None:
                self.rate = max(_LOWEST_RATE, self.rate / 2)

    def _speed_up(self) -> None:
        with self._lock:
            if self.rate is not None and self._highest is not None:
                self.rate = min(self._highest, self.rate + _RAISE)
