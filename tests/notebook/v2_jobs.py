"""Jobs of API v2 on the embedded service of the tests, submitted by our own client."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

from job_service import Service

from modelarts_magics.core.api.v2.client import Client
from modelarts_magics.core.api.v2.models.job import TrainingJob

_FLAVOR = "modelarts.vm.cpu.2u"


def submit(service: Service, name: str, command: str, nodes: int = 1, **parts: Any) -> TrainingJob:
    """A job that runs a shell command; parts add to those of metadata, algorithm, spec."""
    body = {
        "kind": "job",
        "metadata": {"name": name, **parts.get("metadata", {})},
        "algorithm": {
            "engine": {"image_url": "org/image:1"},
            "command": command,
            **parts.get("algorithm", {}),
        },
        "spec": {
            "resource": {"flavor_id": _FLAVOR, "node_count": nodes},
            **parts.get("spec", {}),
        },
    }
    with closing(service.session) as session:
        return Client(session.client.transport, session.project_id).create_job(body)


def ended(service: Service, job: TrainingJob) -> TrainingJob:
    """The job, as it is when it has ended."""
    with closing(service.session) as session:
        jobs = session.jobs
        while not (found := jobs.find(job.ref)).state.is_final:
            time.sleep(0.02)
        assert isinstance(found, TrainingJob)
        return found
