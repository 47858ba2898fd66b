"""The endpoints of logs, G1 to G3: one file behind all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Callable, Protocol

from ..engine.jobs import Jobs
from ..http.refusals import Json, Reason, Refused
from ..http.routes import NOTHING, Call, Reply, Route
from ..storage.log_files import Entry, LogFile, open_log
from ..storage.log_folders import is_cleared
from ..storage.records import StoredJob, TaskRecord
from .profile import Profile
from .refusals import Coded

MOST_LINES = 500
_TEXT, _WHOLE = _KINDS = ("text/plain", "application/octet-stream")  # of links
_CURSOR = re.compile(r"[0-9]{1,30}")


class Links(Protocol):
    """Where logs can be downloaded."""

    def link(self, job: StoredJob, task: TaskRecord, newest: int | None = None) -> str:
        """By which anybody may read a log, or only its newest bytes, for some minutes."""


class LogApi:
    """Reads the logs of tasks.

    Args:
        jobs: whose logs.
        links: for downloads.
        known: finds the job that a path names.
        now: gives epoch milliseconds.
        profile: how it reads what is not documented.
    """

    def __init__(
        self,
        jobs: Jobs,
        links: Links,
        known: Callable[[Call], StoredJob],
        now: Callable[[], int],
        profile: Profile,
    ) -> None:
        self._jobs = jobs
        self._links = links
        self._known = known
        self._now = now
        self._profile = profile

    def routes(self) -> list[Route]:
        job = "/v2/{project_id}/training-jobs/{job_id}"
        routes = [Route("GET", job + "/tasks/{task}/logs/preview", self.preview)]
        if self._profile.lines != "absent":
            routes.append(Route("GET", job + "/logs/{task}", self.read_lines))
        if self._profile.link != "absent":
            routes.append(Route("GET", job + "/tasks/{task}/logs/url", self.tell_link))
        return routes

    def preview(self, call: Call) -> Reply:
        """G1: the newest bytes, as text."""
        with self._open(call) as (_, _, log):
            if not log.size:
                return self._nothing_yet()
            data = log.read(max(0, log.size - self._profile.window), log.size)
            shown, text = _front(data, len(data) < log.size, self._profile.front)
            sizes = {"current_size": shown, "full_size": log.size}
            return Reply({self._profile.content: text, **sizes})

    def tell_link(self, call: Call) -> Reply:
        """G2: to the whole log, or to what the preview shows of it."""
        in_header = call.headers.get("Content-Type", "").lower()
        default = in_header if in_header in _KINDS else _WHOLE
        kind = call.query.choice("Content-Type", default, _KINDS)
        with self._open(call) as (job, task, log):
            if not log.size:
                return self._nothing_yet()
            newest = self._profile.window if kind == _TEXT else None
            return Reply({"obs_url": self._links.link(job, task, newest)})

    def read_lines(self, call: Call) -> Reply:
        """G3: the base line is excluded; without one the newest lines."""
        count = call.query.integer("lines", 50, 1, MOST_LINES)
        is_descending = call.query.choice("order", "desc", ("asc", "desc")) == "desc"
        base = call.query.text("base_line", pattern=_CURSOR.pattern)
        with self._open(call) as (job, _, log):
            if not log.size:
                return self._nothing_yet()
            first = job.created * 1_000_000  # of the cursors: nanoseconds, as those of the cloud
            looks_back = is_descending == (self._profile.lines == "named")
            if not base:
                entries = log.newest_entries(count)
            elif looks_back:
                entries = log.entries_before(int(base) - first, count)
            else:
                entries = log.entries_after(int(base) - first, count)
        if is_descending and self._profile.lines == "named":
            entries = [Entry(one.start, _whole_line(one.text)) for one in reversed(entries)]
        return Reply(_page(entries, first))

    @contextmanager
    def _open(self, call: Call) -> Iterator[tuple[StoredJob, TaskRecord, LogFile]]:
        job = self._known(call)
        task = known_task(job, call.names["task"])
        if is_cleared(job, self._now()):
            raise Coded("2819", "log file cleared", solution="export logs to OBS")
        with open_log(self._jobs.logs.file(job, task), complete=job.is_ended) as log:
            yield job, task, log

    def _nothing_yet(self) -> Reply:
        if self._profile.no_log == "204":
            return Reply(NOTHING, 204)
        raise Coded("2818", "The log file is not generated.")


def known_task(job: StoredJob, name: str) -> TaskRecord:
    """A task of a job by its name.

    Raises:
        Refused: it has no such task.
    """
    task = next((one for one in job.tasks if one.name == name), None)
    if task is None:
        raise Refused(Reason.INVALID, f"Invalid parameter task_id: no task {name[:64]}.")
    return task


def _front(data: bytes, is_cut: bool, way: str) -> tuple[int, str]:
    """How many bytes a window has, and its text, whose first character may be cut."""
    cut = 0
    while is_cut and cut < min(3, len(data)) and data[cut] & 0xC0 == 0x80:
        cut += 1
    text = data[cut:].decode(errors="replace")
    if way == "kept":
        return len(data) - cut, text
    mark = "\N{REPLACEMENT CHARACTER}" if cut and way == "replaced" else ""
    return len(data), mark + text


def _whole_line(text: str) -> str:
    """A line that is shown before an older one has to end."""
    return text if text.endswith("\n") else text + "\n"


def _page(entries: list[Entry], first: int) -> Json:
    cursors = [f"{first + one.start:019d}" for one in entries]
    return {
        "start_line": cursors[0] if cursors else "",
        "end_line": cursors[-1] if cursors else "",
        "lines": len(entries),
        "content": "".join(one.text for one in entries),
    }
