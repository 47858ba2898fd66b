"""Find visualization jobs: one by id or name, or all that match."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from ..api.base import State
from ..api.v1 import rules
from ..api.v1.client import Client
from ..api.v1.models.listing import ListQuery
from ..api.v1.models.visualization import VisualizationJob, VisualizationJobPage
from ..by_name import pick
from ..errors import ConflictError, InvalidParameterError, NotFoundError
from ..i18n import _
from ..paging import each

_LONGEST_ID = 64  # digits
_MOST_NEAR = 100  # jobs among whose names a near one is looked for

# Which of them a service gives for an id that it does not know is not documented.
_NO_SUCH_JOB = (NotFoundError, ConflictError, InvalidParameterError)


def list_jobs(
    client: Client,
    *,
    status: State | None = None,
    search: str | None = None,
    sort: str = "create_time",
    order: str = "desc",
    per_page: int = rules.LARGEST_VISUALIZATION_PAGE,
    page: int = 1,
) -> VisualizationJobPage:
    """One page of the jobs, as the service filters and sorts them.

    Args:
        status: one state.
        search: a part of the name, at most 64 characters.
        sort: ``job_id``, ``job_name``, ``job_desc``, ``create_time`` or ``status``.
        order: ``asc`` or ``desc``.
        per_page: 1 to 100.
        page: counts from 1.
    """
    rules.check_visualization_sort(sort)
    limits = (rules.LARGEST_VISUALIZATION_PAGE, page, order, search)
    rules.check_list(per_page, *limits, rules.LONGEST_VISUALIZATION_SEARCH)
    return client.list_visualization_jobs(ListQuery(status, per_page, page, sort, order, search))


def iter_jobs(
    client: Client,
    *,
    status: State | None = None,
    search: str | None = None,
    sort: str = "create_time",
    order: str = "desc",
) -> Iterator[VisualizationJob]:
    """All jobs that match; a page is asked for when its first job is wanted.

    A job comes once, also when others that are created meanwhile move it to the next page.
    """
    return each(
        lambda page: list_jobs(
            client, status=status, search=search, sort=sort, order=order, page=page
        ),
        lambda job: job.job_id,
        rules.LARGEST_VISUALIZATION_PAGE,
    )


def named(client: Client, name: str) -> VisualizationJob | None:
    """The newest job of exactly this name; the service searches for parts of names."""
    found = iter_jobs(client, search=name[: rules.LONGEST_VISUALIZATION_SEARCH])
    return next((job for job in found if job.job_name == name), None)


def find(client: Client, id_or_name: str) -> VisualizationJob:
    """The job that somebody names by its id or its name; the id comes first.

    Raises:
        InvalidArgumentError: there is no such job; a near name is suggested.
    """
    return pick(
        id_or_name,
        _candidates(client, id_or_name),
        lambda job: (job.job_id, job.job_name),
        missing=_("There is no visualization job {name}", name=id_or_name),
        near=lambda: (job.job_name for job in islice(iter_jobs(client), _MOST_NEAR)),
        otherwise=_("%ma_viz list shows the jobs with their ids"),
    )


def _candidates(client: Client, word: str) -> Iterator[VisualizationJob]:
    """The job of this id, then those in whose names the word is found."""
    if word.isascii() and word.isdecimal() and len(word) <= _LONGEST_ID:
        with suppress(*_NO_SUCH_JOB):
            yield replace(client.get_visualization_job(word), job_id=word)
    if word:
        yield from iter_jobs(client, search=word[: rules.LONGEST_VISUALIZATION_SEARCH])
