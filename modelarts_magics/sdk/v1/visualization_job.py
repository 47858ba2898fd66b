"""Visualization jobs: TensorBoard on the output of a training.

Source: the SDK reference, modelarts_04_0181 to modelarts_04_0190, see docs/api/README.md.
"""

from __future__ import annotations

from typing import Any

from ...core.api.base import VisualizationJob as Described
from ...core.api.v1 import rules
from ...core.api.v1.models.listing import ListQuery
from ...core.api.v1.models.visualization import VisualizationJob as Values
from ...core.api.v1.models.visualization import VisualizationJobPage
from ...core.i18n import _
from ...core.visualization import NewVisualization, create
from ..refusals import needed
from ..session import Session
from .answers import print_table, refusal_as_dict, shown_status, shown_time, success
from .job_object import JobObject
from .vendor_list import vendor_list


class VisualizationJob(JobObject):
    """A visualization job, or the way to create one.

    Whether the job's state allows a change is left to the service, whose refusal comes back as the
    documented dict: ``{"is_success": False, "error_code": "ModelArts.0105", "error_msg": ...}``.

    Args:
        modelarts_session: a Session of ours or of the vendor's SDK.
        visualization_id: of an existing job.

    Attributes:
        visualization_id, job_id: the id as text.
        job_name, job_desc, train_url: as given.
        status: code when the object was made; ``get_visualization_job_info()`` tells the present.
        create_time: epoch milliseconds.
        is_success: whether the service accepted the job.
    """

    def __init__(self, modelarts_session: Any, visualization_id: str | None = None) -> None:
        super().__init__(modelarts_session)
        self._adopt(Values(job_id=str(visualization_id or "")))

    def _adopt(self, values: Described) -> None:
        self.visualization_id = self.job_id = values.job_id
        self.job_name = values.name
        self.job_desc = values.job_desc
        self.train_url = values.output
        self.status = values.state
        self.create_time = values.created
        self.is_success = True

    def __repr__(self) -> str:
        name = f", job_name={self.job_name!r}" if self.job_name else ""
        return f"VisualizationJob(visualization_id={self.visualization_id!r}{name})"

    def _id(self) -> str:
        return needed(
            "visualization_id",
            self.visualization_id,
            _("Name the job: VisualizationJob(modelarts_session, visualization_id='...')"),
        )

    @classmethod
    def _from_values(cls, session: Session, values: Described) -> VisualizationJob:
        job = cls(session)
        job._adopt(values)
        return job

    def create_visualization_job(
        self, train_url: str, job_name: str | None = None, job_desc: str | None = None
    ) -> VisualizationJob:
        """Create a visualization job (modelarts_04_0181).

        Args:
            train_url: OBS folder with ``events.out.tfevents*`` files, ``/bucket/train/``; normally
                the output folder of a training job.
            job_name: 1-20 letters, digits, ``-`` and ``_``; generated from the folder's name when
                left out.
            job_desc: at most 256 characters.

        Returns:
            The created job. It is made exactly once: when an answer gets lost, the job that was
            made is looked for before another request is sent.

        Raises:
            InvalidArgumentError: an argument is not allowed, or the name is taken; nothing was
                created.
            OutcomeUnknownError: the job may have been created; the error says how to find out.
            ServiceError: the service refused.
        """
        new = NewVisualization.checked(train_url, job_name, job_desc)
        outcome = create(self._session.visualizations, new, self._client.transport.wait)
        return self._from_values(self._session, outcome.job)

    @classmethod
    @refusal_as_dict
    @vendor_list(largest_page=100)
    def get_visualization_job_list(cls, session: Session, query: ListQuery) -> dict[str, Any]:
        """List visualization jobs: the dict of modelarts_03_0065.

        Args:
            status: one status code; all when left out.
            per_page: 1 to 100.
            page: counts from 1.
            sortBy: ``job_id``, ``job_name``, ``job_desc``, ``create_time`` or ``status``;
                ``sort_by`` means the same.
            order: ``asc`` or ``desc``.
            search_content: a part of the name, at most 100 characters.
        """
        return success(session.client.list_visualization_jobs(query).as_dict())

    @classmethod
    def get_visualization_job_object_list(
        cls,
        modelarts_session: Any,
        status: int | None = None,
        per_page: int = 10,
        page: int = 1,
        sortBy: str | None = None,
        order: str = "desc",
        search_content: str | None = None,
        is_show: bool = True,
        sort_by: str | None = None,
    ) -> list[VisualizationJob]:
        """List visualization jobs as objects; arguments as in the list of dicts.

        Args:
            is_show: also print them.

        Raises:
            ServiceError: the service refused.
        """
        session = Session.of(modelarts_session)
        jobs = cls._listed(
            session, status, per_page, page, sortBy, order, search_content, sort_by
        ).jobs
        if is_show:
            print_table(
                ["visualization_id", "job_name", "status", "create_time", "train_url"],
                [
                    (
                        job.job_id,
                        job.job_name,
                        shown_status(job.status),
                        shown_time(job.create_time),
                        job.train_url,
                    )
                    for job in jobs
                ],
            )
        return [cls._from_values(session, job) for job in jobs]

    @classmethod
    @vendor_list(largest_page=100)
    def _listed(cls, session: Session, query: ListQuery) -> VisualizationJobPage:
        return session.client.list_visualization_jobs(query)

    @refusal_as_dict
    def get_visualization_job_info(self) -> dict[str, Any]:
        """Describe the job: the dict of modelarts_03_0066; ``service_url`` while it runs."""
        return success(self._client.get_visualization_job(self._id()).as_dict())

    @refusal_as_dict
    def update_visualization_job(self, job_desc: str) -> dict[str, Any]:
        """Change the description: at most 256 characters."""
        self._client.update_visualization_job(self._id(), rules.check_description(job_desc))
        return success()

    @refusal_as_dict
    def stop_visualization_job(self) -> dict[str, Any]:
        """Stop a running job."""
        self._client.stop_visualization_job(self._id())
        return success()

    @refusal_as_dict
    def restart_visualization_job(self) -> dict[str, Any]:
        """Start a stopped job again."""
        self._client.restart_visualization_job(self._id())
        return success()

    @refusal_as_dict
    def delete_visualization_job(self) -> dict[str, Any]:
        """Delete the job; this cannot be undone."""
        self._client.delete_visualization_job(self._id())
        return success()
