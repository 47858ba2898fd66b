"""Folders that a new visualization job may be for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from ....core import jobs as runs
from ....core.api.v1.client import Client
from ....core.errors import ModelArtsError, NotFoundError

_JOBS = 10


def output_folders(client: Client) -> Iterator[str]:
    """The output folders of recent training jobs, a request for each; none in trouble."""
    with suppress(ModelArtsError):
        for job in runs.recent_jobs(client)[:_JOBS]:
            with suppress(NotFoundError):  # deleted meanwhile
                yield client.get_version(job.job_id, job.version_id).train_url
