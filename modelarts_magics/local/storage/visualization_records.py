"""Visualization jobs in the database."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...core.api.v1.status import JobStatus
from ..http.answers import name_exists
from ..v1.listing import DURATION, Listing, duration
from .database import Store

_HOUR = 3_600_000
_SELECT = "SELECT * FROM visualization_job "
SORT_COLUMNS = {
    "job_id": "job_id",
    "job_name": "job_name",
    "job_desc": "job_desc",
    "status": "status",
    "create_time": "create_time",
    "duration": DURATION,
    "log_dir": "train_url",
}


@dataclass(frozen=True)
class NewVisualization:
    """What is asked for; ``stop_after_hours`` is None for a job without a schedule."""

    job_name: str
    job_desc: str
    workspace_id: str
    train_url: str
    stop_after_hours: int | None


@dataclass(frozen=True)
class Visualization:
    """A visualization job; times are epoch milliseconds."""

    job_id: int
    job_name: str
    job_desc: str
    train_url: str
    stop_after_hours: int | None
    status: JobStatus
    create_time: int
    start_time: int | None
    end_time: int | None
    resource_id: str
    failure_reason: str | None

    def duration(self, now: int) -> int:
        """How long the latest run took or has taken."""
        return duration(self.start_time, self.end_time, now)

    def remaining(self, now: int) -> int | None:
        """Milliseconds until it stops by itself; None when it does not."""
        if self.stop_after_hours is None or self.status.is_final:
            return None
        return max(0, self.stop_after_hours * _HOUR - self.duration(now))


class VisualizationRecords:
    """Reads and writes; it knows nothing of what is allowed in which state.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, job: NewVisualization, now: int) -> Visualization:
        """Insert a job.

        Raises:
            Refused: the name is taken.
        """
        try:
            job_id = self._store.change(
                "INSERT INTO visualization_job (job_name, job_desc, workspace_id, train_url,"
                " stop_after_hours, status, create_time, resource_id)"
                " VALUES (:job_name, :job_desc, :workspace_id, :train_url,"
                " :stop_after_hours, :status, :now, :resource_id)",
                {
                    **vars(job),
                    "status": JobStatus.INIT,
                    "now": now,
                    "resource_id": str(uuid.uuid4()),
                },
            )
        except sqlite3.IntegrityError:
            raise name_exists(job.job_name) from None
        return self._jobs("WHERE job_id = ?", (job_id,))[0]

    def job(self, job_id: int) -> Visualization | None:
        found = self._jobs("WHERE job_id = ?", (job_id,))
        return found[0] if found else None

    def unfinished(self) -> list[Visualization]:
        return self._jobs("WHERE end_time IS NULL")

    def jobs(self, listing: Listing, now: int) -> tuple[int, list[Visualization]]:
        """How many jobs match, and those of the page."""
        total, rows = listing.page_of(self._store, "visualization_job", now)
        return total, [_visualization(row) for row in rows]

    def job_ids(self) -> set[int]:
        return {row[0] for row in self._store.rows("SELECT job_id FROM visualization_job")}

    def count(self) -> int:
        return self._store.number("SELECT count(*) FROM visualization_job")

    def describe(self, job_id: int, text: str) -> None:
        self._store.change(
            "UPDATE visualization_job SET job_desc = ? WHERE job_id = ?", (text, job_id)
        )

    def remove(self, job_id: int) -> None:
        self._store.change("DELETE FROM visualization_job WHERE job_id = ?", (job_id,))

    def mark(self, job_id: int, status: JobStatus) -> None:
        self._store.change(
            "UPDATE visualization_job SET status = ? WHERE job_id = ?", (status, job_id)
        )

    def mark_submitted(self, job_id: int) -> None:
        """WAITING, with nothing left of an earlier run."""
        self._store.change(
            "UPDATE visualization_job SET status = ?, start_time = NULL, end_time = NULL,"
            " failure_reason = NULL WHERE job_id = ?",
            (JobStatus.WAITING, job_id),
        )

    def mark_started(self, job_id: int, now: int) -> None:
        """RUNNING, unless somebody has asked to stop it meanwhile."""
        self._store.change(
            "UPDATE visualization_job SET start_time = ?,"
            " status = CASE status WHEN ? THEN ? ELSE status END WHERE job_id = ?",
            (now, JobStatus.WAITING, JobStatus.RUNNING, job_id),
        )

    def mark_ended(
        self, job_id: int, status: JobStatus, now: int, failure_reason: str | None = None
    ) -> None:
        self._store.change(
            "UPDATE visualization_job SET status = ?, end_time = ?, failure_reason = ?"
            " WHERE job_id = ?",
            (status, now, failure_reason, job_id),
        )

    def _jobs(self, where: str, values: Sequence[Any] = ()) -> list[Visualization]:
        rows = self._store.rows(_SELECT + where, values)
        return [_visualization(row) for row in rows]


def _visualization(row: sqlite3.Row) -> Visualization:
    values = {name: row[name] for name in Visualization.__dataclass_fields__}
    return Visualization(**{**values, "status": JobStatus(row["status"])})
