"""A ModelArts of API v2 with an object store, as a process of its own, behind a shaped link.

Each connection has a delay before an answer, and so many bytes a second. It counts what it sent.
"""

from __future__ import annotations

import json
import multiprocessing
import re
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from parts import synthetic_log

DELAY = 0.030  # seconds
RATE = 25_000_000  # bytes a second of a connection
JOB = "11111111-2222-4333-8444-555555555555"
TASK = "worker-0"
BUCKET = "bench"
_PIECE = 2**17  # bytes
_BLOCK = synthetic_log.data(0, synthetic_log.LINE * 20_000)
_MOST = 500  # entries
_SELDOM = 120.0  # seconds between two lines of a quiet task
_PREVIEW = 5 * 2**20  # bytes


@dataclass(frozen=True)
class Cloud:
    """What there is.

    Attributes:
        size: bytes of the log in the end.
        growth: bytes a second by which it grows from the first request on; none for a whole log.
        has_lines: whether the log is given by lines.
        has_copy: whether it is in the object store, too.
        copied_every: seconds after which the copy is as long as the log; at once by default.
        jobs: how many are listed.
        files: other objects, by key.
        tasks: how many the job has; of several each has a log of its own, by lines that tell when
            they were written, on the clock of the machine.
        noisy: how many of them write a line a second; the others one in two minutes.
    """

    size: int = 0
    growth: float = 0.0
    has_lines: bool = False
    has_copy: bool = True
    copied_every: float = 0.0
    jobs: int = 1
    files: dict[str, bytes] = field(default_factory=dict)
    tasks: int = 1
    noisy: int = 0


