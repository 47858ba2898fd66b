"""A service that falls silent, or never comes to an end, in each phase of a request."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Callable

import psutil
from fake_service import TIME_LIMIT

_PAUSE = 0.02  # seconds between the bytes of those who never end
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_BODY = b'{"is_success": true}'


class SilentService:
    """Does in a thread what a test wants with each connection.

    Attributes:
        reached: set when the phase is reached.
        left: set when the client is gone.
    """

    def __init__(self, serve: Callable[[SilentService, socket.socket], None]) -> None:
        self.reached = threading.Event()
        self.left = threading.Event()
        self._stopping = threading.Event()
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=0)
        self._others: list[socket.socket] = []
        self._thread = threading.Thread(target=self._run)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> SilentService:
        if self._serve is no_connection:
            self._be_full()
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stopping.set()
        for other in self._others:
            other.close()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        if self._serve is no_connection:
            self._see_who_waits()
        with contextlib.suppress(OSError):
            while not self._stopping.is_set():
                wire, _address = self._listener.accept()
                with wire, contextlib.suppress(OSError):
                    self._serve(self, wire)

    def _be_full(self) -> None:
        """Others have taken all places in the queue, so that nobody is answered any more."""
        for _other in range(4):
            self._others.append(socket.socket())
            self._others[-1].setblocking(False)
            self._others[-1].connect_ex(self._listener.getsockname())

    def _see_who_waits(self) -> None:
        ours = {other.getsockname() for other in self._others}
        while not self._stopping.wait(_PAUSE):
            found = psutil.Process().net_connections("tcp4")
            waiting = [c for c in found if c.status == psutil.CONN_SYN_SENT]
            if any(c.raddr[1] == self.port and tuple(c.laddr) not in ours for c in waiting):
                self.reached.set()

    def hold(self, wire: socket.socket) -> None:
        """Say nothing until the client leaves."""
        self.reached.set()
        wire.settimeout(_PAUSE)
        while not self._stopping.is_set():
            with contextlib.suppress(socket.timeout):
                if not wire.recv(2**16):
                    break
        self.left.set()

    def repeat(self, wire: socket.socket, piece: bytes) -> None:
        """Say a little, again and again, until the client leaves."""
        self.reached.set()
        try:
            while not self._stopping.wait(_PAUSE):
                wire.sendall(piece)
        finally:
            self.left.set()


def no_connection(_service: SilentService, _wire: socket.socket) -> None:
    """Nobody gets through."""


def no_word(service: SilentService, wire: socket.socket) -> None:
    service.hold(wire)


def no_answer(service: SilentService, wire: socket.socket) -> None:
    wire.recv(2**16)
    service.hold(wire)


def head_without_end(service: SilentService, wire: socket.socket) -> None:
    wire.recv(2**16)
    wire.sendall(_HEAD + b"X-Word: ")
    service.repeat(wire, b"x")


def go_on_without_end(service: SilentService, wire: socket.socket) -> None:
    wire.recv(2**16)
    service.repeat(wire, b"HTTP/1.1 100 Continue\r\n\r\n")


def half_a_body(service: SilentService, wire: socket.socket) -> None:
    wire.recv(2**16)
    wire.sendall(_HEAD + b"Content-Length: 100\r\n\r\n" + _BODY[:9])
    service.hold(wire)


def body_without_end(service: SilentService, wire: socket.socket) -> None:
    wire.recv(2**16)
    wire.sendall(_HEAD + b"Content-Length: 1000000\r\n\r\n")
    service.repeat(wire, b"x")


def answer_until_the_connection_ends(service: SilentService, wire: socket.socket) -> None:
    wire.recv(2**16)
    wire.sendall(_HEAD + b"Connection: close\r\n\r\n")
    service.repeat(wire, b"x")


def no_second_answer(service: SilentService, wire: socket.socket) -> None:
    answer(wire)
    wire.recv(2**16)
    service.hold(wire)


def way_to_no_word(service: SilentService, wire: socket.socket) -> None:
    wire.recv(2**16)
    wire.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    service.hold(wire)


def socks_way_without_end(service: SilentService, wire: socket.socket) -> None:
    wire.recv(2**16)
    wire.sendall(b"\x05\x00")  # no password is wanted
    wire.recv(2**16)
    wire.sendall(b"\x05\x00\x00\x03\xff")  # this way, by a name of 255 bytes
    service.repeat(wire, b"x")


def socks_way(wire: socket.socket) -> bytes:
    """Give the way that somebody asks for; returns how he asked."""
    wire.recv(2**16)
    wire.sendall(b"\x05\x00")
    asked = wire.recv(2**16)
    wire.sendall(b"\x05\x00\x00\x01" + bytes(6))
    return asked


def socks_way_to_no_word(service: SilentService, wire: socket.socket) -> None:
    socks_way(wire)
    wire.recv(2**16)
    service.hold(wire)


def answer(wire: socket.socket) -> bytes:
    """Answer a request, which is returned."""
    asked = wire.recv(2**16)
    wire.sendall(_HEAD + b"Content-Length: %d\r\n\r\n" % len(_BODY) + _BODY)
    return asked


PHASES = {
    "to connect": no_connection,
    "for TLS": no_word,
    "for a proxy": no_answer,
    "for TLS behind a proxy": way_to_no_word,
    "for a proxy that speaks SOCKS": no_word,
    "for a way without end behind SOCKS": socks_way_without_end,
    "for TLS behind SOCKS": socks_way_to_no_word,
    "for a head behind SOCKS": socks_way_to_no_word,
    "for a head": no_answer,
    "for a head without end": head_without_end,
    "for a head that is always about to come": go_on_without_end,
    "for a body": half_a_body,
    "for a body without end": body_without_end,
    "for the end of a connection": answer_until_the_connection_ends,
    "for a second answer": no_second_answer,
}


@contextlib.contextmanager
def silent_look_up(monkeypatch: object) -> Iterator[threading.Event]:
    """A name server that never answers; the event is set when somebody asks it."""
    asked, released = threading.Event(), threading.Event()

    def look_up(*_name: object) -> object:
        if socket.AI_NUMERICHOST in _name:
            raise socket.gaierror("no number")
        asked.set()
        assert released.wait(TIME_LIMIT)
        raise socket.gaierror("nobody knows")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)  # type: ignore[attr-defined]
    try:
        yield asked
    finally:
        released.set()


def once(is_so: Callable[[], object]) -> None:
    """Wait until something is so."""
    give_up = time.monotonic() + TIME_LIMIT
    while not is_so():
        assert time.monotonic() < give_up
        time.sleep(0.005)
