"""Connections through a proxy that speaks SOCKS, by PySocks, which is there if somebody wants it.

They heed deadlines, and can be ended, like all of ours: also while the proxy is asked for the way.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import socks
import urllib3

from .wire import Timely

if TYPE_CHECKING:
    _Socket = socket.socket
    _Connection = urllib3.connection.HTTPConnection
else:
    _Socket = socks.socksocket
    _Connection = object


class _Asking(_Socket):
    """A socket that asks a proxy for a way; what it waits for it reads by :meth:`recv_into`."""

    time_left: Any  # what tells the seconds that a pause may take

    def connect(self, destination: Any) -> None:
        options: dict[str, bool] = {"catch_errors": True}  # they are raised as they are
        super().connect(destination, **options)

    def recv_into(self, *arguments: Any) -> int:
        socket.socket.settimeout(self, self.time_left())
        return super().recv_into(*arguments)


class _ThroughSocks(Timely, _Connection):
    """A connection by way of such a proxy.

    Args:
        _socks_options: as urllib3 makes them of the address of the proxy.
    """

    def __init__(self, _socks_options: dict[str, Any], *arguments: Any, **options: Any) -> None:
        self._proxy = _socks_options
        super().__init__(*arguments, **options)

    def _connected(self) -> socket.socket:
        """What comes of it is a socket like any other."""
        asking = super()._connected()
        pause = asking.gettimeout()
        wire = socket.socket(fileno=asking.detach())
        wire.settimeout(pause)
        return wire

    def _addresses(self) -> list[tuple[Any, ...]]:
        return self._look_up(self._proxy["proxy_host"], self._proxy["proxy_port"] or 1080)

    def _open(self, *kind: Any) -> socket.socket:
        return _Asking(*kind)

    def _connect(self, wire: Any, address: Any) -> None:
        host, port, *_more = address
        names = ("rdns", "username", "password")
        version, (is_far, *who) = self._proxy["socks_version"], map(self._proxy.get, names)
        wire.set_proxy(version, host, port, is_far, *who)
        wire.time_left = self._time_left
        super()._connect(wire, self._destination(is_far))

    def _destination(self, is_far: Any) -> tuple[str, int]:
        """Where to; the name is looked up here, unless the proxy does."""
        name = self.host.strip("[]")
        if is_far:
            return name, self.port
        found = self._look_up(name, self.port)
        fitting = [
            address[0]
            for family, *_kind, address in found
            if family == socket.AF_INET or self._proxy["socks_version"] == socks.SOCKS5
        ]
        if not fitting:
            raise OSError("no address")
        return fitting[0], self.port


class _PlainConnection(_ThroughSocks, urllib3.connection.HTTPConnection):
    pass


class _SafeConnection(_ThroughSocks, urllib3.connection.HTTPSConnection):
    pass


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _SafePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SafeConnection


POOLS = {"http": _PlainPool, "https": _SafePool}
