"""Wait for a training job, saying how it goes; interrupting the wait leaves the job alone."""

from __future__ import annotations

import time

from ...core.api.base import Phase
from ...core.api.v1.status import JobStatus
from ...core.backoff import Backoff
from ...core.errors import ServiceError, one_line
from ...core.http.retry import may_read_again
from ...core.i18n import _
from ..writer import say
from .training_job import TrainingJob

PAUSES = Backoff(first=1.0, longest=15.0)  # the first one, while the service answers
_LONGEST_UNKNOWN = 600.0  # seconds in which the service cannot say what the job does


def wait_until_final(job: TrainingJob) -> JobStatus:
    """Wait and print until nothing more happens to the job.

    Returns:
        The last status; not a final one when the service has not known it for ten minutes.

    Raises:
        KeyboardInterrupt: the user stopped waiting; the job goes on, and a line says so.
    """
    started = time.monotonic()
    try:
        return _poll(job, started)
    except KeyboardInterrupt:
        say()
        say(
            _(
                "Stopped waiting. Job {job} goes on: Estimator(session, job_id='{job}', "
                "version_id='{version}'), %ma_log {job}",
                job=job.job_id,
                version=job.version_id,
            )
        )
        raise


def _poll(job: TrainingJob, started: float) -> JobStatus:
    known_at, failures = started, 0
    while True:
        now = time.monotonic()
        status, asked = _status_of(job)
        failures = failures + 1 if status is None else 0
        if status is not None and status.phase is not Phase.UNKNOWN:
            known_at = now
        if status is not None:
            job.status = status
        _print_progress(job, status, now - started)
        if job.status.is_final or now - known_at > _LONGEST_UNKNOWN:
            say()
            return job.status
        time.sleep(PAUSES.pause(max(1, failures), asked))


def _status_of(job: TrainingJob) -> tuple[JobStatus | None, float | None]:
    """The status; in trouble that may pass none, and the seconds that the service asks to wait."""
    try:
        client = job.modelarts_session.client
        return client.get_version(job.job_id, job.version_id).status, None
    except ServiceError as error:
        if may_read_again(error):
            return None, error.retry_after
        raise


def _print_progress(job: TrainingJob, status: JobStatus | None, seconds: float) -> None:
    words = status.name if status is not None else _("the service does not answer; will retry")
    line = _(
        "Job {name} ({id}): {status}, {seconds:.0f} s",
        name=one_line(job.job_name),
        id=job.job_id,
        status=words,
        seconds=seconds,
    )
    say(f"\r{line:<79}", end="")
