"""How the SDK answers: dicts, also for refusals, and printed lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ...core.api.v1.status import JobStatus
from ...core.errors import ServiceError, one_line
from ..refusals import refusal_as
from ..writer import say


def success(fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The dict of an accepted call; some editions of the service leave ``is_success`` out."""
    return {**(fields or {}), "is_success": True}


@refusal_as
def refusal_as_dict(error: ServiceError) -> dict[str, Any]:
    """The dict of a call that the service refused."""
    return {"is_success": False, "error_code": error.code, "error_msg": error.message}


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
