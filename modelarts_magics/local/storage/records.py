"""One record for each job, whatever its kind and whatever API made it or sees it.

A job has a number, by its kind, and a UUID, made of the store and that number. A training job that
is submitted anew is another job of the same series: they share name, description and workspace.

=========  =============================================================
phase      when
=========  =============================================================
accepted   the request was accepted
starting   it waits for a slot, or what it runs is not ready yet
running    all that it runs is started and ready
ending     a stop was asked for while something of it ran
ended      nothing of it runs; ``ending`` tells how it came
=========  =============================================================
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, fields, replace
from enum import Enum
from typing import Any

from ..http.refusals import Json, Reason, Refused
from .database import Store

DURATION = "COALESCE(COALESCE(ended, :now) - started, 0)"
STATE = "COALESCE(ending, phase)"
"""SQL of what a listing may be sorted by, besides the columns."""

_HOUR = 3_600_000
_JSON = ("parameters", "environment", "extra")  # columns
_MATCHES = "kind = :kind AND workspace = :workspace AND instr(lower(name), lower(:search)) > 0"
# With max(), SQLite takes the row that has the maximum: the newest job of a series stands for it.
_NEWEST = (
    "job JOIN (SELECT max(number) AS newest, count(*) AS size FROM job WHERE kind = :kind"
    " GROUP BY series) ON number = newest"
)


class Kind(str, Enum):
    TRAINING = "training"
    VISUALIZATION = "visualization"


class LifePhase(str, Enum):
    ACCEPTED = "accepted"
    STARTING = "starting"
    RUNNING = "running"
    ENDING = "ending"
    ENDED = "ended"


class Ending(str, Enum):
    """How a job came to its end."""

    COMPLETED = "completed"
    FAILED = "failed"
    NOT_STARTED = "not started"
    STOPPED = "stopped"
    LOST = "lost"  # the service died


@dataclass(frozen=True)
class TaskRecord:
    """One process of a job.

    Attributes:
        name: unique in the job.
        log: the file with what it printed, in the job's folder.
        exit_code: when it has ended; minus the signal number when one ended it.
        message: why it failed.
    """

    name: str
    log: str
    exit_code: int | None = None
    message: str = ""


@dataclass(frozen=True)
class Attempt:
    """From one start to its end, in epoch milliseconds; a job that was restarted has several."""

    start: int
    end: int | None = None
    reason: str = ""  # why it ended, where another one followed by itself
    task: str = ""  # which one was the cause


@dataclass(frozen=True)
class Channel:
    """A folder or file of the object store that a program is told of.

    Attributes:
        name: of an argument or a variable.
        access: ``parameter`` or ``env``.
        is_made: whether the folder is made when it is missing.
    """

    name: str
    url: str
    access: str = "parameter"
    is_made: bool = False


@dataclass(frozen=True)
class JobSpec:
    """What is asked for; URLs are those of the object store.

    Attributes:
        engine: the version of the framework, which names it.
        parameters: objects of a ``name`` and a ``value``.
        input: what it reads: training data, or the folder of event files.
        channels: what its program is told of, when it is more than input and output.
        image: in which the command would run in the cloud.
        command: for a shell, instead of a boot file.
        environment: variables of its programs.
        retries: how often it is started again by itself when it fails.
        extra: what only the API that made the job shows again.
    """

    input: str = ""
    output: str = ""
    code: str = ""
    boot_file: str = ""
    parameters: list[Json] = field(default_factory=list)
    engine: str = ""
    flavor: str = ""
    node_count: int = 1
    pool: str = ""
    log_export: str = ""
    stop_after_hours: int | None = None
    image: str = ""
    command: str = ""
    channels: list[Channel] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    retries: int = 0
    extra: Json = field(default_factory=dict)


@dataclass(frozen=True)
class NewJob:
    """What a job is called, and what it is to do."""

    name: str
    description: str
    workspace: str
    spec: JobSpec


@dataclass(frozen=True)
class StoredJob(NewJob):
    """A job as it is now; times are epoch milliseconds.

    Attributes:
        ordinal: its place in its series, from 1 on; places are never given twice.
        follows: the number of the job of its series from which it was made.
        resource: an id that clients show.
        reason: why it failed.
    """

    uuid: str
    kind: Kind
    number: int
    series: int
    ordinal: int
    follows: int | None
    resource: str
    phase: LifePhase
    ending: Ending | None
    reason: str | None
    series_created: int
    created: int
    started: int | None
    ended: int | None
    tasks: list[TaskRecord]
    attempts: list[Attempt]

    @property
    def state(self) -> str:
        """One word for phase and ending."""
        return str((self.ending or self.phase).value)

    @property
    def is_ended(self) -> bool:
        return self.phase is LifePhase.ENDED

    def duration(self, now: int) -> int:
        """How long its latest attempt took or has taken."""
        return 0 if self.started is None else max(0, (self.ended or now) - self.started)

    def remaining(self, now: int) -> int | None:
        """Milliseconds until it stops by itself; None when it does not."""
        if self.spec.stop_after_hours is None or self.is_ended:
            return None
        return max(0, self.spec.stop_after_hours * _HOUR - self.duration(now))


@dataclass(frozen=True)
class Listing:
    """One page of the series of a kind, each by its newest job.

    Attributes:
        sort_by: an SQL expression; never taken from a request.
        states: which ones (``StoredJob.state``), or ``None`` for all.
        search: a part of the name, in any case.
        skipped: how many come before the page.
    """

    kind: Kind
    sort_by: str
    descending: bool
    states: Collection[str] | None
    search: str
    workspace: str
    limit: int
    skipped: int


class Records:
    """Reads and writes; it knows nothing of what is allowed in which phase.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._namespace = uuid.UUID(store.identity("store"))

    def add(self, kind: Kind, new: NewJob, tasks: Sequence[TaskRecord], now: int) -> StoredJob:
        """Insert the first job of a series.

        Raises:
            Refused: the name is taken.
        """
        with self._store.transaction():
            if self._jobs("kind = ? AND name = ? LIMIT 1", kind, new.name):
                raise Refused(Reason.NAME_TAKEN, f"The name {new.name} is taken.", name=new.name)
            series = self._store.next_number(f"{kind.value} series")
            return self._insert(kind, new, tasks, now, series=series, series_created=now)

    def add_next(
        self, previous: StoredJob, spec: JobSpec, tasks: Sequence[TaskRecord], now: int
    ) -> StoredJob:
        """Insert another job of a series."""
        with self._store.transaction():
            return self._insert(
                previous.kind,
                replace(previous, spec=spec),
                tasks,
                now,
                series=previous.series,
                series_created=previous.series_created,
                follows=previous.number,
            )

    def job(self, kind: Kind, number: int) -> StoredJob | None:
        found = self._jobs("kind = ? AND number = ?", kind, number)
        return found[0] if found else None

    def series(self, kind: Kind, series: int) -> list[StoredJob]:
        """All jobs of a series, the newest first."""
        return self._jobs("kind = ? AND series = ? ORDER BY number DESC", kind, series)

    def unfinished(self) -> list[StoredJob]:
        return self._jobs("phase != 'ended'")

    def by_uuid(self, text: str) -> StoredJob | None:
        found = self._jobs("uuid = ?", text)
        return found[0] if found else None

    def search(
        self, where: str, values: Mapping[str, Any], order: str, limit: int, skipped: int
    ) -> tuple[int, list[StoredJob]]:
        """How many jobs match, each for itself, and some of them.

        Args:
            where: an SQL expression, as ``order`` never taken from a request.
            values: of its parameters.
            order: SQL by which they are sorted.
            limit: how many are returned at most.
            skipped: how many come before those.
        """
        count = self._store.number(f"SELECT count(*) FROM job WHERE {where}", values)  # noqa: S608
        page = f"SELECT * FROM job WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :skipped"  # noqa: S608
        rows = self._store.rows(page, {**values, "limit": limit, "skipped": skipped})
        return count, [_stored(row) for row in rows]

    def overdue(self, now: int) -> list[StoredJob]:
        """Those that run longer than they should."""
        return self._jobs(f"phase = 'running' AND started + stop_after_hours * {_HOUR} <= ?", now)

    def next_number(self, kind: Kind) -> int:
        """Which number the next job will get."""
        rows = self._store.rows("SELECT value + 1 FROM counter WHERE name = ?", (kind.value,))
        return rows[0][0] if rows else 1

    def skip_number(self, kind: Kind) -> None:
        """Let no job have the next number."""
        self._store.next_number(kind.value)

    def count(self, kind: Kind) -> int:
        """How many series there are."""
        return self._store.number("SELECT count(DISTINCT series) FROM job WHERE kind = ?", (kind,))

    def page(self, listing: Listing, now: int) -> tuple[int, list[tuple[StoredJob, int]]]:
        """How many series match, and those of the page: the newest job, and how many there are."""
        states = {f"state{n}": state for n, state in enumerate(listing.states or ())}
        matching = f"FROM {_NEWEST} WHERE {_MATCHES}"
        if listing.states is not None:
            matching += f" AND {STATE} IN ({', '.join(':' + name for name in states)})"
        values = {**vars(listing), **states, "now": now}
        del values["states"]
        direction = "DESC" if listing.descending else "ASC"
        order = f"ORDER BY {listing.sort_by} {direction}, series {direction}"
        total = self._store.number(f"SELECT count(*) {matching}", values)
        rows = self._store.rows(f"SELECT * {matching} {order} LIMIT :limit OFFSET :skipped", values)
        return total, [(_stored(row), row["size"]) for row in rows]

    def describe(self, job: StoredJob, text: str) -> None:
        """Change the description of a series."""
        self._store.change(
            "UPDATE job SET description = ? WHERE kind = ? AND series = ?",
            (text, job.kind, job.series),
        )

    def remove(self, jobs: Sequence[StoredJob]) -> None:
        """Their logs are still there, and ``removed`` until somebody says ``forget``."""
        with self._store.transaction():
            for job in jobs:
                self._store.change("DELETE FROM job WHERE uuid = ?", (job.uuid,))
                self._store.change("INSERT INTO removed VALUES (?, ?)", (job.kind, job.number))

    def removed(self) -> list[tuple[Kind, int]]:
        """Kinds and numbers of jobs that are not known any more, and whose logs may be there."""
        return [(Kind(kind), number) for kind, number in self._store.rows("SELECT * FROM removed")]

    def forget(self, kind: Kind, number: int) -> None:
        """Nothing is left of a removed job."""
        self._store.change("DELETE FROM removed WHERE kind = ? AND number = ?", (kind, number))

    def transaction(self) -> AbstractContextManager[None]:
        """All changes of the block, or none of them."""
        return self._store.transaction()

    def mark_ending(self, job: StoredJob) -> None:
        self._set(job, phase=LifePhase.ENDING)

    def mark_submitted(self, job: StoredJob) -> None:
        """Starting, with nothing left of an earlier attempt but that it was."""
        tasks = [TaskRecord(task.name, task.log) for task in job.tasks]
        self._set(
            job,
            phase=LifePhase.STARTING,
            **dict.fromkeys(("ending", "reason", "started", "ended")),
            tasks=_json(tasks),
        )

    def mark_started(self, job: StoredJob, now: int) -> None:
        """Running, unless somebody has asked to stop it meanwhile."""
        with self._store.transaction():
            current = self.job(job.kind, job.number)
            if current is None:  # it was deleted
                return
            attempts = [*current.attempts, Attempt(now)]
            self._set(job, started=now, attempts=_json(attempts))
            self._store.change(
                "UPDATE job SET phase = 'running' WHERE uuid = ? AND phase = 'starting'",
                (job.uuid,),
            )

    def mark_retried(self, job: StoredJob, now: int, reason: str, task: str) -> None:
        """Starting anew by itself, unless somebody has asked to stop it meanwhile."""
        current = self.job(job.kind, job.number)
        if current is None or current.phase is LifePhase.ENDING:
            return
        attempts = [*current.attempts[:-1], *_closed(current.attempts[-1:], now, reason, task)]
        tasks = [TaskRecord(one.name, one.log) for one in job.tasks]
        self._set(job, phase=LifePhase.STARTING, attempts=_json(attempts), tasks=_json(tasks))

    def mark_ended(
        self,
        job: StoredJob,
        ending: Ending,
        now: int,
        reason: str | None = None,
        tasks: Sequence[TaskRecord] | None = None,
    ) -> None:
        current = self.job(job.kind, job.number)
        if current is None:  # it was deleted
            return
        attempts = [*current.attempts[:-1], *_closed(current.attempts[-1:], now)]
        self._set(
            job,
            phase=LifePhase.ENDED,
            ending=ending,
            ended=now,
            reason=reason,
            tasks=_json(tasks or current.tasks),
            attempts=_json(attempts),
        )

    def _insert(
        self, kind: Kind, new: NewJob, tasks: Sequence[TaskRecord], now: int, **columns: Any
    ) -> StoredJob:
        number = self._store.next_number(kind.value)
        columns.update(
            uuid=str(uuid.uuid5(self._namespace, f"{kind.value}/{number}")),
            kind=kind,
            number=number,
            ordinal=self._store.next_number(f"{kind.value} series {columns['series']}"),
            name=new.name,
            description=new.description,
            workspace=new.workspace,
            resource=str(uuid.uuid4()),
            phase=LifePhase.ACCEPTED,
            created=now,
            **vars(new.spec),
            tasks=_json(tasks),
            attempts="[]",
        )
        columns.update({name: json.dumps(columns[name]) for name in _JSON})
        columns["channels"] = _json(new.spec.channels)
        names = ", ".join(columns)
        marks = ", ".join(":" + name for name in columns)
        self._store.change(f"INSERT INTO job ({names}) VALUES ({marks})", columns)  # noqa: S608
        return self._jobs("kind = ? AND number = ?", kind, number)[0]

    def _set(self, job: StoredJob, **columns: Any) -> None:
        changes = ", ".join(f"{name} = :{name}" for name in columns)
        values = {**columns, "uuid": job.uuid}
        self._store.change(f"UPDATE job SET {changes} WHERE uuid = :uuid", values)  # noqa: S608

    def _jobs(self, where: str, *values: Any) -> list[StoredJob]:
        rows = self._store.rows(f"SELECT * FROM job WHERE {where}", values)  # noqa: S608
        return [_stored(row) for row in rows]


def _stored(row: sqlite3.Row) -> StoredJob:
    spec = {one.name: row[one.name] for one in fields(JobSpec)}
    spec.update({name: json.loads(spec[name]) for name in _JSON})
    spec["channels"] = [Channel(**channel) for channel in json.loads(spec["channels"])]
    values = {one.name: row[one.name] for one in fields(StoredJob) if one.name != "spec"}
    values.update(
        kind=Kind(row["kind"]),
        phase=LifePhase(row["phase"]),
        ending=row["ending"] and Ending(row["ending"]),
        tasks=[TaskRecord(**task) for task in json.loads(row["tasks"])],
        attempts=[Attempt(**attempt) for attempt in json.loads(row["attempts"])],
        spec=JobSpec(**spec),
    )
    return StoredJob(**values)


def _closed(last: Sequence[Attempt], now: int, reason: str = "", task: str = "") -> list[Attempt]:
    """The last attempt, if there is one, ended now if it had not ended."""
    return [
        replace(one, end=now, reason=reason, task=task) if one.end is None else one for one in last
    ]


def _json(parts: Sequence[TaskRecord] | Sequence[Attempt] | Sequence[Channel]) -> str:
    return json.dumps([asdict(part) for part in parts])
