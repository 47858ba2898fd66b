"""The columns that characters take in a terminal: one, two (CJK, emoji), or none (marks)."""

from __future__ import annotations

import re
from itertools import accumulate

from .table import WIDTHS, character_class

_WIDE = re.compile(f"[{character_class(WIDTHS['wide'])}]+")
_MARKS = f"[{character_class(WIDTHS['marks'])}]"
_MARK_RUN = re.compile(f"{_MARKS}+")
_MOST_MARKS = 16
"""Marks on one character; of a hostile log there may be thousands."""
_CLUSTER = re.compile(f"((?!{_MARKS}).{_MARKS}{{0,{_MOST_MARKS}}}){_MARKS}*", re.DOTALL)


_OTHER = re.compile(f"[{character_class([*WIDTHS['wide'], *WIDTHS['marks']])}]")


def is_narrow(text: str) -> bool:
    """Whether each character takes one column."""
    return text.isascii() or _OTHER.search(text) is None


def width(text: str) -> int:
    """The columns that a line takes in a terminal.

    >>> width("abc"), width("作业"), width("e\\u0301")
    (3, 4, 1)
    """
    if is_narrow(text):
        return len(text)
    wide, marks = _WIDE.findall(text), _MARK_RUN.findall(text)
    return len(text) + len("".join(wide)) - len("".join(marks))


def clusters(text: str) -> tuple[str, list[str]]:
    """The marks that a text begins with, and each other character with the marks behind it.

    >>> ascii(clusters("ae\\u0301"))
    "('', ['a', 'e\\\\u0301'])"
    """
    if is_narrow(text):
        return "", list(text)
    begins = _MARK_RUN.match(text)
    marks = begins.group() if begins else ""
    return marks[:_MOST_MARKS], _CLUSTER.findall(text, len(marks))


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
    return _WIDE.match(cluster) is not None
