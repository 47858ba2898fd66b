"""No regular expression that sees foreign text takes more than a time in proportion to it.

Two unbounded repeats that can match the same character, one after the other or one inside of the
other, share a long text in many ways, and all of them are tried before it is refused.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from test_architecture import modules_of

from modelarts_magics.core.auth.signing import Authorization

try:
    from re import _parser as parser
except ImportError:  # before Python 3.11
    import sre_parse as parser

MANY = 256  # more repeats than these count as any number
PATTERNS = {
    f"{module}.{name}": value
    for module in (*modules_of("core"), *modules_of("local"))
    if not module.endswith("__main__")
    for name, value in vars(importlib.import_module(module)).items()
    if isinstance(value, re.Pattern)
}
Repeat = tuple[frozenset[int], int, int]  # of which characters, at least, at most


def can_be(item: tuple[Any, Any]) -> frozenset[int]:
    """The first 256 characters, as far as one item matches them."""
    code, what = str(item[0]), item[1]
    everything = frozenset(range(256))
    if code == "LITERAL":
        return frozenset({what})
    if code == "NOT_LITERAL":
        return everything - {what}
    if code == "RANGE":
        return frozenset(range(what[0], what[1] + 1))
    if code == "CATEGORY":
        letter = {"SPACE": "s", "DIGIT": "d", "WORD": "w"}[str(what).rpartition("_")[2]]
        letter = letter.upper() if "_NOT_" in str(what) else letter
        return frozenset(n for n in everything if re.match(rf"\{letter}", chr(n)))
    if code == "IN":
        found = frozenset().union(*map(can_be, what))
        return everything - found if str(what[0][0]) == "NEGATE" else found
    return everything if code == "ANY" else frozenset()


def ways(items: Any) -> Iterator[list[Repeat]]:
    """Every way through a pattern: branches are taken one by one, groups are opened."""
    for way in product(*(list(of_one(item)) for item in items)):
        yield [repeat for part in way for repeat in part]


def of_one(item: tuple[Any, Any]) -> Iterator[list[Repeat]]:
    code, what = str(item[0]), item[1]
    if code == "SUBPATTERN":
        yield from ways(what[-1])
    elif code == "BRANCH":
        for branch in what[1]:
            yield from ways(branch)
    elif code in {"MAX_REPEAT", "MIN_REPEAT"}:
        low, high, inside = what
        for way in ways(inside):
            if len(way) == 1 and way[0][1:] == (1, 1):
                yield [(way[0][0], low, high)]
            else:
                yield way if high <= MANY else way * 2
        if low == 0:
            yield []
    elif code not in {"AT", "ASSERT", "ASSERT_NOT"}:
        yield [(can_be(item), 1, 1)]
    else:
        yield []


def shares_text(way: list[Repeat]) -> bool:
    """Whether two repeats without end can both match one and the same run of a character."""
    for start, (first, _, most) in enumerate(way):
        run = first if most > MANY else frozenset()
        for other, low, high in way[start + 1 :]:
            if high > MANY and run & other:
                return True
            run = run & other if low else run
    return False


@pytest.mark.parametrize("name", PATTERNS)
def test_no_two_repeats_share_a_text(name: str) -> None:
    pattern = PATTERNS[name]
    assert not any(map(shares_text, ways(parser.parse(pattern.pattern, pattern.flags))))


def test_patterns_are_found() -> None:
    assert len(PATTERNS) > 15


@pytest.mark.parametrize("bad", [r"[^,\s/]+[^,\s]*", r"(a+)+b", r"\s*x?\s*y", r"(?:a|\w+)\w*!"])
def test_those_that_share_are_seen(bad: str) -> None:
    assert any(map(shares_text, ways(parser.parse(bad))))


@pytest.mark.parametrize("value", ["Credential=" + "x" * 10**6, "Access=A," + " " * 10**6])
def test_a_million_characters_of_a_signature_are_refused(value: str) -> None:
    assert Authorization.parse(f"SDK-HMAC-SHA256 {value}") is None
