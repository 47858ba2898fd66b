"""Training jobs and their versions.

Source: docs/api/v1-endpoints.md (modelarts_03_0045 to modelarts_03_0053).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...base import JobKind
from ...fields import Record, identifier, integer, many, moment, structure, text, wire
from ..status import JobStatus, status
from .described import Described
from .listing import ListPage


@dataclass(frozen=True)
class ListedJob(Described, Record):
    """A training job as the list shows it; times are epoch milliseconds."""

    kind = JobKind.TRAINING
    version_name = output = ""
    started = None

    job_id: str = wire(identifier)
    version_id: str = wire(identifier)
    job_name: str = wire(text)
    job_desc: str = wire(text)
    status: JobStatus = wire(status)
    create_time: int | None = wire(moment)
    duration: int | None = wire(integer)
    version_count: int | None = wire(integer)


@dataclass(frozen=True)
class JobPage(ListPage):
    """One page of training jobs."""

    jobs: tuple[ListedJob, ...] = wire(many(ListedJob))

    @property
    def items(self) -> tuple[ListedJob, ...]:
        return self.jobs


@dataclass(frozen=True)
class JobVersion(Described, Record):
    """One run of a training job; times are epoch milliseconds, ``start_time`` null before it."""

    job_id: str = wire(identifier)
    job_name: str = wire(text)
    version_id: str = wire(identifier)
    version_name: str = wire(text)
    pre_version_id: str = wire(identifier)
    status: JobStatus = wire(status)
    create_time: int | None = wire(moment)
    start_time: int | None = wire(moment)
    duration: int | None = wire(integer)
    engine_id: int | None = wire(integer)
    engine_type: int | None = wire(integer)
    spec_id: int | None = wire(integer)
    worker_server_num: int | None = wire(integer)
    train_url: str = wire(text)
    log_url: str = wire(text)
    model_metric_list: Any = wire(structure)
    system_metric_list: Any = wire(structure)

    kind = JobKind.TRAINING
    version_count = None

    @property
    def started(self) -> int | None:
        return self.start_time

    @property
    def output(self) -> str:
        return self.train_url


@dataclass(frozen=True)
class JobVersionPage(Record):
    """A job with its versions."""

    job_id: str = wire(identifier)
    job_name: str = wire(text)
    job_desc: str = wire(text)
    version_count: int | None = wire(integer)
    versions: tuple[JobVersion, ...] = wire(many(JobVersion))

    @property
    def items(self) -> tuple[JobVersion, ...]:
        return self.versions

    @property
    def total(self) -> int | None:
        return self.version_count


@dataclass(frozen=True)
class CreatedJob(Record):
    """The answer to the creation of a job or of a version."""

    job_id: str = wire(identifier)
    job_name: str = wire(text)
    version_id: str = wire(identifier)
    version_name: str = wire(text)
    status: JobStatus = wire(status)
    create_time: int | None = wire(moment)
    resource_id: str = wire(identifier)


@dataclass(frozen=True)
class TrainingConfig:
    """What a run is made of; OBS locations are ``/bucket/folder/`` paths.

    ``data_source`` and ``data_url`` and the pair of ``dataset_*`` exclude each other, as do
    ``app_url`` with ``boot_file_url`` and ``user_image_url`` with ``user_command``.
    """

    worker_server_num: int
    flavor: str
    app_url: str | None = None
    boot_file_url: str | None = None
    model_id: int | None = None
    parameter: Sequence[Mapping[str, str]] = ()
    data_url: str | None = None
    dataset_id: str | None = None
    dataset_version_id: str | None = None
    data_source: Sequence[Mapping[str, Any]] | None = None
    engine_id: int | None = None
    train_url: str | None = None
    log_url: str | None = None
    user_image_url: str | None = None
    user_command: str | None = None
    pre_version_id: int | None = None

    def to_json(self) -> dict[str, Any]:
        given = {name: value for name, value in vars(self).items() if value is not None}
        given["flavor"] = {"code": self.flavor}
        given["parameter"] = [dict(item) for item in self.parameter]
        return given


def new_job(job_name: str, job_desc: str | None, config: TrainingConfig) -> dict[str, Any]:
    """The body that creates a job with its first version."""
    return {"job_name": job_name, **new_version(job_desc, config)}


def new_version(job_desc: str | None, config: TrainingConfig) -> dict[str, Any]:
    """The body that adds a version to a job."""
    description = {} if job_desc is None else {"job_desc": job_desc}
    return {**description, "config": config.to_json()}
