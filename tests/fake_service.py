"""A service on this machine that plays a script, and remembers what it was asked.

The tests fake the service, never our own code: what goes over the wire is real HTTP.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TIME_LIMIT = 20.0  # seconds; far more than anything here takes


@dataclass(frozen=True)
class Seen:
    """A request as it came over the wire; names of headers in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


class Wire:
    """The open connection on which a reply is played."""

    def __init__(self, handler: BaseHTTPRequestHandler, service: FakeService) -> None:
        self._handler = handler
        self.service = service

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        self._handler.send_response(status)
        for name, value in headers.items():
            self._handler.send_header(name, value)
        self._handler.end_headers()

    def write(self, data: bytes) -> None:
        if self._handler.command == "HEAD":
            return
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def cut(self, *, reset: bool = False) -> None:
        """End the connection; a reset loses what the other side has not read yet."""
        self._handler.close_connection = True
        if reset:
            self._handler.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            self._handler.connection.close()
        else:
            self._handler.connection.shutdown(socket.SHUT_RDWR)

    def wait_until_left(self) -> None:
        """Wait until the client closes the connection, or the service stops."""
        self._handler.close_connection = True
        with contextlib.suppress(ConnectionError):
            self._handler.connection.recv(1)
        self.service.left.set()


@dataclass(frozen=True)
class Reply:
    """An answer: a dict or list becomes JSON, bytes and text go as they are."""

    body: Any = field(default_factory=lambda: {"is_success": True})
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_for: threading.Event | None = None

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()

    def play(self, wire: Wire) -> None:
        if self.wait_for is not None:
            assert self.wait_for.wait(TIME_LIMIT)
        content = b"" if self.status == 204 else self.content
        length = {} if self.status == 204 else {"Content-Length": str(len(content))}
        wire.head(self.status, {"Content-Type": "application/json", **length, **self.headers})
        wire.write(content)


@dataclass(frozen=True)
class Half:
    """The start of an answer, then the end of the connection."""

    body: bytes = b'{"is_success": true, "log": "'
    promised: int = 1000
    chunked: bool = False

    def play(self, wire: Wire) -> None:
        if self.chunked:
            wire.head(200, {"Transfer-Encoding": "chunked"})
            wire.write(b"%x\r\n%s\r\n" % (len(self.body), self.body))
        else:
            wire.head(200, {"Content-Length": str(self.promised)})
            wire.write(self.body)
        wire.cut()


@dataclass(frozen=True)
class HalfHead:
    """The start of the head of an answer, then the end of the connection."""

    sent: bytes

    def play(self, wire: Wire) -> None:
        wire.write(self.sent)
        wire.cut()


@dataclass(frozen=True)
class Reset:
    """No answer: the connection is reset."""

    def play(self, wire: Wire) -> None:
        wire.cut(reset=True)


@dataclass(frozen=True)
class Hang:
    """Nothing more comes; before that perhaps the head and a part of the body, and an act."""

    body: bytes | None = None
    act: Callable[[], object] = lambda: None

    def play(self, wire: Wire) -> None:
        if self.body is not None:
            wire.head(200, {"Content-Length": str(len(self.body) + 1)})
            wire.write(self.body)
        self.act()
        wire.wait_until_left()


@dataclass(frozen=True)
class Trickle:
    """An answer that never ends, piece by piece, until the client leaves."""

    piece: bytes = b"x" * 64

    def play(self, wire: Wire) -> None:
        wire.head(200, {"Transfer-Encoding": "chunked"})
        while not wire.service.stopping.wait(0.001):
            wire.write(b"%x\r\n%s\r\n" % (len(self.piece), self.piece))


@dataclass(frozen=True)
class Then:
    """Do something when the request has come, then reply."""

    act: Callable[[], object]
    reply: Any

    def play(self, wire: Wire) -> None:
        self.act()
        self.reply.play(wire)


def redirect(location: str, status: int = 302) -> Reply:
    return Reply(b"moved", status, {"Location": location})


def refusal(code: str, message: str = "no", status: int = 400) -> Reply:
    """A refusal in the shape of the service's first version."""
    return Reply({"is_success": False, "error_code": code, "error_message": message}, status)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64


class FakeService:
    """Plays replies in order and repeats the last one; ``with`` stops it again.

    In place of a reply a function of the request may stand, which says what to reply. A request for
    which nothing was scripted gets status 418.

    Args:
        port: where to listen, in place of any that is free.
    """

    def __init__(self, port: int = 0) -> None:
        self.seen: list[Seen] = []
        self.trouble: list[BaseException] = []
        self.left = threading.Event()
        self.stopping = threading.Event()
        self._scripts: dict[tuple[str, str], deque[Any]] = {}
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._server = _Server(("127.0.0.1", port), self._handler())
        self._thread = threading.Thread(target=self._serve, name="fake-service")

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.01)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def script(self, *replies: Any, method: str = "", path: str = "") -> FakeService:
        """Say how requests are answered: all of them, or those of one method and path."""
        with self._lock:
            self._scripts[method, path] = deque(replies)
        return self

    def on(self, method: str, path: str, *replies: Any) -> FakeService:
        return self.script(*replies, method=method, path=path)

    @property
    def last(self) -> Seen:
        return self.seen[-1]

    @property
    def connections(self) -> int:
        """How many connections the requests came on."""
        return len({request.connection for request in self.seen})

    def _next(self, seen: Seen) -> Any:
        reply = self._scripted(seen)
        return reply(seen) if callable(reply) else reply

    def _scripted(self, seen: Seen) -> Any:
        with self._lock:
            self.seen.append(seen)
            for key in ((seen.method, seen.path), ("", seen.path), ("", "")):
                replies = self._scripts.get(key)
                if replies:
                    return replies.popleft() if len(replies) > 1 else replies[0]
        return Reply({"error_code": "Fake.0", "error_msg": f"unscripted: {seen.target}"}, 418)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                with service._lock:
                    service._connections.add(self.connection)

            def finish(self) -> None:
                with service._lock:
                    service._connections.discard(self.connection)
                with contextlib.suppress(OSError):
                    super().finish()

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:  # the client left, as some do on purpose
                    self.close_connection = True

            def _play(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                seen = Seen(
                    method=self.command,
                    target=self.path,
                    headers={k.lower(): v for k, v in self.headers.items()},
                    body=self.rfile.read(length),
                    connection=id(self),
                )
                try:
                    service._next(seen).play(Wire(self, service))
                except OSError:
                    raise
                except BaseException as error:
                    service.trouble.append(error)
                    raise

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _play

            def log_message(self, *_arguments: object) -> None:
                pass

        return Handler

    def start(self) -> FakeService:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Leave no thread and no socket."""
        self.stopping.set()
        self._server.shutdown()
        with self._lock:
            still_open = list(self._connections)
        for connection in still_open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()  # joins the threads of the connections
        self._thread.join()
        if self.trouble:
            raise self.trouble[0]

    def __enter__(self) -> FakeService:
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        self.stop()


def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
