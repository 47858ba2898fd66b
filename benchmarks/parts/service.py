"""A service with training logs, as a process of its own: documented answers, and a delay.

It speaks just enough HTTP to keep connections open, so that it is not what a benchmark measures.
It notes when requests came and how many it held at once.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import resource
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Callable
from urllib.parse import parse_qsl, urlsplit

from parts import synthetic_log

os.environ["NO_PROXY"] = "127.0.0.1"  # neither we nor those we compare to leave this machine

PROJECT, JOB, VERSION = "p", "1", "2"
_NOTES = "/notes"
_RUNNING, _COMPLETED = 8, 10


@dataclass(frozen=True)
class Log:
    """A log file of the job.

    Attributes:
        size: bytes in the end.
        rate: bytes a second by which it grows from the first request on; none for a whole log.
        of: what it is made of, by number; `synthetic_log.bar` is without line feeds.
    """

    name: str
    size: int
    rate: float | None = None
    of: Callable[[int], str] = synthetic_log.line


@dataclass(frozen=True)
class Setting:
    """What the service has, and how it behaves.

    Attributes:
        delay: seconds before each answer.
        longest_slice: bytes; the documented service gives 2048.
        stays: whether the job runs on after its logs are whole.
    """

    logs: tuple[Log, ...]
    delay: float = 0.0
    longest_slice: int = 2048
    stays: bool = False


@dataclass
class Notes:
    """What the service saw: when requests came (by the clock of the machine)."""

    moments: list[float] = field(default_factory=list)
    requests: int = 0
    most_in_flight: int = 0
    grows_since: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def most_in_a_second(self) -> int:
        """Over every sliding second."""
        most = first = 0
        for last, moment in enumerate(self.moments):
            while self.moments[first] <= moment - 1.0:
                first += 1
            most = max(most, last - first + 1)
        return most


class Service:
    """A running service, as its users see it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log_url = f"{self.url}/v1/{PROJECT}/training-jobs/{JOB}/versions/{VERSION}/log"
        self.environment = environment(self.url)

    def notes(self) -> Notes:
        """What was seen so far; then the service forgets it."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(self.url + _NOTES) as answer:
            return Notes(**json.load(answer))


def environment(url: str) -> dict[str, str]:
    """What makes a session use a service."""
    return {
        "MODELARTS_MAGICS_ENDPOINT": url,
        "HUAWEICLOUD_SDK_AK": "a",
        "HUAWEICLOUD_SDK_SK": "s",
        "HUAWEICLOUD_SDK_PROJECT_ID": PROJECT,
        "MODELARTS_MAGICS_REGION": "cn-north-4",
        "NO_PROXY": "127.0.0.1",
    }


@contextmanager
def running(setting: Setting) -> Iterator[Service]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(setting, theirs), daemon=True)
    process.start()
    try:
        yield Service(ours.recv())
    finally:
        process.terminate()
        process.join()


def _serve(setting: Setting, started: Connection) -> None:
    asyncio.run(_listen(setting, started))


async def _listen(setting: Setting, started: Connection) -> None:
    desk = _Desk(setting)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(desk), "127.0.0.1", 0)
    started.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


class _Connection(asyncio.Protocol):
    """One request after the other; none has a body."""

    def __init__(self, desk: _Desk) -> None:
        self._desk = desk
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._received.endswith(b"\r\n\r\n"):
            return
        target = self._received.split(b" ", 2)[1].decode()
        self._received = b""
        delay = self._desk.came(target)
        asyncio.get_running_loop().call_later(delay, self._answer, target)

    def _answer(self, target: str) -> None:
        body = json.dumps(self._desk.answer(target), ensure_ascii=False).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        self._transport.write(f"{head}\r\n\r\n".encode() + body)


class _Desk:
    """Answers, and takes notes."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._logs = {log.name: log for log in setting.logs}
        self._in_flight = 0
        self._notes = Notes()
        self._grows_since = 0.0

    def came(self, target: str) -> float:
        """Note a request; seconds until it is to be answered."""
        if target == _NOTES:
            return 0.0
        notes = self._notes
        notes.requests += 1
        notes.moments.append(time.time())
        if "/log?" in target:
            self._grows_since = self._grows_since or time.time()
        self._in_flight += 1
        notes.most_in_flight = max(notes.most_in_flight, self._in_flight)
        return self._setting.delay

    def answer(self, target: str) -> dict[str, Any]:
        if target == _NOTES:
            return self._told()
        self._in_flight -= 1
        parts = urlsplit(target)
        if parts.path.endswith("/log"):
            return self._slice(dict(parse_qsl(parts.query)))
        if parts.path.endswith("/log/file-names"):
            return {"is_success": True, "log_file_list": list(self._logs)}
        if parts.path.endswith("/versions"):
            return {"is_success": True, "versions": [self._version()], "version_count": 1}
        if parts.path.endswith("/training-jobs"):
            return {"is_success": True, "jobs": [self._version()], "job_total_count": 1}
        return self._version()

    def _told(self) -> dict[str, Any]:
        notes, self._notes = self._notes, Notes()
        notes.grows_since = self._grows_since
        usage = resource.getrusage(resource.RUSAGE_SELF)
        notes.cpu_seconds = usage.ru_utime + usage.ru_stime
        return vars(notes)

    def _slice(self, query: dict[str, str]) -> dict[str, Any]:
        log = self._logs[query["log_file"]]
        size = self._size(log)
        wanted = min(int(query["offset"]), self._setting.longest_slice)
        asked = int(query["start_byte"])
        start = max(0, size - wanted) if asked < 0 else min(asked, size)
        cut = synthetic_log.data(start, min(wanted, size - start), log.of)
        text = cut.decode(errors="replace")
        end = start + len(cut)
        return {"is_success": True, "log": text, "end_byte": end, "log_byte_count": len(cut)}

    def _size(self, log: Log) -> int:
        if log.rate is None:
            return log.size
        grown = log.rate * (time.time() - (self._grows_since or time.time()))
        return min(log.size, int(grown) // synthetic_log.LINE * synthetic_log.LINE)

    def _version(self) -> dict[str, Any]:
        is_whole = all(self._size(log) == log.size for log in self._setting.logs)
        status = _COMPLETED if is_whole and not self._setting.stays else _RUNNING
        ids = {"job_id": int(JOB), "version_id": int(VERSION)}
        names = {"job_name": "benchmark", "version_name": "V0001"}
        return {"is_success": True, "status": status, "start_time": 1_700_000_000_000} | ids | names
