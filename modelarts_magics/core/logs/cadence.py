"""When a job is asked for its status, for the list of its log files and for its logs.

The one place that decides it, for all that watch a job together: the tails of its log files,
discovery, the head line of a panel, a stream, the curves. They poll together, and each poll asks
for the status once.

A quiet job of one log costs 8 requests a minute, of N logs 2N + 8; the first minute may take twice
as many, since the last lines of each log are read in it, and what the service lacks is found out.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from typing import Callable

from ..api.base import Phase, State
from ..backoff import Backoff
from ..errors import ModelArtsError

BUSY = 1.0  # seconds between polls while there is news
QUIET = 15.0  # the same after a long time without news
LONGEST = 30.0  # seconds until text is shown, however many logs there are
IN_TIME = LONGEST - 1.5  # between looks: one may have to wait for others, and for its answer
_CALM = Backoff(first=1.7, factor=2.5, longest=QUIET)  # from poll to poll without news
_CALM_OF_MANY = Backoff(first=2.5, factor=4.0, longest=QUIET)
_LOOKS = 40.0  # a second, at all logs with news
_STATUS_HOLDS = 5.0  # seconds, where there are several logs
_LONGEST_UNKNOWN = 600.0  # seconds
_YOUNG = 120.0  # seconds after the newest log file, in which more workers may start

Clock = Callable[[], float]


def until_more_files(age: float) -> float:
    """Seconds until more log files are looked for, so many after the newest one appeared."""
    return QUIET + age / 2 if age < _YOUNG else math.inf


@dataclass
class Crowd:
    """The logs of a job, each of which waits for the others.

    Attributes:
        logs: how many are followed.
        busy: how many of them had news when they were looked at last.
    """

    logs: int = 0
    busy: int = 0

    @property
    def is_large(self) -> bool:
        return self.logs > 1

    def stretched(self, pause: float) -> float:
        """How long a log waits, of which alone so many seconds were enough.

        Where none has news there is nobody to wait for, and each look counts.
        """
        if pause >= QUIET and self.is_large:
            return IN_TIME if self.busy else LONGEST
        return min(LONGEST, max(pause, self.busy / _LOOKS))

    def calmer(self, pause: float) -> float:
        """The pause that follows another one without news."""
        return (_CALM_OF_MANY if self.is_large else _CALM).longer(pause)


class Pace:
    """When one thing of a job is looked at: often while there is news, else ever more seldom.

    Args:
        interval: seconds between looks, in place of a cadence that adapts.
        clock: monotonic seconds.
        crowd: whom it waits for.

    Attributes:
        is_chosen: somebody looks at this one, so that it need not care for others.
        is_led: it is taken for quiet until it has news, since another one is looked at more often.
    """

    def __init__(
        self,
        interval: float | None = None,
        clock: Clock | None = None,
        crowd: Crowd | None = None,
    ) -> None:
        self.clock = clock or time.monotonic
        self.is_chosen = False
        self.is_led = False
        self._crowd = crowd or Crowd()
        self._fixed = interval
        self._pause = 0.0  # nobody has looked yet
        self._due_at = self.clock()
        self._slack = 0.0
        self._late_at = self._due_at

    @property
    def due_in(self) -> float:
        """Seconds until the next look makes sense."""
        return max(0.0, self._due_at - self.clock())

    @property
    def joins(self) -> bool:
        """Whether it takes part in a poll for something else: a half of its pause is over."""
        return self.due_in <= self._slack

    @property
    def is_busy(self) -> bool:
        """Whether the last look brought news."""
        return self._pause == BUSY

    @property
    def rank(self) -> tuple[bool, float]:
        """Who is looked at first where not all can be: the chosen, then who would be late first.

        What is due, but was looked at just now, waits for the noisy; what nobody has looked at for
        long does not.
        """
        return not self.is_chosen, self._late_at

    def hurry(self) -> None:
        """Look at once and then often again, for example after a pause."""
        self._pause = BUSY
        self.wait(0.0)

    def wait(self, seconds: float) -> None:
        """Look again after some seconds and not before, just once."""
        self._due_at, self._slack = self.clock() + seconds, 0.0

    def give_way(self) -> bool:
        """Let something else be looked at instead; only what is quiet, and alone, does so."""
        if self._pause < QUIET or self._fixed is not None or self._stretched() > QUIET:
            return False
        self.wait(QUIET)
        return True

    def looked(self, *, is_news: bool, started: float) -> None:
        """A look that began at ``started`` is over."""
        now = self.clock()
        before = QUIET if self.is_led and not self._pause else self._pause
        self._pause = BUSY if is_news else self._crowd.calmer(before)
        pause = self._stretched() if self._fixed is None else self._fixed
        is_alone = pause == self._pause or self._fixed is not None
        is_exact = self._fixed is None and (is_news or not is_alone)  # from start to start
        taken = now - started if is_exact else 0.0  # it may have been long
        if pause >= IN_TIME and is_exact:  # no text is told later, though it waited for others
            taken += max(0.0, started - self._due_at)
        self._due_at = self._late_at = now + max(0.0, pause - taken)
        self._slack = pause / 2 if is_alone else 0.0

    def _stretched(self) -> float:
        """The pause, longer where there are many logs."""
        return self._pause if self.is_chosen else self._crowd.stretched(self._pause)


class JobWatch:
    """The status of a job for all that poll together; safe to share between threads.

    Args:
        ask: asks the service.
        interval: seconds between polls, in place of a cadence that adapts.
        clock: monotonic seconds.
        last_status: as it was told just now; the first poll does not ask again.

    Attributes:
        crowd: the logs that are followed.
    """

    def __init__(
        self,
        ask: Callable[[], State],
        interval: float | None = None,
        clock: Clock | None = None,
        last_status: State | None = None,
    ) -> None:
        self.status = last_status
        self.crowd = Crowd()
        self._ask = ask
        self._interval = interval
        self._clock = clock or time.monotonic
        self._lock = threading.Lock()
        self._is_asked = True  # until a poll begins
        self._is_fresh = last_status is not None
        self._refusal: ModelArtsError | None = None
        self._known_at = self._asked_at = self._clock()

    def pace(self) -> Pace:
        """The pace of one more thing that is looked at."""
        return Pace(self._interval, self._clock, self.crowd)

    def begin_poll(self) -> None:
        """Let the next look ask, and those after it share the answer.

        Where there are several logs, an answer holds for some polls.
        """
        with self._lock:
            holds = self.crowd.is_large and self._clock() - self._asked_at < _STATUS_HOLDS
            self._is_asked = self._is_fresh or (holds and self.status is not None)
            self._is_fresh = False
            self._refusal = None

    def hurry(self) -> None:
        """Let the next poll ask in any case."""
        with self._lock:
            self._asked_at = -math.inf

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
        asked_at = self._clock()
        try:
            status = self._ask()
        except ModelArtsError as error:
            self._refusal = error
            raise
        self._asked_at = asked_at
        if status.phase is not Phase.UNKNOWN:
            self._known_at = self._clock()
        return status

    @property
    def is_unknown_for_long(self) -> bool:
        return self._clock() - self._known_at > _LONGEST_UNKNOWN
