"""The endpoints of training jobs, T1 to T9.

Source: docs/api/v1-endpoints.md (modelarts_03_0045 to modelarts_03_0053).
"""

from __future__ import annotations

import json
from typing import Callable

from ..engine.jobs import Jobs
from ..engine.offers import ENGINES, ENGINES_BY_VERSION, FLAVORS_BY_CODE, NO_ENGINE
from ..http.fields import LONGEST_DESCRIPTION, Fields
from ..http.refusals import Json, invalid, not_found
from ..http.routes import Call, Reply, Route
from ..storage.obs import Obs
from ..storage.records import DURATION, JobSpec, Kind, NewJob, StoredJob
from .config import config_json, read_config
from .listing import LAST_PAGE, MOST_PER_PAGE, read_listing
from .quirks import Quirks
from .status import STATUS_ORDER, STATUSES

_ENGINE_TYPES = " ".join(f"WHEN '{one.engine_version}' THEN {one.engine_type}" for one in ENGINES)
_SORT_COLUMNS = {
    "job_name": "name",
    "job_desc": "description",
    "job_id": "series",
    "status": STATUS_ORDER,
    "duration": DURATION,
    "version_count": "size",
    "create_time": "series_created",
    "engine_type": f"CASE engine {_ENGINE_TYPES} END",
}
_JOB_NAME = "[0-9A-Za-z_-]{1,64}"
_METRICS = (
    "cpuUsage memUsage gpuUtil gpuMemUsage diskReadRate diskWriteRate recvBytesRate sendBytesRate"
)


