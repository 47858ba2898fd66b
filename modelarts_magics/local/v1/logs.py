"""The endpoints of logs, L1 to L3.

Source: docs/api/logs.md (modelarts_03_0054, modelarts_03_0055 of 2019, modelarts_03_0149).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from ..engine.jobs import Jobs
from ..http.refusals import Reason, Refused, invalid
from ..http.routes import Call, Reply, Route
from ..storage.log_files import Entry, LogFile, open_log
from ..storage.records import StoredJob, TaskRecord
from .quirks import Quirks
from .training import TrainingApi

LONGEST_CHUNK = 2048
MOST_LINES = 500
_CURSOR = re.compile(r"[0-9]{1,30}")


class LogApi:
    def __init__(self, jobs: Jobs, training: TrainingApi, quirks: Quirks) -> None:
        self._jobs = jobs
        self._known_version = training.known_version
        self._quirks = quirks

    def routes(self) -> list[Route]:
        version = "/v1/{project_id}/training-jobs/{job_id}/versions/{version_id}"
        return [
            Route("GET", version + "/log/file-names", self.list_files),
            Route("GET", version + "/log", self.read_bytes),
            Route("GET", version + "/aom-log", self.read_lines),
        ]

    def list_files(self, call: Call) -> Reply:
        """L1."""
        return Reply({"log_file_list": list(_log_files(self._known_version(call)))})

    def read_bytes(self, call: Call) -> Reply:
        """L2."""
        start = call.query.integer("start_byte", 0, -1)
        length = call.query.integer("offset", LONGEST_CHUNK, -LONGEST_CHUNK, LONGEST_CHUNK)
        with self._open(call) as (_, log):
            chunk = log.chunk(start, length, self._quirks.whole_characters)
        number = self._quirks.number
        count_name = "count" if self._quirks.numbers_as_text else "log_byte_count"
        return Reply(
            {"log": chunk.text, "end_byte": number(chunk.end), count_name: number(chunk.count)}
        )

    def read_lines(self, call: Call) -> Reply:
        """L3: ``desc`` goes down to newer lines, ``asc`` up to older ones."""
        count = call.query.integer("lines", 50, 0, MOST_LINES)
        newer = call.query.choice("order", "desc", ("asc", "desc")) == "desc"
        base_line = call.query.text("base_line")
        if base_line and not _CURSOR.fullmatch(base_line):
            raise invalid("Invalid parameter base_line: it is no line of this log.")
        with self._open(call) as (version, log):
            first = _first_cursor(version)
            if not base_line:
                entries = log.newest_entries(count)
            elif newer:
                entries = log.entries_after(int(base_line) - first, count)
            else:
                entries = log.entries_before(int(base_line) - first, count)
        return self._page(entries, first, base_line, newer)

    @contextmanager
    def _open(self, call: Call) -> Iterator[tuple[StoredJob, LogFile]]:
        version = self._known_version(call)
        call.query.require("log_file")
        task = _log_files(version).get(call.query.text("log_file"))
        if task is None:
            raise Refused(Reason.NO_LOG_FILE, "No such log file.")
        with open_log(self._jobs.logs.file(version, task), complete=version.is_ended) as log:
            yield version, log

    def _page(self, entries: list[Entry], first: int, base_line: str, newer: bool) -> Reply:
        start = _cursor(first + entries[0].start) if entries else base_line
        end = _cursor(first + entries[-1].start) if entries else base_line
        if self._quirks.echo_base_line and base_line and newer:
            start = base_line
        return Reply(
            {
                "content": "\n".join(entry.text for entry in entries),
                "lines": self._quirks.number(len(entries)),
                "start_line": int(start) if self._quirks.number_cursors and start else start,
                "end_line": end,
            }
        )


def _log_files(version: StoredJob) -> dict[str, TaskRecord]:
    """By the names that API v1 gives them."""
    return {f"job-{version.name}.{rank}": task for rank, task in enumerate(version.tasks)}


def _first_cursor(version: StoredJob) -> int:
    """The cursor of a version's first byte: nanoseconds, like those of the real service."""
    return version.created * 1_000_000


def _cursor(number: int) -> str:
    return f"{number:019d}"
