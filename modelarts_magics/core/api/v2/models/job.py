"""Training jobs.

Source: docs/api/v2-endpoints.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from ...base import JobKind, JobRef, Restart, TaskFailure
from ...fields import Record, identifier, integer, many, moment, one, structure, text, texts, wire
from ..state import PhaseState

API = "v2"
VIEWER = "visualization_job"


@dataclass(frozen=True)
class Metadata(Record):
    """Who a job is; the time is epoch milliseconds."""

    id: str = wire(identifier)
    name: str = wire(text)
    description: str = wire(text)
    create_time: int | None = wire(moment)
    workspace_id: str = wire(identifier)
    user_name: str = wire(text)


@dataclass(frozen=True)
class TaskStatus(Record):
    """How a task ended; the message may be a whole traceback."""

    task: str = wire(text)
    exit_code: int | None = wire(integer)
    message: str = wire(text)


@dataclass(frozen=True)
class RunningRecord(Record):
    """One of the times that a job ran; in seconds."""

    start_at: int | None = wire(integer)
    end_at: int | None = wire(integer)
    start_type: str = wire(text)
    end_reason: str = wire(text)
    end_related_task: str = wire(text)
    end_recover: str = wire(text)


@dataclass(frozen=True)
class Progress(Record):
    """How a job is; milliseconds."""

    start_time: int | None = wire(moment)
    duration: int | None = wire(integer)
    tasks: tuple[str, ...] = wire(texts)
    task_statuses: tuple[TaskStatus, ...] = wire(many(TaskStatus))
    running_records: tuple[RunningRecord, ...] = wire(many(RunningRecord))


@dataclass(frozen=True)
class Viewer(Record):
    """Where a viewer answers, and the token that it wants; empty until it runs."""

    url: str = wire(text, is_secret=True)
    token: str = wire(text, is_secret=True)

    @property
    def address(self) -> str:
        """The address with the token, unless it has one.

        >>> Viewer(url="https://v.example/1/?a=b#x", token="t/1").address
        'https://v.example/1/?a=b&token=t%2F1#x'
        """
        try:
            parts = urlsplit(self.url)
        except ValueError:  # it is no address
            return ""
        pairs = parts.query.split("&") if parts.query else []
        if not self.url or not self.token or any(pair.startswith("token=") for pair in pairs):
            return self.url
        query = "&".join([*pairs, f"token={quote(self.token, safe='')}"])
        return urlunsplit(parts._replace(query=query))

    @property
    def framed(self) -> str:
        """The address for a frame in a page of another host, with the token as a part of its path.

        >>> Viewer(url="http://127.0.0.1:1/tb/7/", token="t/1").framed
        'http://127.0.0.1:1/tb/7/t%2F1/'
        """
        return f"{self.url.rstrip('/')}/{quote(self.token, safe='')}/" if self.url else ""

    @property
    def bare(self) -> str:
        """The address without anything that may open it.

        >>> Viewer(url="https://v.example/1/?token=t#x", token="t").bare
        'https://v.example/1/'
        """
        try:
            return urlunsplit(urlsplit(self.url)._replace(query="", fragment=""))
        except ValueError:  # it is no address
            return ""


@dataclass(frozen=True)
class TrainingJob(Record):
    """A job, as lists and descriptions show it."""

    job_kind: str = wire(text, "kind")
    metadata: Metadata = wire(one(Metadata))
    status: Progress = wire(one(Progress))
    state: PhaseState = wire(PhaseState.from_json, "status")
    algorithm: Any = wire(structure, is_secret=True)  # its environment may hold some
    spec: Any = wire(structure)
    endpoints: Any = wire(structure, is_secret=True)

    version_name = ""
    version_count = None

    def as_dict(self) -> dict[str, Any]:
        """The answer as it came."""
        return dict(self.raw)

    @property
    def ref(self) -> JobRef:
        return JobRef(API, self.metadata.id)

    @property
    def kind(self) -> JobKind:
        return JobKind.VISUALIZATION if self.job_kind == VIEWER else JobKind.TRAINING

    @property
    def name(self) -> str:
        return self.metadata.name

    @property
    def created(self) -> int | None:
        return self.metadata.create_time

    @property
    def started(self) -> int | None:
        return self.status.start_time or None  # 0 before the start

    @property
    def duration(self) -> int | None:
        return self.status.duration

    @property
    def tasks(self) -> tuple[str, ...]:
        return self.status.tasks

    @property
    def output(self) -> str:
        """The first OBS folder that the training writes, as ``/bucket/folder/``."""
        outputs = _at(self.algorithm, "outputs")
        found = (text(_at(each, "remote", "obs", "obs_url")) for each in _items(outputs))
        return next((f"/{url.removeprefix('obs://').lstrip('/')}" for url in found if url), "")

    @property
    def log_folder(self) -> str:
        """The OBS folder that its logs are copied to, ``obs://bucket/folder/``; may be empty."""
        return text(_at(self.spec, "log_export_path", "obs_url"))

    @property
    def flavor(self) -> str:
        """What it runs on; may be empty."""
        return text(_at(self.spec, "resource", "flavor_id"))

    @property
    def viewer(self) -> Viewer:
        """Its TensorBoard, or else its MindStudio Insight."""
        for name in ("tensorboard", "mindstudio_insight"):
            found = one(Viewer)(_at(self.endpoints, name))
            if found.url:
                return found
        return Viewer()

    @property
    def restarts(self) -> Sequence[Restart]:
        """When the service started it anew, and why."""
        records = self.status.running_records
        return [
            Restart(_milliseconds(after.start_at), before.end_reason or before.end_recover)
            for before, after in zip(records, records[1:])
        ]

    @property
    def failures(self) -> Sequence[TaskFailure]:
        """Of the tasks that failed first; one that ended well is no failure."""
        told = self.status.task_statuses
        return [
            TaskFailure(one.task, one.exit_code, one.message)
            for one in told
            if one.message or one.exit_code
        ]


@dataclass(frozen=True)
class JobPage(Record):
    """A part of a list of jobs.

    Attributes:
        total: how many pass the filters; that of all jobs is the service's ``total``.
    """

    items: tuple[TrainingJob, ...] = wire(many(TrainingJob))
    total: int | None = wire(integer, "count")


@dataclass(frozen=True)
class JobTask(Record):
    """A task; ``schedule_count`` says which start of the job it belongs to."""

    task: str = wire(text)
    ip: str = wire(text)
    host_ip: str = wire(text)
    schedule_count: int | None = wire(integer)


def _at(value: Any, *keys: str) -> Any:
    """A value in objects within objects; ``None`` where one of them is something else."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _milliseconds(seconds: int | None) -> int | None:
    return None if seconds is None else moment(seconds * 1000)
