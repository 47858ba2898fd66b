"""How well curves are read out of logs of real formats: precision and recall over a folder.

    python tests/core/formats/scorer.py FOLDER [--all]

A folder holds logs and, beside each, what a person reads in it: see ``README.md`` here.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Protocol

from modelarts_magics import metrics

SPLITS = {
    **dict.fromkeys(("train", "training", "trn", "tr"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev", "eval", "evaluation", "evl"), "valid"),
    **dict.fromkeys(("test", "testing"), "test"),
}
ENOUGH = 0.9  # of the values of a series


class Shown(Protocol):
    """What a reader of metrics gives for a name."""

    @property
    def steps(self) -> Sequence[float] | None: ...

    @property
    def values(self) -> Sequence[float]: ...


@dataclass
class Score:
    """What was shown of one log, and what there is."""

    log: str
    true: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    in_step: int = 0


def normal(name: str) -> str:
    """The normal form of a name: ``val_loss``, ``loss (valid)`` and ``Validation Loss`` are one."""
    parts = [
        part for part in re.split(r"[\s_\-./:|()\[\]{},=]+", name.lower().rstrip("% ")) if part
    ]
    parts = [SPLITS.get(part, part) for part in parts]
    splits = [part for part in parts if part in SPLITS.values()][:1]
    rest = list(parts)
    for split in splits:
        rest.remove(split)
    return " ".join([*splits, *rest])


def names_match(shown: str, name: str, aliases: Iterable[str]) -> bool:
    """Whether a shown name is one of a true series."""
    right = {normal(name), *map(normal, aliases)}
    found = normal(shown)
    return found in right or f"train {found}" in right


def is_same(one: float, other: float) -> bool:
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return one == other or math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-12)


def in_common(one: Sequence[float], other: Sequence[float]) -> list[tuple[int, int]]:
    """The places of a longest common subsequence."""
    start = 0
    while start < min(len(one), len(other)) and is_same(one[start], other[start]):
        start += 1
    found = [(n, n) for n in range(start)]
    one, other = one[start:], other[start:]
    longest = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for a in range(len(one) - 1, -1, -1):
        for b in range(len(other) - 1, -1, -1):
            longest[a][b] = (
                longest[a + 1][b + 1] + 1
                if is_same(one[a], other[b])
                else max(longest[a + 1][b], longest[a][b + 1])
            )
    a = b = 0
    while a < len(one) and b < len(other):
        if is_same(one[a], other[b]):
            found.append((start + a, start + b))
            a, b = a + 1, b + 1
        elif longest[a + 1][b] >= longest[a][b + 1]:
            a += 1
        else:
            b += 1
    return found


def collapsed(series: Shown) -> tuple[list[float] | None, list[float]]:
    """The points of a series, of those at one step the last."""
    if series.steps is None:
        return None, list(series.values)
    steps: list[float] = []
    values: list[float] = []
    for step, value in zip(series.steps, series.values):
        if steps and steps[-1] == step:
            values[-1] = value
        else:
            steps.append(step)
            values.append(value)
    return steps, values


def numbers(values: Iterable[Any]) -> list[float]:
    return [float(value) for value in values]


def match(series: Shown, readings: Iterable[Mapping[str, Any]]) -> tuple[bool, bool]:
    """Whether the values of a series are those of a reading, and whether the steps are, too."""
    plain = (None if series.steps is None else list(series.steps), list(series.values))
    for reading in readings:
        true = numbers(reading["values"])
        for steps, values in (collapsed(series), plain):
            common = in_common(values, true)
            if len(common) >= ENOUGH * max(len(values), len(true)):
                return True, steps_match(steps, reading["steps"], common)
        if are_same(changes(series.values), changes(true)):
            return True, False
    return False, False


def changes(values: Sequence[float]) -> list[float]:
    """Without the values that are those before them: a bar keeps some in every redraw."""
    before = [math.inf, *values]
    return [value for last, value in zip(before, values) if not is_same(last, value)]


def are_same(one: Sequence[float], other: Sequence[float]) -> bool:
    return len(in_common(one, other)) >= ENOUGH * max(len(one), len(other))


def steps_match(
    steps: Sequence[float] | None, true: Sequence[float] | None, common: Sequence[tuple[int, int]]
) -> bool:
    if steps is None or true is None:
        return steps is None and true is None
    offsets = [round(steps[a] - float(true[b]), 6) for a, b in common]
    return max(map(offsets.count, set(offsets))) >= ENOUGH * len(offsets)


def is_ignored(name: str, patterns: Iterable[str]) -> bool:
    found = normal(name)
    split, _, rest = found.partition(" ")
    forms = {found, rest} if split in SPLITS.values() else {found}
    return any(
        fnmatch(form, wanted)
        for pattern in patterns
        for wanted in {normal_pattern(pattern)}
        for form in forms
    )


def normal_pattern(pattern: str) -> str:
    """The normal form of a name with ``*`` in it."""
    return normal(pattern.replace("*", "\x00")).replace("\x00", "*")


def score(path: Path) -> Score:
    """Judge what is read out of a log."""
    truth = json.loads(path.with_suffix(".json").read_text("utf-8"))
    with path.open(encoding="utf-8", newline="") as file:
        shown = metrics.read(file.read())
    found = Score(path.stem)
    left = dict(truth["series"])
    for name, series in shown.items():
        for wanted in list(left):
            if not names_match(name, wanted, truth.get("aliases", {}).get(wanted, ())):
                continue
            readings = [left[wanted], *truth.get("either", {}).get(wanted, ())]
            is_true, in_step = match(series, readings)
            if is_true:
                found.true.append(name)
                found.in_step += in_step
                del left[wanted]
                break
        else:
            if not is_ignored(name, truth.get("ignore", ())):
                found.false.append(name)
    found.missed = list(left)
    return found


def share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def totals(scores: Sequence[Score]) -> tuple[float, float, float]:
    """Precision, recall, and the share of true series whose steps agree."""
    true = sum(len(one.true) for one in scores)
    false = sum(len(one.false) for one in scores)
    missed = sum(len(one.missed) for one in scores)
    in_step = sum(one.in_step for one in scores)
    return share(true, true + false), share(true, true + missed), share(in_step, true)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="also logs that are read right")
    arguments = parser.parse_args()
    scores = [score(path) for path in sorted(arguments.folder.glob("*.log"))]
    for one in scores:
        if one.false or one.missed or arguments.all:
            print(f"{one.log}: {len(one.true)} true, false {one.false}, missed {one.missed}")
    precision, recall, in_step = totals(scores)
    print(
        f"{len(scores)} logs: precision {precision:.3f}, recall {recall:.3f}, steps {in_step:.3f}"
    )


if __name__ == "__main__":
    main()
