"""What sends no proper request is answered at once, and whoever is slow bothers nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import json
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from running_service import RunningService
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from modelarts_magics.local.http.connections import LONGEST_HEAD, MOST_OPEN, Connections
from modelarts_magics.local.service import Service
from modelarts_magics.local.storage.root import CannotServe

LONG = b"x" * (LONGEST_HEAD + 1)


def connect(service: RunningService) -> socket.socket:
    address, _, port = service.endpoint.partition("//")[2].partition(":")
    return socket.create_connection((address, int(port)), timeout=60)


def read(connection: socket.socket) -> tuple[int, bytes]:
    """The status and the body of what is answered before the end."""
    with connection.makefile("rb") as file:
        head, _, body = file.read().partition(b"\r\n\r\n")
    return int(head.split()[1]), body


UNREADABLE = {
    "a request line without end": (414, b"GET /" + LONG),
    "a header without end": (431, b"GET / HTTP/1.1\r\nX: " + LONG),
    "headers without end": (431, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000),
    "a long request line and its end": (414, b"GET /" + LONG + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
    "long headers, their end, and megabytes of a body": (
        431,
        b"POST / HTTP/1.1\r\nX: " + LONG + b"\r\n\r\n" + b"x" * 8_000_000,
    ),
    "TLS": (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    "not a line": (400, b"hello\r\n\r\n"),
    "no HTTP, and megabytes": (400, b"hello\r\n\r\n" + b"x" * 8_000_000),
    "a broken header": (400, b"GET / HTTP/1.1\r\nno colon\r\n\r\n"),
    "no number for a length": (400, b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n" + LONG),
    "two lengths": (400, b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"),
    "an endless body": (400, b"POST / HTTP/1.1\r\nContent-Length: 99999999999999\r\n\r\n" + LONG),
    "a chunk without a length": (
        400,
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + LONG,
    ),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_is_answered_while_the_sender_still_holds_the_connection(
    service: RunningService, kind: str
) -> None:
    status, data = UNREADABLE[kind]
    with connect(service) as connection:
        connection.sendall(data)
        found, body = read(connection)
    assert found == status
    answer = json.loads(body)
    assert answer["error_code"] == "APIGW.0201"
    assert answer["error_message"]
    assert answer["request_id"]


@pytest.mark.parametrize("piece", [1, 7, 4095, 4096, 4097])
def test_a_head_is_read_however_it_is_cut(service: RunningService, piece: int) -> None:
    filler = "y" * (4096 - 20 if piece > 7 else 40)
    head = f"GET /v3 HTTP/1.1\r\nHost: {service.endpoint[7:]}\r\nX: {filler}\r\n"
    head += "Z: z\r\n" * 30 + "Connection: close\r\n\r\n"
    data = head.encode()
    with connect(service) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(data), piece):
            connection.sendall(data[start : start + piece])
        assert read(connection)[0] == 200


def test_requests_that_follow_one_another_at_once_are_all_answered(service: RunningService) -> None:
    one = f"GET /v3 HTTP/1.1\r\nHost: {service.endpoint[7:]}\r\n".encode()
    body = b"Content-Length: 3\r\n\r\n\n\r\n"  # looks like the end of a head
    with connect(service) as connection:
        connection.sendall(one + body + one + b"\r\n" + one + b"Connection: close\r\n\r\n")
        with connection.makefile("rb") as file:
            assert file.read().count(b"HTTP/1.1 200") == 3


# ---- slow senders --------------------------------------------------------------------------------


class Hello(RequestHandler):
    def get(self) -> None:
        self.finish("hello")


@contextlib.contextmanager
def listening(head_time: float) -> Iterator[Callable[[], socket.socket]]:
    """A server whose limits are short; makes connections to it."""
    started, stop = threading.Event(), threading.Event()
    ports: list[int] = []

    async def serve() -> None:
        (listener,) = bind_sockets(0, "127.0.0.1")
        ports.append(listener.getsockname()[1])
        server = HTTPServer(Application([("/", Hello)]), body_timeout=head_time)
        accepting = Connections(server, [listener], answer, head_time)
        started.set()
        await asyncio.to_thread(stop.wait)
        await accepting.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    started.wait(60)
    try:
        yield lambda: socket.create_connection(("127.0.0.1", ports[0]), timeout=60)
    finally:
        stop.set()
        thread.join(60)


def answer(status: int, why: str) -> bytes:
    return f"HTTP/1.1 {status} {why}\r\n\r\n".encode()


@pytest.mark.parametrize("sent", [b"", b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nX: y\r\n"])
def test_a_head_that_does_not_come_in_time_is_refused(sent: bytes) -> None:
    with listening(0.05) as connect, connect() as connection:
        connection.sendall(sent)
        assert read(connection)[0] == 408


def test_a_drop_now_and_then_does_not_make_more_time() -> None:
    with listening(0.1) as connect, connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        with contextlib.suppress(OSError):
            while not select.select([connection], [], [], 0.02)[0]:
                connection.sendall(b"y")
            assert read(connection)[0] == 408


def has_ended(connection: socket.socket) -> bool:
    """Whether the server has said anything, or has left."""
    return bool(select.select([connection], [], [], 0)[0])


def test_a_body_that_does_not_come_in_time_ends_the_connection() -> None:
    with listening(0.05) as connect, connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx")
        assert connection.recv(100) == b""


def test_a_connection_may_be_idle_between_requests() -> None:
    with listening(0.05) as connect, connect() as idle:
        idle.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(1000).endswith(b"hello")
        with connect() as late:
            assert read(late)[0] == 408  # so much time has passed
        idle.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(1000).endswith(b"hello")


def test_any_number_of_slow_senders_bothers_nobody(service: RunningService) -> None:
    assert service.get("/training-jobs")["is_success"]  # whose connection stays open
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(service)) for _ in range(MOST_OPEN + 20)]
        for one in slow:
            with contextlib.suppress(OSError):  # it has ended
                one.sendall(b"GET / HTTP/1.1\r\nX: ")
        assert service.get("/training-jobs")["is_success"]
        assert all(has_ended(one) for one in slow[:20])  # those that were there for longest
        assert not any(has_ended(one) for one in slow[40:])
    assert service.get("/training-jobs")["is_success"]


# ---- ports ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("port", [-1, 65536, 99999, 10**30])
def test_a_port_that_cannot_be_is_refused_in_one_line(tmp_path: Path, port: int) -> None:
    with pytest.raises(CannotServe, match=r"\[0,65535\]") as refused:
        asyncio.run(Service(tmp_path / "root", port).start())
    assert str(port) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "root").exists()


def test_what_is_no_port_is_refused_in_one_line(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "modelarts_magics.local", "--root", "x", "--port", "http"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert "'http'" in ended.stderr
    assert not (tmp_path / "x").exists()
