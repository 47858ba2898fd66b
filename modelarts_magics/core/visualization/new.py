"""A visualization job that is to be, and how to recognise it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ..api.v1 import rules
from ..api.v1.models.visualization import Schedule, VisualizationJob, new_visualization_job


@dataclass(frozen=True)
class NewVisualization:
    """A visualization job that is to be; made by :meth:`checked`.

    Attributes:
        train_url: OBS folder, ``/bucket/folder/``.
        job_type: ``None`` leaves it to the service, which takes ``tensorboard``.
        stop_after_hours: ``None`` for a job that runs until it is stopped.
        is_name_generated: nobody else can have the name, so a job that has it is this one.
    """

    train_url: str
    job_name: str
    job_desc: str = ""
    job_type: str | None = None
    stop_after_hours: int | None = None
    is_name_generated: bool = field(default=False, compare=False)

    @classmethod
    def checked(
        cls,
        train_url: str,
        job_name: str | None = None,
        job_desc: str | None = None,
        job_type: str | None = None,
        stop_after_hours: int | None = None,
    ) -> NewVisualization:
        """Apply the rules, and complete what is left out.

        Raises:
            InvalidArgumentError: a value that the service would refuse.
        """
        folder = rules.obs_folder(train_url)
        return cls(
            folder,
            rules.check_visualization_name(job_name or rules.new_visualization_name(folder)),
            rules.check_description(job_desc or ""),
            rules.check_visualization_type(job_type) if job_type else None,
            rules.check_stop_after(stop_after_hours),
            is_name_generated=not job_name,
        )

    def to_json(self) -> dict[str, Any]:
        return new_visualization_job(
            self.train_url, self.job_name, self.job_desc, self.job_type, self.stop_after_hours
        )

    def completed(self, job: VisualizationJob) -> VisualizationJob:
        """A job that the service made of this, with what its answer leaves out."""
        hours = self.stop_after_hours
        schedule = () if hours is None else (Schedule.from_json(Schedule.stop_after(hours)),)
        return replace(
            job,
            job_name=job.job_name or self.job_name,
            job_desc=job.job_desc or self.job_desc,
            train_url=job.train_url or self.train_url,
            job_type=job.job_type or self.job_type or "",
            schedule=job.schedule or schedule,
        )

    def is_of_folder(self, job: VisualizationJob) -> bool:
        """Whether the job shows the same folder, in whatever form the service names it."""
        return job.train_url.replace("obs://", "/", 1).strip("/") == self.train_url.strip("/")

    def is_like(self, job: VisualizationJob) -> bool:
        """Whether the job shows the same, as far as the service tells."""
        job_type = self.job_type or rules.VISUALIZATION_TYPES[0]
        return self.is_of_folder(job) and job.job_type in ("", job_type)
