"""A job as events over time.

::

    RUNNING ──final status──▶ DRAINING ──nothing more, twice──▶ finished
       │                                                            ▲
       └── gone, denied, or unknown for too long ───────────────────┘

A follower has no loop and never sleeps: somebody calls :meth:`Follower.poll_once` when
:attr:`Follower.due_in` seconds are over.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Union

from ..api.base import Phase, State
from ..api.log import LogText
from ..backoff import Backoff
from ..errors import JobEndedError, LogClearedError, ModelArtsError, NotFoundError
from ..http.retry import may_read_again
from ..i18n import _
from .cadence import JobWatch

_TROUBLED = Backoff(first=1.0)
_DRAIN_DELAY = 2.0  # seconds before the last look; the log may lag behind the status


@dataclass(frozen=True)
class LastLines:
    """Begin with the last lines of a log.

    Attributes:
        is_frugal: see :meth:`~modelarts_magics.core.api.log.Log.tail`.
    """

    lines: int
    is_frugal: bool = False


@dataclass(frozen=True)
class StatusChanged:
    """The job has another status."""

    status: State


@dataclass(frozen=True)
class Trouble:
    """Something went wrong that may pass; the next try comes by itself.

    Attributes:
        is_of_service: what it says is so for every log of the job, so that it is told once.
    """

    message: str
    retry_in_s: float
    is_of_service: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Finished:
    """Nothing more will come.

    Attributes:
        status: the last one; ``None`` when it was never known.
        reason: why it ended, in words; empty for a job that completed.
    """

    status: State | None
    reason: str = ""

    @property
    def is_success(self) -> bool:
        return self.status is not None and self.status.phase is Phase.SUCCEEDED


Event = Union[LogText, StatusChanged, Trouble, Finished]


class Follower(ABC):
    """Looks at something of a job again and again, until the job has ended.

    Args:
        watch: the status and the cadence, shared with the other followers of the job.
    """

    def __init__(self, watch: JobWatch) -> None:
        self.finished: Finished | None = None
        self.pace = watch.pace()
        self._watch = watch
        self._troubles = 0
        self._last_look = False
        self._told: State | None = None

    @abstractmethod
    def _look(self, events: list[Event], status: State) -> bool:
        """Look once; whether there was anything new.

        Nothing new after a final status, twice, is the end.
        """

    @property
    def due_in(self) -> float:
        """Seconds until the next poll makes sense."""
        return self.pace.due_in

    @property
    def joins(self) -> bool:
        """Whether it takes part in a poll that others need now."""
        return self.pace.joins

    @property
    def is_in_trouble(self) -> bool:
        """Whether the last poll failed, so that the next one tries again."""
        return self._troubles > 0 and self.finished is None

    @property
    def is_draining(self) -> bool:
        """Whether nothing came after the end of the job, so that one more look is the last."""
        return self._last_look

    def hurry(self) -> None:
        """Poll at once and then often again, for example after a pause."""
        self.pace.hurry()

    def poll_once(self) -> Sequence[Event]:
        """Poll alone: the status and what this is about; returns what happened, in order."""
        self._watch.begin_poll()
        return self.poll()

    def poll(self) -> Sequence[Event]:
        """Take part in a poll of the job, which asks for the status once."""
        if self.finished:
            return ()
        events: list[Event] = []
        try:
            self._poll(events)
        except ModelArtsError as error:
            if any(isinstance(event, LogText) for event in events):
                self._troubles = 0  # it counts only while nothing comes
            events.append(self._after(error))
        else:
            self._troubles = 0
        return events

    def _poll(self, events: list[Event]) -> None:
        started = self.pace.clock()
        status, told = self._watch.look(), self._told
        if status != told:
            self._told = status
            events.append(StatusChanged(status))
        try:
            found = self._look(events, status)
        except LogClearedError as error:
            found = False
            events.append(Trouble(str(error), 0.0, is_of_service=True))
        except NotFoundError:  # the job is there; its log is not, or not yet
            found = False
        if status.is_final and not found:
            self._drained(events, status)
        elif self._watch.is_unknown_for_long:
            reason = _("The service has not known the state of the job for a long time")
            events.append(self._finish(status, reason))
        else:
            self._last_look = False
            is_first = told is None and not status.is_final  # all is new then
            is_news = not is_first and (found or status != told)
            self._looked(is_news=is_news, started=started)

    def _drained(self, events: list[Event], status: State) -> None:
        """Nothing more comes after the end: look once more a little later, then end."""
        if self._last_look:
            events.append(self._finish(status, self._reason(status)))
            return
        self._last_look = True
        self.pace.wait(_DRAIN_DELAY)

    def _reason(self, status: State) -> str:
        """Why a job that has ended is no success; empty when it is one."""
        reasons = {
            Phase.STOPPED: _("The job was stopped"),
            Phase.FAILED: _("The job failed: {status}", status=status.word),
        }
        return reasons.get(status.phase, "")

    def _looked(self, *, is_news: bool, started: float) -> None:
        """Say when to look again."""
        self.pace.looked(is_news=is_news, started=started)

    def _after(self, error: ModelArtsError) -> Trouble | Finished:
        """What an error means: another try later, or the end."""
        if may_read_again(error):
            return self._trouble(error)
        status = self._watch.status
        if status is not None and isinstance(error, NotFoundError) and not error.is_unknown_call:
            error = JobEndedError(
                _("The job was deleted"), _("%ma_log lists the jobs with their ids")
            )
        return self._finish(status, str(error))

    def _trouble(self, error: ModelArtsError) -> Trouble:
        self._troubles += 1
        pause = _TROUBLED.pause(self._troubles, getattr(error, "retry_after", None))
        self.pace.wait(pause)
        return Trouble(error.message, pause)

    def _finish(self, status: State | None, reason: str) -> Finished:
        self.finished = Finished(status, reason)
        return self.finished
