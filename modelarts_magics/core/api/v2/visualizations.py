"""The viewers of API v2 behind what every generation has in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Callable

from ...errors import NotOfferedError, ServiceError, UnexpectedAnswerError
from ...http.reader import Reader
from ...http.transport import Runner
from ...i18n import _
from ...numbers import wrong
from ...paging import Page
from ..base import JobRef, State, VisualizationQuery, VisualizationRequest
from ..base import VisualizationRules as Rules
from . import rules
from .client import Client
from .codes import NAME_EXISTS
from .models.job import API, VIEWER, TrainingJob
from .models.viewer import ViewerJob, new_viewer
from .paging import every
from .rules import Filter, JobQuery
from .state import PHASES, PhaseState

_STATES = tuple(map(PhaseState, PHASES))
_MOST_PAGES = 100
_CPU = "CPU"


def _state_named(word: str) -> PhaseState:
    return {state.word.lower(): state for state in _STATES}[word.lower()]


RULES = Rules(
    types=rules.VIEWER_TYPES,
    states=_STATES,
    usual_states=_STATES,
    steps=("Creating", "Pending", "Running"),
    state_named=_state_named,
    sorts=("create_time",),
    most_hours=rules.MOST_HOURS,
    longest_description=rules.LONGEST_DESCRIPTION,
    longest_search=rules.LONGEST_SEARCH,
    largest_page=rules.LARGEST_PAGE,
    check_source=rules.check_viewer_source,
    check_name=rules.check_name,
    check_type=rules.check_viewer_type,
    check_description=rules.check_description,
    check_stop_after=rules.check_stop_after,
    new_name=rules.new_viewer_name,
    may_run_for_ever=False,
    has_folders=False,
)


@dataclass(frozen=True)
class ViewerPage:
    """Some of the viewers that match."""

    items: Sequence[ViewerJob]
    total: int | None


class Viewers:
    """The viewers of a project."""

    api = API
    rules = RULES

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def endpoint(self) -> str:
        return self._client.transport.endpoint

    def for_follower(
        self, reader: Reader, *, deadline: float | None = None, run: Runner | None = None
    ) -> Viewers:
        """The same for somebody who repeats by himself: see :meth:`Client.for_reader`."""
        return Viewers(self._client.for_reader(reader, deadline=deadline, run=run))

    def source_of(self, job: TrainingJob) -> str:
        return job.ref.job

    def for_job(self, ref: JobRef) -> Viewers:
        return self

    def for_word(self, word: str) -> Viewers:
        return self

    def list(self, query: VisualizationQuery) -> ViewerPage:
        """A page of the viewers, whatever the offsets of the service count."""
        if query.sort not in RULES.sorts:
            raise wrong("sort", query.sort, _("It is one of {choices}", choices="created"))
        size = min(query.per_page or rules.LARGEST_PAGE, rules.LARGEST_PAGE)
        total: list[int | None] = []

        def ask(offset: int) -> Page[TrainingJob]:
            asked = JobQuery(offset, size, order=query.order, filters=_filters(query))
            page = self._client.list_jobs(asked)
            total[:] = [page.total]
            return page

        before = (query.page - 1) * size
        found = islice(self._every(ask, size), before, before + size)
        return ViewerPage([_viewer(job) for job in found], next(iter(total), None))

    def get(self, job_id: str) -> ViewerJob:
        return _viewer(self._client.get_job(job_id))

    def unseen(self, job_id: str) -> ViewerJob:
        return ViewerJob.from_json({"kind": VIEWER, "metadata": {"id": job_id}})

    def create(self, asked: VisualizationRequest) -> ViewerJob:
        source = self._client.get_job(asked.train_url)
        body = new_viewer(asked, source, self._flavor(source))
        made = _viewer(self._client.create_job(body))
        if made.job_id:
            return made.completed(asked)
        raise UnexpectedAnswerError(
            _("{url} answered something that is not of this API", url=self.endpoint), status=200
        )

    def stop(self, job_id: str) -> None:
        self._client.stop_job(job_id)

    def restart(self, job_id: str) -> None:
        raise NotOfferedError(_("API {api} does not offer {what}", api=API, what=_("restarts")))

    def delete(self, job_id: str) -> None:
        self._client.delete_job(job_id)

    def describe(self, job_id: str, description: str) -> None:
        self._client.update_job(job_id, description)

    def address(self, job_id: str, *, is_framed: bool = False) -> str:
        viewer = self.get(job_id).viewer
        return viewer.framed if is_framed else viewer.address

    def is_name_taken(self, error: Exception) -> bool:
        return isinstance(error, ServiceError) and error.code == NAME_EXISTS

    def _every(self, ask: Callable[[int], Page[TrainingJob]], size: int) -> Iterator[TrainingJob]:
        known = self._client.known.jobs
        found = every(ask, lambda job: job.metadata.id, size, known, _MOST_PAGES)
        return (job for job in found if job.job_kind == VIEWER)

    def _flavor(self, source: TrainingJob) -> str:
        """The least machine there is; that of the job where the service tells of no other."""
        offered = self._client.list_flavors(_CPU).flavors
        return next((one.flavor_id for one in offered), source.flavor)


def _viewer(job: TrainingJob) -> ViewerJob:
    return ViewerJob.from_json(job.raw)


def _filters(query: VisualizationQuery) -> list[Filter]:
    made = [Filter("kind", "in", [VIEWER])]
    if query.search:
        made.append(Filter("name", "like", [query.search]))
    if query.status is not None:
        made.append(Filter("phase", "in", _phases(query.status)))
    return made


def _phases(state: State) -> list[str]:
    """The phases that a state means, whichever generation's it is."""
    if isinstance(state, PhaseState):
        return [state.name]
    alike = [name for name, phase in PHASES.items() if phase is state.phase]
    return [name for name in alike if PhaseState(name).is_stopping == state.is_stopping]
