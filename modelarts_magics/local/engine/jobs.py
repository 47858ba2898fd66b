"""Jobs that run: one life for every kind, from the acceptance to the end (``storage/records.py``).

What the jobs of a kind run, when they are ready, and what their end means, a ``Work`` says.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Callable, Protocol

from ..http.refusals import Reason, Refused
from ..storage.history import Event, History, Usage
from ..storage.log_folders import LogFolders
from ..storage.records import (
    Ending,
    JobSpec,
    Kind,
    LifePhase,
    NewJob,
    Records,
    StoredJob,
    TaskRecord,
)
from .recording import Recording
from .slots import Slots
from .supervisor import CannotStart, Program, RunningProgram, launch

MOST_JOBS = 1000  # of a kind, those of one series counted once


@dataclass(frozen=True)
class Exits:
    """What is known when nothing of a job runs any more.

    Attributes:
        codes: of its tasks, as many as were started.
        error: why it could not be started.
        is_stopped: whether a stop was asked for.
        culprit: the place of the task that failed first, by itself.
    """

    codes: Sequence[int]
    error: str | None
    is_stopped: bool
    culprit: int | None = None


@dataclass(frozen=True)
class Verdict:
    """How a job ended, why, and what is to be said of each task that was started."""

    ending: Ending
    reason: str | None = None
    words: Sequence[str] = ()


class Work(Protocol):
    """What the jobs of one kind run; ``folder`` is the one of the job's logs.

    Attributes:
        quota: how many jobs run at once.
    """

    quota: int

    def check(self, spec: JobSpec) -> None:
        """Refuse what can never run."""

    def tasks(self, new: NewJob) -> list[TaskRecord]:
        """The processes that a job will have."""

    def programs(self, job: StoredJob, folder: Path) -> list[Program]:
        """One for each task; raises ``CannotStart`` or ``Refused``."""

    async def ready(self, programs: Sequence[RunningProgram], folder: Path) -> str | None:
        """Wait until all is ready; returns its address if it has one, ``None`` when it ended."""

    async def verdict(self, job: StoredJob, folder: Path, exits: Exits) -> Verdict:
        """What the end means; last words may also go to the logs."""


@dataclass(frozen=True)
class Door:
    """Where the service that a job runs answers, and what opens it for whoever comes by ours."""

    address: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Process:
    """The first process of a task that runs."""

    task: str
    pid: int


class Jobs:
    """Creates, runs, stops, restarts and deletes jobs of every kind.

    Args:
        records: where they are kept.
        history: where it is noted what happens to them.
        works: what those of each kind run.
        logs: where their logs lie.
        now: gives epoch milliseconds.
    """

    def __init__(
        self,
        records: Records,
        history: History,
        works: Mapping[Kind, Work],
        logs: LogFolders,
        now: Callable[[], int],
    ) -> None:
        self.records = records
        self.history = history
        self.logs = logs
        self._works = works
        self._now = now
        self._recording = Recording()
        self._slots: dict[Kind, Slots[_Life]] = {
            kind: Slots(work.quota) for kind, work in works.items()
        }

    def quota(self, kind: Kind) -> int:
        """How many jobs of a kind run at once."""
        return self._works[kind].quota

    def left(self, kind: Kind) -> int:
        """How many more series of a kind may be created."""
        return max(0, MOST_JOBS - self.records.count(kind))

    def create(self, kind: Kind, new: NewJob) -> StoredJob:
        """Returns the job as it was created; what happens to it later is in the records."""
        if not self.left(kind):
            raise Refused(Reason.TOO_MANY, f"There are {MOST_JOBS} {kind.value} jobs already.")
        work = self._works[kind]
        work.check(new.spec)

        def add() -> StoredJob:
            self._skip_used_numbers(kind)
            return self.records.add(kind, new, work.tasks(new), self._now())

        return self._submit(add)

    def create_next(self, previous: StoredJob, spec: JobSpec, description: str) -> StoredJob:
        """Create another job of a series, which is described anew."""

        def add() -> StoredJob:
            self._skip_used_numbers(previous.kind)
            self.records.describe(previous, description)
            described = replace(previous, description=description)
            return self.records.add_next(described, spec, tasks, self._now())

        tasks = self._works[previous.kind].tasks(replace(previous, spec=spec))
        return self._submit(add)

    def restart(self, job: StoredJob) -> None:
        if not job.is_ended:
            raise _wrong_phase("restart", job)
        self._works[job.kind].check(job.spec)
        self._submit(lambda: job)

    def stop(self, job: StoredJob) -> None:
        if job.phase in {LifePhase.ENDING, LifePhase.ENDED}:
            raise _wrong_phase("stop", job)
        self._end(job)

    def delete(self, jobs: Sequence[StoredJob]) -> None:
        """Delete all of them, or none."""
        for job in jobs:
            if job.phase is LifePhase.ENDING:
                raise _wrong_phase("delete", job)
        self.records.remove(jobs)
        # What runs removes its log files by itself, when nobody writes them any more.
        quiet = [job for job in jobs if self._slots[job.kind].stop(job.number)]
        self.logs.remove([(job.kind, job.number) for job in quiet])

    def address(self, job: StoredJob) -> str | None:
        """Where the service that it runs answers, while it is running."""
        door = self.door(job)
        return door.address if door else None

    def door(self, job: StoredJob) -> Door | None:
        """As ``address``, with what opens it."""
        life = self._slots[job.kind].running(job.number)
        return life.door if life and job.phase is LifePhase.RUNNING else None

    def processes(self) -> Iterator[tuple[StoredJob, list[Process]]]:
        """The jobs that are running now, with what they run."""
        for job in self.records.unfinished():
            life = self._slots[job.kind].running(job.number)
            if life and job.phase is LifePhase.RUNNING:
                yield job, life.processes()

    def note_usage(self, job: StoredJob, task: str, usage: Usage) -> None:
        """What cannot be recorded is lost."""
        self._recording.is_made(partial(self.history.note_usage, job, task, usage))

    def stop_overdue(self) -> None:
        """Stop those whose scheduled time is over; called now and then."""
        if overdue := self.records.overdue(self._now()):
            self._recording.is_made(lambda: self._end_all(overdue))

    def recover(self) -> list[StoredJob]:
        """Settle what a service that died has left behind; returns the jobs that it had."""
        left = self.records.unfinished()
        for job in left:
            ending = Ending.STOPPED if job.phase is LifePhase.ENDING else Ending.LOST
            seen = self.logs.last_sign_of_life(job)
            with self.records.transaction():
                self.records.mark_ended(job, ending, seen)
                self.history.note(job, Event(seen, ending.value))
        self.logs.recover()
        return left

    async def close(self) -> None:
        """Stop everything and wait until no process is left, whether or not it can be recorded."""
        self._recording.end()
        self._recording.is_made(lambda: self._end_all(self.records.unfinished()))
        for slots in self._slots.values():
            slots.stop_all()
        await asyncio.gather(*(slots.drained() for slots in self._slots.values()))

    def _skip_used_numbers(self, kind: Kind) -> None:
        """Logs that no record knows, as of a database that is gone, are mixed with no others."""
        while self.logs.is_used(kind, self.records.next_number(kind)):
            self.records.skip_number(kind)

    def _submit(self, add: Callable[[], StoredJob]) -> StoredJob:
        """Let the job that ``add`` records run; where anything is refused, nothing of it stays."""
        with ExitStack() as undo:
            with self.records.transaction():
                job = add()
                if self.logs.make(job):
                    undo.callback(self.logs.unmake, job)
                self.records.mark_submitted(job)
                if not job.is_ended:  # it is new
                    self.history.note(job, Event(self._now(), job.state))
                self.history.note(job, Event(self._now(), LifePhase.STARTING.value))
            undo.pop_all()
        life = _Life(job, self._works[job.kind], self, self._recording, self._now)
        self._slots[job.kind].submit(job.number, life)
        return job

    def _end_all(self, jobs: Sequence[StoredJob]) -> None:
        for job in jobs:
            self._end(job)

    def _end(self, job: StoredJob) -> None:
        """Recorded first: what cannot be recorded goes on as it was."""
        slots = self._slots[job.kind]
        with self.records.transaction():
            if slots.running(job.number):
                self.records.mark_ending(job)
                self.history.note(job, Event(self._now(), LifePhase.ENDING.value))
            else:
                self.records.mark_ended(job, Ending.STOPPED, self._now())
                self.history.note(job, Event(self._now(), Ending.STOPPED.value))
        slots.stop(job.number)


class _Life:
    """A job from its slot to its end; it may be started several times."""

    def __init__(
        self,
        job: StoredJob,
        work: Work,
        jobs: Jobs,
        recording: Recording,
        now: Callable[[], int],
    ) -> None:
        self.door: Door | None = None
        self._job = job
        self._work = work
        self._records = jobs.records
        self._recording = recording
        self._history = jobs.history
        self._logs = jobs.logs
        self._folder = jobs.logs.of(job)
        self._now = now
        self._programs: list[RunningProgram] = []
        self._culprit: int | None = None
        self._is_stopped = False

    async def live(self) -> None:
        """Run to the end; whatever goes wrong, the end is written."""
        verdict, tasks = Verdict(Ending.FAILED, "internal error"), self._job.tasks
        try:
            verdict, tasks = await self._last_attempt()
        finally:
            await self._recording.make(partial(self._mark_ended, verdict, tasks, self._now()))
            if self._records.job(self._job.kind, self._job.number) is None:  # it was deleted
                with suppress(sqlite3.Error):  # the next service removes what is left
                    self._logs.remove([(self._job.kind, self._job.number)])

    def stop(self) -> None:
        self._is_stopped = True
        for program in self._programs:
            program.stop()

    def processes(self) -> list[Process]:
        return [
            Process(task.name, program.pid)
            for task, program in zip(self._job.tasks, self._programs)
        ]

    async def _last_attempt(self) -> tuple[Verdict, list[TaskRecord]]:
        left = self._job.spec.retries
        while True:
            verdict, tasks = await self._attempt()
            if not left or verdict.ending is not Ending.FAILED or self._is_stopped:
                return verdict, tasks
            left -= 1
            await self._recording.make(partial(self._mark_retried, tasks))

    async def _attempt(self) -> tuple[Verdict, list[TaskRecord]]:
        exits = await self._exits()
        verdict = await self._work.verdict(self._job, self._folder, exits)
        tasks = self._job.tasks
        ended = [*map(_ended, tasks, exits.codes, verdict.words)]
        for task in ended:
            self._note("exited", task)
        return verdict, [*ended, *tasks[len(ended) :]]

    def _mark_retried(self, tasks: Sequence[TaskRecord]) -> None:
        culprit, now = tasks[self._culprit or 0], self._now()
        event = Event(now, "restarted", culprit.name, culprit.exit_code)
        with self._records.transaction():
            self._records.mark_retried(self._job, now, culprit.message, culprit.name)
            self._history.note(self._job, event)

    def _mark_started(self, now: int) -> None:
        with self._records.transaction():
            self._records.mark_started(self._job, now)
            self._history.note(self._job, Event(now, LifePhase.RUNNING.value))

    def _mark_ended(self, verdict: Verdict, tasks: Sequence[TaskRecord], now: int) -> None:
        with self._records.transaction():
            self._records.mark_ended(self._job, verdict.ending, now, verdict.reason, tasks)
            self._history.note(self._job, Event(now, verdict.ending.value))

    def _note(self, what: str, task: TaskRecord) -> None:
        """An event that cannot be recorded holds up nothing."""
        event = Event(self._now(), what, task.name, task.exit_code)
        self._recording.is_made(partial(self._history.note, self._job, event))

    async def _exits(self) -> Exits:
        error: str | None = None
        self._programs, self._culprit = [], None
        try:
            await self._run()
        except (CannotStart, Refused, OSError) as caught:
            error = str(caught)
        finally:
            self.door = None
            for program in self._programs:
                program.stop()
            codes = [await program.wait() for program in self._programs]
        return Exits(codes, error, self._is_stopped, self._culprit)

    async def _run(self) -> None:
        for task, program in zip(self._job.tasks, self._work.programs(self._job, self._folder)):
            self._programs.append(await launch(program))
            self._note("started", task)
        if self._is_stopped:
            self.stop()  # those that were started after it was asked for
        address = await self._work.ready(self._programs, self._folder)
        if address is not None:
            self.door = Door(address, secrets.token_urlsafe(32)) if address else None
            await self._recording.make(partial(self._mark_started, self._now()))
        await asyncio.gather(*map(self._until_exit, range(len(self._programs))))

    async def _until_exit(self, place: int) -> None:
        """One that fails ends the others."""
        if await self._programs[place].wait() and self._culprit is None:
            self._culprit = place
            for other in self._programs:
                other.stop()


def _ended(task: TaskRecord, code: int, words: str) -> TaskRecord:
    return replace(task, exit_code=code, message=words if code else "")


def _wrong_phase(action: str, job: StoredJob) -> Refused:
    message = f"This job cannot {action}: it is {job.state}."
    return Refused(Reason.WRONG_PHASE, message, action=action, state=job.state)
