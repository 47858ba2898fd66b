"""The endpoints of visualization jobs, V1 to V7.

Source: docs/api/v1-endpoints.md (modelarts_03_0064 to modelarts_03_0070).
"""

from __future__ import annotations

from typing import Callable

from ..engine.visualization import MOST_JOBS, QUOTA, VisualizationJobs
from ..http.answers import Answer, Json, invalid, not_found
from ..http.fields import LONGEST_DESCRIPTION, Fields
from ..http.quirks import Quirks
from ..http.routes import Call, Route
from ..storage.obs import check_url
from ..storage.visualization_records import SORT_COLUMNS, NewVisualization, Visualization
from .listing import Listing
from .training import required_description

_JOB_NAME = "[0-9A-Za-z_-]{1,20}"
_MOST_HOURS = 24


class VisualizationApi:
    """Reads requests, lets ``VisualizationJobs`` act, and words the answers."""

    def __init__(self, jobs: VisualizationJobs, now: Callable[[], int], quirks: Quirks) -> None:
        self._jobs = jobs
        self._records = jobs.records
        self._now = now
        self._quirks = quirks

    def routes(self) -> list[Route]:
        jobs = "/v1/{project_id}/visualization-jobs"
        job = jobs + "/{job_id}"
        return [
            Route("POST", jobs, self.create_job),
            Route("GET", jobs, self.list_jobs),
            Route("GET", job, self.show_job),
            Route("PUT", job, self.update_job),
            Route("DELETE", job, self.delete_job),
            Route("POST", job + "/stop", self.stop_job),
            Route("POST", job + "/restart", self.restart_job),
        ]

    def create_job(self, call: Call) -> Answer:
        """V1; there is no ``service_url`` before the job runs."""
        job = self._jobs.create(_read_job(call.body))
        number = self._quirks.number
        return Answer(
            {
                "job_id": number(job.job_id),
                "job_name": job.job_name,
                "status": number(job.status),
                "create_time": number(job.create_time),
            }
        )

    def list_jobs(self, call: Call) -> Answer:
        """V2."""
        listing = Listing.read(call.query, SORT_COLUMNS, default="job_id")
        total, jobs = self._records.jobs(listing, self._now())
        return Answer(
            {
                "job_total_count": total,
                "job_count_limit": max(0, MOST_JOBS - self._records.count()),
                "quotas": QUOTA,
                "jobs": [self._as_json(job) for job in jobs],
            }
        )

    def show_job(self, call: Call) -> Answer:
        """V3."""
        return Answer(self._as_json(self._known_job(call)))

    def update_job(self, call: Call) -> Answer:
        """V4."""
        job = self._known_job(call)
        self._records.describe(job.job_id, required_description(call.body))
        return Answer({})

    def delete_job(self, call: Call) -> Answer:
        """V5."""
        self._jobs.delete(self._known_job(call))
        return Answer({})

    def stop_job(self, call: Call) -> Answer:
        """V6."""
        self._jobs.stop(self._known_job(call))
        return Answer({})

    def restart_job(self, call: Call) -> Answer:
        """V7."""
        self._jobs.restart(self._known_job(call))
        return Answer({})

    def _known_job(self, call: Call) -> Visualization:
        job_id = call.id("job_id")
        job = self._records.job(job_id)
        if job is None:
            raise not_found(f"Visualization job {job_id}")
        return job

    def _as_json(self, job: Visualization) -> Json:
        now = self._now()
        hours = job.stop_after_hours
        shown: Json = {
            "job_id": job.job_id,
            "job_name": job.job_name,
            "job_desc": job.job_desc,
            "status": job.status,
            "create_time": job.create_time,
            "duration": job.duration(now),
            "train_url": job.train_url,
            "resource_id": job.resource_id,
            "remaining_duration": job.remaining(now),
            "schedule": [_schedule_as_json(hours)] if hours else [],
        }
        service_url = self._jobs.service_url(job)
        if service_url:
            shown["service_url"] = service_url
        if job.failure_reason:
            shown["failure_reason"] = job.failure_reason
        return shown


def _read_job(body: Fields) -> NewVisualization:
    body.require("job_name", "train_url")
    job = NewVisualization(
        job_name=body.text("job_name", pattern=_JOB_NAME),
        job_desc=body.text("job_desc", longest=LONGEST_DESCRIPTION),
        workspace_id=body.text("workspace_id", "0", longest=64),
        train_url=body.text("train_url"),
        stop_after_hours=_read_schedule(body),
    )
    if body.choice("job_type", "tensorboard", ("tensorboard", "mindinsight")) == "mindinsight":
        raise invalid("The embedded service does not support job_type mindinsight.")
    body.object("flavor").text("code")
    check_url(job.train_url)
    return job


def _read_schedule(body: Fields) -> int | None:
    """Hours after which the job stops; one object and a list of one mean the same."""
    if isinstance(body.raw("schedule"), list):
        schedules = body.objects("schedule")
    else:
        schedules = [body.object("schedule")] if "schedule" in body else []
    if len(schedules) > 1:
        raise invalid("Invalid parameter schedule: only one is allowed.")
    if not schedules:
        return None
    schedule = schedules[0]
    unit = "time_unit" if "time_unit" in schedule else "timeUnit"
    schedule.require("type", unit, "duration")
    schedule.choice("type", "stop", ("stop",))
    schedule.choice(unit, "HOURS", ("HOURS",))
    return schedule.integer("duration", 0, 1, _MOST_HOURS)


def _schedule_as_json(hours: int) -> Json:
    return {"type": "stop", "timeUnit": "HOURS", "duration": hours}
