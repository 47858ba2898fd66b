"""The query of a list of jobs, common to training and visualization: page, order, filter, search.

Source: docs/api/v1-endpoints.md, lists (modelarts_03_0046, modelarts_03_0065).
"""

from __future__ import annotations

from collections.abc import Mapping

from ..http.fields import Fields
from ..storage.records import Kind, Listing
from .status import states_of

LONGEST_SEARCH = 100
MOST_PER_PAGE = 1000
LAST_PAGE = 65535


def read_listing(query: Fields, kind: Kind, columns: Mapping[str, str], default: str) -> Listing:
    """Read a query.

    Args:
        query: ``sortBy`` and ``sort_by`` mean the same.
        kind: of the jobs.
        columns: from a sort field's name to its SQL expression.
        default: the sort field when none is given.
    """
    spelling = "sortBy" if "sortBy" in query else "sort_by"
    per_page = query.integer("per_page", 10, 1, MOST_PER_PAGE)
    return Listing(
        kind=kind,
        sort_by=columns[query.choice(spelling, default, columns)],
        descending=query.choice("order", "asc", ("asc", "desc")) == "desc",
        states=states_of(query.integer("status", 0, 0, 999)) if "status" in query else None,
        search=query.text("search_content", longest=LONGEST_SEARCH),
        workspace=query.text("workspace_id", "0", longest=64),
        limit=per_page,
        skipped=(query.integer("page", 1, 1, LAST_PAGE) - 1) * per_page,
    )
