"""TensorBoards behind a token: ``/tb/JOB/`` answers as the TensorBoard of a viewer.

The token comes as ``?token=``, which is exchanged for a cookie; or as the first part of the path,
``/tb/JOB/TOKEN/``, for a frame in a page of another host, which gets no cookie back.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.httputil import HTTPHeaders
from tornado.web import HTTPError, RequestHandler, stream_request_body

from ...core.auth.signing import parse_query
from ..engine.jobs import Door, Jobs

PATTERN = r"/tb/.*"
_COOKIE = "modelarts-magics-viewer"
_LARGEST_BODY = 1024 * 1024
_TIME_LIMIT = 60.0
_MOST_AT_ONCE = 64
_FRAMED_BY = "frame-ancestors http://localhost:* http://127.0.0.1:*"
_PASSED_ON = (
    "Accept",
    "Accept-Encoding",
    "Content-Type",
    "If-None-Match",
    "X-TensorBoard-Feature-Flags",
)
_PASSED_BACK = (
    "Cache-Control",
    "Content-Encoding",
    "Content-Security-Policy",
    "Content-Type",
    "ETag",
    "Location",
    "X-Content-Type-Options",
)

_log = logging.getLogger(__name__)


class Viewers:
    """Finds the TensorBoard of a job and asks it.

    Args:
        jobs: that run them.
        hosts: the values of ``Host`` that are served.
    """

    def __init__(self, jobs: Jobs, hosts: Collection[str]) -> None:
        self.hosts = hosts
        self._jobs = jobs
        self._client = AsyncHTTPClient(force_instance=True, max_clients=_MOST_AT_ONCE)

    def close(self) -> None:
        self._client.close()

    def door(self, uuid: str) -> Door | None:
        """Where the TensorBoard of a job answers, while it does."""
        job = self._jobs.records.by_uuid(uuid)
        door = self._jobs.door(job) if job else None
        return door if door and door.address else None

    async def ask(self, request: HTTPRequest) -> HTTPResponse:
        return await self._client.fetch(request, raise_error=False)


@stream_request_body
class ViewerHandler(RequestHandler):
    """Lets in who has the token, and hands on what is asked."""

    def initialize(self, viewers: Viewers) -> None:
        self._viewers = viewers
        self._content = bytearray()
        self._size = 0

    def data_received(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size <= _LARGEST_BODY:
            self._content += chunk

    def set_default_headers(self) -> None:
        self.set_header("Server", "modelarts-magics")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.add_header("Content-Security-Policy", _FRAMED_BY)

    def compute_etag(self) -> None:
        """TensorBoard has its own."""

    def write_error(self, status_code: int, **_: Any) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {self._reason}\n")

    def log_exception(self, *error: Any) -> None:
        """Without the address, which may hold the token."""
        if not isinstance(error[1], HTTPError):
            _log.error("A TensorBoard could not be shown.", exc_info=error)

    async def get(self) -> None:
        if self.request.host.lower() not in self._viewers.hosts:
            raise HTTPError(403)
        _, _, uuid, *parts = self.request.path.split("/")
        door = self._viewers.door(uuid)
        if door is None:
            raise HTTPError(404, reason="This TensorBoard does not run")
        base = f"/tb/{uuid}/"
        if parts and _is_same(parts[0], door.token):
            await self._show(door, parts[1:], f"{base}{door.token}/")
        elif any(name == "token" for name, _ in parse_query(self.request.query)):
            self._let_in(door, base, "/".join(parts))
        elif _is_same(self.get_cookie(_COOKIE) or "", door.token):
            await self._show(door, parts, base)
        else:
            raise HTTPError(403)

    head = post = get

    def _let_in(self, door: Door, base: str, rest: str) -> None:
        """Exchange a token of the query for a cookie, and let the address forget it."""
        pairs = parse_query(self.request.query)
        if not all(_is_same(value, door.token) for name, value in pairs if name == "token"):
            raise HTTPError(403)
        self.set_cookie(_COOKIE, door.token, path=base, httponly=True, samesite="Lax")
        left = urlencode([pair for pair in pairs if pair[0] != "token"])
        self.redirect(f"{base}{rest}{'?' if left else ''}{left}")

    async def _show(self, door: Door, parts: list[str], base: str) -> None:
        if not parts:
            self.redirect(base)  # addresses in the page are relative
            return
        if self._size > _LARGEST_BODY:
            raise HTTPError(413)
        try:
            answer = await self._viewers.ask(self._asked(door.address + "/".join(parts)))
        except (OSError, HTTPClientError):
            raise HTTPError(502) from None
        self.set_status(answer.code)
        for name in _PASSED_BACK:
            for value in answer.headers.get_list(name):
                self._pass_back(name, value)
        self.finish(answer.body if answer.code != 304 else None)

    def _pass_back(self, name: str, value: str) -> None:
        if name == "Content-Security-Policy":  # ours counts as well
            self.add_header(name, value)
        else:
            self.set_header(name, value)

    def _asked(self, address: str) -> HTTPRequest:
        sent = self.request.headers
        query = f"?{self.request.query}" if self.request.query else ""
        return HTTPRequest(
            address + query,
            method=str(self.request.method),
            headers=HTTPHeaders({name: sent[name] for name in _PASSED_ON if name in sent}),
            body=bytes(self._content) if self.request.method == "POST" else None,
            request_timeout=_TIME_LIMIT,
            follow_redirects=False,
            decompress_response=False,
        )


def _is_same(text: str, token: str) -> bool:
    return hmac.compare_digest(text.encode(), token.encode())
