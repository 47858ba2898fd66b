"""A log in a plain terminal: printed as it comes, until the job ends or Ctrl-C."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Callable, Protocol

from ...core.api.base import Job, JobApi
from ...core.api.log import LogText
from ...core.cancellation import call
from ...core.http.transport import run_directly
from ...core.i18n import _
from ...core.logs.follow import Event, Finished, LastLines, StatusChanged, Trouble
from ...core.logs.follow_job import JobFollower
from ...core.logs.job_logs import JobLogs
from ...sdk.writer import say
from ..text import render, terminal
from ..text.row import Line
from ..text.safe_stream import SafeStream
from .rows import Rows


def stream(
    jobs: JobApi,
    job: Job,
    names: Sequence[str],
    file: str | None,
    tail: int | None,
    interval: float | None,
    printer: Printing | None = None,
) -> Finished:
    """Print a log until nothing more comes; interrupting stops the printing, not the job.

    Text goes to standard output, all else to standard error.

    Args:
        names: the log files that there are; others may appear.
        file: only this one.
        printer: prints what happened, in place of a :class:`Printer`.
    """
    logs = JobLogs(jobs, job.ref, run=run_directly)  # interruptible as a whole
    start = 0 if tail is None else LastLines(tail)
    follower = logs.follow(start, file=file, names=names, interval=interval, last_status=job.state)
    printer = printer or Printer([file] if file else names)
    ended = drain(follower, printer.tell)
    assert ended is not None  # noqa: S101  # it waits for ever
    return ended


class Printing(Protocol):
    """Prints events."""

    def tell(self, event: Event) -> None: ...


def drain(
    follower: JobFollower, tell: Callable[[Event], object], limit: float = math.inf
) -> Finished | None:
    """Poll until nothing more comes, and tell what happened; open to an interrupt all the time.

    Args:
        limit: seconds.

    Returns:
        How it ended; ``None`` where it had not when the time was over.
    """
    end = time.monotonic() + limit
    while follower.finished is None:
        time.sleep(min(follower.due_in, max(0.0, end - time.monotonic())))
        try:
            events = call(follower.poll_due, end - time.monotonic())
        except TimeoutError:
            return None
        for event in events:
            tell(event)
    return follower.finished


def words_of(event: StatusChanged | Trouble | Finished) -> str:
    """What happened beside the text."""
    if isinstance(event, StatusChanged):
        return render.plain(render.status_word(event.status))
    if isinstance(event, Trouble):
        again = _("again in {s:.0f} s", s=event.retry_in_s)
        return render.plain(f"{event.message} ({again})" if event.retry_in_s else event.message)
    return render.plain(event.reason or _("The job has completed"))


class Printer:
    """Prints events; what reaches beyond the log in a terminal is taken out of its text.

    Once there are several files, whole lines are printed, each after the name of its file.

    Args:
        names: the log files that are known.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = set(names)
        self._filters: dict[str, SafeStream] = {}
        self._rows: dict[str, Rows] = {}
        self._is_within_line = False

    def tell(self, event: Event) -> None:
        if isinstance(event, LogText):
            self._print_text(event)
            return
        if isinstance(event, Finished):
            for name, rows in self._rows.items():
                self._print_lines(name, rows.rest())
        self._say(words_of(event))

    def _print_text(self, event: LogText) -> None:
        name = event.log_file
        self._names.add(name)
        if len(self._names) > 1:
            self._print_lines(name, self._rows.setdefault(name, Rows()).feed(event.text))
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
        say(f"── {words}", stream=sys.stderr)
