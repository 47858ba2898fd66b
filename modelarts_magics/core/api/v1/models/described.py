"""A job of API v1 as everybody sees it: see :class:`~modelarts_magics.core.api.base.Job`."""

from __future__ import annotations

from ...base import JobRef
from ..status import JobStatus


class Described:
    """Names that all generations have, for the fields of this one."""

    job_id: str
    job_name: str
    status: JobStatus
    create_time: int | None

    tasks = restarts = failures = ()

    @property
    def ref(self) -> JobRef:
        return JobRef("v1", self.job_id, getattr(self, "version_id", None) or None)

    @property
    def name(self) -> str:
        return self.job_name

    @property
    def state(self) -> JobStatus:
        return self.status

    @property
    def created(self) -> int | None:
        return self.create_time
