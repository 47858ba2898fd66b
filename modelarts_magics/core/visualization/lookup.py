"""Find visualization jobs: one by id or name, or all that match."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from ..api.base import VisualizationApi, VisualizationJob, VisualizationQuery
from ..by_name import Meant, pick
from ..errors import ConflictError, InvalidParameterError, NotFoundError
from ..i18n import _
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
        lambda page: api.list(replace(query, page=page)),
        lambda job: job.job_id,
        api.rules.largest_page,
    )


def named(api: VisualizationApi, name: str) -> VisualizationJob | None:
    """The newest job of exactly this name; the service searches for parts of names."""
    return next(_named(api, name), None)


def find(api: VisualizationApi, id_or_name: str) -> VisualizationJob:
    """The job that somebody names by its id or its name; the id comes first.

    Args:
        id_or_name: ``id:...`` or ``name:...`` where a name is all digits.

    Raises:
        InvalidArgumentError: there is no such job; a near name is suggested.
    """
    meant = Meant.by(id_or_name)
    return pick(
        meant.text,
        _candidates(api, meant),
        lambda job: (job.job_id,) * meant.may_be_id + (job.name,) * meant.may_be_name,
        missing=_("There is no visualization job {name}", name=id_or_name),
        near=lambda: (job.name for job in islice(iter_jobs(api), _MOST_NEAR)),
        otherwise=_("%ma_viz list shows the jobs with their ids"),
    )


def namesake(api: VisualizationApi, word: str, found: VisualizationJob) -> VisualizationJob | None:
    """Another job that bears as its name what was taken for the id of the one found."""
    meant = Meant.by(word)
    if not meant.is_ambiguous:
        return None
    return next((job for job in _named(api, meant.text) if job.job_id != found.job_id), None)


def _candidates(api: VisualizationApi, meant: Meant) -> Iterator[VisualizationJob]:
    """The job of this id, then those in whose names the word is found."""
    if meant.looks_like_id and len(meant.text) <= _LONGEST_ID:
        with suppress(*_NO_SUCH_JOB):
            yield api.get(meant.text)
    if meant.text:
        yield from iter_jobs(api, VisualizationQuery(meant.text[: api.rules.longest_search]))


def _named(api: VisualizationApi, name: str) -> Iterator[VisualizationJob]:
    found = iter_jobs(api, VisualizationQuery(name[: api.rules.longest_search]))
    return (job for job in found if job.name == name)
