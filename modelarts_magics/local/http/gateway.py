"""The only HTTP handler: from a request to an endpoint, and from its answer to the wire.

In this order, so that nobody learns more than he may: host, size, path and method, credentials and
project, endpoint. Whatever goes wrong is answered with a JSON body of the documented shape.
"""

from __future__ import annotations

import json
import logging
import uuid
from dataclasses import dataclass
from typing import Any

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import Application, RequestHandler, stream_request_body

from ...core.auth.signing import parse_query
from ..access.gate import Gate, Wire
from .answers import AccessRefused, Answer, Refused
from .quirks import Quirks
from .routes import Call, Route, find

LARGEST_BODY = 12 * 1024 * 1024
LONGEST_URI = 32 * 1024

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gateway:
    """What the handler works with.

    Attributes:
        hosts: the values of ``Host`` that are served: a page of the web that makes a browser call
            this service under a name of its own is refused.
    """

    hosts: frozenset[str]
    routes: tuple[Route, ...]
    gate: Gate
    quirks: Quirks

    def answer(self, wire: Wire) -> Answer:
        """Answer a request.

        Raises:
            Refused: what the answer is when a rule is broken.
        """
        if wire.headers.get("Host", "").lower() not in self.hosts:
            raise AccessRefused("APIGW.0302", "This host is not served here.", status=403)
        route, names = find(self.routes, wire.method, wire.path)
        if "project_id" in names:
            self.gate.check_project(wire, names["project_id"])
        elif not route.is_open:
            self.gate.project_of(wire)
        call = Call(names, parse_query(wire.query), wire.headers, wire.content)
        answer = route.endpoint(call)
        if "project_id" not in names or self.quirks.silent_success:
            return answer
        return Answer({"is_success": True, **answer.body}, answer.status, answer.headers)


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

    def get(self) -> None:
        self._send(self._answer())

    head = post = put = delete = patch = options = get

    def write_error(self, status_code: int, **_: Any) -> None:
        """Answer what tornado itself refuses, such as a method that it does not know."""
        refused = AccessRefused("APIGW.0101", self._reason, status_code)
        self._send(refused.answer(self._gateway.quirks, self._request_id))

    def set_default_headers(self) -> None:
        self.set_header("Server", "modelarts-magics")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")

    def compute_etag(self) -> None:
        """No conditional requests."""

    def _answer(self) -> Answer:
        quirks = self._gateway.quirks
        try:
            self._check_size()
            return self._gateway.answer(_wire(self.request, bytes(self._content)))
        except Refused as refused:
            return refused.answer(quirks, self._request_id)
        except Exception:  # noqa: BLE001  # it is logged, and the caller learns as much as he may
            _log.exception("%s %s failed.", self.request.method, self.request.path)
            failed = AccessRefused("ModelArts.0010", "Internal error.", status=500)
            return failed.answer(quirks, self._request_id)

    def _check_size(self) -> None:
        if self._size > LARGEST_BODY:
            raise AccessRefused("APIGW.0201", "The request body is too large.", status=413)
        if len(self.request.uri or "") > LONGEST_URI:
            raise AccessRefused("APIGW.0201", "The request URI is too long.", status=414)

    def _send(self, answer: Answer) -> None:
        self.set_status(answer.status)
        self.set_header("Content-Type", "application/json;charset=UTF-8")
        self.set_header("X-request-id", self._request_id)
        for name, value in answer.headers.items():
            self.set_header(name, value)
        self.finish(json.dumps(answer.body, ensure_ascii=False))


def application(gateway: Gateway) -> Application:
    return Application(
        [(r".*", GatewayHandler, {"gateway": gateway})],
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
