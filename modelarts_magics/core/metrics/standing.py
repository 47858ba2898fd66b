"""How the first metrics stand: the last value, and the best where the name tells which is better.

The words stand in ``better.json``, which the charts' ``js/src/charts/standing.js`` reads too.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

MOST = 3
_TABLE = json.loads(Path(__file__).with_name("better.json").read_text("utf-8"))
_LESS, _MORE = (frozenset(_TABLE[way].split()) for way in ("less", "more"))
_LONGEST = 200  # characters of a name that are looked at
# A name with a letter for each of its characters: small, capital, of neither kind, digit.
_WORD = re.compile(r"[fF]1(?![10])|[FU]+(?![fl])|[FU]?[fl]+|o+")
_KINDS = {"Lu": "U", "Ll": "l", "Lo": "o"}
_AS_THEY_ARE = "fF1"


class Standing(NamedTuple):
    """How a metric stands.

    Attributes:
        best: of its values that are numbers; ``None`` where nobody knows which is better.
    """

    name: str
    last: float
    best: float | None


def better(name: str) -> int:
    """Whether less of a metric is better (-1), or more (1); 0 where its name does not tell.

    >>> [better(name) for name in ("val_loss", "mAP50", "grad_norm")]
    [-1, 1, 0]
    """
    words = _words(name[:_LONGEST])
    told = {*words, *map("".join, zip(words, words[1:]))}
    return -1 if told & _LESS else 1 if told & _MORE else 0


def first_of(names: Iterable[str]) -> list[str]:
    """The names of the metrics that a head has room for.

    Those come first of which it is known what is better.
    """
    return sorted(names, key=lambda name: better(name) == 0)[:MOST]


def standing(name: str, values: Sequence[float]) -> Standing:
    """How a metric stands that has some values.

    >>> standing("loss", (3.0, float("nan"), 1.0, 2.0))
    Standing(name='loss', last=2.0, best=1.0)
    """
    way = better(name)
    numbers = filter(math.isfinite, values if way else ())
    best = max(numbers, key=lambda value: way * value, default=None)
    return Standing(name, values[-1], best)


def _words(name: str) -> list[str]:
    """Those of a name: mAP50 and valLoss are several, too."""
    return [name[found.start() : found.end()].lower() for found in _WORD.finditer(_kinds(name))]


def _kinds(name: str) -> str:
    return "".join(one if one in _AS_THEY_ARE else _kind(one) for one in name)


def _kind(one: str) -> str:
    return "0" if one in "023456789" else _KINDS.get(unicodedata.category(one), " ")
