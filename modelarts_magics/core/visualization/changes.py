"""Stop, restart, delete and describe a visualization job.

What the state of the job does not allow is refused here with words for people, after a fresh look.
The service has the last word: the state may change between the look and the request.
"""

from __future__ import annotations

from typing import Union

from ..api.base import Phase, VisualizationApi, VisualizationJob
from ..errors import WrongStateError
from ..i18n import _

JobOrId = Union[VisualizationJob, str]


def stop(api: VisualizationApi, job: JobOrId) -> VisualizationJob:
    """Stop a job that starts or runs.

    Returns:
        The job as it was before; it is being stopped for a while, then KILLED.

    Raises:
        WrongStateError: it has ended, is being stopped, or its state is not known.
    """
    seen = api.get(_id(job))
    check_stop(seen)
    api.stop(seen.job_id)
    return seen


def restart(api: VisualizationApi, job: JobOrId) -> VisualizationJob:
    """Start a job again that has ended.

    Returns:
        The job as it was before.

    Raises:
        WrongStateError: it has not ended, could not be deleted, or its state is not known.
    """
    seen = api.get(_id(job))
    check_restart(seen)
    api.restart(seen.job_id)
    return seen


def delete(api: VisualizationApi, job: JobOrId) -> VisualizationJob:
    """Delete a job, also one that runs; this cannot be undone.

    Returns:
        The job as it was before.

    Raises:
        WrongStateError: it is being stopped.
    """
    seen = api.get(_id(job))
    check_delete(seen)
    api.delete(seen.job_id)
    return seen


def describe(api: VisualizationApi, job: JobOrId, job_desc: str) -> None:
    """Change the description, in any state; at most 256 characters."""
    api.describe(_id(job), job_desc)


def check_stop(job: VisualizationJob) -> None:
    """Raise :class:`WrongStateError` unless the job can be stopped."""
    state = job.state
    if state.can_stop:
        return
    if state.is_stopping:
        text = _("Visualization job {job} is {status}: it is being stopped already", **_known(job))
        raise WrongStateError(text, _look_again(job))
    if state.is_final:
        text = _("Visualization job {job} is {status}: it has ended already", **_known(job))
        raise WrongStateError(text, _after_the_end(job))
    raise _not_known(job)


def check_restart(job: VisualizationJob) -> None:
    """Raise :class:`WrongStateError` unless the job can be started again."""
    state = job.state
    if state.can_restart:
        return
    if state.is_stopping:
        text = _(
            "Visualization job {job} is {status}: restart it when it has stopped", **_known(job)
        )
        raise WrongStateError(text, _look_again(job))
    if state.phase is Phase.RUNNING:
        text = _(
            "Visualization job {job} is {status}: stop it before you restart it", **_known(job)
        )
        raise WrongStateError(text, _("%ma_viz stop {job}", job=job.job_id))
    if state.phase is Phase.WAITING:
        text = _("Visualization job {job} is {status}: it is starting already", **_known(job))
        raise WrongStateError(text, _("Open it when it runs: %ma_viz open {job}", job=job.job_id))
    if state.is_final:
        text = _("Visualization job {job} is {status}: it cannot be restarted", **_known(job))
        raise WrongStateError(text, _another(job) if job.needs_token else _after_the_end(job))
    raise _not_known(job)


def check_delete(job: VisualizationJob) -> None:
    """Raise :class:`WrongStateError` unless the job can be deleted."""
    if not job.state.can_delete:
        text = _(
            "Visualization job {job} is {status}: delete it when it has stopped", **_known(job)
        )
        raise WrongStateError(text, _look_again(job))


def _not_known(job: VisualizationJob) -> WrongStateError:
    return WrongStateError(
        _("Visualization job {job} is {status}: whether it runs is not known", **_known(job)),
        _look_again(job),
    )


def _look_again(job: VisualizationJob) -> str:
    return _("Look again in a moment: %ma_viz info {job}", job=job.job_id)


def _after_the_end(job: VisualizationJob) -> str:
    if job.state.can_restart:
        return _("Start it again: %ma_viz restart {job}", job=job.job_id)
    return _("Delete it again: %ma_viz delete {job}", job=job.job_id)


def _another(job: VisualizationJob) -> str:
    return _("Make another one: %ma_viz create {source} --new", source=job.output)


def _known(job: VisualizationJob) -> dict[str, str]:
    return {"job": job.job_id, "status": job.state.word}


def _id(job: JobOrId) -> str:
    return job if isinstance(job, str) else job.job_id
