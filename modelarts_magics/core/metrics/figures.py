"""Numbers in a line: where they stand, and what they are worth.

A number does not begin inside of a word or of an address: ``top5``, ``a-0``, ``10.0.0.1``.
"""

from __future__ import annotations

import re

_MOST_DIGITS = 60  # of a number; what is longer is a key or a mistake

_BEGINS = r"[-+.0-9](?<![0-9A-Za-z_@.].)(?<![0-9A-Za-z]-.)(?:(?<=[0-9])|(?=\.?[0-9]))"
_BODY = r"[0-9]*(?:,[0-9]{3}(?![0-9]))*(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+|D[-+][0-9]{2,3})?"
NUMBER = re.compile(f"({_BEGINS}{_BODY})")
_NO_NUMBER = r"[-+]?(?<![0-9A-Za-z_])(?:[nN][aA][nN]|[iI][nN][fF](?:inity)?)(?![0-9A-Za-z_-])"
_ANY = re.compile(f"({_NO_NUMBER}|{_BEGINS}{_BODY})")
_SPELLED = re.compile("nan|NaN|NAN|inf|Inf|INF")

_SCALES = {
    "bytes": {"b": 1.0, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9, "t": 1e12,
              "tb": 1e12, "kib": 2.0**10, "mib": 2.0**20, "gib": 2.0**30, "tib": 2.0**40},
    "time": {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "secs": 1.0, "min": 60.0,
             "h": 3600.0, "秒": 1.0, "毫秒": 1e-3, "分": 60.0},
    "pace": {"it/s": 1.0, "s/it": -1.0, "iter/s": 1.0, "s/iter": -1.0, "step/s": 1.0,
             "s/step": -1.0, "ms/step": -1e-3},
}  # fmt: skip


def split(line: str) -> list[str]:
    """Text, number, text, number, ..., text.

    >>> split("step 3: loss=-1.5e-3")
    ['step ', '3', ': loss=', '-1.5e-3', '']
    """
    if _SPELLED.search(line):
        return _ANY.split(line)
    return NUMBER.split(line)


def value(number: str) -> float | None:
    """What a number is worth; ``None`` where it is too long to be one.

    >>> value("1,234.5"), value("-inf"), value("9" * 10_000)
    (1234.5, -inf, None)
    >>> value("2.5D+03")  # as Fortran writes it
    2500.0
    """
    if len(number) > _MOST_DIGITS:
        return None
    try:
        return float(number)
    except ValueError:
        return _grouped(number)


def first(text: str) -> float | None:
    """What the first number of a text is worth; ``None`` where there is none.

    >>> first("91.2 %"), first("none")
    (91.2, None)
    """
    parts = split(text)
    return value(parts[1]) if len(parts) > 1 else None


def _grouped(number: str) -> float | None:
    try:
        return float(number.replace(",", "").replace("D", "e"))
    except ValueError:
        return None


def in_unit(number: float, unit: str, first: str) -> float:
    """A number in the unit that its series began with, where both measure the same thing.

    >>> in_unit(1.5, "s", "ms"), in_unit(2.0, "s/it", "it/s"), in_unit(3.0, "%", "ms")
    (1500.0, 0.5, 3.0)
    """
    if unit == first:
        return number
    unit, first = unit.lower(), first.lower()
    for scales in _SCALES.values():
        if unit in scales and first in scales:
            return _scaled(number, scales[unit], scales[first])
    return number


def _scaled(number: float, scale: float, first: float) -> float:
    """A negative scale is that of a pace which counts the other way round."""
    if (scale < 0) == (first < 0):
        return number * abs(scale) / abs(first)
    paces = number * abs(scale)
    return 1 / paces / abs(first) if paces else number
