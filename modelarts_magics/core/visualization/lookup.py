"""Find visualization jobs: one by id or name, or all that match."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from ..api.base import VisualizationApi, VisualizationJob, VisualizationQuery
from ..by_name import pick
from ..errors import ConflictError, InvalidParameterError, NotFoundError
from ..i18n import _
from ..jobs import visualization_rules as rules
from ..paging import each

_LONGEST_ID = 64  # digits
_MOST_NEAR = 100  # jobs among whose names a near one is looked for
_ALL = VisualizationQuery()

# Which of them a service gives for an id that it does not know is not documented.
_NO_SUCH_JOB = (NotFoundError, ConflictError, InvalidParameterError)


def iter_jobs(
    api: VisualizationApi, query: VisualizationQuery = _ALL
) -> Iterator[VisualizationJob]:
    """All jobs that match, from the first page; each is asked for when its first job is wanted.

    A job comes once, also when others that are created meanwhile move it to the next page.
    """
    return each(
        lambda page: api.list(replace(query, page=page)), lambda job: job.job_id, rules.largest_page
    )


def named(api: VisualizationApi, name: str) -> VisualizationJob | None:
    """The newest job of exactly this name; the service searches for parts of names."""
    found = iter_jobs(api, VisualizationQuery(name[: rules.longest_search]))
    return next((job for job in found if job.name == name), None)


def find(api: VisualizationApi, id_or_name: str) -> VisualizationJob:
    """The job that somebody names by its id or its name; the id comes first.

    Raises:
        InvalidArgumentError: there is no such job; a near name is suggested.
    """
    return pick(
        id_or_name,
        _candidates(api, id_or_name),
        lambda job: (job.job_id, job.name),
        missing=_("There is no visualization job {name}", name=id_or_name),
        near=lambda: (job.name for job in islice(iter_jobs(api), _MOST_NEAR)),
        otherwise=_("%ma_viz list shows the jobs with their ids"),
    )


def _candidates(api: VisualizationApi, word: str) -> Iterator[VisualizationJob]:
    """The job of this id, then those in whose names the word is found."""
    if word.isascii() and word.isdecimal() and len(word) <= _LONGEST_ID:
        with suppress(*_NO_SUCH_JOB):
            yield api.get(word)
    if word:
        yield from iter_jobs(api, VisualizationQuery(word[: rules.longest_search]))
