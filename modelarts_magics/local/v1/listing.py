"""The query of a list of jobs, common to training and visualization: page, order, filter, search.

Source: docs/api/v1-endpoints.md, lists (modelarts_03_0046, modelarts_03_0065).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from ..http.fields import Fields
from ..storage.database import Store

LONGEST_SEARCH = 100
MOST_PER_PAGE = 1000
LAST_PAGE = 65535
DURATION = "COALESCE(COALESCE(end_time, :now) - start_time, 0)"
_MATCHES = (
    "workspace_id = :workspace_id AND instr(lower(job_name), lower(:search)) > 0"
    " AND (:status IS NULL OR status = :status)"
)


@dataclass(frozen=True)
class Listing:
    """One page of a list.

    Attributes:
        sort_by: an SQL expression; never taken from the request.
        status: a status code, or ``None`` for all.
        page: 1-based.
    """

    sort_by: str
    descending: bool
    status: int | None
    search: str
    workspace_id: str
    per_page: int
    page: int

    @classmethod
    def read(cls, query: Fields, columns: Mapping[str, str], default: str) -> Listing:
        """Read a query.

        Args:
            query: ``sortBy`` and ``sort_by`` mean the same.
            columns: from a sort field's name to its SQL expression.
            default: the sort field when none is given.
        """
        spelling = "sortBy" if "sortBy" in query else "sort_by"
        return cls(
            sort_by=columns[query.choice(spelling, default, columns)],
            descending=query.choice("order", "asc", ("asc", "desc")) == "desc",
            status=query.integer("status", 0, 0, 999) if "status" in query else None,
            search=query.text("search_content", longest=LONGEST_SEARCH),
            workspace_id=query.text("workspace_id", "0", longest=64),
            per_page=query.integer("per_page", 10, 1, MOST_PER_PAGE),
            page=query.integer("page", 1, 1, LAST_PAGE),
        )

    def page_of(self, store: Store, table: str, now: int) -> tuple[int, list[sqlite3.Row]]:
        """How many jobs of a table match, and those of the page.

        Args:
            store: the database.
            table: a table or view with ``job_id``, ``job_name``, ``status`` and ``workspace_id``.
            now: epoch milliseconds, for the duration of what still runs.
        """
        values = {
            "now": now,
            "workspace_id": self.workspace_id,
            "search": self.search,
            "status": self.status,
            "per_page": self.per_page,
            "skipped": (self.page - 1) * self.per_page,
        }
        matching = f"FROM {table} WHERE {_MATCHES}"
        direction = "DESC" if self.descending else "ASC"
        order = f"ORDER BY {self.sort_by} {direction}, job_id {direction}"
        total = store.number(f"SELECT count(*) {matching}", values)
        page = store.rows(f"SELECT * {matching} {order} LIMIT :per_page OFFSET :skipped", values)
        return total, page


def duration(start: int | None, end: int | None, now: int) -> int:
    """How long something took or has taken; all in epoch milliseconds."""
    return 0 if start is None else max(0, (end or now) - start)
