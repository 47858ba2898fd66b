"""Jobs by their names, which are unique; the service itself finds parts of names.

Source: docs/api/v2-endpoints.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import UnknownCallError
from ...paging import Page
from . import rules
from .client import Client
from .models.job import TrainingJob
from .paging import every
from .rules import Filter, JobQuery

_NAMES = "names"  # what an endpoint may lack
_MOST_PAGES = 40  # of jobs whose names hold the one that is looked for


def jobs_named(client: Client, name: str) -> Iterator[TrainingJob]:
    """The jobs of exactly this name."""
    query = [Filter("name", "like", [name])]

    def ask(offset: int) -> Page[TrainingJob]:
        return client.list_jobs(JobQuery(offset, filters=query))

    known = client.known.jobs
    found = every(ask, lambda job: job.metadata.id, rules.LARGEST_PAGE, known, _MOST_PAGES)
    return (job for job in found if job.name == name)


def is_taken(client: Client, name: str) -> bool:
    """Whether there is a job of this name, also where the service has no call for that."""
    if _NAMES not in client.known.lacking:
        try:
            return client.is_name_taken(name)
        except UnknownCallError:
            client.known.lacking.add(_NAMES)
    return next(jobs_named(client, name), None) is not None
