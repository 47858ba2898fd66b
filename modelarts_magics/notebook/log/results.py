"""Results of ``%ma_log`` that show themselves: a still picture of a log, a table of jobs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import Any

from ...core.api.base import Job
from ...core.api.log import LogText
from ...core.i18n import _
from ...core.metrics.standing import Standing, first_of, standing
from ..text import render, terminal
from ..text.row import Line
from ..text.shown import Shown
from . import job_words
from .model import LogModel
from .sieve import Sieve, Wanted

LARGEST = 400 * 1024  # bytes of HTML of a picture; its text is less
_MOST_READ = 2**20  # characters, in which metrics are looked for: a tenth of a second


@dataclass(frozen=True, repr=False)
class LogPicture(Shown):
    """A part of a log at one moment.

    Attributes:
        version: the job, as the service described it at that moment.
        log_file: name of the log file.
        log_files: all that the run has.
        part: the text, and where it stands in the log.
        note: what else is to be said of it.
        is_unbounded: whether all of it is shown, however much that is.
    """

    version: Job
    log_file: str
    log_files: Sequence[str]
    part: LogText
    note: str = ""
    is_unbounded: bool = False

    @property
    def text(self) -> str:
        """The text as the program wrote it."""
        return self.part.text

    def picked(self, wanted: Wanted, words: str) -> LogPicture:
        """The same with nothing but the lines that are wanted.

        Args:
            words: say in the heading which those are.
        """
        lines = self.text.removesuffix("\n").split("\n") if self.text else []
        found = [one.line for one in Sieve(wanted).passed("", lines, terminal.stripped)]
        note = _("{n:,} of {count:,} lines: {words}", n=len(found), count=len(lines), words=words)
        return replace(self, part=replace(self.part, text="\n".join(found)), note=note)

    @cached_property
    def _shown(self) -> tuple[list[Line], int]:
        """The lines that are shown, which are the last ones; and how many before are not."""
        lines = terminal.lines(self.text)
        if self.is_unbounded:
            return lines, 0
        shown = render.fitting(lines, LARGEST)
        return shown, len(lines) - len(shown)

    @cached_property
    def _metrics(self) -> Sequence[Standing]:
        """How the first metrics stand by the text that is shown."""
        if len(self.text) > _MOST_READ:
            return ()
        from ...metrics import read

        found = read(self.text)
        return [standing(name, found[name].values) for name in first_of(found)]

    def _said(self) -> str:
        left_out = self._shown[1]
        cut = _("the first {n:,} lines are not shown here", n=left_out) if left_out else ""
        return " · ".join(filter(None, [self.note, cut]))

    def _heading(self) -> list[str]:
        version = self.version
        names = [f"{version.name} ({version.ref.job}) {version.version_name}".rstrip()]
        if version.duration:
            names.append(render.duration(version.duration))
        names += job_words.about(version)
        names += job_words.metrics(self._metrics)
        names.append(self.log_file)
        names.append(
            _("bytes {start:,}-{end:,}", start=self.part.start_byte, end=self.part.end_byte)
        )
        others = [name for name in self.log_files if name != self.log_file]
        if others:
            names.append(_("other files: {names}", names=", ".join(others)))
        return [*names, *filter(None, [self._said()])]

    def as_text(self) -> str:
        heading = [self._heading()[0], render.status_word(self.version.state)]
        heading += self._heading()[1:]
        body = render.log_text(self._shown[0]) or _("(no log text)")
        said = [" · ".join(map(render.plain, heading)), job_words.failure(self.version), body]
        return "\n".join(filter(None, said))

    def as_html(self) -> str:
        name, *rest = map(escape, map(render.plain, self._heading()))
        status = render.status_html(self.version.state)
        heading = " · ".join([f"<b>{name}</b>", status, *rest])
        heading += render.lines_html(job_words.failure(self.version))
        return render.log_html(self._shown[0], heading)

    def plain(self) -> PlainLog:
        """The same picture without HTML."""
        return PlainLog(self.as_text(), self.text)


@dataclass(frozen=True, repr=False)
class PlainLog(Shown):
    """A picture of a log that is only text.

    Attributes:
        shown: with its heading, as it is displayed.
        text: as the program wrote it.
    """

    shown: str
    text: str

    def as_text(self) -> str:
        return self.shown


@dataclass(frozen=True, repr=False)
class PanelTable(Shown):
    """The panels of this kernel that follow a log."""

    rows: tuple[tuple[str, str, str], ...]

    @classmethod
    def of(cls, panels: Iterable[LogModel]) -> PanelTable:
        words = ((p.title, p.job.version_name, render.status_word(p.status)) for p in panels)
        return cls(
            tuple((render.plain(job), render.plain(of), status) for job, of, status in words)
        )

    def as_text(self) -> str:
        if not self.rows:
            return _("No panel follows a log")
        return render.text_table([_("job"), _("version"), _("status")], self.rows)


@dataclass(frozen=True, repr=False)
class JobTable(Shown, Sequence[Job]):
    """Training jobs, newest first.

    Attributes:
        note: what stands below them.
        is_chosen: they are those of a name or a status; others may be there.
    """

    jobs: Sequence[Job]
    note: str = ""
    is_chosen: bool = False

    def __len__(self) -> int:
        return len(self.jobs)

    def __getitem__(self, index: Any) -> Any:
        return self.jobs[index]

    def _headers(self) -> list[str]:
        return [_("job"), _("name"), _("status"), _("versions"), _("created"), _("duration")]

    def _none(self) -> str:
        if self.is_chosen:
            return _("No training job matches. All of them: %ma_log --all")
        return _("There are no training jobs")

    def _cells(self, job: Job) -> list[str]:
        return [
            render.plain(job.ref.job),
            render.plain(job.name),
            render.status_word(job.state),
            str(job.version_count or ""),
            render.local_time(job.created),
            render.duration(job.duration),
        ]

    def as_text(self) -> str:
        if not self.jobs:
            return self._none()
        table = render.text_table(self._headers(), map(self._cells, self.jobs))
        return "\n".join(filter(None, [table, self.note]))

    def as_html(self) -> str:
        if not self.jobs:
            return f"<p>{escape(self._none())}</p>"
        rows = []
        for job in self.jobs:
            cells = list(map(escape, self._cells(job)))
            cells[2] = render.status_html(job.state)
            rows.append(cells)
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        return render.html_table(self._headers(), rows) + note
