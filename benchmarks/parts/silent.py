"""A service that answers all but requests for logs, and never comes to an end with those."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qsl, urlsplit

from . import service

FILES = [f"worker-{number}" for number in range(12)]
WAYS = {
    "says nothing": b"",
    "sends a head without end": b"HTTP/1.1 200 OK\r\nX-Word: ",
    "sends a body without end": b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
}
_SIZE = 300_000  # bytes of a log
_TIME_LIMIT = 60.0  # seconds
_PAUSE = 0.2  # seconds between the bytes of those who go on
_JOB = {"job_id": 1, "version_id": 2, "job_name": "job", "version_name": "V0001", "status": 8}


class SilentService:
    """One thread for each connection.

    Args:
        start: what an answer about a log begins with; then it goes on for ever.
        since: only requests for what lies behind this byte do not get an answer.

    """

    def __init__(self, start: bytes, since: int = 0) -> None:
        self._held = threading.Semaphore(0)
        self._start = start
        self._since = since
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """What makes a session use this service."""
        return service.environment(self.url)

    def wait_until_held(self, count: int) -> None:
        """Wait until so many requests for logs are not answered."""
        for _request in range(count):
            if not self._held.acquire(timeout=_TIME_LIMIT):
                raise SystemExit("Nobody asks for a log.")

    def close(self) -> None:
        self._stopping.set()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                wire, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(wire,), daemon=True).start()

    def _serve(self, wire: socket.socket) -> None:
        with wire, suppress(OSError):
            while request := wire.recv(2**16).decode():
                url = urlsplit(request.split(" ")[1])
                query = dict(parse_qsl(url.query))
                if url.path.endswith("/log") and int(query["start_byte"]) >= self._since:
                    return self._go_on(wire)
                body = json.dumps(_answer(url.path, query)).encode()
                wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return None

    def _go_on(self, wire: socket.socket) -> None:
        self._held.release()
        wire.sendall(self._start)
        while not self._stopping.wait(_PAUSE):
            wire.sendall(b"x" if self._start else b"")


def _answer(path: str, query: dict[str, str]) -> dict[str, object]:
    if path.endswith("/log"):
        return _slice(int(query["start_byte"]), int(query["offset"]))
    if path.endswith("/file-names"):
        return {"is_success": True, "log_file_list": FILES}
    if path.endswith("/training-jobs"):
        return {"is_success": True, "jobs": [_JOB], "job_total_count": 1}
    return {"is_success": True, **_JOB, "versions": [_JOB], "version_count": 1}


def _slice(start: int, length: int) -> dict[str, object]:
    start = _SIZE - length if start < 0 else start
    end = min(start + length, _SIZE)
    text = "x" * (end - start)
    return {"is_success": True, "log": text, "log_byte_count": len(text), "end_byte": end}


@contextmanager
def running(way: str, since: int = 0) -> Iterator[SilentService]:
    made = SilentService(WAYS[way], since)
    try:
        yield made
    finally:
        made.close()
