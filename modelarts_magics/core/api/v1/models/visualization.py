"""Visualization jobs.

Source: docs/api/v1-endpoints.md (modelarts_03_0064 to modelarts_03_0070).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ...base import JobKind, VisualizationRequest
from ...fields import Record, identifier, integer, many, moment, number, text, wire
from ..status import JobStatus, status
from .described import Described
from .listing import ListPage


@dataclass(frozen=True)
class Schedule(Record):
    """When a job stops by itself; ``duration`` counts ``time_unit``."""

    type: str = wire(text)
    time_unit: str = wire(text, "time_unit", "timeUnit")
    duration: int | None = wire(integer)

    @staticmethod
    def stop_after(hours: int) -> dict[str, Any]:
        """The item of a creation's ``schedule`` list."""
        return {"type": "stop", "time_unit": "HOURS", "duration": hours}


@dataclass(frozen=True)
class VisualizationJob(Described, Record):
    """A visualization job; times are epoch milliseconds.

    ``service_url`` is empty until the job runs; ``remaining_duration`` has no documented unit.
    ``job_type`` and ``failure_reason`` are documented nowhere as parts of an answer: what is there
    is read. The embedded service tells why a job failed.
    """

    job_id: str = wire(identifier)
    job_name: str = wire(text)
    job_desc: str = wire(text)
    status: JobStatus = wire(status)
    create_time: int | None = wire(moment)
    duration: int | None = wire(integer)
    train_url: str = wire(text)
    service_url: str = wire(text)
    resource_id: str = wire(identifier)
    schedule: tuple[Schedule, ...] = wire(many(Schedule))
    remaining_duration: float | None = wire(number)
    job_type: str = wire(text)
    failure_reason: str = wire(text)

    kind = JobKind.VISUALIZATION
    version_name = ""
    version_count = started = None
    needs_token = False

    @property
    def output(self) -> str:
        return self.train_url

    @property
    def stop_after_hours(self) -> int | None:
        return next((one.duration for one in self.schedule if one.duration), None)

    def being_stopped(self) -> VisualizationJob:
        """The same after a request to stop it."""
        return replace(self, status=JobStatus.KILLING, service_url="")

    def being_started(self) -> VisualizationJob:
        """The same after a request to restart it."""
        return replace(self, status=JobStatus.WAITING)

    def described(self, description: str) -> VisualizationJob:
        """The same with another description."""
        return replace(self, job_desc=description)

    def completed(self, asked: VisualizationRequest) -> VisualizationJob:
        """The same with what was asked for, where the answer of the service leaves it out."""
        hours = asked.stop_after_hours
        schedule = () if hours is None else (Schedule.from_json(Schedule.stop_after(hours)),)
        return replace(
            self,
            job_name=self.job_name or asked.job_name,
            job_desc=self.job_desc or asked.job_desc,
            train_url=self.train_url or asked.train_url,
            job_type=self.job_type or asked.job_type or "",
            schedule=self.schedule or schedule,
        )


@dataclass(frozen=True)
class VisualizationJobPage(ListPage):
    """One page of visualization jobs."""

    jobs: tuple[VisualizationJob, ...] = wire(many(VisualizationJob))

    @property
    def items(self) -> tuple[VisualizationJob, ...]:
        return self.jobs


def new_visualization_job(
    train_url: str,
    job_name: str,
    job_desc: str | None = None,
    job_type: str | None = None,
    stop_after_hours: int | None = None,
) -> dict[str, Any]:
    """The body that creates a job; what is ``None`` is left to the service."""
    schedule = None if stop_after_hours is None else [Schedule.stop_after(stop_after_hours)]
    body = {
        "job_name": job_name,
        "job_desc": job_desc,
        "train_url": train_url,
        "job_type": job_type,
        "schedule": schedule,
    }
    return {key: value for key, value in body.items() if value is not None}