class TrainingApi:
    """Reads requests, lets ``Jobs`` act, and words the replies: a series of jobs is a job here."""

    def __init__(self, jobs: Jobs, obs: Obs, now: Callable[[], int], quirks: Quirks) -> None:
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

    def list_jobs(self, call: Call) -> Reply:
        """T1."""
        listing = read_listing(call.query, Kind.TRAINING, _SORT_COLUMNS, default="job_name")
        total, jobs = self._records.page(listing, self._now())
        return Reply(
            {
                "job_total_count": total,
                "job_count_limit": self._jobs.left(Kind.TRAINING),
                "quotas": self._jobs.quota(Kind.TRAINING),
                "jobs": [self._listed(job, size) for job, size in jobs],
            }
        )

    def create_job(self, call: Call) -> Reply:
        """T2."""
        call.body.require("job_name", "config")
        name = call.body.text("job_name", pattern=_JOB_NAME)
        description = call.body.text("job_desc", longest=LONGEST_DESCRIPTION)
        workspace = call.body.text("workspace_id", "0", longest=64)
        call.body.object("notification")
        spec = read_config(call.body.object("config"), self._obs)
        new = NewJob(name, description, workspace, spec)
        return self._created(self._jobs.create(Kind.TRAINING, new))

    def update_job(self, call: Call) -> Reply:
        """T3."""
        self._records.describe(self._known_job(call)[0], required_description(call.body))
        return Reply({})

    def delete_job(self, call: Call) -> Reply:
        """T4."""
        self._jobs.delete(self._known_job(call))
        return Reply({})

    def list_versions(self, call: Call) -> Reply:
        """T5; page 0, the default, means no paging."""
        versions = self._known_job(call)
        per_page = call.query.integer("per_page", 10, 1, MOST_PER_PAGE)
        page = call.query.integer("page", 0, 0, LAST_PAGE)
        shown = versions[(page - 1) * per_page : page * per_page] if page else versions
        return Reply(
            {
                "job_id": versions[0].series,
                "job_name": versions[0].name,
                "job_desc": versions[0].description,
                "version_count": len(versions),
                "versions": [
                    {**self._version(version), "system_metric_list": json.dumps(_no_metrics())}
                    for version in shown
                ],
            }
        )

    def create_version(self, call: Call) -> Reply:
        """T6."""
        known = self._known_job(call)
        call.body.require("config")
        text = call.body.text("job_desc", known[0].description, longest=LONGEST_DESCRIPTION)
        config = call.body.object("config")
        config.require("pre_version_id")
        pre_version_id = config.integer("pre_version_id", 0, 0)
        previous = next((one for one in known if one.number == pre_version_id), None)
        if previous is None:
            raise invalid("Invalid parameter config.pre_version_id: the job has no such version.")
        checked = read_config(config, self._obs)
        return self._created(self._jobs.create_next(previous, checked, text))

    def show_version(self, call: Call) -> Reply:
        """T7."""
        version = self.known_version(call)
        return Reply(
            {
                "job_id": version.series,
                "job_name": version.name,
                "job_desc": version.description,
                **self._version(version),
                "system_metric_list": _no_metrics(),
                "spec_code": version.spec.flavor,
                "flavor_code": version.spec.flavor,
            }
        )

    def stop_version(self, call: Call) -> Reply:
        """T8."""
        self._jobs.stop(self.known_version(call))
        return Reply({})

    def delete_version(self, call: Call) -> Reply:
        """T9; a job goes with its last version."""
        self._jobs.delete([self.known_version(call)])
        return Reply({})

    def known_version(self, call: Call) -> StoredJob:
        job_id, version_id = call.id("job_id"), call.id("version_id")
        version = self._records.job(Kind.TRAINING, version_id)
        if version is None or version.series != job_id:
            raise not_found(f"Version {version_id} of training job {job_id}")
        return version

    def _known_job(self, call: Call) -> list[StoredJob]:
        """The versions of the job: at least one, the newest first."""
        job_id = call.id("job_id")
        versions = self._records.series(Kind.TRAINING, job_id)
        if not versions:
            raise not_found(f"Training job {job_id}")
        return versions

    def _created(self, version: StoredJob) -> Reply:
        number = self._quirks.number
        return Reply(
            {
                "job_id": number(version.series),
                "job_name": version.name,
                "status": number(STATUSES[version.state]),
                "create_time": number(version.created),
                "version_id": number(version.number),
                "version_name": _version_name(version),
                "resource_id": version.resource,
            }
        )

    def _listed(self, newest: StoredJob, count: int) -> Json:
        return {
            "job_id": newest.series,
            "version_id": newest.number,
            "job_name": newest.name,
            "job_desc": newest.description,
            "status": STATUSES[newest.state],
            "create_time": newest.series_created,
            "duration": newest.duration(self._now()),
            "version_count": count,
            "engine_type": ENGINES_BY_VERSION.get(newest.spec.engine, NO_ENGINE).engine_type,
        }

    def _version(self, version: StoredJob) -> Json:
        """The fields that T5 and T7 have in common."""
        return {
            "version_id": version.number,
            "version_name": _version_name(version),
            "pre_version_id": version.follows,
            "status": STATUSES[version.state],
            "create_time": version.created,
            "start_time": version.started,
            "duration": version.duration(self._now()),
            "resource_id": version.resource,
            **_config(version.spec),
            "model_metric_list": "{}",
        }


def required_description(body: Fields) -> str:
    body.require("job_desc")
    return body.text("job_desc", longest=LONGEST_DESCRIPTION)


def _version_name(version: StoredJob) -> str:
    return f"V{version.ordinal:04}"


def _config(spec: JobSpec) -> Json:
    """What was asked for, and what follows from it; the cloud's own fields are there, but empty."""
    flavor = FLAVORS_BY_CODE[spec.flavor]
    return {
        **config_json(spec),
        **vars(ENGINES_BY_VERSION.get(spec.engine, NO_ENGINE)),
        "core": flavor.core,
        "cpu": flavor.cpu,
        "gpu_num": 0,
        "gpu_type": "",
        "model_id": None,
        "user_image_url": spec.image or None,
        "user_command": spec.command or None,
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
