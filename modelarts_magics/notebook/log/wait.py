"""``%ma_log JOB --wait``: for whoever runs a notebook without a person, or a line in a script.

It prints what a terminal prints, bounded unless all is wanted, and fails where the job failed.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Callable

from ...core.api.base import Job, JobApi
from ...core.errors import JobEndedError, ModelArtsError, NotEndedError, ServiceError
from ...core.http.transport import run_directly
from ...core.i18n import _
from ...core.logs.follow import Finished, LastLines
from ...core.logs.job_logs import JobLogs
from ...sdk.writer import say
from ..text import render
from . import job_words
from .excerpt import TAIL, Excerpt
from .line_printer import All, LinePrinter
from .sieve import Sieve
from .stream import drain


@dataclass(frozen=True)
class Waiting:
    """How somebody waits for a job.

    Attributes:
        file: only this log file.
        tail: lines at the end of what is printed; ``None`` prints all of the log.
        limit: seconds.
        interval: seconds between polls, in place of a cadence that adapts.
        may_fail: a job that fails does not fail the cell.
        is_kernel: whether there is a notebook, in which all stands in one output.
    """

    file: str | None = None
    tail: int | None = TAIL
    limit: float = math.inf
    interval: float | None = None
    may_fail: bool = False
    is_kernel: bool = False


def wait(
    jobs: JobApi,
    job: Job,
    names: Sequence[str],
    how: Waiting,
    sieve: Sieve,
    save: Callable[[], object],
) -> Finished:
    """Print a log until the job ends; interrupting ends the waiting, not the job.

    Args:
        names: the log files that there are; others may appear.
        sieve: lets those lines through that are wanted.
        save: is called when the job has ended, however it did.

    Raises:
        JobEndedError: it is no success.
        NotEndedError: it goes on after the time that was given.
    """
    out = All() if how.tail is None else Excerpt(say, how.tail)
    talk = sys.stdout if how.is_kernel else sys.stderr
    printer = LinePrinter([how.file] if how.file else names, out, talk, sieve)
    start = 0 if sieve.reach is None else LastLines(sieve.reach)
    follower = JobLogs(jobs, job.ref, run=run_directly).follow(
        start, file=how.file, names=names, interval=how.interval, last_status=job.state
    )
    try:
        ended = drain(follower, printer.tell, how.limit)
    finally:
        printer.end()
    if ended is None:
        raise _goes_on(job, how.limit)
    with suppress(ServiceError):  # nobody knows more of it then
        for line in job_words.failure(jobs.get(job.ref)).splitlines():
            printer.say(line)
    trouble = _trouble_of(save)
    is_good = ended.is_success or how.may_fail
    if trouble and is_good:
        raise trouble
    if trouble:
        printer.say(str(trouble))
    if is_good:
        return ended
    raise _failed(job, ended, sieve.last_error)


def _trouble_of(save: Callable[[], object]) -> ModelArtsError | None:
    """Save; what keeps the log from it must not hide that the job failed."""
    try:
        save()
    except ModelArtsError as error:
        return error
    return None


def _name(job: Job) -> str:
    return render.plain(f"{job.name} ({job.ref.job}) {job.version_name}".rstrip())


def _goes_on(job: Job, seconds: float) -> NotEndedError:
    return NotEndedError(
        _("{job} goes on after {time}", job=_name(job), time=render.duration(int(seconds * 1000))),
        _("Look at it: %ma_log {job}", job=job.ref.job),
    )


def _failed(job: Job, ended: Finished, last_error: str) -> JobEndedError:
    reason = ended.reason or _("It is not known how it ended")
    words = f"{_name(job)}: {reason}"
    if last_error:
        words += " · " + _("last error: {line}", line=render.plain(last_error))
    return JobEndedError(words, _("For a cell that goes on all the same: --no-fail"))
