"""Watch for the log files of a job: they appear when its workers start."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Callable

from ..api.base import State
from ..api.log import Log
from ..i18n import _
from .cadence import JobWatch, until_more_files
from .follow import Event, Follower


class Discovery(Follower):
    """Log files that appear.

    They are asked for often while there are none, now and then while the job is young, and when
    its status has changed.

    Args:
        files: asks for the log files that there are; those that are known already do no harm.
        known: names of log files.
        watch: the status and the cadence, shared with the tails of these files.
        is_listed: whether those were all a moment ago.
    """

    def __init__(
        self,
        files: Callable[[], Sequence[Log]],
        known: Iterable[str],
        watch: JobWatch,
        *,
        is_listed: bool,
    ) -> None:
        super().__init__(watch)
        self._files = files
        self._known = set(known)
        self._new: list[Log] = []
        self._newest_at = self.pace.clock()
        self._seen = watch.status if self._known else None
        if (self._known or is_listed) and not (watch.status and watch.status.is_final):
            self._looked(is_news=False, started=self._newest_at)

    @property
    def due_in(self) -> float:
        if self._has_news:
            return 0.0
        return math.inf if self.is_routine else super().due_in

    @property
    def joins(self) -> bool:
        return self._has_news or super().due_in <= 0

    @property
    def is_routine(self) -> bool:
        """Whether it only joins the polls of others, since nothing says that there are more."""
        return bool(self._known) and not self._has_news and not self.is_in_trouble

    @property
    def _has_news(self) -> bool:
        status = self._watch.status
        is_told = self._seen is not None or (status is not None and status.is_final)
        return is_told and status != self._seen

    def take(self) -> list[Log]:
        """Those that appeared since the last call."""
        new, self._new = self._new, []
        return new

    def _look(self, events: list[Event], status: State) -> bool:
        self._seen = status
        new = [log for log in self._files() if log.name not in self._known]
        self._known.update(log.name for log in new)
        self._new += new
        if new:
            self._newest_at = self.pace.clock()
        return bool(new) and not status.is_final

    def _looked(self, *, is_news: bool, started: float) -> None:
        super()._looked(is_news=is_news, started=started)
        if self._known:
            self.pace.wait(until_more_files(self.pace.clock() - self._newest_at))

    def _drained(self, events: list[Event], status: State) -> None:
        if self._known:  # a job that has ended gets no more workers
            self._finish(status, "")
        else:
            super()._drained(events, status)

    def _reason(self, status: State) -> str:
        reasons = [super()._reason(status), _("The job wrote no log")]
        return _(". ").join(filter(None, reasons))
