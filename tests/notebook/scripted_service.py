"""A ModelArts service that says what a test wants, or nothing at all."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable
from urllib.parse import parse_qs, urlsplit

Script = Callable[[str, str, dict[str, str]], "tuple[int, Any]"]

KEYS = {
    "HUAWEICLOUD_SDK_AK": "SCRIPTEDACCESSKEY",
    "HUAWEICLOUD_SDK_SK": "scripted-secret-key-0123456789",
    "HUAWEICLOUD_SDK_PROJECT_ID": "project0",
    "MODELARTS_MAGICS_REGION": "cn-north-4",
}


class ScriptedService:
    """Answers by a script, a function of method, path and query.

    Attributes:
        script: may be changed at any time.
        reached: set by each request that arrives.
        headers: go with each answer.
        clock_ahead: seconds that its clock is ahead of the right time.
        released: lets the answers of :meth:`hang` go.
    """

    def __init__(self) -> None:
        self.script: Script = self.refuse
        self.reached = threading.Event()
        self.released = threading.Event()
        self.headers: dict[str, str] = {}
        self.clock_ahead = 0.0
        self.requests: list[tuple[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def environment(self) -> dict[str, str]:
        """What makes a session use this service."""
        return {**KEYS, "MODELARTS_MAGICS_ENDPOINT": self.url}

    def refuse(self, _method: str, _path: str, _query: dict[str, str]) -> tuple[int, Any]:
        return 404, {"error_code": "ModelArts.0102", "error_msg": "nothing here"}

    def hang(self, *_request: Any) -> tuple[int, Any]:
        self.released.wait()
        return self.refuse("", "", {})

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(service) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                url = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                service.requests.append((self.command, self.path))
                service.reached.set()
                status, answer = service.script(self.command, url.path, query)
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                    for name, value in service.headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # the caller gave up

            do_GET = do_POST = do_PUT = do_DELETE = _answer

            def date_time_string(self, timestamp: float | None = None) -> str:
                return super().date_time_string(time.time() + service.clock_ahead)

            def log_message(self, *_words: Any) -> None:
                pass

        return Handler


def one_job(log: str | Callable[[int, int], dict[str, Any]], **overrides: Any) -> Script:
    """A service with one job ``job`` (id 7) and one log file, whose text is ``log``."""
    job = {
        "job_id": 7,
        "job_name": "job",
        "version_id": 70,
        "version_name": "V0001",
        "status": 10,
        "create_time": 1_600_000_000_000,
        "duration": 1000,
        "version_count": 1,
        **overrides,
    }

    def script(_method: str, path: str, query: dict[str, str]) -> tuple[int, Any]:
        if path.endswith("/training-jobs"):
            return 200, {"is_success": True, "jobs": [job], "job_total_count": 1}
        if path.endswith("/versions"):
            return 200, {"is_success": True, **job, "versions": [job]}
        if path.endswith("/log/file-names"):
            return 200, {"is_success": True, "log_file_list": [overrides.get("log_file", "a.log")]}
        if path.endswith("/log"):
            start, length = int(query["start_byte"]), int(query["offset"])
            return 200, log(start, length) if callable(log) else byte_slice(log, start, length)
        return 200, {"is_success": True, **job}

    return script


@dataclass
class ChangingJob:
    """A script of one job ``job`` (id 7) that a test changes.

    Attributes:
        status: code of the job.
        logs: texts by log file.
        steps: what happens when it is asked for something, one after the other.
        at: how the paths end for which a step is taken.
    """

    status: int = 7
    logs: dict[str, str] = field(default_factory=dict)
    steps: list[Callable[[], object]] = field(default_factory=list)
    at: str = "/log/file-names"

    def __call__(self, method: str, path: str, query: dict[str, str]) -> tuple[int, Any]:
        if path.endswith(self.at) and self.steps:
            self.steps.pop(0)()
        if path.endswith("/log/file-names"):
            return 200, {"is_success": True, "log_file_list": list(self.logs)}
        text = self.logs.get(query.get("log_file", ""), "")
        return one_job(text, status=self.status, start_time=None)(method, path, query)

    def to(self, status: int, **logs: str) -> Callable[[], None]:
        """A step to another status and to more text."""

        def step() -> None:
            self.status = status
            for name, text in logs.items():
                self.logs[name] = self.logs.get(name, "") + text

        return step


def byte_slice(log: str, start: int, length: int) -> dict[str, Any]:
    """As in docs/api/logs.md."""
    data = log.encode("utf-8", "surrogatepass")
    if start == -1:
        start = max(0, len(data) - length)
    part = data[start : start + length]
    return {
        "is_success": True,
        "log": part.decode("utf-8", "replace"),
        "log_byte_count": len(part),
        "end_byte": start + len(part),
    }
