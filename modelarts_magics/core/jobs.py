"""Find the run that somebody means: a job by id or name, a version by id or name.

A run is one version of a training job.
"""

from __future__ import annotations

import difflib
from contextlib import suppress

from .api.v1.client import Client
from .api.v1.models.training import Job, JobVersion
from .errors import InvalidArgumentError, NotFoundError
from .i18n import _

_LONGEST_SEARCH = 64  # characters
_PAGE = 100
_MOST_PAGES = 10


def find_job_id(client: Client, job: str) -> str:
    """The id of a job that is named by its id or its name.

    Raises:
        InvalidArgumentError: there is no job of this name; near names are suggested.
    """
    if job.isdecimal():
        return job
    for page in range(1, _MOST_PAGES + 1):
        found = client.list_jobs(search_content=job[:_LONGEST_SEARCH], per_page=_PAGE, page=page)
        match = [candidate for candidate in found.jobs if candidate.job_name == job]
        if match:
            return match[0].job_id
        if page * _PAGE >= (found.job_total_count or 0):
            break
    raise InvalidArgumentError(_("There is no training job {name}", name=job), _near(client, job))


def _near(client: Client, job: str) -> str:
    names = [other.job_name for other in recent_jobs(client)]
    near = difflib.get_close_matches(job, names, n=1)
    if near:
        return _("Did you mean {name}?", name=near[0])
    return _("%ma_log lists the jobs")


def recent_jobs(client: Client) -> tuple[Job, ...]:
    """The newest jobs, newest first."""
    return client.list_jobs(per_page=_PAGE, sort_by="create_time", order="desc").jobs


def find_version(client: Client, job_id: str, version: str | None) -> JobVersion:
    """A version by its id or its name (``V0001``), or the newest one.

    Raises:
        InvalidArgumentError: there is no such job, or it has no such version.
    """
    try:
        page = client.list_versions(job_id, per_page=_PAGE)
    except NotFoundError as error:
        raise InvalidArgumentError(
            _("There is no training job {name}", name=job_id), _("%ma_log lists the jobs")
        ) from error
    wanted = [v for v in page.versions if version is None or version in _names(v)]
    if wanted:
        return client.get_version(job_id, max(wanted, key=_age).version_id)
    if version is not None and version.isdecimal():  # it may be older than those of the page
        with suppress(NotFoundError):
            return client.get_version(job_id, version)
    names = ", ".join(v.version_name for v in page.versions) or _("no versions")
    raise InvalidArgumentError(
        _("Job {job} has no version {version}", job=page.job_name, version=version or ""),
        _("It has {names}", names=names),
    )


def _age(version: JobVersion) -> tuple[int, str]:
    """Later versions compare greater; numbers in ids are compared as numbers."""
    return version.create_time or 0, version.version_id.rjust(64)


def _names(version: JobVersion) -> set[str]:
    return {version.version_id, version.version_name, version.version_name.lower()}


def choose_log_file(names: tuple[str, ...], wanted: str | None, job: str) -> str:
    """The named log file, or the first one.

    Raises:
        InvalidArgumentError: there is none, or none of this name.
    """
    if not names:
        raise InvalidArgumentError(
            _("Job {job} has no log yet", job=job), _("Try again when it runs")
        )
    if wanted is None or wanted in names:
        return wanted or names[0]
    raise InvalidArgumentError(
        _("Job {job} has no log file {file}", job=job, file=wanted),
        _("It has {names}", names=", ".join(names)),
    )
