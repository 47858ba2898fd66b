"""Watch a visualization job until it runs, or until it has ended."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Callable

from ..api.base import Phase, VisualizationApi, VisualizationJob
from ..backoff import Backoff
from ..errors import JobEndedError, NotFoundError, ServiceError
from ..http.retry import may_read_again
from ..i18n import _

BACKOFF = Backoff(first=0.25, factor=1.5, longest=5.0)  # from look to look
_LONGEST_UNKNOWN = 600.0  # seconds


@dataclass(frozen=True)
class Look:
    """One look at a job that is waited for.

    Attributes:
        job: as it was seen; in trouble, as it was seen last.
        next_look_in_s: seconds to wait; 0.0 when the job is as wanted, in the last look.
        trouble: what went wrong and may pass; empty when nothing did.
    """

    job: VisualizationJob
    next_look_in_s: float
    trouble: str = ""


def progress(
    api: VisualizationApi, job_id: str, clock: Callable[[], float] = time.monotonic
) -> Iterator[Look]:
    """Look at a job until it runs; the caller waits between the looks.

    Args:
        clock: monotonic seconds.

    Raises:
        JobEndedError: it failed, was stopped or deleted, or nobody knows for ten minutes.
        ServiceError: the service refuses to tell.
    """
    return _looks(lambda: _alive(_seen(api, job_id)), _runs, api.unseen(job_id), clock)


def ending(
    api: VisualizationApi, job_id: str, clock: Callable[[], float] = time.monotonic
) -> Iterator[Look]:
    """Look at a job that is being stopped until it has ended; the caller waits between the looks.

    Args:
        clock: monotonic seconds.

    Raises:
        JobEndedError: it was deleted, or nobody knows for ten minutes.
        ServiceError: the service refuses to tell.
    """
    return _looks(lambda: _seen(api, job_id), _has_ended, api.unseen(job_id), clock)


def _looks(
    see: Callable[[], VisualizationJob],
    is_as_wanted: Callable[[VisualizationJob], bool],
    job: VisualizationJob,
    clock: Callable[[], float],
) -> Iterator[Look]:
    looks, known_at = 0, clock()
    while not is_as_wanted(job):
        trouble, asked = "", None
        looks += 1
        try:
            job = see()
        except ServiceError as error:
            if not may_read_again(error):
                raise
            trouble, asked = error.message, error.retry_after
        if not trouble and job.state.phase is not Phase.UNKNOWN:
            known_at = clock()
        elif clock() - known_at > _LONGEST_UNKNOWN:
            raise _unknown_for_long(job, trouble)
        yield Look(job, 0.0 if is_as_wanted(job) else BACKOFF.pause(looks, asked), trouble)


def wait_until_running(
    api: VisualizationApi,
    job_id: str,
    wait: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> VisualizationJob:
    """Wait until a job runs; errors as those of :func:`progress`.

    Args:
        wait: sleeps for some seconds; what it raises ends the waiting, not the job.
        clock: monotonic seconds.
    """
    job = api.unseen(job_id)
    for look in progress(api, job_id, clock):
        job = look.job
        if look.next_look_in_s:
            wait(look.next_look_in_s)
    return job


def _runs(job: VisualizationJob) -> bool:
    return job.state.phase is Phase.RUNNING and not job.state.is_stopping


def _has_ended(job: VisualizationJob) -> bool:
    return job.state.is_final


def _alive(job: VisualizationJob) -> VisualizationJob:
    """The job, unless it has ended."""
    if job.state.is_final:
        raise _ended(job)
    return job


def _seen(api: VisualizationApi, job_id: str) -> VisualizationJob:
    """The job, unless it was deleted."""
    try:
        return api.get(job_id)
    except NotFoundError as error:
        raise deleted(job_id) from error


def deleted(job_id: str) -> JobEndedError:
    """The error of a job that was there, and is not found any more."""
    return JobEndedError(
        _("Visualization job {job} was deleted", job=job_id),
        _("%ma_viz list shows the jobs with their ids"),
    )


def _ended(job: VisualizationJob) -> JobEndedError:
    names = {"job": job.job_id, "status": job.state.word}
    if job.failure_reason:
        reason = job.failure_reason
        text = _("Visualization job {job} is {status}: {reason}", reason=reason, **names)
    elif job.state.phase is Phase.STOPPED:
        text = _("Visualization job {job} is {status}: it was stopped", **names)
    elif job.state.phase is Phase.FAILED:
        text = _("Visualization job {job} is {status}: the service does not say why", **names)
    else:
        text = _("Visualization job {job} is {status}: it has ended already", **names)
    if job.state.can_restart:
        return JobEndedError(text, _("Start it again: %ma_viz restart {job}", job=job.job_id))
    return JobEndedError(text, _("Delete it again: %ma_viz delete {job}", job=job.job_id))


def _unknown_for_long(job: VisualizationJob, trouble: str) -> JobEndedError:
    text = _(
        "The service has not known the state of visualization job {job} for a long time",
        job=job.job_id,
    )
    look = _("Look again in a moment: %ma_viz info {job}", job=job.job_id)
    return JobEndedError(trouble or text, look)
