"""How many requests a second, for all who ask one project together.

The gateway refuses more than 200 requests a second. A refusal halves the rate, success raises it
slowly again, so that two kernels of one account settle below that together; when the refusal says
how long to wait, nobody sends before that is over.

When a request reaches the gateway is not known, only that it is before its answer. So whatever is
under way, or was answered within the last second, counts as a request of this second.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any, Callable
from weakref import WeakValueDictionary

from ..backoff import LONGEST_ASKED
from ..cancellation import pause
from ..errors import ThrottledError
from ..forked import heed_forks
from ..numbers import number
from .fair_queue import FairQueue

RATE = 150.0  # requests a second
_LOWEST_RATE = 1.0
_RAISE = 0.01  # of the highest rate, for each second in which it is used up
_AT_ONCE = 0.2  # of a second's requests; those that follow are spaced
_SECOND = 1.0
_LOOK_AGAIN = 0.02  # seconds, while only an answer can make room


class RateLimit:
    """What all readers of a project share; safe to use from several threads.

    Copied or pickled with something that uses it, it stays the one of its project.

    Args:
        rate: requests in any second.
        clock: monotonic seconds.
        wait: sleeps for some seconds.
        project: endpoint and project, of one that is shared.

    Raises:
        InvalidArgumentError: the rate is not above 0.
    """

    def __init__(
        self,
        rate: float = RATE,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] = pause,
        project: tuple[str, str] | None = None,
    ) -> None:
        self.rate = self._highest = number("rate", rate)
        self._clock = clock
        self._wait = wait
        self._project = project
        self._last_start = float("-inf")
        self._answered: deque[float] = deque()  # when, for those of the last second
        self._slowed_at = float("-inf")
        self._held_until = float("-inf")
        self._refusal: ThrottledError | None = None
        self.forget_threads()
        heed_forks(self)

    def forget_threads(self) -> None:
        self._queue = FairQueue()
        self._lock = threading.Lock()
        self._in_flight: set[object] = set()

    def __reduce__(self) -> tuple[Any, ...]:
        return (shared, self._project) if self._project else (RateLimit, (self._highest,))

    @contextmanager
    def request(self, reader: Hashable, *, is_held: bool = True) -> Iterator[None]:
        """Make one request, once a reader may; readers that wait go one after the other.

        Args:
            is_held: by a refusal that another request got; a person's call is not.

        Raises:
            ThrottledError: the service asked to wait, and that is not over; nothing is sent.
        """
        request = object()
        try:
            started = self._queue.as_first(reader, lambda: self._started(request, is_held))
            try:
                yield
            except ThrottledError as error:
                self._slow_down(started, error)
                raise
        finally:  # here, since an interrupt comes when a function is called
            with self._lock:
                if request in self._in_flight:
                    self._in_flight.remove(request)
                    self._answered.append(self._clock())
        self._speed_up()

    def _started(self, request: object, is_held: bool) -> float:
        """Wait until a request may start; returns when it did."""
        while (pause := self._pause(is_held)) > 0:
            self._wait(pause)
        with self._lock:
            self._last_start = self._clock()
            self._in_flight.add(request)
            return self._last_start

    @property
    def due_in(self) -> float:
        """Seconds until the next request may start, as far as is known.

        Raises:
            ThrottledError: the service asked to wait, and that is not over.
        """
        return self._pause()

    def _pause(self, is_held: bool = True) -> float:
        with self._lock:
            now = self._clock()
            if self._refusal is not None and now < self._held_until and is_held:
                raise _again(self._refusal, self._held_until - now)
            while self._answered and self._answered[0] + _SECOND <= now:
                self._answered.popleft()
            used = len(self._in_flight) + len(self._answered)
            is_spaced = used >= self.rate * _AT_ONCE or self.rate < _LOWEST_RATE
            pause = self._last_start + 1 / self.rate - now if is_spaced else 0.0
            if used + 1 > max(self.rate, _LOWEST_RATE):
                oldest = self._answered[0] + _SECOND - now if self._answered else _LOOK_AGAIN
                pause = max(pause, oldest)
            return pause

    def _slow_down(self, started: float, refusal: ThrottledError) -> None:
        """Halve the rate, but only once for what a second of too many requests brought about."""
        with self._lock:
            now = self._clock()
            if started > self._slowed_at + _SECOND:
                self.rate = min(self.rate, max(_LOWEST_RATE, self.rate / 2))
                self._slowed_at = now
            hold = min(refusal.retry_after or 0.0, LONGEST_ASKED)
            if now + hold > self._held_until:
                self._held_until = now + hold
                self._refusal = refusal

    def _speed_up(self) -> None:
        with self._lock:
            if self.rate < self._highest and self._clock() >= self._slowed_at + _SECOND:
                raised = self.rate + self._highest * _RAISE / self.rate
                self.rate = min(self._highest, raised)


_SHARED: WeakValueDictionary[tuple[str, str], RateLimit] = WeakValueDictionary()
_LOCK = threading.Lock()


def shared(endpoint: str, project: str = "") -> RateLimit:
    """The limit of a project, which lives as long as somebody uses it.

    Not of a key: temporary ones change.
    """
    place = (endpoint.rstrip("/").lower(), project)
    with _LOCK:
        limit = _SHARED.get(place)
        if limit is None:
            limit = _SHARED[place] = RateLimit(project=place)
        return limit


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release
    )


def _again(refusal: ThrottledError, seconds: float) -> ThrottledError:
    """The same refusal for somebody who comes too early."""
    return ThrottledError(
        refusal.message,
        refusal.hint,
        code=refusal.code,
        status=refusal.status,
        request_id=refusal.request_id,
        retry_after=seconds,
    )
