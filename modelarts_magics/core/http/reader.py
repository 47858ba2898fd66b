"""Somebody who reads from the service: how many of its requests are under way at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from ..forked import heed_forks
from ..numbers import whole
from .rate_limit import RateLimit

CONNECTIONS = 8
MOST_CONNECTIONS = 256  # that somebody may ask for
ANY_NUMBER = 10_000  # of connections: whoever calls directly has as many as threads


class Reader:
    """A panel, a follower, a download; the rate limit is fair between readers.

    Args:
        connections: requests that are under way at once.
        limit: of this reader alone, within that of all together.

    Raises:
        InvalidArgumentError: no such number of connections is possible.
    """

    def __init__(
        self,
        connections: int = CONNECTIONS,
        limit: RateLimit | None = None,
    ) -> None:
        self.connections = whole("connections", connections, 1, ANY_NUMBER)
        self._limit = limit
        self.forget_threads()
        heed_forks(self)

    def forget_threads(self) -> None:
        # A semaphore whose user is interrupted may stay locked: none where nobody waits for one.
        is_limited = self.connections < ANY_NUMBER
        self._slots = threading.BoundedSemaphore(self.connections) if is_limited else nullcontext()
        self._lock = threading.Lock()
        self._in_use = 0

    @property
    def idle(self) -> int:
        """Connections that are not in use just now."""
        with self._lock:
            return self.connections - self._in_use

    @contextmanager
    def connection(self) -> Iterator[None]:
        """Hold one of the connections for a request.

        Raises:
            ThrottledError: this reader was asked to wait, and that is not over.
        """
        with self._slots:
            self._use(1)
            try:
                with self._limit.request(self) if self._limit else nullcontext():
                    yield
            finally:
                self._use(-1)

    def _use(self, change: int) -> None:
        with self._lock:
            self._in_use += change
