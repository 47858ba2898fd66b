"""What a follower, a panel, a table and a magic need of a job, whichever generation serves it.

Values of a generation are its own: they only have to look like :class:`State` and :class:`Job`. So
nothing is copied, and whoever knows the generation still reads all that the service said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Callable, Protocol

from ..errors import NotOfferedError
from ..i18n import _
from ..paging import Page
from .log import LogReader, LogText

if TYPE_CHECKING:
    from ..http.reader import Reader
    from ..http.transport import Runner


class Phase(Enum):
    """What a state means to somebody who waits."""

    UNKNOWN = "unknown"
    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Nothing more will happen by itself."""
        return self in {Phase.SUCCEEDED, Phase.STOPPED, Phase.FAILED}


class State(Protocol):
    """How a job is, and what may be done with it; immutable, equal where the service's word is."""

    @property
    def phase(self) -> Phase: ...

    @property
    def word(self) -> str:
        """The service's own word, such as ``KILLING``."""

    @property
    def is_final(self) -> bool: ...

    @property
    def is_stopping(self) -> bool:
        """It was told to stop, and has not stopped yet."""

    @property
    def starts(self) -> int:
        """How often the job was started; 0 where the service does not tell."""

    @property
    def can_stop(self) -> bool: ...

    @property
    def can_restart(self) -> bool: ...

    @property
    def can_delete(self) -> bool: ...


class JobKind(Enum):
    """What a job is for; the ids of one kind may be those of the other."""

    TRAINING = "training"
    VISUALIZATION = "visualization"


@dataclass(frozen=True)
class JobRef:
    """Which job is meant.

    Attributes:
        api: the generation that knows it: ``v1`` or ``v2``.
        job: its id.
        version: the id of its version, where the generation has versions.
    """

    api: str
    job: str
    version: str | None = None


class Job(Protocol):
    """A job, as the service described it at one moment; times are epoch milliseconds."""

    @property
    def ref(self) -> JobRef: ...

    @property
    def kind(self) -> JobKind: ...

    @property
    def name(self) -> str: ...

    @property
    def version_name(self) -> str:
        """Such as ``V0001``; empty where there are no versions."""

    @property
    def version_count(self) -> int | None: ...

    @property
    def state(self) -> State: ...

    @property
    def created(self) -> int | None: ...

    @property
    def started(self) -> int | None: ...

    @property
    def duration(self) -> int | None:
        """Milliseconds."""

    @property
    def output(self) -> str:
        """The OBS folder that a training writes, or a visualization shows; may be empty."""

    @property
    def tasks(self) -> Sequence[str]:
        """Names of its tasks, as far as the description tells them."""

    @property
    def restarts(self) -> Sequence[Restart]:
        """When the service started it anew by itself, as far as the description tells it."""

    @property
    def failures(self) -> Sequence[TaskFailure]:
        """How its tasks failed, as far as the description tells it."""

    @property
    def raw(self) -> Mapping[str, Any]:
        """The answer of the service."""


@dataclass(frozen=True)
class Task:
    """One of the processes that a job consists of."""

    name: str
    raw: Mapping[str, Any]


@dataclass(frozen=True)
class JobEvent:
    """Something that the service tells of a job beside its log; the time is epoch milliseconds."""

    time: int | None
    level: str
    message: str


@dataclass(frozen=True)
class ResourceUsage:
    """How much of something a task uses over time: pairs of epoch milliseconds and value."""

    resource: str
    unit: str
    points: Sequence[tuple[int, float]]


@dataclass(frozen=True)
class Restart:
    """A job was started anew by the service; the time is epoch milliseconds."""

    time: int | None
    reason: str


@dataclass(frozen=True)
class TaskFailure:
    """How a task ended that failed; the message may be a whole traceback."""

    task: str
    exit_code: int | None
    message: str


@dataclass(frozen=True)
class JobSearch:
    """Which training jobs are listed, the newest first.

    Attributes:
        name: a part of it; empty for all.
        status: what its state means, as :class:`Phase` has it, or the service's own word for it,
            in lower case; empty for all.
        is_all: all of them, not only the newest.
    """

    name: str = ""
    status: str = ""
    is_all: bool = False

    def is_state(self, state: State) -> bool:
        """Whether jobs in a state are listed."""
        own = state.word.partition(" ")[0].lower()
        return self.status in ("", state.phase.value, own)


NEWEST = JobSearch()


