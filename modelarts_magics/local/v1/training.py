"""The endpoints of training jobs, T1 to T9.

Source: docs/api/v1-endpoints.md (modelarts_03_0045 to modelarts_03_0053).
"""

from __future__ import annotations

import json
from typing import Callable

from ..engine.training import MOST_JOBS, QUOTA, TrainingJobs
from ..http.answers import Answer, Json, invalid, not_found
from ..http.fields import LONGEST_DESCRIPTION, Fields
from ..http.quirks import Quirks
from ..http.routes import Call, Route
from ..storage.obs import Obs
from ..storage.training_records import SORT_COLUMNS, JobState, NewJob, Version
from .catalogue import ENGINES_BY_ID, FLAVORS_BY_ID
from .config import TrainingConfig, read_config
from .listing import LAST_PAGE, MOST_PER_PAGE, Listing

_JOB_NAME = "[0-9A-Za-z_-]{1,64}"
_METRICS = (
    "cpuUsage memUsage gpuUtil gpuMemUsage diskReadRate diskWriteRate recvBytesRate sendBytesRate"
)


class TrainingApi:
    """Reads requests, lets ``TrainingJobs`` act, and words the answers."""

    def __init__(
        self, jobs: TrainingJobs, obs: Obs, now: Callable[[], int], quirks: Quirks
    ) -> None:
        self._jobs = jobs
        self._records = jobs.records
        self._obs = obs
        self._now = now
        self._quirks = quirks

    def routes(self) -> list[Route]:
        jobs = "/v1/{project_id}/training-jobs"
        job = jobs + "/{job_id}"
        versions = job + "/versions"
        version = versions + "/{version_id}"
        return [
            Route("GET", jobs, self.list_jobs),
            Route("POST", jobs, self.create_job),
            Route("PUT", job, self.update_job),
            Route("DELETE", job, self.delete_job),
            Route("GET", versions, self.list_versions),
            Route("POST", versions, self.create_version),
            Route("GET", version, self.show_version),
            Route("POST", version + "/stop", self.stop_version),
            Route("DELETE", version, self.delete_version),
        ]

    def list_jobs(self, call: Call) -> Answer:
        """T1."""
        listing = Listing.read(call.query, SORT_COLUMNS, default="job_name")
        total, jobs = self._records.jobs(listing, self._now())
        return Answer(
            {
                "job_total_count": total,
                "job_count_limit": max(0, MOST_JOBS - self._records.count()),
                "quotas": QUOTA,
                "jobs": [self._listed(job) for job in jobs],
            }
        )

    def create_job(self, call: Call) -> Answer:
        """T2."""
        call.body.require("job_name", "config")
        job = NewJob(
            job_name=call.body.text("job_name", pattern=_JOB_NAME),
            job_desc=call.body.text("job_desc", longest=LONGEST_DESCRIPTION),
            workspace_id=call.body.text("workspace_id", "0", longest=64),
        )
        call.body.object("notification")
        config = read_config(call.body.object("config"), self._obs)
        return self._created(self._jobs.create(job, config))

    def update_job(self, call: Call) -> Answer:
        """T3."""
        job_id = self._known_job(call)[0].job_id
        self._records.describe(job_id, required_description(call.body))
        return Answer({})

    def delete_job(self, call: Call) -> Answer:
        """T4."""
        self._jobs.delete_job(self._known_job(call)[0].job_id)
        return Answer({})

    def list_versions(self, call: Call) -> Answer:
        """T5; page 0, the default, means no paging."""
        versions = self._known_job(call)
        per_page = call.query.integer("per_page", 10, 1, MOST_PER_PAGE)
        page = call.query.integer("page", 0, 0, LAST_PAGE)
        shown = versions[(page - 1) * per_page : page * per_page] if page else versions
        return Answer(
            {
                "job_id": versions[0].job_id,
                "job_name": versions[0].job_name,
                "job_desc": versions[0].job_desc,
                "version_count": len(versions),
                "versions": [
                    {**self._version(version), "system_metric_list": json.dumps(_no_metrics())}
                    for version in shown
                ],
            }
        )

    def create_version(self, call: Call) -> Answer:
        """T6."""
        known = self._known_job(call)
        call.body.require("config")
        text = call.body.text("job_desc", known[0].job_desc, longest=LONGEST_DESCRIPTION)
        config = call.body.object("config")
        config.require("pre_version_id")
        pre_version_id = config.integer("pre_version_id", 0, 0)
        if pre_version_id not in {version.version_id for version in known}:
            raise invalid("Invalid parameter config.pre_version_id: the job has no such version.")
        checked = read_config(config, self._obs)
        self._records.describe(known[0].job_id, text)
        return self._created(self._jobs.create_version(known[0].job_id, pre_version_id, checked))

    def show_version(self, call: Call) -> Answer:
        """T7."""
        version = self.known_version(call)
        flavor = FLAVORS_BY_ID[version.config.spec_id]
        return Answer(
            {
                "job_id": version.job_id,
                "job_name": version.job_name,
                "job_desc": version.job_desc,
                **self._version(version),
                "system_metric_list": _no_metrics(),
                "spec_code": flavor.spec_code,
                "flavor_code": flavor.spec_code,
            }
        )

    def stop_version(self, call: Call) -> Answer:
        """T8."""
        self._jobs.stop(self.known_version(call))
        return Answer({})

    def delete_version(self, call: Call) -> Answer:
        """T9; a job goes with its last version."""
        self._jobs.delete(self.known_version(call))
        return Answer({})

    def known_version(self, call: Call) -> Version:
        job_id, version_id = call.id("job_id"), call.id("version_id")
        version = self._records.version(version_id)
        if version is None or version.job_id != job_id:
            raise not_found(f"Version {version_id} of training job {job_id}")
        return version

    def _known_job(self, call: Call) -> list[Version]:
        """The versions of the job: at least one, the newest first."""
        job_id = call.id("job_id")
        versions = self._records.versions(job_id)
        if not versions:
            raise not_found(f"Training job {job_id}")
        return versions

    def _created(self, version: Version) -> Answer:
        number = self._quirks.number
        return Answer(
            {
                "job_id": number(version.job_id),
                "job_name": version.job_name,
                "status": number(version.status),
                "create_time": number(version.create_time),
                "version_id": number(version.version_id),
                "version_name": version.version_name,
                "resource_id": version.resource_id,
            }
        )

    def _listed(self, job: JobState) -> Json:
        return {
            "job_id": job.job_id,
            "version_id": job.version_id,
            "job_name": job.job_name,
            "job_desc": job.job_desc,
            "status": job.status,
            "create_time": job.create_time,
            "duration": job.duration(self._now()),
            "version_count": job.version_count,
            "engine_type": job.engine_type,
        }

    def _version(self, version: Version) -> Json:
        """The fields that T5 and T7 have in common."""
        return {
            "version_id": version.version_id,
            "version_name": version.version_name,
            "pre_version_id": version.pre_version_id,
            "status": version.status,
            "create_time": version.create_time,
            "start_time": version.start_time,
            "duration": version.duration(self._now()),
            "resource_id": version.resource_id,
            **_config(version.config),
            "model_metric_list": "{}",
        }


def required_description(body: Fields) -> str:
    body.require("job_desc")
    return body.text("job_desc", longest=LONGEST_DESCRIPTION)


def _config(config: TrainingConfig) -> Json:
    """What was asked for, and what follows from it; the cloud's own fields are there, but empty."""
    flavor = FLAVORS_BY_ID[config.spec_id]
    return {
        **vars(config),
        **vars(ENGINES_BY_ID[config.engine_id]),
        "core": flavor.core,
        "cpu": flavor.cpu,
        "gpu_num": 0,
        "gpu_type": "",
        "model_id": None,
        "user_image_url": None,
        "user_command": None,
        "dataset_id": None,
        "dataset_version_id": None,
        "dataset_name": None,
        "dataset_version_name": None,
        "pool_name": None,
        "nas_type": None,
        "nas_mount_path": None,
        "nas_share_addr": None,
    }


def _no_metrics() -> Json:
    return {**{name: [] for name in _METRICS.split()}, "interval": 1}
