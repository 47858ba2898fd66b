"""How the SDK answers: dicts, also for refusals, and printed lists."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Callable, TypeVar

from ...core.api.v1.status import JobStatus
from ...core.errors import ServiceError, one_line
from ..writer import say

_F = TypeVar("_F", bound=Callable[..., dict[str, Any]])


def success(fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The dict of an accepted call; some editions of the service leave ``is_success`` out."""
    return {**(fields or {}), "is_success": True}


def refusal_as_dict(method: _F) -> _F:
    """Let a method answer with a dict when the service refuses; without an answer it raises."""

    @functools.wraps(method)
    def answering(*args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            return method(*args, **kwargs)
        except ServiceError as error:
            if error.status is None:
                raise
            return {"is_success": False, "error_code": error.code, "error_msg": error.message}

    return answering  # type: ignore[return-value]


def print_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their headers; what the service said cannot command the terminal."""
    from tabulate import tabulate  # noqa: PLC0415  # only when something is shown

    cells = [[one_line(str(cell)) for cell in row] for row in rows]
    say(tabulate(cells, headers=headers, disable_numparse=True))


def shown_status(status: JobStatus) -> str:
    return f"{status.name} ({int(status)})"


def shown_time(milliseconds: int | None) -> str:
    """Local time of an epoch in milliseconds."""
    if milliseconds is None:
        return ""
    return datetime.fromtimestamp(milliseconds / 1000).strftime("%Y-%m-%d %H:%M:%S")