class Running:
    """The service, as its users see it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def sent(self) -> dict[str, int]:
        """Bytes of bodies so far by what was asked for; then the service forgets it."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"{self.url}/sent") as answer:
            counted: dict[str, int] = json.load(answer)
        return counted

    def moments(self) -> list[float]:
        """When requests came, on the clock of the service."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"{self.url}/moments") as answer:
            moments: list[float] = json.load(answer)
        return moments


@contextmanager
def running(cloud: Cloud) -> Iterator[Running]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(cloud, theirs), daemon=True)
    process.start()
    try:
        yield Running(ours.recv())
    finally:
        process.terminate()
        process.join()


def log(start: int, length: int) -> bytes:
    """A range of a log without an end: a block of lines again and again."""
    first = start % len(_BLOCK)
    repeated = _BLOCK * ((first + length) // len(_BLOCK) + 1)
    return repeated[first : first + length]


def _serve(cloud: Cloud, started: Connection) -> None:
    _Handler.desk = _Desk(cloud)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    started.send(server.server_address[1])
    server.serve_forever()


class _Desk:
    """Answers, and counts."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._since: float | None = None
        self._lock = Lock()
        self._sent: Counter[str] = Counter()
        self._moments: list[float] = []
        self._tasks = [f"worker-{number}" for number in range(cloud.tasks)]
        self._began = time.time()
        names = [f"job-{number:05d}" for number in range(cloud.jobs)]
        self._jobs = [self._job(number, name) for number, name in enumerate(names)]

    def answer(self, method: str, target: str, body: bytes, asked: str) -> tuple[int, bytes, str]:
        """Status, body and content range."""
        place = urlsplit(target)
        if place.path == "/sent":
            with self._lock:
                sent, self._sent = dict(self._sent), Counter()
            return 200, json.dumps(sent).encode(), ""
        if place.path == "/moments":
            return 200, json.dumps(self._moments).encode(), ""
        self._moments.append(time.monotonic())
        if place.path.startswith(f"/{BUCKET}"):
            status, data, of = self._stored(place.path, parse_qs(place.query), asked)
        else:
            found = self._call(method, place.path, parse_qs(place.query), body)
            status, data, of = (
                (200 if found else 404),
                json.dumps(found or _ABSENT, ensure_ascii=False).encode(),
                "",
            )
        kind = "store" if place.path.startswith(f"/{BUCKET}") else place.path.rpartition("/")[2]
        kind = "listing" if "prefix=" in place.query else kind
        with self._lock:
            self._sent["lines" if "/logs/worker" in place.path else kind] += len(data)
            self._sent[f"{kind} requests"] += 1
        return status, data, of

    @property
    def _size(self) -> int:
        return self._size_after(self._age)

    @property
    def _age(self) -> float:
        """Seconds since the first request."""
        self._since = self._since or time.monotonic()
        return time.monotonic() - self._since

    def _size_after(self, seconds: float) -> int:
        grown = int(seconds * self._cloud.growth)
        return min(self._cloud.size, grown) if self._cloud.growth else self._cloud.size

    def _call(self, method: str, path: str, query: dict[str, Any], body: bytes) -> Any:
        if path.endswith("/training-job-searches"):
            return self._list(json.loads(body or b"{}"))
        if path.endswith("/logs/preview"):
            size = self._size
            part = min(size, _PREVIEW)
            text = log(size - part, part).decode(errors="ignore")
            return {"content": text, "current_size": part, "full_size": size}
        if len(self._tasks) > 1 and "/logs/" in path:
            return self._task_lines(int(path.rpartition("-")[2]), query)
        if path.endswith(f"/logs/{TASK}"):
            return self._lines(query) if self._cloud.has_lines else None
        job_id = path.rpartition("/")[2]
        return next((job for job in self._jobs if job["metadata"]["id"] == job_id), None)

    def _job(self, number: int, name: str) -> dict[str, Any]:
        job_id = JOB if number == 0 else f"{number:08d}-2222-4333-8444-555555555555"
        folder = {"obs_url": f"obs://{BUCKET}/logs/"} if self._cloud.has_copy else {}
        is_over = not self._cloud.growth and len(self._tasks) == 1
        return {
            "kind": "job",
            "metadata": {"id": job_id, "name": name, "create_time": 1767322800000 - number},
            "status": {"phase": "Completed" if is_over else "Running", "tasks": self._tasks},
            "spec": {"log_export_path": folder},
        }

    def _list(self, asked: dict[str, Any]) -> dict[str, Any]:
        names = [f["value"] for f in asked.get("filters", ()) if f["key"] == "name"]
        passing = [
            job
            for job in self._jobs
            if all(any(value in job["metadata"]["name"] for value in values) for values in names)
        ]
        offset, limit = asked.get("offset", 0), asked.get("limit", 50)
        return {"total": 5000, "count": len(passing), "items": passing[offset : offset + limit]}

    def _task_lines(self, task: int, query: dict[str, Any]) -> dict[str, Any]:
        """Of a task that has written since long before: each line tells when."""
        period = 1.0 if task < self._cloud.noisy else _SELDOM
        first_at = self._began - 60 * period - period * (task * 0.618 % 1)
        count = int((time.time() - first_at) / period)
        first, last = _range(count, query)
        lines = [f"{first_at + (n + 1) * period:.3f} step {n}\n" for n in range(first, last)]
        ends = {"start_line": str(first), "end_line": str(last - 1)} if last > first else {}
        return {**ends, "lines": last - first, "content": "".join(lines)}

    def _lines(self, query: dict[str, Any]) -> dict[str, Any]:
        first, last = _range(self._size // synthetic_log.LINE, query)
        size = synthetic_log.LINE
        text = log(first * size, (last - first) * size).decode()
        ends = {"start_line": str(first), "end_line": str(last - 1)} if last > first else {}
        return {**ends, "lines": last - first, "content": text}

    def _stored(self, path: str, query: dict[str, Any], asked: str) -> tuple[int, bytes, str]:
        if "prefix" in query:
            return 200, self._listing(query["prefix"][0]), ""
        key = unquote(path.removeprefix(f"/{BUCKET}/"))
        sizes = self._sizes()
        if key not in sizes:
            return 404, b"<Error><Code>NoSuchKey</Code></Error>", ""
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", asked)
        first, last = (int(found[1]), int(found[2])) if found else (0, sizes[key] - 1)
        last = min(last, sizes[key] - 1)
        if first > last:
            return 416, b"", ""
        stored = self._cloud.files.get(key)
        data = stored[first : last + 1] if stored else log(first, last + 1 - first)
        return (206 if found else 200), data, f"bytes {first}-{last}/{sizes[key]}" if found else ""

    def _sizes(self) -> dict[str, int]:
        sizes = {key: len(data) for key, data in self._cloud.files.items()}
        if self._cloud.has_copy and self._cloud.size:
            every, age = self._cloud.copied_every, self._age
            copied = age - age % every if every else age
            sizes[f"logs/modelarts-job-{JOB}-{TASK}.log"] = self._size_after(copied)
        return sizes

    def _listing(self, prefix: str) -> bytes:
        entries = "".join(
            f"<Contents><Key>{key}</Key><Size>{size}</Size></Contents>"
            for key, size in sorted(self._sizes().items())
            if key.startswith(prefix)
        )
        return f"<ListBucketResult>{entries}</ListBucketResult>".encode()


def _range(count: int, query: dict[str, Any]) -> tuple[int, int]:
    """Which of some lines are asked for."""
    base, most = query.get("base_line", [""])[0], min(_MOST, int(query["lines"][0]))
    if query["order"][0] == "asc" and base:
        first = min(count, int(base) + 1)
        return first, min(count, first + most)
    last = int(base) if base else count
    return max(0, last - most), last


_ABSENT = {"error_code": "ModelArts.2836", "error_msg": "no such path"}


class _Handler(BaseHTTPRequestHandler):
    desk: _Desk
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # the name that the library wants
        self._do()

    def do_POST(self) -> None:
        self._do()

    def do_HEAD(self) -> None:
        self._do()

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = self.headers.get("Range") or ""
        status, data, of = self.desk.answer(self.command, self.path, body, asked)
        time.sleep(DELAY)
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        if of:
            self.send_header("Content-Range", of)
        self.end_headers()
        if self.command != "HEAD":
            self._send(data)

    def _send(self, data: bytes) -> None:
        """As fast as a connection is."""
        started = time.monotonic()
        for first in range(0, len(data), _PIECE):
            self.wfile.write(data[first : first + _PIECE])
            ahead = (first + _PIECE) / RATE - (time.monotonic() - started)
            if ahead > 0:
                time.sleep(ahead)

    def log_message(self, *_words: object) -> None:
        """Nothing is printed."""
