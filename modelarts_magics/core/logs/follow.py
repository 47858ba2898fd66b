"""A job as events over time.

::

    RUNNING ──final status──▶ DRAINING ──nothing more, twice──▶ finished
       │                                                            ▲
       └── gone, denied, or unknown for too long ───────────────────┘

A follower has no loop and never sleeps: somebody calls :meth:`Follower.poll_once` when
:attr:`Follower.due_in` seconds are over.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Callable, Union

from ..api.v1.status import JobStatus, Phase
from ..backoff import Backoff
from ..errors import ModelArtsError, NotFoundError
from ..http.retry import may_read_again
from ..i18n import _
from .exact import LogText

BUSY = 1.0  # seconds between polls while text arrives
QUIET = 15.0  # the same after a long time without text
_STATUS_AGE = 5.0  # seconds after which a status is asked again while text arrives
_REFUSAL_AGE = 0.5  # seconds in which followers that ask together share a refusal
_CALM = Backoff(first=1.6, factor=1.6, longest=QUIET)  # from poll to poll without text
_TROUBLED = Backoff(first=BUSY)
_DRAIN_DELAY = 2.0  # seconds before the last look; the log may lag behind the status
_LONGEST_UNKNOWN = 600.0  # seconds


@dataclass(frozen=True)
class LastLines:
    """Begin with the last lines of a log."""

    lines: int


@dataclass(frozen=True)
class StatusChanged:
    """The job has another status."""

    status: JobStatus


@dataclass(frozen=True)
class Trouble:
    """Something went wrong that may pass; the next try comes by itself."""

    message: str
    retry_in_s: float


@dataclass(frozen=True)
class Finished:
    """Nothing more will come.

    Attributes:
        status: the last one; ``None`` when it was never known.
        reason: why it ended, in words; empty for a job that completed.
    """

    status: JobStatus | None
    reason: str = ""

    @property
    def is_success(self) -> bool:
        return self.status is not None and self.status.phase is Phase.SUCCEEDED


Event = Union[LogText, StatusChanged, Trouble, Finished]


class StatusWatch:
    """The status of a job, asked for all its log files together; safe to share between threads.

    Args:
        ask: asks the service.
        clock: monotonic seconds.
    """

    def __init__(
        self, ask: Callable[[], JobStatus], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.status: JobStatus | None = None
        self._ask = ask
        self._clock = clock
        self._lock = threading.Lock()
        self._asked_at = float("-inf")
        self._refusal: ModelArtsError | None = None
        self._known_at = clock()

    def look(self, max_age: float) -> JobStatus:
        """The status, not older than some seconds; a final one stays."""
        with self._lock:
            age = self._clock() - self._asked_at
            if self._refusal is not None and age < _REFUSAL_AGE:
                raise self._refusal.with_traceback(None)
            if self.status is None or (age >= max_age and not self.status.is_final):
                self.status = self._asked()
                if self.status.phase is not Phase.UNKNOWN:
                    self._known_at = self._asked_at
            return self.status

    def _asked(self) -> JobStatus:
        self._refusal = None
        try:
            return self._ask()
        except ModelArtsError as error:
            self._refusal = error
            raise
        finally:
            self._asked_at = self._clock()

    @property
    def is_unknown_for_long(self) -> bool:
        return self._clock() - self._known_at > _LONGEST_UNKNOWN


class Follower(ABC):
    """Looks at something of a job again and again, until the job has ended.

    Args:
        watch: the status, shared with the other followers of the job.
        interval: seconds between polls, in place of a cadence that adapts.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        watch: StatusWatch,
        interval: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.finished: Finished | None = None
        self._watch = watch
        self._clock = clock
        self._due_at = clock()
        self._fixed_interval = interval
        self._interval = BUSY
        self._troubles = 0
        self._last_look = False
        self._told: JobStatus | None = None

    @abstractmethod
    def _look(self, events: list[Event], status: JobStatus) -> bool:
        """Look once; whether there was anything new.

        Nothing new after a final status, twice, is the end.
        """

    @property
    def due_in(self) -> float:
        """Seconds until the next poll makes sense."""
        return max(0.0, self._due_at - self._clock())

    @property
    def is_in_trouble(self) -> bool:
        """Whether the last poll failed, so that the next one tries again."""
        return self._troubles > 0 and self.finished is None

    def hurry(self) -> None:
        """Poll at once and then often again, for example after a pause."""
        self._interval = BUSY
        self._due_at = self._clock()

    def poll_once(self) -> Sequence[Event]:
        """Look once at the status and at what this is about; returns what happened, in order."""
        if self.finished:
            return ()
        events: list[Event] = []
        try:
            self._poll(events)
        except ModelArtsError as error:
            events.append(self._after(error))
        else:
            self._troubles = 0
        return events

    def _poll(self, events: list[Event]) -> None:
        started = self._clock()
        status = self._watch.look(min(_STATUS_AGE, self._interval))
        if status != self._told:
            self._told = status
            events.append(StatusChanged(status))
        try:
            found = self._look(events, status)
        except NotFoundError:  # the job is there; its log is not, or not yet
            found = False
        if status.is_final and not found:
            self._drained(events, status)
        elif self._watch.is_unknown_for_long:
            reason = _("The service has not known the state of the job for a long time")
            events.append(self._finish(status, reason))
        else:
            self._last_look = False
            self._pace(found, started)

    def _drained(self, events: list[Event], status: JobStatus) -> None:
        """Nothing more comes after the end: look once more a little later, then end."""
        if self._last_look:
            events.append(self._finish(status, self._reason(status)))
            return
        self._last_look = True
        self._due_at = self._clock() + _DRAIN_DELAY

    def _reason(self, status: JobStatus) -> str:
        """Why a job that has ended is no success; empty when it is one."""
        reasons = {
            Phase.STOPPED: _("The job was stopped"),
            Phase.FAILED: _("The job failed: {status}", status=status.name),
        }
        return reasons.get(status.phase, "")

    def _pace(self, found: bool, started: float) -> None:
        if found and self._interval == 0:
            self._interval, pause = BUSY, 0.0
        elif self._fixed_interval is not None:
            pause = self._fixed_interval
        elif found:
            self._interval = BUSY
            pause = max(0.0, started + BUSY - self._clock())  # looking may have taken long
        else:
            self._interval = pause = _CALM.longer(self._interval)
        self._due_at = self._clock() + pause

    def _after(self, error: ModelArtsError) -> Trouble | Finished:
        """What an error means: another try later, or the end."""
        if may_read_again(error):
            return self._trouble(error)
        return self._finish(self._watch.status, str(error))

    def _trouble(self, error: ModelArtsError) -> Trouble:
        self._troubles += 1
        pause = _TROUBLED.pause(self._troubles, getattr(error, "retry_after", None))
        self._due_at = self._clock() + pause
        return Trouble(error.message, pause)

    def _finish(self, status: JobStatus | None, reason: str) -> Finished:
        self.finished = Finished(status, reason)
        return self.finished
