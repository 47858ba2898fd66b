"""The visualization jobs of API v1 behind what every generation has in common."""

from __future__ import annotations

from dataclasses import replace

from ...errors import ServiceError, UnexpectedAnswerError
from ...http.reader import Reader
from ...http.transport import Runner
from ...i18n import _
from ...obs_path import obs_folder
from ..base import Job, JobRef, VisualizationQuery, VisualizationRequest, VisualizationRules
from . import rules
from .client import Client
from .codes import NAME_EXISTS
from .jobs import API
from .models.listing import ListQuery
from .models.visualization import VisualizationJob, VisualizationJobPage, new_visualization_job

RULES = VisualizationRules(
    types=rules.VISUALIZATION_TYPES,
    states=rules.STATES,
    usual_states=rules.USUAL_STATES,
    steps=("INIT", "WAITING", "RUNNING"),
    state_named=rules.state_named,
    sorts=rules.VISUALIZATION_SORTS,
    most_hours=rules.MOST_HOURS,
    longest_description=rules.LONGEST_DESCRIPTION,
    longest_search=rules.LONGEST_VISUALIZATION_SEARCH,
    largest_page=rules.LARGEST_VISUALIZATION_PAGE,
    check_source=obs_folder,
    check_name=rules.check_visualization_name,
    check_type=rules.check_visualization_type,
    check_description=rules.check_description,
    check_stop_after=rules.check_stop_after,
    new_name=rules.new_visualization_name,
)


class VisualizationJobs:
    """The visualization jobs of a project."""

    api = API
    rules = RULES

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def endpoint(self) -> str:
        return self._client.transport.endpoint

    def for_follower(
        self, reader: Reader, *, deadline: float | None = None, run: Runner | None = None
    ) -> VisualizationJobs:
        """The same for somebody who repeats by himself: see :meth:`Client.for_reader`."""
        return VisualizationJobs(self._client.for_reader(reader, deadline=deadline, run=run))

    def source_of(self, job: Job) -> str:
        return job.output

    def for_job(self, ref: JobRef) -> VisualizationJobs:
        return self

    def for_word(self, word: str) -> VisualizationJobs:
        return self

    def list(self, query: VisualizationQuery) -> VisualizationJobPage:
        sort = rules.check_visualization_sort(query.sort)
        rows = RULES.largest_page if query.per_page is None else query.per_page
        limits = (RULES.largest_page, query.page, query.order, query.search)
        rules.check_list(rows, *limits, RULES.longest_search)
        wanted = (query.status, rows, query.page, sort, query.order, query.search)
        return self._client.list_visualization_jobs(ListQuery(*wanted))

    def get(self, job_id: str) -> VisualizationJob:
        """A fresh description; the answer may leave the id out."""
        return replace(self._client.get_visualization_job(job_id), job_id=job_id)

    def unseen(self, job_id: str) -> VisualizationJob:
        return VisualizationJob(job_id=job_id)

    def create(self, asked: VisualizationRequest) -> VisualizationJob:
        body = new_visualization_job(
            asked.train_url, asked.job_name, asked.job_desc, asked.job_type, asked.stop_after_hours
        )
        job = self._client.create_visualization_job(body)
        if job.job_id:
            return job.completed(asked)
        raise UnexpectedAnswerError(
            _("{url} answered something that is not of this API", url=self.endpoint), status=200
        )

    def stop(self, job_id: str) -> None:
        self._client.stop_visualization_job(job_id)

    def restart(self, job_id: str) -> None:
        self._client.restart_visualization_job(job_id)

    def delete(self, job_id: str) -> None:
        self._client.delete_visualization_job(job_id)

    def describe(self, job_id: str, description: str) -> None:
        self._client.update_visualization_job(job_id, rules.check_description(description))

    def address(self, job_id: str, *, is_framed: bool = False) -> str:
        return self.get(job_id).service_url

    def is_name_taken(self, error: Exception) -> bool:
        return isinstance(error, ServiceError) and error.code == NAME_EXISTS
