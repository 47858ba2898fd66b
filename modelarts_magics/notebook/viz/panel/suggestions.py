"""Folders that a new visualization job may be for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from ....core.api.base import JobApi
from ....core.errors import ModelArtsError, NotFoundError

_JOBS = 10


def output_folders(jobs: JobApi) -> Iterator[str]:
    """The output folders of recent training jobs, a request for each; none in trouble."""
    with suppress(ModelArtsError):
        for job in jobs.list()[:_JOBS]:
            with suppress(NotFoundError):  # deleted meanwhile
                yield jobs.get(job.ref).output
