"""Lists of jobs, of whatever kind.

Source: docs/api/v1-endpoints.md (modelarts_03_0046 and modelarts_03_0065).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ....errors import InvalidArgumentError
from ....i18n import _
from ...fields import Record, integer, wire


@dataclass(frozen=True)
class ListQuery:
    """Which jobs are listed, and which page of them; the service filters and sorts.

    Attributes:
        status: one status code; ``None`` for all.
        per_page: rows a page.
        page: counts from 1.
        sort_by: a field of the jobs.
        order: ``asc`` or ``desc``.
        search_content: a part of the name.
    """

    status: object = None
    per_page: int = 10
    page: int = 1
    sort_by: str = "create_time"
    order: str = "desc"
    search_content: str | None = None

    def at(self, page: int) -> ListQuery:
        """Another page of the same."""
        return replace(self, page=page)

    def to_json(self) -> dict[str, Any]:
        """Sort and order always go along: the editions have other defaults (quirk 14)."""
        return {
            "status": _status_code(self.status),
            "per_page": self.per_page,
            "page": self.page,
            "sortBy": self.sort_by,
            "order": self.order,
            "search_content": self.search_content or None,
        }


@dataclass(frozen=True)
class ListPage(Record):
    """One page; ``job_count_limit`` more may be created, ``quotas`` may run at once."""

    job_total_count: int | None = wire(integer)
    job_count_limit: int | None = wire(integer)
    quotas: int | None = wire(integer)

    @property
    def total(self) -> int | None:
        return self.job_total_count


def _status_code(status: object) -> int | None:
    code = integer(status)
    if status is not None and code is None:
        raise InvalidArgumentError(
            _("{name} is {value}", name="status", value=repr(status)), _("It is a whole number")
        )
    return code
