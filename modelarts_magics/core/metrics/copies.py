"""Curves that a log tells twice: under two names, or as sums of what it tells more finely."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from . import words
from .series import MetricSeries

_SAME = 2e-3  # of a value: what rounding makes of it
_FINER = 2  # times as many points has a finer one
_PARTS = re.compile(r"[\s_\-./:|()\[\]{},=]+")


def copies(shown: Mapping[str, MetricSeries], doubted: Collection[str]) -> set[str]:
    """The names of curves that others tell as well or better.

    Two are told apart by the part of the data that is meant; a name without one may be of any. Of
    the training there often are sums for each epoch beside what each step tells; they stay where
    they stand beside the same of other data.

    Args:
        doubted: the names of which it is not sure that they are those of metrics.
    """
    found: set[str] = set()
    for group in _groups(shown):
        beside = {one.lines for one in group if _base(one.name)[1] not in ("", "train")}
        for one in group:
            others = (other for other in group if other is not one and other.name not in found)
            if any(_is_told_by(one, other, beside) for other in others):
                found.add(one.name)
    sure = [one for name, one in shown.items() if name not in doubted]
    for name in doubted:
        if any(_are_same(shown[name].values, one.values) for one in sure):
            found.add(name)
    return found


def _groups(shown: Mapping[str, MetricSeries]) -> list[list[MetricSeries]]:
    """Those of one metric of any part of the data, where there are several."""
    groups: dict[str, list[MetricSeries]] = {}
    for name, one in shown.items():
        groups.setdefault(_base(name)[0], []).append(one)
    return [group for group in groups.values() if len(group) > 1]


def _is_told_by(
    one: MetricSeries, other: MetricSeries, beside: Collection[tuple[int, ...]]
) -> bool:
    split, another = _base(one.name)[1], _base(other.name)[1]
    if split in ("", another) and _are_same(one.values, other.values):
        return True
    is_sum = split == "train" and another in ("", "train") and one.lines not in beside
    return is_sum and len(other) >= _FINER * len(one)


@lru_cache(4_096)
def _base(name: str) -> tuple[str, str]:
    """A name without what tells the part of the data, and that."""
    parts = [part for part in _PARTS.split(name.lower()) if part]
    splits = [words.SPLITS[part] for part in parts if part in words.SPLITS]
    rest = [part for part in parts if part not in words.SPLITS]
    return "/".join(rest), splits[0] if splits else ""


def _are_same(one: Sequence[float], other: Sequence[float]) -> bool:
    return len(one) == len(other) and all(map(_is_same, one, other))


def _is_same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_SAME) or (math.isnan(one) and math.isnan(other))
