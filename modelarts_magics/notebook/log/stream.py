"""A log in a plain terminal: printed as it comes, until the job ends or Ctrl-C."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence

from ...core.api.base import Job, JobApi
from ...core.api.log import LogText
from ...core.i18n import _
from ...core.logs.follow import Event, Finished, LastLines, StatusChanged, Trouble
from ...core.logs.job_logs import JobLogs
from ...sdk.writer import say
from ..text import render, terminal
from ..text.row import Line
from ..text.safe_stream import SafeStream


def stream(
    jobs: JobApi,
    job: Job,
    names: Sequence[str],
    file: str | None,
    tail: int | None,
    interval: float | None,
) -> Finished:
    """Print a log until nothing more comes; interrupting stops the printing, not the job.

    Text goes to standard output, all else to standard error.

    Args:
        names: the log files that there are; others may appear.
        file: only this one.
    """
    logs = JobLogs(jobs, job.ref)
    start = 0 if tail is None else LastLines(tail)
    follower = logs.follow(start, file=file, names=names, interval=interval, last_status=job.state)
    printer = Printer([file] if file else names)
    while follower.finished is None:
        time.sleep(follower.due_in)
        for event in follower.poll_due():
            printer.tell(event)
    return follower.finished


class _Rows:
    """The rows of a file, to be printed among those of others: once they are done."""

    def __init__(self) -> None:
        self._terminal = terminal.Terminal()
        self._first = 0  # number of the first row that is kept
        self._kept: list[Line] = []

    def feed(self, text: str) -> list[Line]:
        """The rows that may be printed now; one that changed later is among them again."""
        changed = self._terminal.feed(text)
        self._kept[max(0, changed.first - self._first) :] = changed.lines
        self._first = min(self._first, changed.first)
        return self._taken(self._terminal.done - self._first)

    def rest(self) -> list[Line]:
        return self._taken(len(self._kept))

    def _taken(self, count: int) -> list[Line]:
        taken, self._kept = self._kept[: max(0, count)], self._kept[max(0, count) :]
        self._first += len(taken)
        return taken


class Printer:
    """Prints events; what reaches beyond the log in a terminal is taken out of its text.

    Once there are several files, whole lines are printed, each after the name of its file.

    Args:
        names: the log files that are known.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = set(names)
        self._filters: dict[str, SafeStream] = {}
        self._rows: dict[str, _Rows] = {}
        self._is_within_line = False

    def tell(self, event: Event) -> None:
        if isinstance(event, LogText):
            self._print_text(event)
        elif isinstance(event, StatusChanged):
            self._say(render.status_word(event.status))
        elif isinstance(event, Trouble):
            again = _("again in {s:.0f} s", s=event.retry_in_s)
            self._say(f"{event.message} ({again})" if event.retry_in_s else event.message)
        else:
            for name, rows in self._rows.items():
                self._print_lines(name, rows.rest())
            self._say(event.reason or _("The job has completed"))

    def _print_text(self, event: LogText) -> None:
        name = event.log_file
        self._names.add(name)
        if len(self._names) > 1:
            self._print_lines(name, self._rows.setdefault(name, _Rows()).feed(event.text))
            return
        text = self._filters.setdefault(name, SafeStream()).feed(event.text)
        say(text, end="")
        self._is_within_line = not text.endswith("\n")

    def _print_lines(self, name: str, lines: Iterable[Line]) -> None:
        shown = [f"[{name}] {terminal.ansi(line)}\n" for line in lines if line]
        feed = self._leave() + ("\n" if self._is_within_line and shown else "")
        self._is_within_line = self._is_within_line and not shown
        say(feed + "".join(shown), end="")

    def _leave(self) -> str:
        """What else is printed stands below a block that rewrites itself."""
        return "".join(stream.leave() for stream in self._filters.values())

    def _say(self, words: str) -> None:
        say(self._leave(), end="")
        say(f"── {render.plain(words)}", stream=sys.stderr)
