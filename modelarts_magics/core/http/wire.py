"""The wire below a request: its deadline holds to the byte, and another thread can end it.

``requests`` knows a time-out for each pause of a service, and none for a request as a whole: a
service that sends a byte now and then is listened to for ever, while it sends headers. And there is
no way to end a request. So our connections look after the request of their thread: they look up,
connect and read within the time that it has left, and tell it which socket it has.
"""

from __future__ import annotations

import io
import math
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from http.client import HTTPResponse, RemoteDisconnected
from typing import TYPE_CHECKING, Any, Callable

import urllib3
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.connection import allowed_gai_family

from .. import cancellation

if TYPE_CHECKING:
    _Connection = urllib3.connection.HTTPConnection
else:
    _Connection = object

_Addresses = list[tuple[Any, ...]]


class _Request:
    """A request that is under way.

    Args:
        time_left: seconds until it has to be answered.
    """

    def __init__(self, time_left: Callable[[], float]) -> None:
        self._time_left = time_left
        self._wires: list[socket.socket] = []
        self._readers: list[io.RawIOBase] = []

    def time_left(self, longest: float | None) -> float:
        """Seconds that a pause may take.

        Raises:
            TimeoutError: none are left.
        """
        left = self._time_left()
        if left <= 0:
            raise socket.timeout("timed out")
        return left if longest is None else min(left, longest)

    def takes(self, wire: socket.socket) -> None:
        """Go on over a socket, of which a descriptor of our own is kept: TLS takes the first."""
        self._wires.append(socket.fromfd(wire.fileno(), socket.AF_INET, socket.SOCK_STREAM))
        cancellation.check()

    def reads_by(self, reader: io.RawIOBase) -> None:
        """Close a reader in the end: older Pythons forget that of a proxy which fails."""
        self._readers.append(reader)

    def end(self) -> None:
        """Wake whoever waits for a socket, in any thread."""
        for wire in self._wires:
            with suppress(OSError):  # it is not connected any more
                wire.shutdown(socket.SHUT_RDWR)

    def let_go(self) -> None:
        for reader in self._readers:
            reader.close()
        for wire in self._wires:
            wire.close()


_OF_THREAD: ContextVar[_Request] = ContextVar("request")


@contextmanager
def request(time_left: Callable[[], float]) -> Iterator[None]:
    """Make one request in this block, its answer's body included.

    Args:
        time_left: seconds until it has to be answered.

    Raises:
        Cancelled: the work of this thread was given up.
    """
    under_way = _Request(time_left)
    token = _OF_THREAD.set(under_way)
    try:
        with cancellation.waking_by(under_way.end):
            yield
    finally:
        _OF_THREAD.reset(token)
        under_way.let_go()


_ALLOWED: ContextVar[float] = ContextVar("allowed", default=math.inf)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let no call of this block take longer, whatever its own deadline is."""
    token = _ALLOWED.set(min(seconds, allowed()))
    try:
        yield
    finally:
        _ALLOWED.reset(token)


def allowed() -> float:
    """Seconds that a call may take here at most."""
    return _ALLOWED.get()


class _TimelyReader(io.RawIOBase):
    """Reads from a socket, each time for as long as the request has left.

    Args:
        reader: of the socket.
        pause: seconds that a pause may take.
    """

    def __init__(self, reader: io.RawIOBase, wire: socket.socket, pause: float | None) -> None:
        self._reader = reader
        self._wire = wire
        self._pause = pause
        self._request = _OF_THREAD.get()
        self._request.reads_by(self)
        self.is_at_end = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._wire.settimeout(self._request.time_left(self._pause))
        size = self._reader.readinto(buffer)
        self.is_at_end = size == 0
        return size

    def fileno(self) -> int:
        return self._reader.fileno()

    def close(self) -> None:
        self._reader.close()
        super().close()


class _TimelyAnswer(HTTPResponse):
    """An answer whose head and body are read like that."""

    def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        reader = _TimelyReader(self.fp.detach(), sock, sock.gettimeout())
        self.fp = io.BufferedReader(reader)

    def begin(self) -> None:
        """Read the head, which ends with an empty line; ``http.client`` takes any end for it."""
        reader: Any = self.fp.raw  # no attribute: it would hold all that the request holds
        super().begin()
        if reader.is_at_end:
            raise RemoteDisconnected("the head is cut off")


class Timely(_Connection):
    """A connection that looks after the request of its thread."""

    response_class = _TimelyAnswer

    def request(self, *arguments: Any, **options: Any) -> None:
        if self.sock is not None:  # it is used again
            _OF_THREAD.get().takes(self.sock)
        super().request(*arguments, **options)

    def _new_conn(self) -> socket.socket:
        """In place of that of urllib3, which looks up and connects for as long as it takes."""
        try:
            return self._connected()
        except (socket.timeout, TimeoutError) as error:
            raise ConnectTimeoutError(self, "timed out") from error
        except (OSError, UnicodeError) as error:  # the latter of a name that no host can have
            raise NewConnectionError(self, str(error)) from error

    def _connected(self) -> socket.socket:
        trouble = OSError("no address")
        for family, kind, protocol, _name, address in self._addresses():
            wire = self._open(family, kind, protocol)
            try:
                self._connect(wire, address)
            except OSError as error:
                wire.close()
                trouble = error
            except BaseException:
                wire.close()
                raise
            else:
                return wire
        raise trouble

    def _open(self, *kind: Any) -> socket.socket:
        return socket.socket(*kind)

    def _connect(self, wire: socket.socket, address: Any) -> None:
        for option in self.socket_options or ():
            wire.setsockopt(*option)
        _OF_THREAD.get().takes(wire)
        wire.settimeout(self._time_left())
        wire.connect(address)
        cancellation.check()  # a socket cannot be woken before it begins to connect

    def _time_left(self) -> float:
        return _OF_THREAD.get().time_left(self.timeout)

    def _addresses(self) -> _Addresses:
        return self._look_up(self._dns_host.strip("[]"), self.port)

    def _look_up(self, host: str, port: int) -> _Addresses:
        """Addresses of a host; only to look up a name takes time, and cannot be woken."""

        def look_up(flags: int = 0) -> _Addresses:
            family = allowed_gai_family()
            return socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, 0, flags)

        try:
            return look_up(socket.AI_NUMERICHOST)
        except socket.gaierror:
            return cancellation.call(look_up, self._time_left())


class _PlainConnection(Timely, urllib3.connection.HTTPConnection):
    pass


class _SafeConnection(Timely, urllib3.connection.HTTPSConnection):
    pass


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _SafePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SafeConnection


POOLS = {"http": _PlainPool, "https": _SafePool}
