"""A small ModelArts of API v2 without a network: an adapter for `requests`, scripted by profiles.

What the cloud's documents leave open is chosen by the attributes of :class:`Cloud`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse

from modelarts_magics.core.api.v2.client import Client
from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.http.rate_limit import RateLimit
from modelarts_magics.core.http.transport import Limits, Transport

URL = "https://modelarts.example-1.myhuaweicloud.com"
FIRST = 1_767_323_045_000_000_000  # the cursor of the first line of a log
JOB = "11111111-2222-4333-8444-555555555555"


@dataclass(frozen=True)
class Asked:
    """A request as it would go over the wire."""

    method: str
    path: str
    query: dict[str, str]
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Said:
    """An answer; a value that is no bytes becomes JSON. An error is raised in its place."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: Exception | None = None

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def refused(number: str, status: int = 400, message: str = "no") -> Said:
    return Said({"error_code": f"ModelArts.{number}", "error_msg": message}, status)


class Scripted(BaseAdapter):
    """Answers every request by a function of it.

    Attributes:
        asked: what came, in order.
        sent: how many bytes of bodies were answered.
    """

    def __init__(self, answer: Callable[[Asked], Said]) -> None:
        super().__init__()
        self.asked: list[Asked] = []
        self.sent = 0
        self._answer = answer

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
        url = urlsplit(str(request.url))
        body = request.body or b""
        asked = Asked(
            str(request.method),
            url.path,
            dict(parse_qsl(url.query, keep_blank_values=True)),
            CaseInsensitiveDict(request.headers),
            body.encode() if isinstance(body, str) else body,
        )
        self.asked.append(asked)
        said = self._answer(asked)
        if said.error is not None:
            raise said.error
        self.sent += len(said.content)
        response = requests.Response()
        response.status_code = said.status
        response.headers = CaseInsensitiveDict(said.headers)
        response.request, response.url = request, str(request.url)
        response.raw = HTTPResponse(
            BytesIO(said.content),
            status=said.status,
            headers=said.headers,
            preload_content=False,
            request_method=str(request.method),
        )
        return response

    def close(self) -> None:
        pass


@contextmanager
def client_of(adapter: BaseAdapter) -> Iterator[Client]:
    """A client whose requests all go to an adapter."""
    limits = Limits(tries=1)
    transport = Transport(URL, KeyCredentials(lambda: AccessKey("AK", "s")), limits)
    transport.pool.mount("https://", adapter)
    transport.limiter = RateLimit(math.inf)
    try:
        yield Client(transport, "p")
    finally:
        transport.close()


def job(job_id: str = JOB, name: str = "resnet", phase: str = "Running", **status: Any) -> Any:
    """A job as the service describes it."""
    return {
        "kind": "job",
        "metadata": {"id": job_id, "name": name, "create_time": 1767322800000},
        "status": {"phase": phase, "secondary_phase": phase, "tasks": ["worker-0"], **status},
        "spec": {"log_export_path": {}},
    }


class Listing:
    """Things behind offsets.

    Args:
        counts: what offsets count: ``items`` or ``pages``.
    """

    def __init__(self, things: list[Any], counts: str = "items") -> None:
        self.things = things
        self.counts = counts

    def part(self, offset: int, limit: int) -> list[Any]:
        start = offset * (limit if self.counts == "pages" else 1)
        return self.things[start : start + limit]


