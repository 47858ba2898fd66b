"""Names that stand behind their numbers: ``50: 612.7, 580.1 avg loss, 0.001 rate, 2.2 seconds``.

Such a line begins with its step, and commas part what it tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import words

_NAME = r"(?: ([A-Za-z][A-Za-z_-]{0,30}(?: [A-Za-z_-]{1,30}){0,3}))"
_INNER = re.compile(_NAME + r"?, ?")
_LAST = re.compile(_NAME + r"\s*")
_LEAST = 3  # names
_MEANS = ("avg ", "average ", "mean ")


def names_behind(rights: Sequence[str]) -> list[str]:
    """The names of the numbers of a line; empty ones where they have none, none for other lines.

    Args:
        rights: the texts behind the numbers, each up to the next number.

    >>> names_behind([": ", ", ", " avg loss, ", " rate, ", " seconds"])
    ['', 'loss', 'avg loss', 'rate', 'seconds']
    >>> names_behind([" of ", " workers, ", " cores, ", " files"])
    []
    """
    if len(rights) < _LEAST or rights[0] != ": ":
        return []
    told = [_INNER.fullmatch(right) for right in rights[1:-1]]
    told.append(_LAST.fullmatch(rights[-1]))
    found = ["", *((one and one[1]) or "" for one in told)]
    is_whole = all(told) and len(list(filter(None, found))) >= _LEAST
    if not is_whole or not any(map(words.is_known, found)):
        return []
    for n in range(1, len(found) - 1):  # the value before its own mean
        mean = next((word for word in _MEANS if found[n + 1].startswith(word)), "")
        if not found[n] and mean:
            found[n] = found[n + 1][len(mean) :]
    return found
