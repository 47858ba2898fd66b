"""A visualization job that is to be, and how to recognise it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..api.base import VisualizationJob, VisualizationRequest, VisualizationRules
from ..jobs import visualization_rules


@dataclass(frozen=True)
class NewVisualization(VisualizationRequest):
    """A visualization job that is to be; made by :meth:`checked`.

    Attributes:
        is_name_generated: nobody else can have the name, so a job that has it is this one.
    """

    is_name_generated: bool = field(default=False, compare=False)

    @classmethod
    def checked(
        cls,
        train_url: str,
        job_name: str | None = None,
        job_desc: str | None = None,
        job_type: str | None = None,
        stop_after_hours: int | None = None,
        rules: VisualizationRules = visualization_rules,
    ) -> NewVisualization:
        """Apply the rules, and complete what is left out.

        Args:
            train_url: an OBS folder, or the id of a job: as the rules want it.

        Raises:
            InvalidArgumentError: a value that the service would refuse.
        """
        source = rules.check_source(train_url)
        return cls(
            source,
            rules.check_name(job_name or rules.new_name(source)),
            rules.check_description(job_desc or ""),
            rules.check_type(job_type) if job_type else None,
            rules.check_stop_after(stop_after_hours),
            is_name_generated=not job_name,
        )

    def is_of_folder(self, job: VisualizationJob) -> bool:
        """Whether the job shows the same folder or job, in whatever form the service names it."""
        return job.output.replace("obs://", "/", 1).strip("/") == self.train_url.strip("/")

    def is_like(self, job: VisualizationJob) -> bool:
        """Whether the job shows the same, as far as the service tells."""
        job_type = self.job_type or visualization_rules.types[0]
        return self.is_of_folder(job) and job.job_type in ("", job_type)
