"""What an endpoint is told, and the table by which it is found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, BinaryIO, Callable, Protocol
from urllib.parse import unquote

from ..access.gate import Wire
from .fields import Fields, body_fields, query_fields
from .refusals import AccessRefused, Reason, Refused, invalid

_PIECE = 2**18  # bytes of a file that are in memory at once
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
    """What is answered: JSON, bytes or a :class:`Part`; no body where that is ``NOTHING``."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """So many bytes of a file from a place on; whoever sends them closes it."""

    file: BinaryIO
    start: int
    length: int

    def pieces(self) -> Iterator[bytes]:
        """Fewer bytes come where the file is shorter by now."""
        self.file.seek(self.start)
        left = self.length
        while left and (piece := self.file.read(min(left, _PIECE))):
            left -= len(piece)
            yield piece


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


class Wording(Protocol):
    """How the answers below a path are worded.

    Attributes:
        prefix: with which its paths begin.
    """

    prefix: str

    def refusal(self, refused: Refused, request_id: str) -> Reply:
        """How a refusal is sent."""


class Face(Wording, Protocol):
    """One API of the service: its routes, and how it words what every answer has.

    Attributes:
        routes: its endpoints.
    """

    routes: Sequence[Route]

    def success(self, reply: Reply) -> Reply:
        """A reply of an endpoint as it is sent."""


class Store(Wording, Protocol):
    """The object store, which has no routes, and a gate of its own."""

    def answer(self, wire: Wire) -> Reply:
        """Answer a request.

        Raises:
            Refused: a rule is broken.
        """


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
