"""Slices of a log that are asked for again after transient errors, with a back-off of their own."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Callable, TypeVar

from ..api.log import ByteSource, LogChunk
from ..backoff import Backoff
from ..errors import ContradictoryAnswerError, ServiceError
from ..http.retry import may_read_again
from ..http.wire import within

T = TypeVar("T")

_BACKOFF = Backoff(first=0.5)
_LONGEST_DOUBT = 5.0  # seconds of pauses after answers that contradict each other
_LONGEST_WAIT = 60.0  # seconds for one slice, its requests and the pauses between them


class Retry:
    """Asks again, until somebody sets ``stopped``.

    Args:
        wait: sleeps for some seconds, until ``stopped`` is set by default.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        stopped: threading.Event,
        wait: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stopped = stopped
        self.wait = wait or stopped.wait
        self.clock = clock

    def call(self, ask: Callable[[], T]) -> T:
        attempts = Attempts(self, _LONGEST_WAIT, ServiceError)
        while True:
            started = self.clock()
            # A half of what is left, so that a request that hangs is not the only one.
            with attempts, within(attempts.left / 2):
                try:
                    return ask()
                finally:
                    attempts.left -= self.clock() - started

    def doubts(self) -> Attempts:
        """Attempts at answers that contradict each other."""
        return Attempts(self, _LONGEST_DOUBT, ContradictoryAnswerError)


class Attempts:
    """A context for each attempt; it swallows an error after which another one is to be made.

    Attributes:
        left: seconds.
    """

    def __init__(self, retry: Retry, longest: float, kind: type[ServiceError]) -> None:
        self._retry = retry
        self._longest = longest
        self._kind = kind
        self.begin()

    def begin(self) -> None:
        """Something was achieved: failures before do not count any more."""
        self.left = self._longest
        self._failures = 0

    def __enter__(self) -> None: ...

    def __exit__(
        self,
        _type: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, self._kind):
            return False
        self._failures += 1
        pause = _BACKOFF.pause_within(self.left, self._failures, error.retry_after)
        if pause is None or not may_read_again(error):
            return False
        self.left -= pause
        self._retry.wait(pause)
        return not self._retry.stopped.is_set()


class RetriedSource:
    """A source that is asked again."""

    def __init__(self, source: ByteSource, retry: Retry) -> None:
        self.name = source.name
        self.origin = source.origin
        self.longest_slice = source.longest_slice
        self._source = source
        self._retry = retry

    def read(self, start_byte: int, length: int) -> LogChunk:
        return self._retry.call(lambda: self._source.read(start_byte, length))
