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
from ..text import render, terminal

_LONGEST_LINE = 2**16  # characters that wait for the end of their line


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


class Printer:
    """Prints events; what a terminal would obey is taken out of the text, but for colours.

    Once there are several files, whole lines are printed, each after the name of its file.

    Args:
        names: the log files that are known.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = set(names)
        self._filters: dict[str, terminal.SafeStream] = {}
        self._rests: dict[str, str] = {}  # beginnings of lines that are not printed yet
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
            for name in self._rests:
                self._print_lines(name, "\n")
            self._say(event.reason or _("The job has completed"))

    def _print_text(self, event: LogText) -> None:
        self._names.add(event.log_file)
        safe = self._filters.setdefault(event.log_file, terminal.SafeStream())
        text = safe.feed(event.text)
        if len(self._names) > 1:
            self._print_lines(event.log_file, text)
            return
        print(text, end="", flush=True)
        self._is_within_line = not text.endswith("\n")

    def _print_lines(self, name: str, text: str) -> None:
        *lines, rest = (self._rests.get(name, "") + text).split("\n")
        if len(rest) > _LONGEST_LINE:
            lines, rest = [*lines, rest], ""
        self._rests[name] = rest
        feed = "\n" if self._is_within_line and lines else ""
        self._is_within_line = self._is_within_line and not lines
        shown = (line.rstrip("\r").rpartition("\r")[2] for line in lines if line)
        print(feed + "".join(f"[{name}] {line}\n" for line in shown), end="", flush=True)

    def _say(self, words: str) -> None:
        print(f"── {render.plain(words)}", file=sys.stderr, flush=True)
