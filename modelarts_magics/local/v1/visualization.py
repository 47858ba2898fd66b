"""The endpoints of visualization jobs, V1 to V7.

Source: docs/api/v1-endpoints.md (modelarts_03_0064 to modelarts_03_0070).
"""

from __future__ import annotations

from typing import Callable

from ..engine.jobs import Jobs
from ..http.fields import LONGEST_DESCRIPTION, Fields
from ..http.refusals import Json, invalid, not_found
from ..http.routes import Call, Reply, Route
from ..storage.obs import check_url
from ..storage.records import DURATION, JobSpec, Kind, NewJob, StoredJob
from .listing import read_listing
from .quirks import Quirks
from .status import STATUS_ORDER, STATUSES
from .training import required_description

_SORT_COLUMNS = {
    "job_id": "number",
    "job_name": "name",
    "job_desc": "description",
    "status": STATUS_ORDER,
    "create_time": "created",
    "duration": DURATION,
    "log_dir": "input",
}
_JOB_NAME = "[0-9A-Za-z_-]{1,20}"
_MOST_HOURS = 24


class VisualizationApi:
    """Reads requests, lets ``Jobs`` act, and words the replies."""

    def __init__(self, jobs: Jobs, now: Callable[[], int], quirks: Quirks) -> None:
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

    def create_job(self, call: Call) -> Reply:
        """V1; there is no ``service_url`` before the job runs."""
        job = self._jobs.create(Kind.VISUALIZATION, _read_job(call.body))
        number = self._quirks.number
        return Reply(
            {
                "job_id": number(job.number),
                "job_name": job.name,
                "status": number(STATUSES[job.state]),
                "create_time": number(job.created),
            }
        )

    def list_jobs(self, call: Call) -> Reply:
        """V2."""
        listing = read_listing(call.query, Kind.VISUALIZATION, _SORT_COLUMNS, default="job_id")
        total, jobs = self._records.page(listing, self._now())
        return Reply(
            {
                "job_total_count": total,
                "job_count_limit": self._jobs.left(Kind.VISUALIZATION),
                "quotas": self._jobs.quota(Kind.VISUALIZATION),
                "jobs": [self._as_json(job) for job, _ in jobs],
            }
        )

    def show_job(self, call: Call) -> Reply:
        """V3."""
        return Reply(self._as_json(self._known_job(call)))

    def update_job(self, call: Call) -> Reply:
        """V4."""
        job = self._known_job(call)
        self._records.describe(job, required_description(call.body))
        return Reply({})

    def delete_job(self, call: Call) -> Reply:
        """V5."""
        self._jobs.delete([self._known_job(call)])
        return Reply({})

    def stop_job(self, call: Call) -> Reply:
        """V6."""
        self._jobs.stop(self._known_job(call))
        return Reply({})

    def restart_job(self, call: Call) -> Reply:
        """V7."""
        self._jobs.restart(self._known_job(call))
        return Reply({})

    def _known_job(self, call: Call) -> StoredJob:
        job_id = call.id("job_id")
        job = self._records.job(Kind.VISUALIZATION, job_id)
        if job is None:
            raise not_found(f"Visualization job {job_id}")
        return job

    def _as_json(self, job: StoredJob) -> Json:
        now = self._now()
        hours = job.spec.stop_after_hours
        shown: Json = {
            "job_id": job.number,
            "job_name": job.name,
            "job_desc": job.description,
            "status": STATUSES[job.state],
            "create_time": job.created,
            "duration": job.duration(now),
            "train_url": job.spec.input,
            "resource_id": job.resource,
            "remaining_duration": job.remaining(now),
            "schedule": [_schedule_as_json(hours)] if hours else [],
        }
        service_url = self._jobs.address(job)
        if service_url:
            shown["service_url"] = service_url
        if job.reason:
            shown["failure_reason"] = job.reason
        return shown


def _read_job(body: Fields) -> NewJob:
    body.require("job_name", "train_url")
    new = NewJob(
        name=body.text("job_name", pattern=_JOB_NAME),
        description=body.text("job_desc", longest=LONGEST_DESCRIPTION),
        workspace=body.text("workspace_id", "0", longest=64),
        spec=JobSpec(input=body.text("train_url"), stop_after_hours=_read_schedule(body)),
    )
    if body.choice("job_type", "tensorboard", ("tensorboard", "mindinsight")) == "mindinsight":
        raise invalid("The embedded service does not support job_type mindinsight.")
    body.object("flavor").text("code")
    check_url(new.spec.input)
    return new


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
