"""The only HTTP handler: from a request to an endpoint, and from its answer to the wire.

In this order, so that nobody learns more than he may: host, size, path and method, credentials and
project, endpoint. Whatever goes wrong is answered with a JSON body of the documented shape.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import uuid
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import Application, RequestHandler, stream_request_body

from ...core.auth.signing import parse_query
from ..access.gate import Gate, Wire
from .refusals import AccessRefused, IamRefused, Reason, Refused, refused_by_gateway
from .routes import NOTHING, Call, Face, Part, Reply, Route, Store, Wording, find

LARGEST_BODY = 12 * 1024 * 1024
LONGEST_URI = 32 * 1024

_HEADERS = {
    "Server": "modelarts-magics",
    "Content-Type": "application/json;charset=UTF-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gateway:
    """What the handler works with.

    Attributes:
        faces: the APIs; the first also words the refusals of paths that belong to none.
        store: the object store.
        others: routes that are of no such API.
        hosts: the values of ``Host`` that are served: a page of the web that makes a browser call
            this service under a name of its own is refused. So is any page that calls it from
            elsewhere, which a browser tells by ``Origin``.
    """

    hosts: frozenset[str]
    faces: Sequence[Face]
    store: Store
    others: Sequence[Route]
    gate: Gate

    def answer(self, wire: Wire) -> Reply:
        """Answer a request.

        Raises:
            Refused: a rule is broken.
            IamRefused: the identity service does not grant it.
        """
        if wire.headers.get("Host", "").lower() not in self.hosts:
            raise refused_by_gateway("0302", "This host is not served here.", 403)
        origin = wire.headers.get("Origin", "").lower()
        if origin and origin.partition("://")[2] not in self.hosts:
            raise refused_by_gateway("0302", "No page of another address is served here.", 403)
        if wire.path.startswith(self.store.prefix):
            return self.store.answer(wire)
        face = self._face_of(wire.path)
        route, names = find([*self.others, *face.routes], wire.method, wire.path)
        if "project_id" in names:
            self.gate.check_project(wire, names["project_id"])
        elif not route.is_open:
            self.gate.project_of(wire)
        call = Call(names, parse_query(wire.query), wire.headers, wire.content)
        reply = route.endpoint(call)
        return face.success(reply) if "project_id" in names else reply

    def refuse_unread(self, status: int, why: str) -> bytes:
        """The whole answer to what cannot be read as a request."""
        request_id = uuid.uuid4().hex
        refused = refused_by_gateway("0201", why, status)
        body = json.dumps(self.faces[0].refusal(refused, request_id).body).encode()
        headers = {**_HEADERS, "X-request-id": request_id, "Content-Length": str(len(body))}
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def wording_of(self, path: str) -> Wording:
        """Who words what is refused below a path."""
        return self.store if path.startswith(self.store.prefix) else self._face_of(path)

    def _face_of(self, path: str) -> Face:
        """The API that a path belongs to."""
        return next((face for face in self.faces if path.startswith(face.prefix)), self.faces[0])


@stream_request_body
class GatewayHandler(RequestHandler):
    """Receives every request. A body that is too large is read to its end, but not kept."""

    def initialize(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._content = bytearray()
        self._size = 0
        self._request_id = uuid.uuid4().hex

    def data_received(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size <= LARGEST_BODY:
            self._content += chunk

    async def get(self) -> None:
        reply = self._answer()
        if isinstance(reply.body, Part):
            await self._send_part(reply, reply.body)
        else:
            self._send(reply)

    head = post = put = delete = patch = options = get

    def write_error(self, status_code: int, **_: Any) -> None:
        """Answer what tornado itself refuses, such as a method that it does not know."""
        self._send(self._refusal(refused_by_gateway("0101", self._reason, status_code)))

    def set_default_headers(self) -> None:
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    def compute_etag(self) -> None:
        """No conditional requests."""

    def _answer(self) -> Reply:
        try:
            self._check_size()
            return self._gateway.answer(_wire(self.request, bytes(self._content)))
        except IamRefused as refused:
            return Reply(refused.body(), refused.status)
        except Refused as refused:
            return self._refusal(refused)
        except (sqlite3.Error, OSError) as error:  # as of a full disk
            _log.error("%s %s failed: %s.", self.request.method, self.request.path, error)
            words = (
                f"The service cannot use its files: {getattr(error, 'strerror', None) or error}."
            )
            return self._refusal(AccessRefused(Reason.INTERNAL, words, 500))
        except Exception:  # noqa: BLE001  # it is logged, and the caller learns as much as he may
            _log.exception("%s %s failed.", self.request.method, self.request.path)
            return self._refusal(AccessRefused(Reason.INTERNAL, "Internal error.", 500))

    def _refusal(self, refused: Refused) -> Reply:
        wording = self._gateway.wording_of(self.request.path)
        return wording.refusal(refused, self._request_id)

    def _check_size(self) -> None:
        if self._size > LARGEST_BODY:
            raise refused_by_gateway("0201", "The request body is too large.", 413)
        if len(self.request.uri or "") > LONGEST_URI:
            raise refused_by_gateway("0201", "The request URI is too long.", 414)

    async def _send_part(self, reply: Reply, part: Part) -> None:
        """Send a part of a file, as much as the other side takes; none of it is kept."""
        self._begin(reply)
        self.set_header("Content-Length", str(part.length))
        left = 0 if self.request.method == "HEAD" else part.length
        with closing(part.file), suppress(OSError):  # of the disk, or whoever asked has left
            for piece in part.pieces() if left else ():
                self.write(piece)
                left -= len(piece)
                await self.flush()
            if not left:
                await self.finish()
                return
        self.detach().close()  # an end as ever would say that this is all

    def _begin(self, reply: Reply) -> None:
        self.set_status(reply.status)
        self.set_header("X-request-id", self._request_id)
        for name, value in reply.headers.items():
            self.set_header(name, value)

    def _send(self, reply: Reply) -> None:
        self._begin(reply)
        if reply.body is NOTHING:
            self.clear_header("Content-Type")
            self.finish()
        elif isinstance(reply.body, bytes):
            self.finish(reply.body)
        else:
            self.finish(json.dumps(reply.body, ensure_ascii=False))


def application(gateway: Gateway, *others: tuple[Any, ...]) -> Application:
    """What answers: the gateway, where none of the other rules of tornado fits."""
    return Application(
        [*others, (r".*", GatewayHandler, {"gateway": gateway})],
        log_function=lambda _handler: None,
    )


def _wire(request: HTTPServerRequest, content: bytes) -> Wire:
    headers = HTTPHeaders({name: _utf8(value) for name, value in request.headers.items()})
    return Wire(str(request.method), request.path, request.query, headers, content)


def _utf8(value: str) -> str:
    """Header values are UTF-8 on the wire here, and latin-1 to tornado."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value
