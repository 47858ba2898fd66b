"""The scalars of a training: data for programs, charts for people."""

from __future__ import annotations

import time
from pathlib import Path

from ....core.api.base import Job, State
from ....core.by_name import pick
from ....core.i18n import _
from ....core.scalars.files import EventFolder
from ....core.scalars.reader import ScalarReader
from ....core.scalars.series import Series, TensorBoardRun
from ...text import render
from ...text.pattern import Pattern
from ...text.shown import Shown
from . import feed
from .charts import charts, grid
from .text_table import table

_MOST_TROUBLE = 5  # lines


class Scalars(Shown):
    """The scalars of a training, as data and as charts.

    While they are followed, what they hold grows.

    Args:
        folder: where the event files lie.
        location: the folder as its owner calls it.
        tags: what is to be found in a tag.
        job: the training job that writes them.

    Attributes:
        runs: each folder of event files, with its series; of those beyond thousands of points
            the extremes are kept.
        changes: grows when there is something new to show.
    """

    columns = feed.COLUMNS

    def __init__(
        self,
        folder: Path | EventFolder,
        location: str,
        tags: Pattern | None = None,
        job: Job | None = None,
    ) -> None:
        self.location = location
        self.runs: tuple[TensorBoardRun, ...] = ()
        self.changes = 0
        self._tags = tags
        self._job = job
        self._status = job.state if job else None
        self._reader = ScalarReader(folder, (lambda tag: tags.matching([tag])[0]) if tags else None)
        self._message = ""
        self._read_at = time.time()

    # ---- as data --------------------------------------------------------------------------------

    def series(self, tag: str, run: str | None = None) -> Series:
        """The series of a tag; of the first run that has it, unless a run is named.

        Raises:
            InvalidArgumentError: there is none.
        """
        named = [r for r in self.runs if run is None or r.name == run]
        tags = sorted({series.tag for r in named for series in r.series})
        return pick(
            tag,
            (series for r in named for series in r.series),
            lambda series: (series.tag,),
            missing=_("There is no scalar {tag}", tag=tag),
            near=lambda: tags,
            otherwise=_("There are {names}", names=", ".join(tags) or "-"),
        )

    def to_dict(self) -> dict[str, dict[str, dict[str, list[float]]]]:
        """By run, tag and column: ``step``, ``wall_time``, ``value``; pandas takes the columns."""
        return {
            run.name: {
                series.tag: {
                    "step": [point.step for point in series.points],
                    "wall_time": [point.wall_time for point in series.points],
                    "value": [point.value for point in series.points],
                }
                for series in run.series
            }
            for run in self.runs
        }

    # ---- as it grows ----------------------------------------------------------------------------

    def read(self, seconds: float) -> None:
        """Read what is new, for some seconds at most."""
        was_behind = self.is_behind
        if self._reader.poll(seconds) or was_behind:
            self.runs = self._reader.runs
            self._read_at = time.time()
            self.changes += 1

    def told(self, status: State) -> None:
        """Take note of the job's status."""
        if status != self._status or self._message:
            self._status, self._message = status, ""
            self.changes += 1

    def tell(self, message: str) -> None:
        """Show that something went wrong."""
        if message != self._message:
            self._message = message
            self.changes += 1

    @property
    def names(self) -> tuple[str, str, str]:
        """What the scalars can be called, each more exact than the one before."""
        job = self._job
        if job is None:
            return self.location, self.location, self.location
        title = f"{job.name} {job.version_name}".rstrip()
        return job.name, title, f"{title} ({job.ref.job})"

    @property
    def title(self) -> str:
        """The run that writes the scalars, or their folder."""
        return self.names[1]

    @property
    def jobs(self) -> list[tuple[str, tuple[TensorBoardRun, ...]]]:
        """The runs by the job that writes them, whose name is empty where there is but one."""
        return [("", self.runs)]

    @property
    def pattern(self) -> str:
        """What is to be found in a tag; empty for all tags."""
        return self._tags.text if self._tags else ""

    @property
    def is_final(self) -> bool:
        """The job has ended, so that nothing more is written."""
        return self._status is not None and self._status.is_final

    @property
    def is_behind(self) -> bool:
        """There is more to read already."""
        return self._reader.is_behind

    # ---- as a picture ---------------------------------------------------------------------------

    def as_text(self) -> str:
        body = [table(self.runs)] if self.runs else []
        return "\n".join([self.heading(self.title), *body, *map(render.plain, self.notes())])

    def as_html(self) -> str:
        body = grid(charts(self.runs)) if self.runs else ""
        return render.titled_html([self.heading_html(self.title)], body, self.notes())

    def heading(self, name: str) -> str:
        """The first line of the text, about scalars that go by a name."""
        return " · ".join(map(render.plain, [name, *self.words()]))

    def heading_html(self, name: str) -> str:
        """The same as HTML."""
        status = [] if self._status is None else [render.status_html(self._status)]
        return " · ".join(
            [f"<b>{render.safe(name)}</b>", *status, *map(render.safe, self._words())]
        )

    @property
    def status_word(self) -> str:
        """The status of the job; empty for a folder."""
        return "" if self._status is None else render.status_word(self._status)

    def words(self) -> list[str]:
        """What stands beside the title: the status, the folder, when it was read."""
        return [*filter(None, [self.status_word]), *self._words()]

    def _words(self) -> list[str]:
        words = [self.location] if self._job else []
        moment = render.local_time(int(self._read_at * 1000))
        words.append(_("read {time}", time=moment))
        if self.is_behind:
            done, there = self._reader.read_bytes
            words.append(_("{percent}% so far", percent=100 * done // max(there, 1)))
        return words

    def notes(self) -> list[str]:
        """What is to be known of the scalars: why there are none, what cannot be read."""
        trouble = self._reader.trouble
        notes = list(trouble[:_MOST_TROUBLE])
        if len(trouble) > _MOST_TROUBLE:
            notes.append(_("{n} more files cannot be read", n=len(trouble) - _MOST_TROUBLE))
        if self._message:
            notes.append(self._message)
        return notes if self.runs or self.is_behind else [self._why_empty(), *notes]

    def _why_empty(self) -> str:
        if not self._reader.has_files:
            if self._status is None or self.is_final:
                return self._without_files()
            return _("The job has written no event files yet")
        others = sorted(self._reader.other_tags)
        if others:
            names = ", ".join(others)
            return _("No tag has {pattern}: there are {names}", pattern=self.pattern, names=names)
        return _("The event files hold no scalars")

    def _without_files(self) -> str:
        if self._job is None:
            return _("There are no event files in {folder}", folder=self.location)
        return _(
            "There are no event files in {folder}. Curves that the log tells: %ma_log {job}",
            folder=self.location,
            job=self._job.ref.job,
        )
