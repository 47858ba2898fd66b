"""The endpoint of events, G4: what happened to a job, in the caller's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Callable

from ..engine.jobs import Jobs
from ..http.fields import Fields
from ..http.refusals import Json, Reason, Refused
from ..http.routes import Call, Reply, Route
from ..storage.history import Event
from ..storage.records import Ending, LifePhase, StoredJob
from .profile import Profile
from .search import LAST_OFFSET
from .shown import exit_code

MOST_PER_PAGE = 100
_LEVELS = ("Info", "Warning", "Error")
_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class _Words:
    """How an event is told, in two languages."""

    level: str
    source: str
    english: str
    chinese: str


_WORDS = {
    LifePhase.ACCEPTED.value: _Words("Info", "Job", "Job created.", "作业已创建。"),
    LifePhase.STARTING.value: _Words("Info", "Job", "Job queued.", "作业排队中。"),
    LifePhase.RUNNING.value: _Words("Info", "Job", "Job running.", "作业运行中。"),
    LifePhase.ENDING.value: _Words("Info", "Job", "Job terminating.", "作业终止中。"),
    Ending.COMPLETED.value: _Words("Info", "Job", "Job completed.", "作业已完成。"),
    Ending.FAILED.value: _Words("Error", "Job", "Job failed.", "作业运行失败。"),
    Ending.STOPPED.value: _Words("Info", "Job", "Job terminated.", "作业已终止。"),
    Ending.LOST.value: _Words("Error", "Job", "Job lost.", "作业丢失。"),
    Ending.NOT_STARTED.value: _Words("Error", "Job", "Job could not be started.", "作业启动失败。"),
    "restarted": _Words(
        "Warning",
        "Job",
        "Job started again after [{task}] failed.",
        "[{task}] 失败，作业重新启动。",
    ),
    "started": _Words("Info", "K8S", "[{task}] started.", "[{task}] 已启动。"),
    "exited": _Words(
        "Info", "Task", "[{task}] ended. Exit code {code}.", "[{task}] 已结束。退出码 {code}。"
    ),
}


class EventApi:
    """Tells what happened.

    Args:
        jobs: to which.
        known: finds the job that a path names.
        now: gives epoch milliseconds.
        profile: how it reads what is not documented.
    """

    def __init__(
        self,
        jobs: Jobs,
        known: Callable[[Call], StoredJob],
        now: Callable[[], int],
        profile: Profile,
    ) -> None:
        self._jobs = jobs
        self._known = known
        self._now = now
        self._profile = profile

    def routes(self) -> list[Route]:
        path = "/v2/{project_id}/training-jobs/{job_id}/events"
        return [Route("GET", path, self.list_events)]

    def list_events(self, call: Call) -> Reply:
        """G4."""
        job, query = self._known(call), call.query
        limit = query.integer("limit", 50, 1, MOST_PER_PAGE)
        offset = query.integer("offset", 0, 0, LAST_OFFSET)
        order = query.choice("order", "desc", ("asc", "desc"))
        start, end = _times(query, job.created, self._now())
        is_chinese = call.headers.get("X-Language", "").lower().startswith("zh")
        events = [
            _told(event, is_chinese)
            for event in self._jobs.history.events(job)
            if start <= event.time <= end
        ]
        found = _filtered(events, query)
        if order == "desc":
            found.reverse()
        skipped = offset * limit if self._profile.pages else offset
        return Reply(
            {
                "total": len(found),
                "limit": limit,
                "offset": offset,
                "order": order,
                "start_time": _iso(start),
                "end_time": _iso(end),
                "events": found[skipped : skipped + limit],
            }
        )


def _times(query: Fields, created: int, now: int) -> tuple[int, int]:
    """Both or none."""
    if ("start_time" in query) != ("end_time" in query):
        message = "start_time and end_time belong together"
        raise Refused(Reason.INVALID_QUERY, message)
    latest = 253_402_214_400_000  # the last day of the calendar
    start = query.integer("start_time", created, 0, latest)
    return start, query.integer("end_time", max(now, created), 0, latest)


def _filtered(events: list[Json], query: Fields) -> list[Json]:
    pattern = query.text("pattern", longest=256)
    source = query.text("source", longest=64)
    level = query.choice("level", "", ("", *_LEVELS))
    return [
        event
        for event in events
        if pattern in event["message"]
        and event["level"] in {level or event["level"]}
        and event["source"] in {source or event["source"]}
    ]


def _told(event: Event, is_chinese: bool) -> Json:
    words = _WORDS[event.what]
    code = exit_code(event.code or 0)
    text = words.chinese if is_chinese else words.english
    values: Mapping[str, object] = {"task": event.task, "code": code}
    level = "Error" if event.what == "exited" and code else words.level
    return {
        "time": _iso(event.time),
        "level": level,
        "message": text.format_map(values),
        "source": words.source,
    }


def _iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds // 1000, _CHINA).isoformat()
