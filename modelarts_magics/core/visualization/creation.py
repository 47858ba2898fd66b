"""Create a visualization job exactly once.

The service makes no two jobs of one name, but an answer to a creation can get lost, and the request
may even arrive after the api has given up on it. So nobody creates blindly again::

    name free? ──▶ create ──answer──▶ CREATED
                     │
                     │ lost answer: the job may be there, may not, or may still come
                     ▼
              wait, then look ──there──▶ ADOPTED
                 ▲        │ not there
        failed   │        ▼
        again    └── create again ──answer──▶ CREATED_AGAIN

A creation that is repeated while the first one is still under way ends in "the name exists" for one
of the two, and the next look finds the job of the other. When looks and attempts are used up, the
error says that the outcome is not known and how to find it out.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from ..api.base import VisualizationApi, VisualizationJob, VisualizationQuery
from ..errors import (
    InvalidArgumentError,
    ModelArtsError,
    PermissionDeniedError,
    ServiceError,
)
from ..http.retry import may_have_had_effect
from ..i18n import _
from ..settling import Creation, Wait
from .lookup import iter_jobs, named
from .new import NewVisualization


class How(Enum):
    """How a job came to be the one that was wanted."""

    CREATED = "created"
    CREATED_AGAIN = "created again"  # after requests that had no effect
    ADOPTED = "adopted"  # it was made by a request whose answer was lost
    REUSED = "reused"  # it was there before


@dataclass(frozen=True)
class Outcome:
    """The job that was wanted."""

    job: VisualizationJob
    how: How


def create(api: VisualizationApi, new: NewVisualization, wait: Wait = time.sleep) -> Outcome:
    """Create a job exactly once.

    Whoever interrupts this can do it again with the same ``new``: under a generated name the job of
    the first attempt is adopted, under a given name the error names it.

    Args:
        wait: sleeps for some seconds; what it raises ends the call.

    Raises:
        InvalidArgumentError: the name is taken; nothing was made.
        OutcomeUnknownError: the job may have been made.
        ServiceError: the service refused, or cannot be reached; nothing was made.
    """
    with suppress(PermissionDeniedError):  # creating may be allowed where listing is not
        job = named(api, new.job_name)
        if job is not None:
            return _own_from_before(job, new)
    try:
        return Outcome(api.create(new), How.CREATED)
    except ServiceError as error:
        if not _may_be_there(api, new, error):
            raise
        return _settled(api, new, wait, error)


def create_or_reuse(
    api: VisualizationApi, new: NewVisualization, wait: Wait = time.sleep
) -> Outcome:
    """The newest job of the same folder and type that starts or runs; else a new one.

    When a name was given, only a job of this name is reused. Arguments and errors as those of
    :func:`create`.
    """
    search = "" if new.is_name_generated else new.job_name
    for job in iter_jobs(api, VisualizationQuery(search)):
        is_called_so = not search or job.name == search
        if is_called_so and job.state.can_stop and new.is_like(job):
            return Outcome(job, How.REUSED)
    return create(api, new, wait)


def _settled(
    api: VisualizationApi, new: NewVisualization, wait: Wait, lost: ModelArtsError
) -> Outcome:
    """Find out what became of a creation without an answer, or create again."""
    creation = Creation(
        make=lambda: api.create(new),
        find=lambda: named(api, new.job_name),
        is_taken=api.is_name_taken,
        unknown=lambda error: _not_known(new, error),
    )
    job, is_made = creation.settled(lost, wait)
    return Outcome(job, How.CREATED_AGAIN) if is_made else Outcome(_own(job, new), How.ADOPTED)


def _may_be_there(api: VisualizationApi, new: NewVisualization, error: ServiceError) -> bool:
    """Whether a job may have been made in spite of the error of the first request."""
    is_taken = api.is_name_taken(error) and new.is_name_generated
    return is_taken or may_have_had_effect(error)


def _own_from_before(job: VisualizationJob, new: NewVisualization) -> Outcome:
    """The job that an earlier attempt with a generated name made."""
    if new.is_name_generated:
        return Outcome(_own(job, new), How.ADOPTED)
    raise _taken(job, new)


def _own(job: VisualizationJob, new: NewVisualization) -> VisualizationJob:
    """The job of the name, unless somebody else took the name for another folder meanwhile."""
    if job.output and not new.is_of_folder(job):
        raise _taken(job, new)
    return job.completed(new)


def _taken(job: VisualizationJob, new: NewVisualization) -> InvalidArgumentError:
    text = _(
        "The name {name} is taken by visualization job {job}, which is {status}",
        name=job.name,
        job=job.job_id,
        status=job.state.word,
    )
    if not new.is_of_folder(job):
        hint = _("Choose another name; that job shows {folder}", folder=job.output)
    elif job.state.can_restart:
        hint = _("Choose another name, or start that job: %ma_viz restart {job}", job=job.job_id)
    elif job.state.can_stop:
        hint = _("Choose another name, or use that job: %ma_viz open {job}", job=job.job_id)
    else:
        hint = _("Choose another name, or look at that job: %ma_viz info {job}", job=job.job_id)
    return InvalidArgumentError(text, hint)


def _not_known(new: NewVisualization, error: ModelArtsError) -> tuple[str, str]:
    return (
        _(
            "Whether visualization job {name} was made is not known: {reason}",
            name=new.job_name,
            reason=error.message,
        ),
        _("Look for it: %ma_viz list --search {name}", name=new.job_name),
    )
