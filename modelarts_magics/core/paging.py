"""A listing that pages, read to its end: each thing once, whatever happens meanwhile.

Totals lie: they are missing, count one page, or are of a moment ago. Things that are created while
the pages are read move others to the next page. So only a page that is not full ends a listing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Callable, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_MOST = 65_535  # pages; services count no further


class Page(Protocol[T_co]):
    """One page of a listing.

    Attributes:
        items: what stands on it.
        total: how many there are in all, as the service says; ``None`` or 0 when it does not.
    """

    @property
    def items(self) -> Sequence[T_co]: ...

    @property
    def total(self) -> int | None: ...


def each(
    ask: Callable[[int], Page[T]],
    key: Callable[[T], Hashable],
    size: int,
    *,
    first: int = 1,
    step: int = 1,
    most: int = _MOST,
) -> Iterator[T]:
    """All things of a listing; a page is asked for when its first thing is wanted.

    Those that vanish meanwhile move others to a page that was read already, where nobody sees them.

    Args:
        ask: for the page at a place.
        key: by which one thing is told from another.
        size: how many things a page was asked to have.
        first: the place of the first page: 1 where pages are numbered, 0 where offsets count.
        step: to the place of the next page: 1 where pages are counted, ``size`` where things are.
        most: pages that are asked for at the most.
    """
    told: set[Hashable] = set()
    was_known, before = False, None  # all of the page before; the total then
    for number in range(most):
        page = ask(first + number * step)
        news = {key(item): item for item in page.items if key(item) not in told}
        yield from news.values()
        told.update(news)
        is_full = len(page.items) >= size
        is_all = bool(page.total) and len(told) >= (page.total or 0)
        if news and is_all and not is_full:
            return
        is_over = was_known and page.total == before  # as many as then, so nothing moved
        if not news and (is_all or not is_full or is_over):
            return
        was_known, before = not news, page.total
