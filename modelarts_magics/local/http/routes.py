"""What an endpoint is told, and the table by which it is found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Callable, Protocol
from urllib.parse import unquote

from .fields import Fields, body_fields, query_fields
from .refusals import AccessRefused, Reason, Refused, invalid

_ID = re.compile(r"[0-9]{1,18}")
_NO_API = "APIGW.0101"


@dataclass(frozen=True)
class Call:
    """A request that passed the gateway.

    Attributes:
        names: the parameters of the path, decoded.
        pairs: the query, decoded.
        headers: by name in any case, as the server hands them over.
    """

    names: Mapping[str, str]
    pairs: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    content: bytes

    @cached_property
    def query(self) -> Fields:
        return query_fields(self.pairs)

    @cached_property
    def body(self) -> Fields:
        return body_fields(self.content)

    def id(self, name: str) -> int:
        text = self.names[name]
        if not _ID.fullmatch(text):
            raise invalid(f"Illegal name: {text[:64]}")
        return int(text)


@dataclass(frozen=True)
class Reply:
    """What is answered: JSON with a status; without a body where that is ``NOTHING``."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


NOTHING = object()
Endpoint = Callable[[Call], Reply]


@dataclass(frozen=True)
class Route:
    """One endpoint.

    Args:
        method: HTTP method, upper case.
        path: a template such as ``/v3/projects/{project_id}``.
        endpoint: what answers.
        is_open: whether it is answered without authentication at the gateway.
    """

    method: str
    path: str
    endpoint: Endpoint
    is_open: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path) + "/?")


class Face(Protocol):
    """One API of the service: its routes, and how it words what every answer has.

    Attributes:
        prefix: with which its paths begin.
        routes: its endpoints.
    """

    prefix: str
    routes: Sequence[Route]

    def success(self, reply: Reply) -> Reply:
        """A reply of an endpoint as it is sent."""

    def refusal(self, refused: Refused, request_id: str) -> Reply:
        """How a refusal is sent."""


def find(routes: Iterable[Route], method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The endpoint of a request, and the parameters of its path.

    Raises:
        AccessRefused: no such path, or not with this method.
    """
    found = [(route, match) for route in routes if (match := route.pattern.fullmatch(path))]
    if not found:
        raise AccessRefused(Reason.NO_ENDPOINT, "The API does not exist.", 404, _NO_API)
    for route, match in found:
        if route.method == method:
            return route, {name: unquote(text) for name, text in match.groupdict().items()}
    allowed = {"Allow": ", ".join(sorted({route.method for route, _ in found}))}
    raise AccessRefused(Reason.NO_METHOD, "The method is not allowed.", 405, _NO_API, allowed)
