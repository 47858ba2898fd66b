"""What a task uses of its machine: CPU, memory, accelerator, an average a minute, as charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ...core.api.base import Job, JobApi, ResourceUsage
from ...core.errors import ModelArtsError
from ...core.http.reader import Reader
from ...core.http.transport import run_directly
from ...core.i18n import _
from ...core.scalars.series import Jobs, Point, Series, TensorBoardRun
from ..panels.live import live_panels
from ..text import render
from ..text.shown import Shown
from ..viz.scalars import feed
from ..viz.scalars.chart_panel import ChartPanel
from ..viz.scalars.charts import charts, grid
from ..viz.scalars.text_table import table

_MINUTE = 60.0  # seconds, and so the time between looks: the service has one value a minute
_DEADLINE = 15.0  # seconds of a request
_MOST_LEFT_OUT = 5  # minutes at the beginning that an answer may lack beside the one before


class Resources(Shown):
    """The resource usage of one task, as data and as charts; it grows while it is followed.

    Attributes:
        usage: by resource, as the service calls it, points of epoch milliseconds and value.
        changes: grows when there is something new to show.
    """

    columns = feed.BY_TIME

    def __init__(self, job: Job, task: str, usage: Sequence[ResourceUsage]) -> None:
        self.job = job
        self.task = task
        self.usage: Sequence[ResourceUsage] = usage
        self.changes = 0
        self._message = ""

    def take(self, job: Job, usage: Sequence[ResourceUsage]) -> None:
        """The service has answered; what it told before keeps its times, and is kept."""
        before = {one.resource: one for one in self.usage}
        self.usage = [_grown(before.get(one.resource), one) for one in usage]
        self.job, self._message = job, ""
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
    def jobs(self) -> Jobs:
        """The series, of the one job."""
        return [("", self._runs)]

    @property
    def _runs(self) -> list[TensorBoardRun]:
        series = tuple(_series(one) for one in self.usage if one.points)
        return [TensorBoardRun(self.task, series)] if series else []

    def words(self) -> list[str]:
        """What stands beside the title: the state of the job."""
        return [render.status_word(self.job.state)]

    def notes(self) -> list[str]:
        """What is to be known of the charts: why there are none, what went wrong."""
        lacking = [] if self._runs else [_("Nothing has been measured yet")]
        return [*lacking, *filter(None, [self._message])]

    def _picture_notes(self) -> list[str]:
        """A picture counts minutes, where a page has times."""
        return [*([_("A step is a minute")] if self._runs else []), *self.notes()]

    def as_text(self) -> str:
        heading = f"{render.plain(self.title)} · {render.status_word(self.job.state)}"
        body = [table(self._runs)] if self._runs else []
        return "\n".join([heading, *body, *map(render.plain, self._picture_notes())])

    def as_html(self) -> str:
        heading = f"<b>{render.safe(self.title)}</b> · {render.status_html(self.job.state)}"
        body = grid(charts(self._runs)) if self._runs else ""
        return render.titled_html([heading], body, self._picture_notes())


def _names() -> Mapping[str, str]:
    """What people call what the service measures."""
    return {
        "cpuUsage": "CPU",
        "memUsage": _("Memory"),
        "gpuUtil": "GPU",
        "gpuMemUsage": _("GPU memory"),
        "npuUtil": "NPU",
        "npuMemUsage": _("NPU memory"),
    }


def _series(usage: ResourceUsage) -> Series:
    """Its steps are minutes since the first value that is known."""
    first = usage.points[0][0]
    points = (Point(round((at - first) / 60_000), at / 1000, value) for at, value in usage.points)
    name = f"{_names().get(usage.resource, usage.resource)} ({usage.unit})"
    return Series(name, tuple(points), usage.resource)


def _grown(before: ResourceUsage | None, now: ResourceUsage) -> ResourceUsage:
    """The newer one with the times of the older: the service tells none, but that the last is now.

    What the service leaves out at the beginning, after days, is kept.
    """
    if before is None or not before.points or not now.points:
        return now
    values = [value for _at, value in now.points]
    known = [value for _at, value in before.points]
    fresh = round((now.points[-1][0] - before.points[-1][0]) / 60_000)
    likely = len(known) + fresh - len(values)  # all may be equal, so that every one would fit
    every = range(min(len(known), _MOST_LEFT_OUT + 1))
    for left_out in sorted(every, key=lambda one: abs(one - likely)):
        there = len(known) - left_out
        if values[:there] == known[left_out:]:
            return replace(now, points=[*before.points, *now.points[there:]])
    return now


class ResourcePanel(ChartPanel):
    """Draws the charts anew each minute, until the job has ended.

    Args:
        jobs: those of its session.
        resources: what was read just now.
    """

    def __init__(self, jobs: JobApi, resources: Resources) -> None:
        key = ("resources", resources.job.ref, resources.task)
        super().__init__("resources", key, resources)
        self._jobs = jobs.for_follower(Reader(), deadline=_DEADLINE, run=run_directly)
        self._resources = resources
        live_panels().add(self)

    def __repr__(self) -> str:
        return f"ResourcePanel({self.title!r})"

    @property
    def title(self) -> str:
        return self._resources.title

    def _work(self) -> Iterator[float]:
        while not self._resources.job.state.is_final:
            yield self._pause(_MINUTE)
            self._look()

    def _look(self) -> None:
        """The state comes first, so that what is read after the last one is all there is."""
        shown = self._resources
        try:
            job = self._jobs.get(shown.job.ref)
            shown.take(job, self._jobs.resource_usage(job.ref, shown.task))
        except ModelArtsError as error:
            shown.tell(str(error))
