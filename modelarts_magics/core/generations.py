"""The jobs of several generations of the API as those of one: each word and each job to its own.

==================  ===================================================================
what is meant       is asked of
==================  ===================================================================
an id               the generation whose ids look like that
a name, or no job   the first generation that the service has; on an open service a name
                    that it does not know of the others, too
a job that is       its own generation
known
==================  ===================================================================

A service lacks a generation when it does not know its calls; that is remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Callable, TypeVar

from .api.base import (
    NEWEST,
    Job,
    JobApi,
    JobEvent,
    JobRef,
    JobSearch,
    ResourceUsage,
    Restart,
    State,
    Task,
    VisualizationApi,
    VisualizationJob,
    VisualizationQuery,
    VisualizationRequest,
    VisualizationRules,
)
from .api.log import LogReader, LogText
from .by_name import Meant
from .errors import InvalidArgumentError, ModelArtsError, NotFoundError, ServiceError
from .http.reader import Reader
from .http.transport import Runner
from .paging import Page

T = TypeVar("T")


@dataclass(frozen=True)
class Generation:
    """The jobs behind one generation.

    Attributes:
        is_id: whether a word can only be the id of one of them, where it is an id.
    """

    jobs: JobApi
    is_id: Callable[[str], bool]


class EitherJobs:
    """The jobs of all generations that a service has.

    Args:
        generations: in the order in which they are asked.
        lacking: those that the service turns out not to have are added.
        is_open: whether a name may be of any generation.
    """

    def __init__(
        self, generations: Sequence[Generation], lacking: set[str], *, is_open: bool
    ) -> None:
        self._generations = generations
        self._lacking = lacking
        self._is_open = is_open

    @property
    def api(self) -> str:
        return self._there[0].jobs.api

    def for_follower(
        self, reader: Reader, *, deadline: float | None = None, run: Runner | None = None
    ) -> EitherJobs:
        followed = [
            replace(one, jobs=one.jobs.for_follower(reader, deadline=deadline, run=run))
            for one in self._generations
        ]
        return EitherJobs(followed, self._lacking, is_open=self._is_open)

    def list(self, search: JobSearch = NEWEST) -> Sequence[Job]:
        return self._first(self._there, lambda jobs: jobs.list(search))

    def find(self, meant: str | JobRef, version: str | None = None) -> Job:
        if isinstance(meant, JobRef):
            return self._of(meant).find(meant, version)
        return self._first(self._candidates(meant), lambda jobs: jobs.find(meant, version))

    def namesake(self, word: str, found: JobRef) -> JobRef | None:
        """Another job of this name, of another generation too; none where nobody can tell."""
        own = self._of(found).namesake(word, found)
        meant = Meant.by(word)
        if own or not self._is_open or not meant.may_be_name:
            return own
        for other in self._there:
            if other.jobs.api != found.api and not other.is_id(meant.text):
                with suppress(InvalidArgumentError, NotFoundError):
                    return self._first([other], lambda jobs: jobs.find(f"name:{meant.text}")).ref
        return None

    def versions(self, meant: str | JobRef) -> Sequence[str]:
        ref = meant if isinstance(meant, JobRef) else self.find(meant).ref
        return self._of(ref).versions(JobRef(ref.api, ref.job))

    def check_slice(
        self, start_byte: int, length: int | None, meant: str | JobRef | None = None
    ) -> None:
        """Refuse what none of those can give that may know the job."""
        if isinstance(meant, JobRef):
            self._of(meant).check_slice(start_byte, length)
            return
        may_know = self._there if meant is None else self._candidates(meant)
        self._first(may_know, lambda jobs: jobs.check_slice(start_byte, length))

    # ---- jobs that are known --------------------------------------------------------------------

    def get(self, ref: JobRef) -> Job:
        return self._of(ref).get(ref)

    def status(self, ref: JobRef) -> State:
        return self._of(ref).status(ref)

    def stop(self, ref: JobRef) -> State:
        return self._of(ref).stop(ref)

    def delete(self, ref: JobRef) -> None:
        self._of(ref).delete(ref)

    def log_files(self, ref: JobRef) -> Sequence[str]:
        return self._of(ref).log_files(ref)

    def logs(self, ref: JobRef, log_file: str) -> Sequence[LogReader]:
        return self._of(ref).logs(ref, log_file)

    def log_slice(self, ref: JobRef, log_file: str, start_byte: int, length: int | None) -> LogText:
        return self._of(ref).log_slice(ref, log_file, start_byte, length)

    def tasks(self, ref: JobRef) -> Sequence[Task]:
        return self._of(ref).tasks(ref)

    def tells_more(self, ref: JobRef) -> bool:
        return self._of(ref).tells_more(ref)

    def events(self, ref: JobRef) -> Sequence[JobEvent]:
        return self._of(ref).events(ref)

    def resource_usage(self, ref: JobRef, task: str) -> Sequence[ResourceUsage]:
        return self._of(ref).resource_usage(ref, task)

    def log_folder(self, ref: JobRef) -> str:
        return self._of(ref).log_folder(ref)

    def viewer_address(self, ref: JobRef) -> str:
        return self._of(ref).viewer_address(ref)

    def restart(self, ref: JobRef) -> State:
        return self._of(ref).restart(ref)

    def restarts(self, ref: JobRef) -> Sequence[Restart]:
        return self._of(ref).restarts(ref)

    # ---- which generation -----------------------------------------------------------------------

    @property
    def _there(self) -> Sequence[Generation]:
        there = [one for one in self._generations if one.jobs.api not in self._lacking]
        return there or self._generations

    def _of(self, ref: JobRef) -> JobApi:
        return next(one.jobs for one in self._generations if one.jobs.api == ref.api)

    def _candidates(self, word: str) -> Sequence[Generation]:
        """Those that may know what a word means, the likeliest first."""
        meant, there = Meant.by(word), self._there
        owners = [one for one in self._generations if meant.may_be_id and one.is_id(meant.text)]
        if owners and not (self._is_open and meant.is_ambiguous):
            return owners
        others = there if self._is_open else there[:1]
        return [*owners, *(one for one in others if one not in owners)]

    def _first(self, generations: Sequence[Generation], ask: Callable[[JobApi], T]) -> T:
        """What the first of them answers that knows the call, and what is meant."""
        one, *others = generations
        try:
            return ask(one.jobs)
        except (InvalidArgumentError, ServiceError) as error:
            if not self._may_be_of_others(one, error) or not others:
                raise
            refusal = error
        try:
            return self._first(others, ask)
        except (InvalidArgumentError, ServiceError) as error:
            is_lacking = isinstance(error, ServiceError) and error.is_unknown_call
            if isinstance(refusal, InvalidArgumentError) and (
                is_lacking or isinstance(error, InvalidArgumentError)
            ):
                raise refusal from None
            raise

    def _may_be_of_others(self, one: Generation, error: ModelArtsError) -> bool:
        if isinstance(error, InvalidArgumentError):
            return True
        is_lacking = isinstance(error, ServiceError) and error.is_unknown_call
        if is_lacking:
            self._lacking.add(one.jobs.api)
        return is_lacking


@dataclass(frozen=True)
class Shows:
    """The visualization jobs behind one generation.

    Attributes:
        is_id: whether a word is the id of one of them, where it is an id.
    """

    jobs: VisualizationApi
    is_id: Callable[[str], bool]


class EitherVisualizations:
    """The visualization jobs of all generations that a service has: each id to its own.

    A list, and so a name, is that of the first generation that the service has. What is created is
    of the generation of what it shows.

    Args:
        generations: in the order in which they are asked.
        lacking: those that the service turns out not to have are added.
        is_open: whether a name may be of any generation.
    """

    def __init__(self, generations: Sequence[Shows], lacking: set[str], *, is_open: bool) -> None:
        self._generations = generations
        self._lacking = lacking
        self._is_open = is_open

    @property
    def api(self) -> str:
        return self._first.api

    @property
    def rules(self) -> VisualizationRules:
        return self._first.rules

    @property
    def endpoint(self) -> str:
        return self._first.endpoint

    def for_follower(
        self, reader: Reader, *, deadline: float | None = None, run: Runner | None = None
    ) -> EitherVisualizations:
        followed = [
            replace(one, jobs=one.jobs.for_follower(reader, deadline=deadline, run=run))
            for one in self._generations
        ]
        return EitherVisualizations(followed, self._lacking, is_open=self._is_open)

    def for_job(self, ref: JobRef) -> VisualizationApi:
        return next(one.jobs for one in self._generations if one.jobs.api == ref.api)

    def for_word(self, word: str) -> VisualizationApi | None:
        if "/" in word:
            return self._showing(word)
        meant = (one.jobs for one in self._generations if one.is_id(word))
        return next(meant, None if self._is_open else self._first)

    def source_of(self, job: Job) -> str:
        return self.for_job(job.ref).source_of(job)

    def list(self, query: VisualizationQuery) -> Page[VisualizationJob]:
        first = self._first
        try:
            return first.list(query)
        except ServiceError as error:
            if not error.is_unknown_call:
                raise
            self._lacking.add(first.api)
            if self._first is first:
                raise
        return self.list(query)

    def get(self, job_id: str) -> VisualizationJob:
        return self._of(job_id).get(job_id)

    def unseen(self, job_id: str) -> VisualizationJob:
        return self._of(job_id).unseen(job_id)

    def create(self, asked: VisualizationRequest) -> VisualizationJob:
        return self._showing(asked.train_url).create(asked)

    def stop(self, job_id: str) -> None:
        self._of(job_id).stop(job_id)

    def restart(self, job_id: str) -> None:
        self._of(job_id).restart(job_id)

    def delete(self, job_id: str) -> None:
        self._of(job_id).delete(job_id)

    def describe(self, job_id: str, description: str) -> None:
        self._of(job_id).describe(job_id, description)

    def address(self, job_id: str, *, is_framed: bool = False) -> str:
        return self._of(job_id).address(job_id, is_framed=is_framed)

    def is_name_taken(self, error: Exception) -> bool:
        return any(one.jobs.is_name_taken(error) for one in self._generations)

    @property
    def _first(self) -> VisualizationApi:
        there = [one for one in self._generations if one.jobs.api not in self._lacking]
        return (there or self._generations)[0].jobs

    def _of(self, job_id: str) -> VisualizationApi:
        return next((one.jobs for one in self._generations if one.is_id(job_id)), self._first)

    def _showing(self, source: str) -> VisualizationApi:
        is_folder = "/" in source
        every = (one.jobs for one in self._generations)
        return next(jobs for jobs in every if jobs.rules.has_folders == is_folder)
