"""What lines of one shape tell: which of their numbers has which name, which are step and epoch.

Lines that differ in their numbers only have one shape. It is found out once (:mod:`.grammar`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from . import figures

NOWHERE = -1


class Pair(NamedTuple):
    """A number that has a name.

    Attributes:
        name: as it is written.
        split: which part of the data is meant, where another word of the line tells it.
        at: which number of the line it is.
        of: the number by which it is divided, in ``90/100``; or -1.
        unit: behind the number.
        trust: 2 where it is the name of a metric, 1 for one beside such, 0 for any other.
    """

    name: str
    split: str
    at: int
    of: int = NOWHERE
    unit: str = ""
    trust: int = 2


@dataclass(frozen=True, eq=False)
class Shape:
    """Where the numbers stand, counted from 0; -1 for nowhere.

    Attributes:
        names: those of the pairs.
        step, total: of the step or iteration, and of how many there are.
        epoch: of the epoch.
        part, whole: of the part of the epoch that is done.
        rank: of the process that wrote the line.
        said: what glued words tell: ``epoch3``.
        split: the last one that was told.
        is_named: some number has a name, though it may be none of a metric.
        is_labelled: step or epoch have a word of their own.
        is_barred: a bar ties some name to its number: it may be the row of a table.
        has_place: it tells step, epoch, or a part of it.
        own_split: of all pairs, where it is the same.
    """

    pairs: tuple[Pair, ...] = ()
    names: tuple[str, ...] = ()
    step: int = NOWHERE
    total: int = NOWHERE
    epoch: int = NOWHERE
    part: int = NOWHERE
    whole: int = NOWHERE
    rank: int = NOWHERE
    said: dict[str, float] = field(default_factory=dict)
    rank_said: str = ""
    split: str = ""
    is_named: bool = False
    is_labelled: bool = False
    is_barred: bool = False
    has_place: bool = False
    own_split: str = ""


class Place(NamedTuple):
    """Where in the training a line stands; ``None`` for what it does not tell.

    Attributes:
        part: of the epoch that is done, from 0 to 1.
    """

    epoch: float | None = None
    step: float | None = None
    total: float | None = None
    part: float | None = None

    @property
    def is_told(self) -> bool:
        return self.step is not None or self.epoch is not None or self.part is not None


def place(shape: Shape, parts: Sequence[str]) -> Place:
    """Where a line of a shape stands."""
    epoch, step = _number(parts, shape.epoch), _number(parts, shape.step)
    if shape.said:
        epoch = shape.said.get("epoch") if epoch is None else epoch
        step = shape.said.get("step") if step is None else step
    part = None if step is not None or shape.part < 0 else _part(shape, parts)
    return Place(epoch, step, _number(parts, shape.total), part)


def _part(shape: Shape, parts: Sequence[str]) -> float | None:
    part, whole = _number(parts, shape.part), _number(parts, shape.whole)
    done = (part or 0.0) / (whole or 100.0)
    return done if 0 <= done <= 1 else None


def rank(shape: Shape, parts: Sequence[str]) -> str:
    """Which process wrote a line; empty where it does not tell."""
    return parts[2 * shape.rank + 1] if shape.rank > NOWHERE else shape.rank_said


def value(pair: Pair, parts: Sequence[str]) -> float | None:
    """The value of a name; ``None`` where it is none after all."""
    found = figures.value(parts[2 * pair.at + 1])
    if pair.of < 0 or found is None:
        return found
    whole = figures.value(parts[2 * pair.of + 1])
    return found / whole if whole else None


def values(shape: Shape, parts: Sequence[str]) -> Iterator[tuple[Pair, float]]:
    """The numbers of a line that have names."""
    for pair in shape.pairs:
        found = value(pair, parts)
        if found is not None:
            yield pair, found


def _number(parts: Sequence[str], at: int) -> float | None:
    return None if at < 0 else figures.value(parts[2 * at + 1])
