"""How many requests at once and how many a second, for all who read logs together.

The gateway refuses more than 200 requests a second. A refusal halves the rate, success raises it
slowly again; when the refusal says how long to wait, nobody sends before that is over.

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

from ..errors import ThrottledError

CONNECTIONS = 8
RATE = 150.0  # requests a second
LONGEST_HOLD = 3600.0  # seconds; who asks for more is asked again after that
_LOWEST_RATE = 1.0
_RAISE = 0.1  # requests a second, for each success
_SECOND = 1.0
_LOOK_AGAIN = 0.02  # seconds, while only an answer can make room


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
        self._slowed_at = float("-inf")
        self._held_until = float("-inf")
        self._refusal: ThrottledError | None = None

    @property
    def idle(self) -> int:
        """Slots that nobody holds just now."""
        with self._lock:
            return self.connections - self._in_flight

    @contextmanager
    def request(self) -> Iterator[None]:
        """Hold a slot for one request, once it is its turn.

        Raises:
            ThrottledError: the service asked to wait, and that is not over; nothing is sent.
        """
        with self._slots:
            started = self._turn()
            try:
                yield
            except ThrottledError as error:
                self._slow_down(started, error)
                raise
            finally:
                self._end()
            self._speed_up()

    def _turn(self) -> float:
        """Wait until a request may start; returns when it did."""
        with self._gate:
            while (pause := self._pause()) > 0:
                self.wait(pause)
            with self._lock:
                self._last_start = self._clock()
                self._in_flight += 1
                return self._last_start

    def _pause(self) -> float:
        """Seconds until the next request may start, as far as is known."""
        with self._lock:
            now = self._clock()
            if self._refusal is not None and now < self._held_until:
                raise _again(self._refusal, self._held_until - now)
            if self.rate is None:
                return 0.0
            while self._answered and self._answered[0] + _SECOND <= now:
                self._answered.popleft()
            pause = self._last_start + 1 / self.rate - now
            if self._in_flight + len(self._answered) + 1 > max(self.rate, _LOWEST_RATE):
                oldest = self._answered[0] + _SECOND - now if self._answered else _LOOK_AGAIN
                pause = max(pause, oldest)
            return pause

    def _end(self) -> None:
        with self._lock:
            self._in_flight -= 1
            if self.rate is not None:
                self._answered.append(self._clock())

    def _slow_down(self, started: float, refusal: ThrottledError) -> None:
        """Halve the rate, but only once for those that were under way together."""
        with self._lock:
            now = self._clock()
            if self.rate is not None and started > self._slowed_at:
                self.rate = max(_LOWEST_RATE, self.rate / 2)
                self._slowed_at = now
            hold = min(refusal.retry_after or 0.0, LONGEST_HOLD)
            if now + hold > self._held_until:
                self._held_until = now + hold
                self._refusal = refusal

    def _speed_up(self) -> None:
        with self._lock:
            if self.rate is None or self._highest is None:
                return
            if self._clock() >= self._slowed_at + _SECOND:
                self.rate = min(self._highest, self.rate + _RAISE)


def _again(refusal: ThrottledError, seconds: float) -> ThrottledError:
    """The same refusal for somebody who comes too early."""
    error = ThrottledError(
        refusal.message,
        refusal.hint,
        code=refusal.code,
        status=refusal.status,
        request_id=refusal.request_id,
    )
    error.retry_after = seconds
    return error
