"""Training jobs and their versions in the database."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...core.api.v1.status import JobStatus
from ..http.answers import name_exists
from ..v1 import catalogue
from ..v1.config import TrainingConfig
from ..v1.listing import DURATION, Listing, duration
from .database import Store

_SELECT = "SELECT * FROM training_job_version "
SORT_COLUMNS = {
    "job_name": "job_name",
    "job_desc": "job_desc",
    "job_id": "job_id",
    "status": "status",
    "duration": DURATION,
    "version_count": "version_count",
    "create_time": "create_time",
    "engine_type": "engine_type",
}


@dataclass(frozen=True)
class NewJob:
    job_name: str
    job_desc: str
    workspace_id: str


@dataclass(frozen=True)
class Version:
    """A version of a training job; times are epoch milliseconds."""

    job_id: int
    job_name: str
    job_desc: str
    version_id: int
    version_name: str
    pre_version_id: int | None
    status: JobStatus
    create_time: int
    start_time: int | None
    end_time: int | None
    resource_id: str
    config: TrainingConfig

    @property
    def log_files(self) -> list[str]:
        """One per worker."""
        return [f"job-{self.job_name}.{i}" for i in range(self.config.worker_server_num)]

    def duration(self, now: int) -> int:
        return duration(self.start_time, self.end_time, now)


@dataclass(frozen=True)
class JobState:
    """A job in a list, with the state of its newest version."""

    job_id: int
    version_id: int
    job_name: str
    job_desc: str
    status: JobStatus
    create_time: int
    start_time: int | None
    end_time: int | None
    version_count: int
    engine_type: int

    def duration(self, now: int) -> int:
        return duration(self.start_time, self.end_time, now)


class TrainingRecords:
    """Reads and writes; it knows nothing of what is allowed in which state.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_job(self, job: NewJob, config: TrainingConfig, now: int) -> Version:
        """Insert a job and its first version.

        Raises:
            Refused: the name is taken.
        """
        with self._store.transaction():
            try:
                job_id = self._store.change(
                    "INSERT INTO training_job (job_name, job_desc, workspace_id, create_time)"
                    " VALUES (:job_name, :job_desc, :workspace_id, :now)",
                    {**vars(job), "now": now},
                )
            except sqlite3.IntegrityError:
                raise name_exists(job.job_name) from None
            return self._add_version(job_id, None, config, now)

    def add_version(
        self, job_id: int, pre_version_id: int, config: TrainingConfig, now: int
    ) -> Version:
        with self._store.transaction():
            return self._add_version(job_id, pre_version_id, config, now)

    def version(self, version_id: int) -> Version | None:
        found = self._versions("WHERE version_id = ?", (version_id,))
        return found[0] if found else None

    def versions(self, job_id: int) -> list[Version]:
        """All versions of a job, the newest first."""
        return self._versions("WHERE job_id = ? ORDER BY version_id DESC", (job_id,))

    def unfinished(self) -> list[Version]:
        return self._versions("WHERE end_time IS NULL")

    def version_ids(self) -> set[int]:
        return {row[0] for row in self._store.rows("SELECT version_id FROM training_version")}

    def jobs(self, listing: Listing, now: int) -> tuple[int, list[JobState]]:
        """How many jobs match, and those of the page."""
        total, rows = listing.page_of(self._store, "training_job_state", now)
        return total, [_job_state(row) for row in rows]

    def count(self) -> int:
        return self._store.number("SELECT count(*) FROM training_job")

    def describe(self, job_id: int, text: str) -> None:
        self._store.change("UPDATE training_job SET job_desc = ? WHERE job_id = ?", (text, job_id))

    def remove_job(self, job_id: int) -> None:
        self._store.change("DELETE FROM training_job WHERE job_id = ?", (job_id,))

    def remove_version(self, version: Version) -> None:
        """Remove a version, and the job with its last one."""
        with self._store.transaction():
            self._store.change(
                "DELETE FROM training_version WHERE version_id = ?", (version.version_id,)
            )
            if not self.versions(version.job_id):
                self.remove_job(version.job_id)

    def mark(self, version_id: int, status: JobStatus) -> None:
        self._store.change(
            "UPDATE training_version SET status = ? WHERE version_id = ?", (status, version_id)
        )

    def mark_started(self, version_id: int, now: int) -> None:
        """RUNNING, unless somebody has asked to stop it meanwhile."""
        self._store.change(
            "UPDATE training_version SET start_time = ?,"
            " status = CASE status WHEN ? THEN ? ELSE status END WHERE version_id = ?",
            (now, JobStatus.WAITING, JobStatus.RUNNING, version_id),
        )

    def mark_ended(self, version_id: int, status: JobStatus, now: int) -> None:
        self._store.change(
            "UPDATE training_version SET status = ?, end_time = ? WHERE version_id = ?",
            (status, now, version_id),
        )

    def _add_version(
        self, job_id: int, pre_version_id: int | None, config: TrainingConfig, now: int
    ) -> Version:
        self._store.change(
            "UPDATE training_job SET versions_made = versions_made + 1 WHERE job_id = ?", (job_id,)
        )
        version_id = self._store.change(
            "INSERT INTO training_version (job_id, version_name, pre_version_id, status,"
            " create_time, resource_id, engine_type, config)"
            " SELECT job_id, printf('V%04d', versions_made), :pre_version_id, :status,"
            " :now, :resource_id, :engine_type, :config FROM training_job WHERE job_id = :job_id",
            {
                "job_id": job_id,
                "pre_version_id": pre_version_id,
                "status": JobStatus.INIT,
                "now": now,
                "resource_id": str(uuid.uuid4()),
                "engine_type": catalogue.ENGINES_BY_ID[config.engine_id].engine_type,
                "config": json.dumps(vars(config)),
            },
        )
        return self._versions("WHERE version_id = ?", (version_id,))[0]

    def _versions(self, where: str, values: Sequence[Any] = ()) -> list[Version]:
        rows = self._store.rows(_SELECT + where, values)
        return [_version(row) for row in rows]


def _version(row: sqlite3.Row) -> Version:
    values = {name: row[name] for name in Version.__dataclass_fields__}
    config = TrainingConfig(**json.loads(row["config"]))
    return Version(**{**values, "status": JobStatus(row["status"]), "config": config})


def _job_state(row: sqlite3.Row) -> JobState:
    values = {name: row[name] for name in JobState.__dataclass_fields__}
    return JobState(**{**values, "status": JobStatus(row["status"])})
