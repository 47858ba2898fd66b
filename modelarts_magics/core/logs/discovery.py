"""Watch for the log files of a job: they appear when its workers start."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from typing import Callable

from ..api.v1.status import JobStatus
from ..i18n import _
from .exact import Log
from .follow import BUSY, QUIET, Event, Follower, StatusWatch

_YOUNG = 120.0  # seconds after the newest file, in which more workers may start


class Discovery(Follower):
    """Log files that appear.

    They are asked for often while there are none, now and then while the job is young, and when
    its status has changed.

    Args:
        files: asks for the log files that there are; those that are known already do no harm.
        known: names of log files.
        watch, interval, clock: as for every follower.
    """

    def __init__(
        self,
        files: Callable[[], Sequence[Log]],
        known: Iterable[str],
        watch: StatusWatch,
        interval: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(watch, interval, clock)
        self._files = files
        self._known = set(known)
        self._new: list[Log] = []
        self._newest_at = clock()
        self._seen: JobStatus | None = None

    @property
    def due_in(self) -> float:
        is_news = self._seen is not None and self._watch.status != self._seen
        return 0.0 if is_news else super().due_in

    def take(self) -> list[Log]:
        """Those that appeared since the last call."""
        new, self._new = self._new, []
        return new

    def _look(self, events: list[Event], status: JobStatus) -> bool:
        if status != self._seen:
            self._seen, self._interval = status, BUSY
        new = [log for log in self._files() if log.name not in self._known]
        self._known.update(log.name for log in new)
        self._new += new
        if new:
            self._newest_at = self._clock()
        return bool(new) and not status.is_final

    def _pace(self, found: bool, started: float) -> None:
        super()._pace(found, started)
        if self._known:
            is_young = self._clock() - self._newest_at < _YOUNG
            self._due_at = self._clock() + (QUIET if is_young else math.inf)

    def _drained(self, events: list[Event], status: JobStatus) -> None:
        if self._known:  # a job that has ended gets no more workers
            self._finish(status, "")
        else:
            super()._drained(events, status)

    def _reason(self, status: JobStatus) -> str:
        reasons = [super()._reason(status), _("The job wrote no log")]
        return _(". ").join(filter(None, reasons))