class JobApi(Protocol):
    """The jobs of one kind in one project, behind one generation of the API.

    Every method may raise :class:`~modelarts_magics.errors.ServiceError`. What a generation does
    not have raises :class:`~modelarts_magics.errors.NotOfferedError`, and nothing is sent.
    """

    @property
    def api(self) -> str:
        """The generation: ``v1`` or ``v2``."""

    def for_follower(
        self, reader: Reader, *, deadline: float | None = None, run: Runner | None = None
    ) -> JobApi:
        """The same for somebody who repeats by himself: each request is tried once.

        Args:
            reader: of all his requests.
            deadline: seconds that a request may take, in place of those of the session.
            run: runs a request, in place of the way of the session.
        """

    def list(self, search: JobSearch = NEWEST) -> Sequence[Job]:
        """The jobs that are looked for, newest first."""

    def get(self, ref: JobRef) -> Job: ...

    def find(self, meant: str | JobRef, version: str | None = None) -> Job:
        """The job that a person means.

        Args:
            meant: its id or name; ``id:...`` or ``name:...`` where a name is all digits.
            version: id or name of its version; that of the ref, or the newest, when left out.

        Raises:
            InvalidArgumentError: there is none; a near name is suggested.
        """

    def namesake(self, word: str, found: JobRef) -> JobRef | None:
        """Another job that bears as its name what was taken for the id of the one found."""

    def versions(self, meant: str | JobRef) -> Sequence[str]:
        """Names of the versions of a job, which :meth:`find` takes; none where there are none."""

    def status(self, ref: JobRef) -> State: ...

    def stop(self, ref: JobRef) -> State:
        """Returns the state that an accepted request leads to."""

    def delete(self, ref: JobRef) -> None: ...

    def log_files(self, ref: JobRef) -> Sequence[str]:
        """Names of the log files that there are by now."""

    def logs(self, ref: JobRef, log_file: str) -> Sequence[LogReader]:
        """The ways to read a log file, best first; the next one is for a service without it."""

    def check_slice(
        self, start_byte: int, length: int | None, meant: str | JobRef | None = None
    ) -> None:
        """Refuse what :meth:`log_slice` cannot give of a job, before anything is sent.

        Raises:
            InvalidArgumentError: the values are outside the range of the service.
        """

    def log_slice(self, ref: JobRef, log_file: str, start_byte: int, length: int | None) -> LogText:
        """What one call answers, as it is; ``None`` for the usual length."""

    def tasks(self, ref: JobRef) -> Sequence[Task]: ...

    def tells_more(self, ref: JobRef) -> bool:
        """Whether there are events and resource usage beside the logs; nothing is sent."""

    def events(self, ref: JobRef) -> Sequence[JobEvent]: ...

    def resource_usage(self, ref: JobRef, task: str) -> Sequence[ResourceUsage]: ...

    def log_folder(self, ref: JobRef) -> str:
        """The OBS folder that a job copies its logs to; empty where it does not."""

    def viewer_address(self, ref: JobRef) -> str:
        """Where a viewer such as TensorBoard answers; empty while it does not."""

    def restart(self, ref: JobRef) -> State:
        """Start a job again that has ended; returns the state that this leads to."""

    def restarts(self, ref: JobRef) -> Sequence[Restart]:
        """When the service started it anew by itself."""


class NotOffered:
    """The optional parts of :class:`JobApi` for a generation that lacks them."""

    api: str

    def log_files(self, ref: JobRef) -> Sequence[str]:
        raise self._not_offered(_("logs"))

    def logs(self, ref: JobRef, log_file: str) -> Sequence[LogReader]:
        raise self._not_offered(_("logs"))

    def log_slice(self, ref: JobRef, log_file: str, start_byte: int, length: int | None) -> LogText:
        raise self._not_offered(_("logs"))

    def tasks(self, ref: JobRef) -> Sequence[Task]:
        raise self._not_offered(_("tasks"))

    def tells_more(self, ref: JobRef) -> bool:
        return False

    def events(self, ref: JobRef) -> Sequence[JobEvent]:
        raise self._not_offered(_("events"))

    def resource_usage(self, ref: JobRef, task: str) -> Sequence[ResourceUsage]:
        raise self._not_offered(_("resource usage"))

    def log_folder(self, ref: JobRef) -> str:
        raise self._not_offered(_("copies of logs"))

    def viewer_address(self, ref: JobRef) -> str:
        raise self._not_offered(_("viewers"))

    def restart(self, ref: JobRef) -> State:
        raise self._not_offered(_("restarts"))

    def restarts(self, ref: JobRef) -> Sequence[Restart]:
        raise self._not_offered(_("restarts"))

    def _not_offered(self, what: str) -> NotOfferedError:
        return NotOfferedError(_("API {api} does not offer {what}", api=self.api, what=what))


