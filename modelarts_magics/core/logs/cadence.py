"""When a job is asked for its status, for the list of its log files and for its logs.

The one place that decides it, for all that watch a job together: the tails of its log files,
discovery, the head line of a panel, a stream, the curves. They poll together, and each poll asks
for the status once.
"""

from __future__ import annotations

import math
import threading
import time
from typing import Callable

from ..api.base import Phase, State
from ..backoff import Backoff
from ..errors import ModelArtsError

BUSY = 1.0  # seconds between polls while there is news
QUIET = 15.0  # the same after a long time without news
_CALM = Backoff(first=1.7, factor=2.5, longest=QUIET)  # from poll to poll without news
_LONGEST_UNKNOWN = 600.0  # seconds
_FEW = 2  # logs
_YOUNG = 120.0  # seconds after the newest log file, in which more workers may start

Clock = Callable[[], float]


def until_more_files(age: float) -> float:
    """Seconds until more log files are looked for, so many after the newest one appeared."""
    return QUIET + age / 2 if age < _YOUNG else math.inf


class Pace:
    """When one thing of a job is looked at: often while there is news, else ever more seldom.

    Args:
        interval: seconds between looks, in place of a cadence that adapts.
        clock: monotonic seconds.
        quiet: seconds between looks after a long time without news.
    """

    def __init__(
        self,
        interval: float | None = None,
        clock: Clock | None = None,
        quiet: Callable[[], float] = lambda: QUIET,
    ) -> None:
        self.clock = clock or time.monotonic
        self._quiet = quiet
        self._fixed = interval
        self._pause = 0.0  # nobody has looked yet
        self._due_at = self.clock()
        self._slack = 0.0

    @property
    def due_in(self) -> float:
        """Seconds until the next look makes sense."""
        return max(0.0, self._due_at - self.clock())

    @property
    def joins(self) -> bool:
        """Whether it takes part in a poll for something else: a half of its pause is over."""
        return self.due_in <= self._slack

    def hurry(self) -> None:
        """Look at once and then often again, for example after a pause."""
        self._pause = BUSY
        self.wait(0.0)

    def wait(self, seconds: float) -> None:
        """Look again after some seconds and not before, just once."""
        self._due_at, self._slack = self.clock() + seconds, 0.0

    def give_way(self) -> bool:
        """Let something else be looked at instead; only what is quiet does so."""
        if self._pause < QUIET or self._fixed is not None:
            return False
        self.wait(QUIET)
        return True

    def looked(self, *, is_news: bool, started: float) -> None:
        """A look that began at ``started`` is over."""
        now = self.clock()
        self._pause = BUSY if is_news else _CALM.longer(self._pause)
        adapted = self._quiet() if self._pause >= QUIET else self._pause
        pause = adapted if self._fixed is None else self._fixed
        taken = now - started if is_news and self._fixed is None else 0.0  # it may have been long
        self._due_at, self._slack = now + max(0.0, pause - taken), pause / 2


class JobWatch:
    """The status of a job for all that poll together; safe to share between threads.

    Args:
        ask: asks the service.
        interval: seconds between polls, in place of a cadence that adapts.
        clock: monotonic seconds.
        last_status: as it was told just now; the first poll does not ask again.

    Attributes:
        logs: how many are followed.
    """

    def __init__(
        self,
        ask: Callable[[], State],
        interval: float | None = None,
        clock: Clock | None = None,
        last_status: State | None = None,
    ) -> None:
        self.status = last_status
        self.logs = 0  # that are followed
        self._ask = ask
        self._interval = interval
        self._clock = clock or time.monotonic
        self._lock = threading.Lock()
        self._is_asked = False
        self._is_fresh = last_status is not None
        self._refusal: ModelArtsError | None = None
        self._known_at = self._clock()

    def pace(self) -> Pace:
        """The pace of one more thing that is looked at."""
        return Pace(self._interval, self._clock, lambda: self.quiet)

    @property
    def quiet(self) -> float:
        """Seconds between looks at a quiet log; longer where there are many."""
        return QUIET if self.logs <= _FEW else 2 * QUIET

    def begin_poll(self) -> None:
        """Let the next look ask, and those after it share the answer."""
        with self._lock:
            self._is_asked, self._is_fresh = self._is_fresh, False
            self._refusal = None

    def look(self) -> State:
        """The status in this poll; a final one stays.

        Raises:
            ServiceError: the service refused, or could not be reached.
        """
        with self._lock:
            if self._refusal is not None:
                raise self._refusal.with_traceback(None)
            if not self._is_asked and not (self.status and self.status.is_final):
                self.status = self._asked()
            if self.status is None:
                raise AssertionError("a poll begins by begin_poll()")
            return self.status

    def _asked(self) -> State:
        self._is_asked = True
        try:
            status = self._ask()
        except ModelArtsError as error:
            self._refusal = error
            raise
        if status.phase is not Phase.UNKNOWN:
            self._known_at = self._clock()
        return status

    @property
    def is_unknown_for_long(self) -> bool:
        return self._clock() - self._known_at > _LONGEST_UNKNOWN
