"""Jobs as lists have them; by their names, which are unique: the service finds parts of names.

Source: docs/api/v2-endpoints.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...errors import UnknownCallError
from ...paging import Page
from . import rules
from .client import Client
from .models.job import TrainingJob
from .paging import every
from .rules import Filter, JobQuery

_NAMES = "names"  # what an endpoint may lack
_ALL_PAGES = 65_535
_MOST_PAGES = 40  # of jobs whose names hold the one that is looked for


def jobs_named(client: Client, name: str) -> Iterator[TrainingJob]:
    """The jobs of exactly this name."""
    found = listed(client, [Filter("name", "like", [name])], _MOST_PAGES)
    return (job for job in found if job.name == name)


def listed(
    client: Client, filters: Sequence[Filter], most: int | None = None
) -> Iterator[TrainingJob]:
    """The jobs that pass some filters, the newest first.

    Args:
        most: pages that are asked for; ``None`` for all.
    """

    def ask(offset: int) -> Page[TrainingJob]:
        return client.list_jobs(JobQuery(offset, filters=tuple(filters)))

    known = client.known.jobs
    return every(ask, lambda job: job.metadata.id, rules.LARGEST_PAGE, known, most or _ALL_PAGES)


def is_taken(client: Client, name: str) -> bool:
    """Whether there is a job of this name, also where the service has no call for that."""
    if _NAMES not in client.known.lacking:
        try:
            return client.is_name_taken(name)
        except UnknownCallError:
            client.known.lacking.add(_NAMES)
    return next(jobs_named(client, name), None) is not None
