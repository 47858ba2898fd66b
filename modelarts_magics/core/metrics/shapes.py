"""The shapes of lines that came, so that each is found out once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from . import figures
from .grammar import shape_of
from .hint import can_tell
from .plain import plain
from .shape import Place, Shape, place, values

_MOST = 2_000
_NOTHING = Shape()
_LONGEST = 1_000  # characters of a shape that is remembered


class Shapes:
    """Looks up what lines of a shape tell."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, ...], Shape] = OrderedDict()

    def of(self, parts: Sequence[str]) -> Shape:
        """The shape of a line that is split into texts and numbers."""
        key = tuple(parts[::2])
        shape = self._known.get(key)
        if shape is None:
            if not can_tell(parts):
                return _NOTHING
            shape = shape_of(parts)
            if sum(map(len, key)) <= _LONGEST:
                self._known[key] = shape
                if len(self._known) > _MOST:
                    self._known.popitem(last=False)
        return shape


def place_of(text: str) -> Place:
    """Where in the training a line stands, as far as it tells by itself."""
    parts = figures.split(plain(text))
    return place(shape_of(parts), parts)


@dataclass(frozen=True)
class TellingLine:
    """What one line tells by itself: values by their names; the step, or the epoch without one."""

    values: dict[str, float]
    step: float | None


def line(text: str) -> TellingLine:
    """Read a line by itself.

    >>> line("epoch: 1 step: 1875, loss is 0.03")
    TellingLine(values={'loss': 0.03}, step=1875.0)
    """
    parts = figures.split(plain(text))
    shape = shape_of(parts)
    where = place(shape, parts)
    told = {pair.name: value for pair, value in values(shape, parts)}
    return TellingLine(told, where.epoch if where.step is None else where.step)
