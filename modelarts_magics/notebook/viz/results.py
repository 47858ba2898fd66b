"""Results of ``%ma_viz`` that show themselves: one visualization job, or a table of some."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from ...core.api.base import State
from ...core.errors import InvalidArgumentError
from ...core.i18n import _
from ...core.visualization import VisualizationJob
from ..text import render
from ..text.shown import Shown
from .tensorboard.link import checked

_HOUR = 3_600_000  # milliseconds
_DESCRIPTION = 40  # columns of a table for a terminal


@dataclass(frozen=True, repr=False)
class JobCard(Shown):
    """One visualization job at one moment.

    Attributes:
        job: as the service described it.
        note: what has just been done with it, in words.
        modelarts_session: that of the object the job was named by; ``None`` for the kernel's.
    """

    job: VisualizationJob
    note: str = ""
    modelarts_session: Any = field(default=None, repr=False, compare=False)

    @property
    def job_id(self) -> str:
        return self.job.job_id

    @property
    def visualization_id(self) -> str:
        """The id, under the name that the SDK gives it."""
        return self.job.job_id

    @property
    def job_name(self) -> str:
        return self.job.name

    @property
    def status(self) -> State:
        return self.job.state

    @property
    def train_url(self) -> str:
        return self.job.output

    @property
    def service_url(self) -> str:
        """Where it can be opened; empty unless it runs."""
        return self.job.service_url

    def _facts(self) -> list[tuple[str, str]]:
        job = self.job
        facts = [
            (_("job") if job.needs_token else _("folder"), job.output),
            (_("description"), job.job_desc),
            (_("created"), render.local_time(job.created)),
            (_("running time"), render.duration(job.duration) if job.duration else ""),
            (_("auto-stop"), auto_stop(job)),
            (_("reason"), job.failure_reason),
            (_("address"), job.service_url),
            (_("to open it"), f"%ma_viz open {job.job_id}" if _is_locked(job) else ""),
        ]
        return [(name, value) for name, value in facts if value]

    def as_text(self) -> str:
        job = self.job
        heading = f"{job.name} ({job.job_id}) · {render.status_word(job.state)}"
        lines = [render.plain(self.note), render.plain(heading)]
        lines += [f"  {name}: {render.plain(value)}" for name, value in self._facts()]
        return "\n".join(filter(None, lines))

    def as_html(self) -> str:
        job = self.job
        name = render.safe(f"{job.name} ({job.job_id})")
        note = f"<div>{render.safe(self.note)}</div>" if self.note else ""
        rows = [
            (
                f"<b>{escape(label)}</b>",
                ("" if job.needs_token else anchor(value)) or render.safe(value),
            )
            for label, value in self._facts()
        ]
        heading = f"<div><b>{name}</b> · {render.status_html(job.state)}</div>"
        return f'<div class="modelarts-magics">{note}{heading}{render.html_table((), rows)}</div>'


def _is_locked(job: VisualizationJob) -> bool:
    """Whether its page is there, and opens only with a token."""
    return job.needs_token and bool(job.service_url)


@dataclass(frozen=True, repr=False)
class VisualizationTable(Shown, Sequence[JobCard]):
    """Visualization jobs, in the order that was asked for.

    Attributes:
        jobs: as the service described them.
        total: how many match in all; ``None`` when the service did not say.
    """

    jobs: tuple[VisualizationJob, ...]
    total: int | None = None

    def __len__(self) -> int:
        return len(self.jobs)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [JobCard(job) for job in self.jobs[index]]
        return JobCard(self.jobs[index])

    def _rest(self) -> str:
        if self.total is None or self.total <= len(self.jobs):
            return ""
        return _(
            "{n} of {total} jobs; for all of them: --all",
            n=len(self.jobs),
            total=self.total,
        )

    def as_text(self) -> str:
        if not self.jobs:
            return none_found()
        return "\n".join(filter(None, [text_rows(self.jobs), self._rest()]))

    def as_html(self) -> str:
        if not self.jobs:
            return f"<p>{escape(none_found())}</p>"
        rest = f"<div>{escape(self._rest())}</div>" if self._rest() else ""
        return html_rows(self.jobs) + rest


def none_found() -> str:
    return _("There are no such visualization jobs. Create one: %ma_viz create FOLDER")


def headers() -> list[str]:
    """The heads of the columns of :func:`row`."""
    return [
        _("job"),
        _("name"),
        _("status"),
        _("age"),
        _("running time"),
        _("auto-stop"),
        _("folder"),
        _("description"),
    ]


def row(job: VisualizationJob) -> list[str]:
    """A job in words, one for each column; foreign texts as they are."""
    return [
        job.job_id,
        job.name,
        render.status_word(job.state),
        age(job),
        render.duration(job.duration) if job.duration else "",
        auto_stop(job),
        job.output,
        job.job_desc,
    ]


def text_rows(jobs: Sequence[VisualizationJob]) -> str:
    """A table for a terminal; long descriptions are cut."""
    rows = []
    for job in jobs:
        *cells, description = map(render.plain, row(job))
        rows.append([*cells, render.shortened(description, _DESCRIPTION)])
    return render.text_table(headers(), rows)


def html_rows(jobs: Sequence[VisualizationJob]) -> str:
    """A table; the name of a job that runs leads to it."""
    rows = []
    for job in jobs:
        cells = [render.safe(cell) for cell in row(job)]
        cells[1] = ("" if job.needs_token else anchor(job.service_url, job.name)) or cells[1]
        cells[2] = render.status_html(job.state)
        rows.append(cells)
    return render.html_table(headers(), rows)


def anchor(url: str, text: str = "") -> str:
    """A link as HTML that opens in a new tab; empty for what no page may open."""
    try:
        address = escape(checked(url))
    except InvalidArgumentError:
        return ""
    shown = render.safe(text or url)
    return f'<a href="{address}" target="_blank" rel="noopener noreferrer">{shown}</a>'


def age(job: VisualizationJob) -> str:
    """How long ago it was created, in words."""
    if job.created is None:
        return ""
    return render.rough_duration(max(0, int(time.time() * 1000) - job.created))


def auto_stop(job: VisualizationJob) -> str:
    """When it stops by itself, in words; empty when it does not.

    Counted from its schedule and its running time: the unit of ``remaining_duration`` is not
    documented.
    """
    hours = job.stop_after_hours
    if not hours:
        return ""
    if job.state.is_final:
        return _("after {n} h", n=hours)
    left = max(0, hours * _HOUR - (job.duration or 0))
    return _("in {time}", time=render.duration(left))