class Cloud:
    """Jobs, their logs and events.

    Attributes:
        jobs: the newest first.
        counts: what the offsets of lists count.
        answers: by a pattern of method and path: what is said in place of all else.
        meanwhile: called after each answer to a list.
        faulty: what goes wrong with a request, if anything.
        logs: the bytes of a log by its task.
        window: bytes of a preview.
        front: what becomes of a character that the preview cuts: ``dropped``, ``replaced`` or
            ``kept``.
        early: what is said of a log that is not there yet: a number of a code, or ``204``.
        lines: what the order of lines means: as it is ``named``, as on ``v1``, or ``absent``.
        has_base: whether a page of lines begins with the entry that it was asked by.
        link: how a link is asked for: ``query``, ``header`` or ``absent``.
        links: the number of the link of a task that works: the newest one.
        first: the cursor of the first line of a log; cursors are times, so that those of a log
            that is written anew are greater.
    """

    def __init__(self, jobs: list[Any] | None = None, counts: str = "items") -> None:
        self.jobs = [job()] if jobs is None else jobs
        self.events: list[Any] = []
        self.counts = counts
        self.answers: dict[str, Callable[[Asked], Said]] = {}
        self.meanwhile: Callable[[], object] = lambda: None
        self.faulty: Callable[[Asked], Said | None] = lambda _asked: None
        self.logs: dict[str, bytes] = {}
        self.window = 5 * 2**20
        self.front = "dropped"
        self.early = "204"
        self.lines = "named"
        self.has_base = False
        self.link = "query"
        self.links: dict[str, int] = {}
        self._given = 0
        self.first: dict[str, int] = {}
        self.adapter = Scripted(self._said)

    @property
    def asked(self) -> list[Asked]:
        return self.adapter.asked

    def _said(self, asked: Asked) -> Said:
        if trouble := self.faulty(asked):
            return trouble
        line = f"{asked.method} {asked.path}"
        for pattern, answer in self.answers.items():
            if re.search(pattern, line):
                return answer(asked)
        if asked.path.startswith("/file-of-"):
            return self._file(asked)
        if asked.path.endswith("/training-job-searches"):
            return self._list(asked.json or {})
        if found := re.fullmatch("(.*)/training-jobs/([^/]+)(/.*)?", asked.path):
            return self._of_job(found[2], found[3] or "", asked)
        return refused("2836", 404)

    def _list(self, query: dict[str, Any]) -> Said:
        passing = [one for one in self.jobs if self._passes(one, query.get("filters", ()))]
        limit = query.get("limit", 10)
        items = Listing(passing, self.counts).part(query.get("offset", 0), limit)
        said = Said({"total": 5000, "count": len(passing), "limit": limit, "items": items})
        self.meanwhile()
        return said

    @staticmethod
    def _passes(one: Any, filters: Any) -> bool:
        return all(
            any(value in one["metadata"]["name"] for value in given["value"])
            for given in filters
            if given["key"] == "name"
        )

    def _of_job(self, job_id: str, rest: str, asked: Asked) -> Said:
        found = next((one for one in self.jobs if one["metadata"]["id"] == job_id), None)
        if found is None:
            return refused("2775", 400, f"Training job (ID: {job_id}) not found.")
        if rest == "/events":
            limit = int(asked.query["limit"])
            items = Listing(self.events, self.counts).part(int(asked.query["offset"]), limit)
            self.meanwhile()
            return Said({"total": len(self.events), "events": items})
        if rest == "" and asked.method == "GET":
            return Said(found)
        if rest == "/tasks":
            return Said([{"task": task, "ip": "10.0.0.1"} for task in found["status"]["tasks"]])
        if log := re.fullmatch("(?:/tasks/(.+)/logs/(preview|url)|/logs/(.+))", rest):
            return self._of_log(log[1] or log[3], log[2] or "lines", asked)
        return self._deed(found, rest, asked)

    # ---- logs -----------------------------------------------------------------------------------

    def _of_log(self, task: str, call: str, asked: Asked) -> Said:
        data = self.logs.get(task, b"")
        if (call, "absent") in (("lines", self.lines), ("url", self.link)):
            return refused("2836", 404)
        if call == "url":
            return self._link(task, asked)
        if not data:
            return Said(status=204) if self.early == "204" else refused(self.early)
        return self._preview(data) if call == "preview" else self._lines(task, data, asked)

    def _preview(self, data: bytes) -> Said:
        part = data[-self.window :]
        if self.front == "kept":
            while len(part) < len(data) and 0x80 <= part[0] < 0xC0:
                part = part[1:]
        shown = part.decode(errors="ignore" if self.front == "dropped" else "replace")
        sizes = {"current_size": len(part), "full_size": len(data)}
        return Said({"content": shown, **sizes})

    def _lines(self, task: str, data: bytes, asked: Asked) -> Said:
        """Entries are lines that are whole; the cursor of each is a long number."""
        entries = [f"{entry}\n" for entry in data.rpartition(b"\n")[0].decode().split("\n")]
        entries = entries if b"\n" in data else []
        base, count = asked.query["base_line"], int(asked.query["lines"])
        is_newer = (asked.query["order"] == "asc") == (self.lines == "named") and bool(base)
        start = self.first.get(task, FIRST)
        at = max(-1, int(base) - start) if base else len(entries)
        if is_newer:
            first = max(0, at if self.has_base else at + 1)
            chosen = [*range(first, min(len(entries), first + count))]
        else:
            last = max(0, at + 1 if self.has_base and base else at)
            chosen = [*range(max(0, last - count), last)]
        if asked.query["order"] == "desc" and self.lines == "named":
            chosen.reverse()
        cursors = [str(start + chosen[n]) for n in (0, -1)] if chosen else ["", ""]
        text = "".join(entries[n] for n in chosen)
        ends = {"start_line": cursors[0], "end_line": cursors[1]}
        return Said({**ends, "lines": len(chosen), "content": text})

    def _link(self, task: str, asked: Asked) -> Said:
        wanted = asked.query if self.link == "query" else asked.headers
        if wanted.get("Content-Type") != "application/octet-stream":
            return refused("2764")
        self._given = self.links[task] = self._given + 1
        return Said({"obs_url": f"https://obs.example/file-of-{task}?Signature={self._given}"})

    def _file(self, asked: Asked) -> Said:
        assert not {"Authorization", "X-Sdk-Date", "X-Project-Id", "Content-Type"} & {
            *asked.headers
        }, "our credentials are not for others"
        task = asked.path.removeprefix("/file-of-")
        if asked.query["Signature"] != str(self.links.get(task)):
            return Said(b"<Error><Code>AccessDenied</Code></Error>", 403)
        data = self.logs.get(task, b"")
        first, _dash, last = asked.headers["Range"].removeprefix("bytes=").partition("-")
        start = int(first) if first else max(0, len(data) - int(last))
        if start >= len(data):
            return Said(b"", 416, {"Content-Range": f"bytes */{len(data)}"})
        part = data[start : int(last) + 1 if first else len(data)]
        place = f"bytes {start}-{start + len(part) - 1}/{len(data)}"
        return Said(part, 206, {"Content-Range": place})

    def _deed(self, found: Any, rest: str, asked: Asked) -> Said:
        if rest == "" and asked.method == "DELETE":
            self.jobs.remove(found)
            return Said(b"", 202)
        if rest == "/actions":
            found["status"]["phase"] = "Terminating"
            return Said(found, 202)
        return refused("2836", 404)
