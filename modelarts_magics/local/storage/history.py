"""What happened to jobs and what they used, for as long as the jobs are known."""

from __future__ import annotations

from dataclasses import dataclass

from .database import Store
from .records import StoredJob


@dataclass(frozen=True)
class Event:
    """Something that happened.

    Attributes:
        time: epoch milliseconds.
        what: in one word, such as the state that a job came into.
        task: to which of its tasks, if it was one.
        code: with which it ended; minus the signal number when one ended it.
    """

    time: int
    what: str
    task: str = ""
    code: int | None = None


@dataclass(frozen=True)
class Usage:
    """What a task used in a minute of its job, in percent of this machine."""

    minute: int
    cpu: float
    memory: float


class History:
    """Reads and writes it; nothing is written of jobs that are not known any more."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, job: StoredJob, event: Event) -> None:
        self._store.change(
            "INSERT INTO event (job, time, what, task, code)"
            " SELECT uuid, ?, ?, ?, ? FROM job WHERE uuid = ?",
            (event.time, event.what, event.task, event.code, job.uuid),
        )

    def events(self, job: StoredJob) -> list[Event]:
        """The oldest first."""
        query = "SELECT time, what, task, code FROM event WHERE job = ? ORDER BY time, id"
        return [Event(*row) for row in self._store.rows(query, (job.uuid,))]

    def note_usage(self, job: StoredJob, task: str, usage: Usage) -> None:
        self._store.change(
            "INSERT OR REPLACE INTO usage SELECT uuid, ?, ?, ?, ? FROM job WHERE uuid = ?",
            (task, usage.minute, usage.cpu, usage.memory, job.uuid),
        )

    def usage(self, job: StoredJob, task: str) -> list[Usage]:
        """By the minute; not every minute is there."""
        query = "SELECT minute, cpu, memory FROM usage WHERE job = ? AND task = ? ORDER BY minute"
        return [Usage(*row) for row in self._store.rows(query, (job.uuid, task))]
