"""The jobs of API v2 behind what every generation has in common.

Here alone a phase, a task and an offset become what the rest of the package speaks of.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from typing import Callable

from ...by_name import Meant, is_uuid, pick
from ...errors import InvalidArgumentError, NotFoundError, UnknownCallError
from ...http.reader import Reader
from ...http.transport import Runner
from ...i18n import _
from ...numbers import whole
from ..base import (
    NEWEST,
    Job,
    JobEvent,
    JobRef,
    JobSearch,
    NotOffered,
    ResourceUsage,
    Restart,
    Task,
)
from ..log import LogReader, LogText
from . import rules
from .client import Client
from .logs import (
    LINES,
    LINK,
    CopyInObs,
    CopyOf,
    LineEndpoint,
    LinkEndpoint,
    PreviewBytes,
    PreviewEndpoint,
    WholeFile,
)
from .models.job import API, VIEWER, TrainingJob
from .models.log import Event, EventPage, Metric
from .names import jobs_named, listed
from .paging import appended
from .rules import Filter
from .state import PHASES, PhaseState

_TASKS = "tasks"  # what an endpoint may lack
_MINUTE = 60_000  # milliseconds
_PERCENT = "%"


class TrainingJobs(NotOffered):
    """The training jobs of a project.

    Args:
        copy_of: where logs are copied to, if somebody can read it.
        clock: seconds since the epoch.
    """

    api = API

    def __init__(
        self,
        client: Client,
        copy_of: CopyOf | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._copy_of = copy_of
        self._clock = clock
        self._seen: TrainingJob | None = None

    def for_follower(
        self, reader: Reader, *, deadline: float | None = None, run: Runner | None = None
    ) -> TrainingJobs:
        """The same for somebody with a back-off of his own: see :meth:`Client.for_reader`."""
        client = self._client.for_reader(reader, deadline=deadline, run=run)
        return TrainingJobs(client, self._copy_of, self._clock)

    def list(self, search: JobSearch = NEWEST) -> Sequence[Job]:
        """As many as one call gives, or all."""
        phases = [name for name in PHASES if search.is_state(PhaseState(name))]
        if not phases:
            return []
        filters = [Filter("name", "like", [search.name])] if search.name else []
        filters += [Filter("phase", "in", phases)] if search.status else []
        every = listed(self._client, filters, None if search.is_all else 1)
        return [job for job in every if job.job_kind != VIEWER and search.is_state(job.state)]

    def get(self, ref: JobRef) -> TrainingJob:
        return self._client.get_job(ref.job)

    def status(self, ref: JobRef) -> PhaseState:
        self._seen = job = self.get(ref)
        return job.state

    def _described(self, ref: JobRef) -> TrainingJob:
        """As it was when somebody who follows it looked last, since each of its logs asks."""
        seen = self._seen
        return seen if seen and seen.ref == ref else self.get(ref)

    def stop(self, ref: JobRef) -> PhaseState:
        """The answer may leave the state out, or be of a moment before."""
        state = self._client.stop_job(ref.job).state
        return state if state.is_stopping or state.is_final else PhaseState("Terminating")

    def delete(self, ref: JobRef) -> None:
        self._client.delete_job(ref.job)

    # ---- logs -----------------------------------------------------------------------------------

    def log_files(self, ref: JobRef) -> Sequence[str]:
        """The tasks: each has one log."""
        return self.get(ref).tasks

    def logs(self, ref: JobRef, log_file: str) -> Sequence[LogReader]:
        """By lines, by the newest part, and the whole file."""
        place = self._client, ref.job, rules.checked_task(log_file)
        copy = CopyInObs(*place, self._copy_of, lambda: self._described(ref))
        link = () if self._lacks(LINK) else (LinkEndpoint(*place),)
        return (
            *(() if self._lacks(LINES) else (LineEndpoint(*place),)),
            PreviewEndpoint(*place, (copy, *link)),
            WholeFile(copy, *link, PreviewBytes(*place)),
        )

    def check_slice(
        self, start_byte: int, length: int | None, meant: str | JobRef | None = None
    ) -> None:
        whole("start_byte", start_byte, -1)
        if length is not None:
            whole("offset", length, 0)

    def log_slice(self, ref: JobRef, log_file: str, start_byte: int, length: int | None) -> LogText:
        file = next(one for one in self.logs(ref, log_file) if isinstance(one, WholeFile))
        chunk = file.read(start_byte, file.longest_slice if length is None else length)
        return LogText(chunk.text, chunk.start_byte or 0, chunk.end_byte or 0, log_file)

    def _lacks(self, call: str) -> bool:
        return call in self._client.known.lacking

    # ---- what else there is ---------------------------------------------------------------------

    def tasks(self, ref: JobRef) -> Sequence[Task]:
        """With the machines that they run on, where the service has such a call."""
        if not self._lacks(_TASKS):
            try:
                found = self._client.list_tasks(ref.job)
                return [Task(task.task, task.raw) for task in found]
            except UnknownCallError:
                self._client.known.lacking.add(_TASKS)
        return [Task(name, {}) for name in self.get(ref).tasks]

    def tells_more(self, ref: JobRef) -> bool:
        return True

    def events(self, ref: JobRef) -> Sequence[JobEvent]:
        """All of them, the oldest first."""
        found = every_event(self._client, ref.job)
        return [JobEvent(one.time, one.level, one.message) for one in found]

    def resource_usage(self, ref: JobRef, task: str) -> Sequence[ResourceUsage]:
        """One average a minute; when they were measured the service does not say: the last now."""
        found = self._client.read_metrics(ref.job, task).metrics
        now = int(self._clock() * 1000)
        return [ResourceUsage(one.metric, _PERCENT, _points(one, now)) for one in found]

    def log_folder(self, ref: JobRef) -> str:
        return self.get(ref).log_folder

    def viewer_address(self, ref: JobRef) -> str:
        """With its token: to be opened, and never to be shown or kept."""
        return self.get(ref).viewer.address

    def restarts(self, ref: JobRef) -> Sequence[Restart]:
        return self.get(ref).restarts

    # ---- finding --------------------------------------------------------------------------------

    def find(self, meant: str | JobRef, version: str | None = None) -> TrainingJob:
        """A job by its id or its name; there are no versions."""
        if version:
            raise InvalidArgumentError(
                _("Jobs of API {api} have no versions", api=API), _("Leave it out")
            )
        if isinstance(meant, JobRef):
            return self.get(meant)
        word = Meant.by(meant)
        if word.may_be_id and (is_uuid(word.text) or not word.may_be_name):
            with suppress(NotFoundError):
                return self._client.get_job(word.text)
        found = pick(
            word.text,
            jobs_named(self._client, word.text) if word.may_be_name else (),
            lambda job: (job.name,),
            missing=_("There is no training job {name}", name=meant),
            near=lambda: [job.name for job in self.list()] if word.may_be_name else [],
            otherwise=_("%ma_log lists the jobs"),
        )
        return self.get(found.ref)

    def namesake(self, word: str, found: JobRef) -> JobRef | None:
        """Names are unique here, and no name looks like an id."""
        return None

    def versions(self, meant: str | JobRef) -> Sequence[str]:
        return ()


def every_event(client: Client, job_id: str) -> Iterator[Event]:
    """The events of a job, the oldest first."""
    size = rules.LARGEST_EVENT_PAGE

    def ask(offset: int) -> EventPage:
        return client.list_events(job_id, offset, size)

    return appended(ask, lambda one: (one.time, one.level, one.message), size, client.known.events)


def _points(metric: Metric, now: int) -> Sequence[tuple[int, float]]:
    first = now - (len(metric.value) - 1) * _MINUTE
    moments = count(first, _MINUTE)
    return [(at, value) for at, value in zip(moments, metric.value) if value is not None]
