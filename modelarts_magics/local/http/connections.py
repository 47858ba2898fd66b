"""Connections: who is slow, never ends or speaks no HTTP is answered, and bothers nobody else.

tornado closes such a connection without a word, or serves it for ever. So the head of a request is
read here, in pieces of a bounded length, and tornado gets it when it is whole.
"""

from __future__ import annotations

import asyncio
import socket
from asyncio import Future
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import Callable

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream, StreamClosedError
from tornado.netutil import add_accept_handler

LONGEST_HEAD = 64 * 1024  # bytes of a request line and its headers
HEAD_TIME = 20.0  # seconds in which all of them have to come
BODY_TIME = 60.0  # seconds for a body
MOST_DRAINED = 1024**3  # bytes of a body; of a larger one nothing is read
MOST_OPEN = 200  # connections; one more ends another
_LINGER = 1.0  # seconds for which a sender who was refused may go on, or he would not see why

_BLANK = (b"\n\n", b"\n\r\n")
_LINE = b"\n|[^\n]{1024}"  # or a piece of one; not longer, for it is looked for at every place
_SHORT_LINE = b"\n|[^\n]{64}"
_TORNADO_REFUSES = b"HTTP/1.1 400 Bad Request\r\n\r\n"

Answer = Callable[[int, str], bytes]
"""A whole answer, of a status and why."""


class _Unreadable(Exception):
    """No head of a request, or none that is taken: the status and why."""


class _RequestStream(IOStream):
    """A connection from which a server reads requests.

    Args:
        connection: the socket.
        answer: words what is refused.
        begins: is told when the next request is waited for.
        head_time: seconds for the head of a request, and until the first one begins.
    """

    def __init__(
        self,
        connection: socket.socket,
        answer: Answer,
        begins: Callable[[_RequestStream], None],
        head_time: float,
    ) -> None:
        super().__init__(connection)
        self._answer = answer
        self._begins = begins
        self._head_time = head_time
        self._timer: asyncio.TimerHandle | None = None
        self.has_asked = False  # a whole head has come
        self._start_timer()

    def read_until_regex(self, regex: bytes, max_bytes: int | None = None) -> Awaitable[bytes]:
        """By this tornado reads heads, and nothing else."""
        self._begins(self)
        return asyncio.ensure_future(self._head_or_answer())

    def read_until(self, delimiter: bytes, max_bytes: int | None = None) -> Awaitable[bytes]:
        """By this tornado reads the length of a chunk of a body, and nothing else."""
        return asyncio.ensure_future(self._chunk_length())

    def write(self, data: bytes | memoryview) -> Future[None]:
        """Write an answer; what tornado itself refuses is worded and ended as the rest."""
        if data == _TORNADO_REFUSES:
            return asyncio.ensure_future(self._refuse(400, "This is no proper HTTP request."))
        return super().write(data)

    async def _chunk_length(self) -> bytes:
        line = await super().read_until_regex(_SHORT_LINE)
        if line.endswith(b"\n"):
            return line
        await self._refuse(400, "The request body is not chunked as it should be.")
        raise StreamClosedError

    async def _head_or_answer(self) -> bytes:
        try:
            return await self._head()
        except _Unreadable as refused:
            await self._refuse(*refused.args)
            raise StreamClosedError from None
        finally:
            self._stop_timer()

    async def _head(self) -> bytes:
        head = await self.read_bytes(1)
        if not (b"!" <= head <= b"~" or head in b"\r\n"):
            raise _Unreadable(400, "This is no HTTP.")
        self._start_timer()
        while not head.endswith(_BLANK):
            if len(head) > LONGEST_HEAD:
                too_long = b"\n" in head.lstrip(b"\r\n")
                raise _Unreadable(*(_LONG_HEADERS if too_long else _LONG_LINE))
            head += await super().read_until_regex(_LINE)
        self.has_asked = True
        return head

    def _start_timer(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._head_time, self._give_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self.write(self._answer(408, "The request did not come in time."))
        self.close()

    async def _refuse(self, status: int, why: str) -> None:
        """Closed at once, with data unread, the connection would lose the answer."""
        self._stop_timer()
        wire = self.socket  # tornado forgets it when the other side closes
        with suppress(StreamClosedError, asyncio.TimeoutError, OSError):
            await self.write(self._answer(status, why))
            wire.shutdown(socket.SHUT_WR)
            await asyncio.wait_for(self._drain(), _LINGER)
        self.close()

    async def _drain(self) -> None:
        while True:
            await self.read_bytes(self.read_chunk_size, partial=True)
            await asyncio.sleep(0)  # others have their turn, however fast this one sends


_LONG_LINE = (414, "The request URI is too long.")
_LONG_HEADERS = (431, "The request headers are too large.")


class Connections:
    """Accepts connections for a server; not more than ``MOST_OPEN`` are open at once.

    Args:
        server: what answers.
        sockets: on which is listened.
        answer: words what is refused before it gets to the server.
        head_time: seconds for the head of a request.
    """

    def __init__(
        self,
        server: HTTPServer,
        sockets: Sequence[socket.socket],
        answer: Answer,
        head_time: float = HEAD_TIME,
    ) -> None:
        self._server = server
        self._sockets = sockets
        self._answer = answer
        self._head_time = head_time
        self._open: dict[_RequestStream, None] = {}  # who began a request last is the last
        self._leave = [add_accept_handler(one, self._accept) for one in sockets]

    async def close(self) -> None:
        """Accept nothing any more and close all."""
        for leave in self._leave:
            leave()
        for one in self._sockets:
            one.close()
        await self._server.close_all_connections()

    def _accept(self, connection: socket.socket, address: tuple[str, int]) -> None:
        self._open = {one: None for one in self._open if not one.closed()}
        if len(self._open) >= MOST_OPEN:
            self._one_to_end().close()
        stream = _RequestStream(connection, self._answer, self._begins, self._head_time)
        self._begins(stream)
        self._server.handle_stream(stream, address)

    def _one_to_end(self) -> _RequestStream:
        """Who has been there for longest and asked nothing; if all have asked, who is idle longest.

        Who has asked may just be asking again, and would find the connection reset.
        """
        return next((one for one in self._open if not one.has_asked), next(iter(self._open)))

    def _begins(self, stream: _RequestStream) -> None:
        self._open.pop(stream, None)
        self._open[stream] = None
