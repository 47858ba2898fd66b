"""What the service tells of a job beside its log."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Callable

from ...core.api.base import Job, JobApi, JobEvent
from ...core.errors import ModelArtsError
from ...core.i18n import _
from ..text import colors, render
from ..text.shown import Shown
from .model import LogModel

_INTERVAL = 30.0  # seconds between looks at the events of a job that goes on
_MOST = 500  # events in a panel, the newest
_COLORS = {"warning": "warning", "error": "error", "fatal": "error"}


@dataclass(frozen=True, repr=False)
class EventTable(Shown, Sequence[JobEvent]):
    """The events of a job, the oldest first."""

    job: Job
    events: Sequence[JobEvent]

    def __len__(self) -> int:
        return len(self.events)

    def __getitem__(self, index: Any) -> Any:
        return self.events[index]

    def as_text(self) -> str:
        if not self.events:
            return _("Nothing is told of the job yet")
        rows = [[when(one), render.plain(one.level), render.plain(one.message)] for one in self]
        return render.text_table([_("time"), _("level"), _("event")], rows)

    def as_html(self) -> str:
        if not self.events:
            return f"<p>{render.safe(self.as_text())}</p>"
        return render.html_table([_("time"), _("level"), _("event")], html_rows(self.events))


def html_rows(events: Sequence[JobEvent]) -> list[list[str]]:
    """Time, level and words of events, as HTML."""
    return [[render.safe(when(one)), _level(one), render.safe(one.message)] for one in events]


def when(event: JobEvent) -> str:
    """When it was, on the clock of the kernel."""
    return render.local_time(event.time)


def _level(event: JobEvent) -> str:
    color = _COLORS.get(event.level.lower())
    level = render.safe(event.level)
    return f'<b style="color:{colors.variable(color)}">{level}</b>' if color else level


class EventLook:
    """Asks for the events of a job as long as somebody looks at them.

    Args:
        model: takes them.
        jobs: of the panel.
        clock: monotonic seconds.
    """

    def __init__(
        self, model: LogModel, jobs: JobApi, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._model = model
        self._jobs = jobs
        self._clock = clock
        self._due_at = 0.0
        self._state = model.status

    @property
    def due_in(self) -> float:
        """Seconds until they are to be asked for."""
        if self._model.events is None:
            return _INTERVAL
        return 0.0 if self._state != self._model.status else max(0.0, self._due_at - self._clock())

    def open(self) -> None:
        """Ask for them; a refusal is raised."""
        self._state, self._due_at = self._model.status, self._clock() + _INTERVAL
        self._model.tell_events(self._jobs.events(self._model.job.ref)[-_MOST:])

    def close(self) -> None:
        self._model.tell_events(None)

    def go_on(self) -> None:
        """Ask when it is time; in trouble those of before stay."""
        if self.due_in > 0:
            return
        try:
            self.open()
        except ModelArtsError as error:
            self._model.say(str(error))
