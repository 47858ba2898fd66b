"""Listings whose offset counts pages or items, which only the answers tell.

Source: docs/api/v2-endpoints.md.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Callable, Generic, TypeVar

from ...paging import Page, each

T = TypeVar("T")

_MOST_PROBES = 5


class Counting:
    """What the offsets of a listing count, as far as it is known.

    Attributes:
        are_items: whether that is items, not pages; ``None`` until it is known.
    """

    are_items: bool | None = None


def every(
    ask: Callable[[int], Page[T]],
    key: Callable[[T], Hashable],
    size: int,
    counting: Counting,
    most: int,
) -> Iterator[T]:
    """All items of a listing, each once; a page is asked for when its first item is wanted.

    Args:
        ask: for the page at an offset.
        key: by which one item is told from another.
        size: how many items a page was asked to have; of two and more the answers tell.
        counting: is told what they tell.
        most: pages that are asked for at the most.
    """
    return each(_Numbered(ask, key, counting).page, key, size, first=0, most=most)


def appended(
    ask: Callable[[int], Page[T]], key: Callable[[T], Hashable], size: int, counting: Counting
) -> Iterator[T]:
    """All items of a listing that only grows at its end; some may be equal.

    A page that is the one before it once more comes of a service that gives no other.
    """
    numbered = _Numbered(ask, key, counting)
    total = 0
    last: list[Hashable] = []

    def page(number: int) -> _Placed[T]:
        nonlocal total, last
        if total and number * numbered.step >= total:
            return _Placed([], total)
        found = numbered.page(number)
        keys = [key(item) for item in found.items]
        if keys == last:
            return _Placed([], total)
        total, last = found.total or 0, keys
        return _Placed([(number, n, item) for n, item in enumerate(found.items)], found.total)

    placed = each(page, lambda item: item[:2], size, first=0)
    return (item for _number, _n, item in placed)


@dataclass(frozen=True)
class _Placed(Generic[T]):
    """A page whose items are told apart by where they stand."""

    items: Sequence[tuple[int, int, T]]
    total: int | None


class _Numbered(Generic[T]):
    """A listing by the numbers of its pages, from 0."""

    step = 0  # items of the first page; a service may give fewer than it is asked for

    def __init__(
        self, ask: Callable[[int], Page[T]], key: Callable[[T], Hashable], counting: Counting
    ) -> None:
        self._ask = ask
        self._key = key
        self._counting = counting
        self._first: list[Hashable] = []

    def page(self, number: int) -> Page[T]:
        if number == 0:
            return self._ask_first()
        are_items = self._counting.are_items
        if are_items is None:
            are_items = self._probed()
        return self._ask(number * self.step if are_items else number)

    def _ask_first(self) -> Page[T]:
        page = self._ask(0)
        self._first = self._keys(page)
        self.step = len(self._first)
        return page

    def _probed(self) -> bool:
        """Ask for offset 1 between two equal answers to offset 0, when nothing moved."""
        are_items = False
        for _attempt in range(_MOST_PROBES):
            before = self._first
            second = self._keys(self._ask(1))
            are_items = bool(second) and second[: len(before) - 1] == before[1:]
            if self._keys(self._ask_first()) == before:
                self._counting.are_items = are_items
                break
        return are_items

    def _keys(self, page: Page[T]) -> list[Hashable]:
        return [self._key(item) for item in page.items]
