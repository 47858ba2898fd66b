"""Other jobs whose curves stand beside those of a panel; their logs are read for nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Callable

from ...core.api.base import Job, JobApi
from ...core.api.log import LogText
from ...core.errors import InvalidArgumentError
from ...core.http.reader import Reader
from ...core.http.transport import run_directly
from ...core.i18n import _
from ...core.logs.follow import Event, Finished, Trouble
from ...core.logs.follow_job import JobFollower
from ...core.logs.job_logs import JobLogs
from ...core.logs.read_until import ReadUntil
from ..panels.worker import END_TIME, Worker
from .metrics import LogMetrics
from .model import LogModel

MOST = 7  # beside the job of the panel: charts have eight colours


@dataclass
class _Compared:
    """A job that is compared.

    Attributes:
        name: by which the charts tell it from the others.
    """

    name: str
    job: Job
    worker: Worker | None = None


class Comparison:
    """Reads the whole log of each job that is compared, in threads of their own.

    Args:
        model: of the panel.
        jobs: among which others are found.
        metrics: take what the logs tell.
        look: lets the panel show what is new.
        deadline: seconds of a request.
    """

    def __init__(
        self,
        model: LogModel,
        jobs: JobApi,
        metrics: LogMetrics,
        look: Callable[[], object],
        deadline: float,
    ) -> None:
        self._model = model
        self._jobs = jobs
        self._quick = jobs.for_follower(Reader(), deadline=deadline, run=run_directly)
        self._metrics = metrics
        self._look = look
        self._deadline = deadline
        self._lock = threading.Lock()
        self._compared: dict[str, _Compared] = {}
        self._is_over = False

    def offered(self) -> list[str]:
        """What people may want to compare: other versions of the job, then the newest jobs.

        Raises:
            ServiceError: the service refused, or could not be reached.
        """
        own = self._model.job
        versions = self._quick.versions(own.ref)
        newest = self._quick.list()
        return [
            *(f"{own.name} {version}" for version in versions if version != own.version_name),
            *dict.fromkeys(job.name for job in newest if job.ref.job != own.ref.job),
        ]

    def add(self, words: str) -> None:
        """Compare with a job, too.

        Args:
            words: its id or name, and perhaps a version.

        Raises:
            InvalidArgumentError: there is no such job, it is compared already, or too many are.
            ServiceError: the service refused, or could not be reached.
        """
        word, _blank, version = words.strip().partition(" ")
        job = self._quick.find(word, version.strip() or None)
        with self._lock:
            known = [self._model.job, *(one.job for one in self._compared.values())]
            if job.ref in [one.ref for one in known]:
                raise InvalidArgumentError(_("{job} is in the charts already", job=words.strip()))
            if len(self._compared) >= MOST:
                raise InvalidArgumentError(
                    _("{n} are too many to be compared", n=MOST + 2),
                    _("Name {n} at most", n=MOST + 1),
                )
            one = _Compared(self._name_of(job), job)
            if not self._is_over:
                self._compared[one.name] = one
                logs = JobLogs(self._jobs, job.ref, deadline=self._deadline, run=run_directly)
                follower = logs.follow(last_status=job.state)
                name = "modelarts-magics-compared"
                one.worker = Worker(name, self._steps(one, follower), self._failed)
        self._tell()

    def leave(self, name: str) -> None:
        """Compare with a job no longer."""
        with self._lock:
            one = self._compared.pop(name, None)
        if one is not None:
            _stop([one])
            self._metrics.leave(name)
            self._tell()

    def end(self) -> None:
        """Read no more; returns at once."""
        with self._lock:
            self._is_over = True
            every = [*self._compared.values()]
        _stop(every)

    def close(self) -> None:
        self.end()
        for one in self._compared.values():
            if one.worker is not None:
                one.worker.join(END_TIME)

    # ---- the threads ----------------------------------------------------------------------------

    def _steps(self, one: _Compared, follower: JobFollower) -> Iterator[float]:
        read = ReadUntil()
        while True:
            for event in follower.poll_due():
                self._take(one, event, read)
                if isinstance(event, Finished):
                    return
            yield follower.due_in

    def _take(self, one: _Compared, event: Event, read: ReadUntil) -> None:
        if isinstance(event, LogText):
            is_anew = read.take(event)
            with self._lock:
                if self._compared.get(one.name) is not one:
                    return
                self._metrics.take(one.name, event, is_anew=is_anew)
        elif isinstance(event, Finished):
            self._metrics.end(one.name)
        elif isinstance(event, Trouble):
            self._model.say(f"{one.name}: {event.message}")
        self._tell()

    def _failed(self, error: Exception) -> None:
        self._model.say(f"{type(error).__name__}: {error}")
        self._look()

    def _tell(self) -> None:
        """Names may have come, or points."""
        self._model.compare([*self._compared])
        self._look()

    def _name_of(self, job: Job) -> str:
        """The shortest name that no other has."""
        exact = f"{job.name} {job.version_name}".rstrip()
        taken = {self._model.job.name, *self._compared}
        names = (job.name, exact, f"{exact} ({job.ref.job})")
        return next((name for name in names if name not in taken), names[-1])


def _stop(every: Sequence[_Compared]) -> None:
    for one in every:
        if one.worker is not None:
            one.worker.stop()
