"""The columns that characters take in a terminal: one, two (CJK, emoji), or none (marks)."""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from .table import WIDTHS, character_class

_MOST_MARKS = 16
"""Marks on one character; of a hostile log there may be thousands."""


class _Patterns(NamedTuple):
    wide: re.Pattern[str]
    marks: re.Pattern[str]
    cluster: re.Pattern[str]
    other: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """Made for the first text that is no ASCII: it takes a tenth of the first display."""
    wide, marks = character_class(WIDTHS["wide"]), f"[{character_class(WIDTHS['marks'])}]"
    cluster = f"((?!{marks}).{marks}{{0,{_MOST_MARKS}}}){marks}*"
    return _Patterns(
        wide=re.compile(f"[{wide}]+"),
        marks=re.compile(f"{marks}+"),
        cluster=re.compile(cluster, re.DOTALL),
        other=re.compile(f"[{character_class([*WIDTHS['wide'], *WIDTHS['marks']])}]"),
    )


def is_narrow(text: str) -> bool:
    """Whether each character takes one column."""
    return text.isascii() or _patterns().other.search(text) is None


def width(text: str) -> int:
    """The columns that a line takes in a terminal.

    >>> width("abc"), width("作业"), width("e\\u0301")
    (3, 4, 1)
    """
    if is_narrow(text):
        return len(text)
    patterns = _patterns()
    wide, marks = patterns.wide.findall(text), patterns.marks.findall(text)
    return len(text) + len("".join(wide)) - len("".join(marks))


def clusters(text: str) -> tuple[str, list[str]]:
    """The marks that a text begins with, and each other character with the marks behind it.

    >>> ascii(clusters("ae\\u0301"))
    "('', ['a', 'e\\\\u0301'])"
    """
    if is_narrow(text):
        return "", list(text)
    patterns = _patterns()
    begins = patterns.marks.match(text)
    marks = begins.group() if begins else ""
    return marks[:_MOST_MARKS], patterns.cluster.findall(text, len(marks))


def beginning(text: str, columns: int) -> str:
    """As much of a text as fits in some columns.

    >>> beginning("作业", 3), beginning("abc", 2), beginning("abc", -1)
    ('作', 'ab', '')
    """
    if columns <= 0 or is_narrow(text):
        return text[: max(0, columns)]
    marks, rest = clusters(text[: columns * (1 + _MOST_MARKS)])
    ends = accumulate(1 + is_wide(cluster) for cluster in rest)
    return marks + "".join(cluster for cluster, end in zip(rest, ends) if end <= columns)


def is_wide(cluster: str) -> bool:
    """Whether a character, with its marks, takes two columns."""
    return _patterns().wide.match(cluster) is not None
