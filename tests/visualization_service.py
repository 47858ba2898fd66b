"""A service of visualization jobs with a memory, and trouble at any request.

It makes no two jobs of one name, as the documentation of the error ModelArts.0103 says.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fake_service import FakeService, Half, Hang, Reply, Reset, Seen, refusal

from modelarts_magics.core.api.v1.client import Client
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.api.v1.visualizations import VisualizationJobs
from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.http.transport import Limits, Transport

ONE_TRY = Limits(tries=1, read=0.3)
JOBS = "/v1/p/visualization-jobs"
GARBAGE = Reply(b"<html>Bad gateway</html>")
NO_ID = Reply({"is_success": True})
HALF = Half(b'{"is_success": true, "job_id": ')


def no_wait(_seconds: float) -> None:
    """Sleeps not at all."""


@contextmanager
def client_of(url: str, limits: Limits = ONE_TRY) -> Iterator[Client]:
    """A client that does not wait, and by default tries once."""
    transport = Transport(url, KeyCredentials(lambda: AccessKey("A", "s")), limits, wait=no_wait)
    try:
        yield Client(transport, "p")
    finally:
        transport.close()


@contextmanager
def jobs_of(url: str, limits: Limits = ONE_TRY) -> Iterator[VisualizationJobs]:
    """The jobs of such a client."""
    with client_of(url, limits) as client:
        yield VisualizationJobs(client)


def failing(status: int) -> Reply:
    return Reply({"error_code": "APIGW.0201", "error_msg": "backend trouble"}, status)


@dataclass(frozen=True)
class Fault:
    """What happens to one request.

    Attributes:
        ending: in place of the answer.
        effect: whether a change takes place nevertheless.
        late: when above 0, it takes place before the so-many-th request after this one.
        stale: a list does not show anything yet.
    """

    ending: Any = None
    effect: bool = False
    late: int = 0
    stale: bool = False

    def __repr__(self) -> str:
        when = f"late {self.late}" if self.late else "effect" if self.effect else "no effect"
        return "stale" if self.stale else f"{self.ending} ({when})"


FINE = Fault(effect=True)
DENIED = Fault(refusal("ModelArts.0112", "denied", 403))
THROTTLED = Fault(Reply({"error_code": "APIGW.0308"}, 429))


@dataclass
class Creation:
    """A request to create that came in, and was not turned away at the door."""

    body: Mapping[str, Any]
    is_answered: bool
    job_id: int | None = None


@dataclass
class _Late:
    creation: Creation
    requests_left: int


@dataclass
class _Memory:
    jobs: dict[int, dict[str, Any]] = field(default_factory=dict)
    creations: list[Creation] = field(default_factory=list)
    late: list[_Late] = field(default_factory=list)


class VisualizationService(FakeService):
    """Answers V1 to V7.

    Args:
        faults: of the first requests, in their order; those that follow have none.
    """

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        super().__init__()
        self.faults = list(faults)
        self._memory = _Memory()
        self._numbers = itertools.count(197)
        self._turn = threading.RLock()

    @property
    def jobs(self) -> dict[int, dict[str, Any]]:
        return self._memory.jobs

    @property
    def creations(self) -> list[Creation]:
        return self._memory.creations

    @property
    def methods(self) -> list[str]:
        return [seen.method for seen in self.seen]

    def add(self, **fields: Any) -> dict[str, Any]:
        """A job that somebody else created."""
        number = next(self._numbers)
        made = {
            "job_id": number,
            "job_name": f"job-{number}",
            "job_desc": "",
            "train_url": "/bucket/run/",
            "status": int(JobStatus.RUNNING),
            "create_time": 1_565_149_736_000 + number,
            **fields,
        }
        self.jobs[number] = made
        return made

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Changes of a test that no request may see in between."""
        with self._turn:
            yield

    def land_all(self) -> None:
        """Let the requests that are still under way arrive."""
        with self._turn:
            while self._memory.late:
                self._land()

    def _land(self) -> None:
        for item in list(self._memory.late):
            item.requests_left -= 1
            if item.requests_left <= 0:
                self._memory.late.remove(item)
                self._create(item.creation)

    def _next(self, seen: Seen) -> Any:
        with self._turn:
            self.seen.append(seen)
            self._land()
            fault = self.faults.pop(0) if self.faults else FINE
            if seen.method == "GET":
                return fault.ending or self._shown(seen, fault.stale)
            if (seen.method, seen.path) == ("POST", JOBS):
                return self._creation(seen, fault)
            answer = self._changed(seen) if fault.effect else None
            return fault.ending or answer

    # ---- V1 -------------------------------------------------------------------------------------

    def _creation(self, seen: Seen, fault: Fault) -> Any:
        if fault is THROTTLED:
            return fault.ending
        creation = Creation(seen.json, is_answered=fault.ending is None)
        self.creations.append(creation)
        if fault.late:
            self._memory.late.append(_Late(creation, fault.late))
        answer = self._create(creation) if fault.effect or fault.stale else None
        return fault.ending or answer

    def _create(self, creation: Creation) -> Reply:
        name = creation.body["job_name"]
        if any(job["job_name"] == name for job in self.jobs.values()):
            return refusal("ModelArts.0103", f"Job name:{name} is existed")
        made = self.add(**{**creation.body, "status": int(JobStatus.INIT)})
        creation.job_id = made["job_id"]
        keys = ("job_id", "job_name", "status", "create_time")
        return Reply({"is_success": True, **{key: made[key] for key in keys}})

    # ---- V2, V3 ---------------------------------------------------------------------------------

    def _shown(self, seen: Seen, stale: bool) -> Reply:
        if seen.path != JOBS:
            job = self._job(seen)
            return Reply(job) if job and not stale else refusal("ModelArts.0015", "none", 404)
        query = seen.query
        found = [job for job in self.jobs.values() if not stale and _matches(job, query)]
        found.sort(key=lambda job: job[query["sortBy"]], reverse=query["order"] == "desc")
        size, page = int(query["per_page"]), int(query["page"])
        shown = found[(page - 1) * size : page * size]
        return Reply({"is_success": True, "job_total_count": len(found), "jobs": shown})

    def _job(self, seen: Seen) -> dict[str, Any] | None:
        name = seen.path[len(JOBS) + 1 :].partition("/")[0]
        return self.jobs.get(int(name)) if name.isdecimal() else None

    # ---- V4 to V7 -------------------------------------------------------------------------------

    def _changed(self, seen: Seen) -> Reply:
        job = self._job(seen)
        if job is None:
            return refusal("ModelArts.0015", "none", 404)
        status = JobStatus(job["status"])
        if seen.method == "PUT":
            job["job_desc"] = seen.json["job_desc"]
        elif seen.method == "DELETE" and status.can_delete:
            del self.jobs[job["job_id"]]
        elif seen.path.endswith("/stop") and status.can_stop:
            job["status"] = int(JobStatus.KILLED)
        elif seen.path.endswith("/restart") and status.can_restart:
            job["status"] = int(JobStatus.WAITING)
        else:
            return refusal("ModelArts.0105", f"This job can't be changed. job status: {status:d}")
        return Reply({"is_success": True})


def _matches(job: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    status = query.get("status", str(job["status"]))
    return query.get("search_content", "") in job["job_name"] and status == str(job["status"])


# ---- what may happen to an answer ---------------------------------------------------------------

REPEATABLE = {
    "connection cut": Reset(),
    "half an answer": HALF,
    "500": failing(500),
    "502": failing(502),
    "504": failing(504),
    "time-out": Hang(),
    "time-out in the answer": Hang(b'{"job_id"'),
}
NOT_REPEATABLE = {"503": failing(503), "another page": GARBAGE, "no id": NO_ID}
LOST = {**REPEATABLE, **NOT_REPEATABLE}
