"""A list with the arguments that the vendor's SDK gives to each of its lists."""

from __future__ import annotations

import functools
from typing import Any, Callable, TypeVar

from ...core.api.v1 import rules
from ...core.api.v1.models.listing import ListQuery
from ..session import Session

T = TypeVar("T")

_SHOWN = ("__module__", "__name__", "__qualname__", "__doc__")  # the arguments are the vendor's


def vendor_list(largest_page: int) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Let a class method ``(cls, session, query)`` take the vendor's arguments.

    What is asked for is checked first; ``sort_by`` means the same as the vendor's ``sortBy``.

    Args:
        largest_page: rows that a page may have.
    """

    def decorate(method: Callable[..., T]) -> Callable[..., T]:
        @functools.wraps(method, assigned=_SHOWN)
        def listed(
            cls: type,
            modelarts_session: Any,
            status: int | None = None,
            per_page: int = 10,
            page: int = 1,
            sortBy: str | None = None,
            order: str = "desc",
            search_content: str | None = None,
            sort_by: str | None = None,
        ) -> T:
            rules.check_list(per_page, largest_page, page, order, search_content)
            field = sortBy or sort_by or "job_name"
            query = ListQuery(status, per_page, page, field, order, search_content)
            return method(cls, Session.of(modelarts_session), query)

        del listed.__wrapped__
        return listed

    return decorate
