"""What an endpoint is told, and the table by which it is found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Callable
from urllib.parse import unquote

from .answers import AccessRefused, Answer, invalid
from .fields import Fields, body_fields, query_fields

_ID = re.compile(r"[0-9]{1,18}")


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


Endpoint = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """One endpoint.

    Args:
        method: HTTP method, upper case.
        path: a template such as ``/v1/{project_id}/training-jobs``.
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


def find(routes: Iterable[Route], method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The endpoint of a request, and the parameters of its path.

    Raises:
        AccessRefused: no such path, or not with this method.
    """
    found = [(route, match) for route in routes if (match := route.pattern.fullmatch(path))]
    if not found:
        raise AccessRefused("APIGW.0101", "The API does not exist.", status=404)
    for route, match in found:
        if route.method == method:
            return route, {name: unquote(text) for name, text in match.groupdict().items()}
    allowed = {"Allow": ", ".join(sorted({route.method for route, _ in found}))}
    raise AccessRefused("APIGW.0101", "The method is not allowed.", status=405, headers=allowed)
