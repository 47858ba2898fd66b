"""A service of visualization jobs for the magics, with a training job beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fake_service import Reply, Seen
from scripted_service import KEYS, one_job
from visualization_service import Fault, VisualizationService

from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.http.transport import Limits

LIMITS = Limits(first_wait=0.01)
ONE_TRY = Limits(read=0.3, first_wait=0.01)  # for silence: a busy machine may take as long
FOLDER, OUTPUT = "/bucket/run/", "/bucket/output/"
_NEXT = {
    JobStatus.INIT: JobStatus.WAITING,
    JobStatus.WAITING: JobStatus.RUNNING,
    JobStatus.KILLING: JobStatus.KILLED,
}


class LivelyService(VisualizationService):
    """Each look at a job finds it a step further.

    Faults are those of requests about visualization jobs. The training job is ``job`` (id 7), and
    writes to ``OUTPUT``.

    Attributes:
        starts: whether jobs come to run, or to an end.
        ends_slowly: whether a job that is stopped is KILLING first.
    """

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        super().__init__(faults)
        self.starts = True
        self.ends_slowly = False
        self.training = one_job("log\n", train_url=OUTPUT)

    @property
    def environment(self) -> dict[str, str]:
        """What makes a session use this service."""
        own = {"MODELARTS_MAGICS_ENDPOINT": self.url, "HUAWEICLOUD_SDK_PROJECT_ID": "p"}
        return {**KEYS, **own}

    @property
    def changes(self) -> list[tuple[str, str]]:
        """Requests that are to change something."""
        return [(seen.method, seen.path) for seen in self.seen if seen.method != "GET"]

    def add(self, **fields: Any) -> dict[str, Any]:
        made = super().add(**fields)
        if made["status"] == JobStatus.RUNNING:
            made.setdefault("service_url", f"https://console.example/{made['job_id']}/")
        return made

    def _next(self, seen: Seen) -> Any:
        if "/training-jobs" not in seen.path:
            return super()._next(seen)
        with self._turn:
            self.seen.append(seen)
        status, answer = self.training(seen.method, seen.path, seen.query)
        return Reply(answer, status)

    def _changed(self, seen: Seen) -> Any:
        answer = super()._changed(seen)
        job = super()._job(seen)
        if self.ends_slowly and job is not None and job["status"] == JobStatus.KILLED:
            job["status"] = int(JobStatus.KILLING)
        return answer

    def _job(self, seen: Seen) -> dict[str, Any] | None:
        job = super()._job(seen)
        if job is not None and seen.method == "GET" and self.starts:
            job["status"] = int(_NEXT.get(job["status"], job["status"]))
            if job["status"] == JobStatus.RUNNING:
                job.setdefault("service_url", f"https://console.example/{job['job_id']}/")
        return job
