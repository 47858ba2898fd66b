"""The endpoints of jobs, J1 to J7, J9 and J10."""

from __future__ import annotations

from typing import Callable

from ..engine.jobs import Jobs
from ..http.fields import LONGEST_DESCRIPTION
from ..http.refusals import Json, invalid
from ..http.routes import NOTHING, Call, Reply, Route
from ..storage.obs import Obs
from ..storage.records import Attempt, StoredJob
from .create import Creation
from .profile import Profile
from .refusals import unknown_job
from .search import read_search
from .shown import job_json, tensorboard_json

_ACTIONS = ("terminate", "restart")
_STAGES = {
    "scheduling": "等待调度",
    "running": "运行中",
    "end": "结束",
}


class JobApi:
    """Reads requests, lets ``Jobs`` act, and words the replies.

    Args:
        jobs: what it shows and changes.
        obs: where their files are.
        base: address of this service.
        now: gives epoch milliseconds.
        profile: how it reads what is not documented.
    """

    def __init__(
        self, jobs: Jobs, obs: Obs, base: str, now: Callable[[], int], profile: Profile
    ) -> None:
        self._jobs = jobs
        self._records = jobs.records
        self._creation = Creation(jobs.records, obs)
        self._base = base
        self._now = now
        self._profile = profile

    def routes(self) -> list[Route]:
        jobs = "/v2/{project_id}/training-jobs"
        job = jobs + "/{job_id}"
        return [
            Route("POST", "/v2/{project_id}/training-job-searches", self.search_jobs),
            Route("POST", jobs, self.create_job),
            Route("GET", job, self.show_job),
            Route("PUT", job, self.update_job),
            Route("DELETE", job, self.delete_job),
            Route("POST", job + "/actions", self.act_on_job),
            Route("GET", job + "/tasks", self.list_tasks),
            Route("GET", job + "/stages", self.list_stages),
            Route("GET", "/v2/{project_id}/training-job-names", self.check_name),
        ]

    def search_jobs(self, call: Call) -> Reply:
        """J1: each version of a training job is a job."""
        search = read_search(call.body, self._profile.pages)
        count, jobs = self._records.search(
            search.where, search.values, search.order, search.limit, search.skipped
        )
        workspace = {"workspace": search.asked["workspace_id"]}
        total, _ = self._records.search("workspace = :workspace", workspace, "number", 0, 0)
        return Reply(
            {
                "total": total,
                "count": count,
                **search.asked,
                "ai_project": "default-ai-project",
                "items": [self._as_json(job) for job in jobs],
            }
        )

    def create_job(self, call: Call) -> Reply:
        """J2: what happens to it later is not in the answer."""
        kind, new = self._creation.read(call.body)
        return Reply(self._as_json(self._jobs.create(kind, new)), 201)

    def show_job(self, call: Call) -> Reply:
        """J3."""
        return Reply(self._as_json(self.known(call)))

    def update_job(self, call: Call) -> Reply:
        """J4; it is one description for all versions of a training job."""
        job = self.known(call)
        text = call.body.text("description", job.description, longest=LONGEST_DESCRIPTION)
        self._records.describe(job, text)
        return Reply(None)

    def delete_job(self, call: Call) -> Reply:
        """J5: what runs is ended."""
        self._jobs.delete([self.known(call)])
        return Reply(NOTHING, 202)

    def act_on_job(self, call: Call) -> Reply:
        """J6."""
        job, action = self.known(call), call.body.text("action_type")
        if action not in _ACTIONS:
            raise invalid(f"action_type must be one of [{' '.join(_ACTIONS)}].")
        act = self._jobs.stop if action == "terminate" else self._jobs.restart
        act(job)
        return Reply(self._as_json(self.known(call)), 202)

    def list_tasks(self, call: Call) -> Reply:
        """J7: those of the latest start, or of the one that is asked for."""
        job = self.known(call)
        starts = len(job.attempts)
        asked = call.query.integer("schedule_count", starts, 0)
        if not 1 <= asked <= starts:
            return Reply([])
        return Reply(
            [
                {"task": task.name, "ip": "127.0.0.1", "host_ip": "", "schedule_count": asked}
                for task in job.tasks
            ]
        )

    def check_name(self, call: Call) -> Reply:
        """J9."""
        call.query.require("job_name")
        return Reply({"is_duplicate": self._creation.is_taken(call.query.text("job_name"))})

    def list_stages(self, call: Call) -> Reply:
        """J10."""
        job = self.known(call)
        began = [job.created, *(one.end or one.start for one in job.attempts[:-1])]
        records = [
            {"record_order": number, "stages": _stages(job, since, attempt)}
            for number, (since, attempt) in enumerate(zip(began, job.attempts), 1)
        ]
        return Reply({"total_count": len(records), "running_records": records})

    def known(self, call: Call) -> StoredJob:
        """The job that a path names."""
        text = call.names["job_id"]
        job = self._records.by_uuid(text.lower())
        if job is None:
            raise unknown_job(text)
        return job

    def _as_json(self, job: StoredJob) -> Json:
        tensorboard = tensorboard_json(self._base, self._jobs.door(job), job)
        return job_json(job, self._now(), tensorboard)


def _stages(job: StoredJob, since: int, attempt: Attempt) -> list[Json]:
    times = [("scheduling", since, attempt.start), ("running", attempt.start, attempt.end)]
    if attempt.end is not None:
        times.append(("end", attempt.end, attempt.end))
    return [
        {
            "job_id": job.uuid,
            "name": name,
            "en_message": name,
            "zh_message": _STAGES[name],
            "start_time": start,
            "end_time": end or 0,
            "stage_order": order,
            "sub_stages": [],
        }
        for order, (name, start, end) in enumerate(times, 1)
    ]
