"""The scalars of several trainings in one set of charts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from ....core.i18n import _
from ....core.scalars.series import TensorBoardRun
from ...text import render
from ...text.shown import Shown
from . import feed
from .charts import grid, job_charts, without
from .scalars import Scalars
from .text_table import job_table

MOST = 8  # each has a colour of its own
_MOST_NAMES = 8  # of what a job lacks


class Compared(Shown):
    """The scalars of several jobs or folders, drawn over each other.

    While they are followed, what they hold grows.

    Args:
        parts: the scalars of each.

    Attributes:
        parts: the same by name: that of the job, or the folder; with version and id where others
            have the same.
    """

    columns = feed.COLUMNS

    def __init__(self, parts: Sequence[Scalars]) -> None:
        self.parts = dict(zip(_names_of(parts), parts))
        self._message = ""
        self._messages = 0

    # ---- as data --------------------------------------------------------------------------------

    @property
    def jobs(self) -> list[tuple[str, tuple[TensorBoardRun, ...]]]:
        """The runs by the name of the job that writes them."""
        return [(name, part.runs) for name, part in self.parts.items()]

    def to_dict(self) -> dict[str, dict[str, dict[str, dict[str, list[float]]]]]:
        """By job what :meth:`.Scalars.to_dict` gives."""
        return {name: part.to_dict() for name, part in self.parts.items()}

    # ---- as it grows ----------------------------------------------------------------------------

    @property
    def changes(self) -> int:
        """Grows when there is something new to show."""
        return self._messages + sum(part.changes for part in self.parts.values())

    @property
    def is_behind(self) -> bool:
        """There is more to read already."""
        return any(part.is_behind for part in self.parts.values())

    def read(self, seconds: float) -> None:
        """Read what is new of each, for some seconds at most."""
        for part in self.parts.values():
            part.read(seconds / len(self.parts))

    def tell(self, message: str) -> None:
        """Show that something went wrong."""
        if message != self._message:
            self._message = message
            self._messages += 1

    # ---- as a picture ---------------------------------------------------------------------------

    @property
    def title(self) -> str:
        return ", ".join(self.parts)

    @property
    def pattern(self) -> str:
        """What is to be found in a tag; empty for all tags."""
        return next(part.pattern for part in self.parts.values())

    def as_text(self) -> str:
        headings = [part.heading(name) for name, part in self.parts.items()]
        body = [job_table(self.jobs)] if any(runs for _job, runs in self.jobs) else []
        notes = [*self.notes(), *self._lacking_tags()]
        return "\n".join([*headings, *body, *map(render.plain, notes)])

    def as_html(self) -> str:
        headings = [part.heading_html(name) for name, part in self.parts.items()]
        drawn = job_charts(self.jobs)
        return render.titled_html(headings, grid(drawn) if drawn else "", self.notes())

    def words(self) -> list[str]:
        """What stands beside the title: the status of each."""
        return [
            f"{name}: {part.status_word}" for name, part in self.parts.items() if part.status_word
        ]

    def notes(self) -> list[str]:
        """What is to be known of each, and which runs only some have."""
        told = [f"{name}: {note}" for name, part in self.parts.items() for note in part.notes()]
        every = {run.name for _job, runs in self.jobs for run in runs}
        lacking = [
            _("{job} has no run {names}", job=job, names=_cut(sorted(missing)))
            for job, runs in self.jobs
            if runs and (missing := every - {run.name for run in runs})
        ]
        return [*told, *lacking, *filter(None, [self._message])]

    def _lacking_tags(self) -> list[str]:
        """A chart says so itself, a row of a table does not."""
        runs = chain.from_iterable(runs for _job, runs in self.jobs)
        lacking: dict[str, list[str]] = {}
        for tag in sorted({series.tag for run in runs for series in run.series}):
            for job in without(self.jobs, tag):
                lacking.setdefault(job, []).append(tag)
        return [
            _("{job} has no {names}", job=job, names=_cut(lacking[job]))
            for job, has_any in self.jobs
            if has_any and job in lacking
        ]


def _names_of(parts: Sequence[Scalars]) -> Sequence[str]:
    """The shortest names that tell them apart."""
    ways = [[*way] for way in zip(*(part.names for part in parts))]
    return next((names for names in ways if len(set(names)) == len(parts)), ways[-1])


def _cut(names: Sequence[str]) -> str:
    left = len(names) - _MOST_NAMES
    shown = ", ".join(names[:_MOST_NAMES])
    return _("{names} and {n} more", names=shown, n=left) if left > 0 else shown
