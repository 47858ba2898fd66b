"""What a task uses of its machine: CPU, memory, accelerator, an average a minute, as charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...core.api.base import Job, JobApi, ResourceUsage
from ...core.errors import ModelArtsError
from ...core.http.reader import Reader
from ...core.http.transport import run_directly
from ...core.i18n import _
from ...core.scalars.series import Point, Series, TensorBoardRun
from ..panels.live import live_panels
from ..panels.panel import Panel
from ..text import render
from ..text.shown import Shown
from ..viz.scalars.charts import charts, grid
from ..viz.scalars.text_table import table

_MINUTE = 60.0  # seconds, and so the time between looks: the service has one value a minute
_DEADLINE = 15.0  # seconds of a request


class Resources(Shown):
    """The resource usage of one task, as data and as charts; it grows while it is followed.

    Attributes:
        usage: by resource, points of epoch milliseconds and value.
        changes: grows when there is something new to show.
    """

    def __init__(self, job: Job, task: str, usage: Sequence[ResourceUsage]) -> None:
        self.job = job
        self.task = task
        self.usage = usage
        self.changes = 0
        self._message = ""

    def take(self, job: Job, usage: Sequence[ResourceUsage]) -> None:
        """The service has answered."""
        self.job, self.usage, self._message = job, usage, ""
        self.changes += 1

    def tell(self, message: str) -> None:
        """Show that something went wrong."""
        if message != self._message:
            self._message = message
            self.changes += 1

    @property
    def title(self) -> str:
        return f"{self.job.name} ({self.job.ref.job}) · {self.task}"

    @property
    def _runs(self) -> list[TensorBoardRun]:
        series = tuple(_series(one) for one in self.usage if one.points)
        return [TensorBoardRun(self.task, series)] if series else []

    def _notes(self) -> list[str]:
        steps = _("A step is a minute") if self._runs else _("Nothing has been measured yet")
        return [steps, *([self._message] if self._message else [])]

    def as_text(self) -> str:
        heading = f"{render.plain(self.title)} · {render.status_word(self.job.state)}"
        body = [table(self._runs)] if self._runs else []
        return "\n".join([heading, *body, *map(render.plain, self._notes())])

    def as_html(self) -> str:
        heading = f"<b>{render.safe(self.title)}</b> · {render.status_html(self.job.state)}"
        body = grid(charts(self._runs)) if self._runs else ""
        return render.titled_html([heading], body, self._notes())


def _series(usage: ResourceUsage) -> Series:
    """Its steps are minutes since the first value that is known."""
    first = usage.points[0][0]
    points = (Point(round((at - first) / 60_000), at / 1000, value) for at, value in usage.points)
    return Series(f"{usage.resource} ({usage.unit})", tuple(points))


class ResourcePanel(Panel):
    """Draws the charts anew each minute, until the job has ended.

    Args:
        jobs: those of its session.
        resources: what was read just now.
    """

    first_look = 0.0  # it has been read before

    def __init__(self, jobs: JobApi, resources: Resources) -> None:
        key = ("resources", resources.job.ref, resources.task)
        super().__init__("resources", key, resources, view="html")
        self._jobs = jobs.for_follower(Reader(), deadline=_DEADLINE, run=run_directly)
        self._resources = resources
        live_panels().add(self)

    def __repr__(self) -> str:
        return f"ResourcePanel({self.title!r})"

    @property
    def title(self) -> str:
        return self._resources.title

    def _work(self) -> Iterator[float]:
        yield self._pause(_MINUTE)
        while not self._resources.job.state.is_final:
            self._look()
            yield self._pause(_MINUTE)

    def _look(self) -> None:
        """The state comes first, so that what is read after the last one is all there is."""
        shown = self._resources
        try:
            job = self._jobs.get(shown.job.ref)
            shown.take(job, self._jobs.resource_usage(job.ref, shown.task))
        except ModelArtsError as error:
            shown.tell(str(error))

    def _tell(self, message: str) -> None:
        self._resources.tell(message)

    def _over(self, why: str) -> None:
        self._resources.tell(why)
