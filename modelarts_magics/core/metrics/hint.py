"""Whether a line can tell anything, found out cheaply: most lines cannot.

It may say yes too often. A name stands before a number, tied by a sign or known by its last word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from . import words
from .label import WRAPPERS

_LONGEST = 60  # characters before a number that are looked at
_OPENS = " \t\"'`([{<"
_TIES = ":=>|~"
_CLOSES = (")", "]")
_SHORT = 5  # characters of a word such as F1
_NO_DIGITS = str.maketrans("", "", "0123456789")
_LONG_WORD = re.compile(r"[A-Za-z]{3,}")
_MOST_WORDS = 4  # of a row of a table


def can_tell(parts: Sequence[str]) -> bool:
    """Whether a name may stand before a number of a line.

    Args:
        parts: the line as :func:`.figures.split` gives it.
    """
    for text in parts[:-1:2]:
        bare = text[-_LONGEST:].rstrip(_OPENS)
        if (len(bare) > 1 or bare > "\u3000") and _ends_with_name(bare):
            return True
    return False


def can_be_row(line: str) -> bool:
    """Whether a line has few words, as the row of a table."""
    if sum(map(str.isalpha, line.split())) > _MOST_WORDS:
        return False
    return len(_LONG_WORD.findall(line)) <= _MOST_WORDS


def _ends_with_name(bare: str) -> bool:
    if bare.endswith(WRAPPERS):
        return True
    if bare[-1] in _TIES:
        name = bare.rstrip(" :=>|~\"'`")
        return name[-1:] in _CLOSES or _may_be_name(name.rpartition(" ")[2].strip("([{'\""))
    word = bare.rpartition(" ")[2].rpartition("/")[2]
    if len(word) > _SHORT:  # names of files differ in their digits
        word = word.translate(_NO_DIGITS)
    return bare[-1] > "\u3000" or _is_telling(word)


@lru_cache(8_192)
def _may_be_name(word: str) -> bool:
    return any(map(str.isalpha, word)) and not words.is_never(word)


@lru_cache(8_192)
def _is_telling(word: str) -> bool:
    return word.lower() in words.IS or words.is_known(word) or bool(words.place_in(word))
