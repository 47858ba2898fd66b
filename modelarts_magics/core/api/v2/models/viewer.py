"""Viewers: training jobs of another kind, which show what a job has written.

Source: docs/api/v2-endpoints.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...base import VisualizationRequest
from ...fields import Record, integer, many, structure, text, wire
from ..state import PhaseState
from .job import VIEWER, TrainingJob

_TENSORBOARD = {"tensorboard/enable": "true"}
_COMMAND = "sleep 1"  # of an image; the viewer itself is started by the service


@dataclass(frozen=True)
class _Source(Record):
    job: Any = wire(structure)


@dataclass(frozen=True)
class ViewerJob(TrainingJob):
    """A viewer; what it shows is the job of its first data source, by its id."""

    @property
    def job_id(self) -> str:
        return self.metadata.id

    @property
    def job_desc(self) -> str:
        return self.metadata.description

    @property
    def job_type(self) -> str:
        return ""

    @property
    def output(self) -> str:
        summary = _object(_object(self.algorithm).get("summary"))
        jobs = (_object(one.job) for one in many(_Source)(summary.get("data_sources")))
        return next((text(job["job_id"]) for job in jobs if job.get("job_id")), "")

    @property
    def service_url(self) -> str:
        """Where it answers, without what opens it."""
        return self.viewer.bare

    @property
    def needs_token(self) -> bool:
        return True

    @property
    def failure_reason(self) -> str:
        return next((one.message for one in self.failures if one.message), "")

    @property
    def stop_after_hours(self) -> int | None:
        return integer(_object(_object(self.spec).get("auto_stop")).get("duration"))

    def being_stopped(self) -> ViewerJob:
        return replace(self, state=PhaseState("Terminating"), endpoints=None)

    def being_started(self) -> ViewerJob:
        return replace(self, state=PhaseState("Pending"))

    def described(self, description: str) -> ViewerJob:
        return replace(self, metadata=replace(self.metadata, description=description))

    def completed(self, asked: VisualizationRequest) -> ViewerJob:
        """The answer to a creation may leave out what was asked for."""
        metadata = replace(
            self.metadata,
            name=self.metadata.name or asked.job_name,
            description=self.metadata.description or asked.job_desc,
        )
        algorithm = self.algorithm if self.output else {"summary": _summary(asked.train_url)}
        spec = {**_auto_stop(asked.stop_after_hours), **_object(self.spec)}
        return replace(self, metadata=metadata, algorithm=algorithm, spec=spec)


def new_viewer(asked: VisualizationRequest, source: TrainingJob, flavor: str) -> dict[str, Any]:
    """The body that creates a viewer of a job, with the engine of that job.

    Args:
        flavor: id of the machine that it runs on.
    """
    engine = _object(_object(source.algorithm).get("engine"))
    metadata = {
        "name": asked.job_name,
        "description": asked.job_desc,
        "annotations": dict(_TENSORBOARD),
    }
    return {
        "kind": VIEWER,
        "metadata": {name: value for name, value in metadata.items() if value},
        "algorithm": {
            "engine": dict(engine),
            "command": _COMMAND,
            "summary": _summary(source.metadata.id),
        },
        "spec": {
            "resource": {"flavor_id": flavor, "node_count": 1},
            **_auto_stop(asked.stop_after_hours),
        },
    }


def _summary(job_id: str) -> dict[str, Any]:
    return {"data_sources": [{"job": {"job_id": job_id}}]}


def _auto_stop(hours: int | None) -> dict[str, Any]:
    return {} if hours is None else {"auto_stop": {"time_unit": "HOURS", "duration": hours}}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