@dataclass(frozen=True)
class VisualizationRequest:
    """A visualization job that is to be.

    Attributes:
        train_url: what it shows: an OBS folder, ``/bucket/folder/``, or where viewers read what a
            job has written the id of that.
        job_type: ``None`` leaves it to the service, which takes ``tensorboard``.
        stop_after_hours: ``None`` for a job that runs until it is stopped.
    """

    train_url: str
    job_name: str
    job_desc: str = ""
    job_type: str | None = None
    stop_after_hours: int | None = None


class VisualizationJob(Job, Protocol):
    """A visualization job; :attr:`output` is what it shows."""

    @property
    def job_id(self) -> str: ...

    @property
    def job_desc(self) -> str: ...

    @property
    def job_type(self) -> str:
        """Empty where the service does not tell."""

    @property
    def service_url(self) -> str:
        """Where its page is, without a token; empty until it runs."""

    @property
    def needs_token(self) -> bool:
        """Whether its page opens only with a token: see :meth:`VisualizationApi.address`."""

    @property
    def failure_reason(self) -> str:
        """Empty where the service does not tell."""

    @property
    def stop_after_hours(self) -> int | None:
        """After how long it stops by itself; ``None`` for never."""

    def being_stopped(self) -> VisualizationJob:
        """The same after a request to stop it."""

    def being_started(self) -> VisualizationJob:
        """The same after a request to restart it."""

    def described(self, description: str) -> VisualizationJob:
        """The same with another description."""

    def completed(self, asked: VisualizationRequest) -> VisualizationJob:
        """The same with what was asked for, where the answer of the service leaves it out."""


@dataclass(frozen=True)
class VisualizationQuery:
    """Which visualization jobs are listed; the service filters, sorts and pages.

    Attributes:
        search: a part of the name.
        status: one state; ``None`` for all.
        sort: ``job_id``, ``job_name``, ``job_desc``, ``create_time`` or ``status``.
        order: ``asc`` or ``desc``.
        page: counts from 1.
        per_page: jobs; ``None`` for as many as may be.
    """

    search: str = ""
    status: State | None = None
    sort: str = "create_time"
    order: str = "desc"
    page: int = 1
    per_page: int | None = None


@dataclass(frozen=True)
class VisualizationRules:
    """What a visualization job may be; lengths are characters.

    A check gives its value back, or raises
    :class:`~modelarts_magics.errors.InvalidArgumentError`.
    """

    types: tuple[str, ...]  # the usual one first
    states: tuple[State, ...]
    usual_states: tuple[State, ...]  # in which people look for jobs
    steps: tuple[str, ...]  # words of the states on the way to running
    state_named: Callable[[str], State]  # by name or code; KeyError for others
    sorts: tuple[str, ...]  # of a query
    most_hours: int
    longest_description: int
    longest_search: int
    largest_page: int  # jobs
    check_source: Callable[[str], str]  # of what it shows
    check_name: Callable[[str], str]
    check_type: Callable[[str], str]
    check_description: Callable[[str], str]
    check_stop_after: Callable[[int | None], int | None]
    new_name: Callable[[str], str]  # that nobody has, for a folder
    may_run_for_ever: bool = True
    has_folders: bool = True  # to be shown; else it is what a training job wrote, by its id


class VisualizationApi(Protocol):
    """The visualization jobs of one project; errors as those of :class:`JobApi`."""

    @property
    def api(self) -> str:
        """The generation: ``v1`` or ``v2``."""

    @property
    def rules(self) -> VisualizationRules: ...

    @property
    def endpoint(self) -> str:
        """The address of the service."""

    def for_job(self, ref: JobRef) -> VisualizationApi:
        """Those that can show what a training job has written."""

    def for_word(self, word: str) -> VisualizationApi | None:
        """Those that show what a word means; ``None`` where a job has to be found first."""

    def source_of(self, job: Any) -> str:
        """What of a training job is shown; empty where nothing can be."""

    def for_follower(
        self, reader: Reader, *, deadline: float | None = None, run: Runner | None = None
    ) -> VisualizationApi:
        """As that of :class:`JobApi`."""

    def list(self, query: VisualizationQuery) -> Page[VisualizationJob]: ...

    def get(self, job_id: str) -> VisualizationJob: ...

    def unseen(self, job_id: str) -> VisualizationJob:
        """A job of which no more is known than its id; nothing is sent."""

    def create(self, asked: VisualizationRequest) -> VisualizationJob: ...

    def stop(self, job_id: str) -> None: ...

    def restart(self, job_id: str) -> None: ...

    def delete(self, job_id: str) -> None: ...

    def describe(self, job_id: str, description: str) -> None: ...

    def address(self, job_id: str, *, is_framed: bool = False) -> str:
        """Where the page of a job answers, with its token: to be opened, never to be kept.

        Args:
            is_framed: for a frame in a page of another host.
        """

    def is_name_taken(self, error: Exception) -> bool:
        """Whether a creation was refused because a job of this name is there."""
