"""Find the run that somebody means: a job by id or name, a version by id or name.

A run is one version of a training job.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .api.v1.client import Client
from .api.v1.models.listing import ListQuery
from .api.v1.models.training import Job, JobVersion, JobVersionPage
from .by_name import pick
from .errors import InvalidArgumentError, NotFoundError
from .i18n import _
from .paging import each

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
    return pick(
        job,
        _search(client, job[:_LONGEST_SEARCH]),
        lambda found: (found.job_name,),
        missing=_("There is no training job {name}", name=job),
        near=lambda: (other.job_name for other in recent_jobs(client)),
        otherwise=_("%ma_log lists the jobs"),
    ).job_id


def _search(client: Client, part: str) -> Iterator[Job]:
    query = ListQuery(search_content=part, per_page=_PAGE)
    return each(
        lambda page: client.list_jobs(query.at(page)),
        lambda job: job.job_id,
        _PAGE,
        most=_MOST_PAGES,
    )


def recent_jobs(client: Client) -> tuple[Job, ...]:
    """The newest jobs, newest first."""
    return client.list_jobs(ListQuery(per_page=_PAGE)).jobs


def find_version(client: Client, job_id: str, version: str | None) -> JobVersion:
    """A version by its id or its name (``V0001``), or the newest one.

    Raises:
        InvalidArgumentError: there is no such job, or it has no such version.
    """
    try:
        job = with_versions(client, job_id)
    except NotFoundError as error:
        raise InvalidArgumentError(
            _("There is no training job {name}", name=job_id), _("%ma_log lists the jobs")
        ) from error
    newest_first = sorted(job.versions, key=_age, reverse=True)
    names = ", ".join(v.version_name for v in job.versions) or _("no versions")
    found = pick(
        version or "",
        newest_first,
        lambda v: _names(v) if version else ("",),
        missing=_("Job {job} has no version {version}", job=job.job_name, version=version or ""),
        otherwise=_("It has {names}", names=names),
    )
    return client.get_version(job_id, found.version_id)


def with_versions(client: Client, job_id: str) -> JobVersionPage:
    """A job with all its versions, in the order of the service."""
    pages = []

    def ask(page: int) -> JobVersionPage:
        pages.append(client.list_versions(job_id, per_page=_PAGE, page=page))
        return pages[-1]

    versions = tuple(each(ask, lambda version: version.version_id, _PAGE))
    return replace(pages[0], versions=versions)


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
    return pick(
        wanted or names[0],
        names,
        lambda name: (name,),
        missing=_("Job {job} has no log file {file}", job=job, file=wanted),
        otherwise=_("It has {names}", names=", ".join(names)),
    )
