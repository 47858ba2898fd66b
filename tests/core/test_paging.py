"""A listing is read to its end: each thing once, whatever happens between two pages."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.core.paging import each


@dataclass
class Page:
    items: list[int]
    total: int | None


@dataclass
class Listing:
    """Pages through numbers, the newest (the greatest) first.

    Attributes:
        there: what there is.
        size: of a page.
        step: what a page counts for: itself, or its things.
        first: where the counting begins.
        total: what the service says there is; ``None`` for the truth.
        meanwhile: what happens after each page, by how many are created and which vanish.
    """

    there: list[int]
    size: int
    step: int = 1
    first: int = 1
    says: object = "the truth"
    meanwhile: list[tuple[int, set[int]]] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)

    def page(self, place: int) -> Page:
        self.asked.append(place)
        start = (place - self.first) * self.size // self.step
        total = len(self.there) if self.says == "the truth" else self.says
        page = Page(self.there[start : start + self.size], total)
        if self.meanwhile:
            created, gone = self.meanwhile.pop(0)
            newest = max(self.there, default=0)
            news = range(newest + created, newest, -1)
            self.there = [*news, *(number for number in self.there if number not in gone)]
        return page

    def read(self, **options) -> list[int]:
        counts = {"first": self.first, "step": self.step}
        return list(each(self.page, lambda number: number, self.size, **counts, **options))


SIZES = st.integers(1, 12)
COUNTS = st.integers(0, 60)
TOTALS = st.none() | st.integers(0, 100)


def numbers(count: int) -> list[int]:
    return list(range(count, 0, -1))


@given(COUNTS, SIZES, st.booleans())
def test_all_come_in_order_by_page_numbers_and_by_offsets(count, size, is_offset):
    ways = [(1, 1), (0, 1), (0, size)]
    for first, step in ways:
        assert Listing(numbers(count), size, step, first).read() == numbers(count)


@given(COUNTS, SIZES, TOTALS)
def test_a_total_that_is_missing_or_too_high_loses_nothing_and_ends(count, size, says):
    listing = Listing(numbers(count), size, says=None if says is None else max(says, count))
    assert listing.read() == numbers(count)
    assert len(listing.asked) <= count // size + 3


@given(st.integers(1, 60), SIZES)
def test_a_total_that_counts_only_the_page_loses_nothing(count, size):
    assert Listing(numbers(count), size, says=min(count, size)).read() == numbers(count)


@given(
    COUNTS,
    SIZES,
    TOTALS | st.just("the truth"),
    st.lists(st.tuples(st.integers(0, 30), st.sets(st.integers(1, 60))), max_size=12),
)
def test_each_comes_once_and_the_listing_ends(count, size, says, meanwhile):
    listing = Listing(numbers(count), size, says=says, meanwhile=list(meanwhile))
    found = listing.read()
    assert len(found) == len(set(found))
    ever = count + sum(created for created, _gone in meanwhile)
    assert set(found) <= set(range(1, ever + 1))
    assert len(listing.asked) <= ever + len(meanwhile) + 3


@given(COUNTS, SIZES, st.lists(st.integers(0, 12), max_size=8))
def test_what_is_created_meanwhile_hides_nothing(count, size, created):
    """As long as fewer are created than a page has; of a whole page it does once."""
    meanwhile = [(min(number, size - 1), set()) for number in created]
    found = Listing(numbers(count), size, meanwhile=meanwhile).read()
    assert [number for number in found if number <= count] == numbers(count)


@given(COUNTS, SIZES, st.integers(0, 8))
def test_a_whole_page_that_is_created_at_once_hides_nothing(count, size, moment):
    meanwhile = [(0, set())] * moment + [(size, set())]
    found = Listing(numbers(count), size, meanwhile=meanwhile).read()
    assert [number for number in found if number <= count] == numbers(count)


def test_a_page_that_repeats_a_thing_tells_it_once():
    pages = iter([Page([3, 3, 2], 3), Page([2, 1], 3)])
    assert list(each(lambda _place: next(pages), lambda number: number, 3)) == [3, 2, 1]


@pytest.mark.parametrize(("count", "requests"), [(3, 1), (10, 2), (13, 2), (20, 3)])
def test_a_listing_is_asked_for_no_more_than_its_pages_and_once_behind_a_full_one(count, requests):
    listing = Listing(numbers(count), 10)
    listing.read()
    assert len(listing.asked) == requests


def test_a_service_that_does_not_turn_pages_is_asked_three_times_at_the_most():
    stuck = Page([3, 2, 1], 500)
    asked = []

    def ask(place: int) -> Page:
        asked.append(place)
        return stuck

    assert list(each(ask, lambda number: number, 3)) == [3, 2, 1]
    assert len(asked) == 3


def test_a_page_is_asked_for_when_it_is_wanted():
    listing = Listing(numbers(20), 10)
    found = each(listing.page, lambda number: number, 10)
    assert listing.asked == []
    assert next(found) == 20
    assert listing.asked == [1]


def test_a_search_may_have_an_end():
    assert Listing(numbers(50), 10).read(most=2) == numbers(50)[:20]
