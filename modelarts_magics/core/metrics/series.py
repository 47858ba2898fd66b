"""A curve as it is given away: steps, values, lines."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .axis import axis
from .curve import Point


@dataclass(frozen=True)
class MetricSeries:
    """The values of one metric, in the order in which the log told them.

    Of very many, each stretch keeps its lowest and highest.

    Attributes:
        name: as the log has it; ``train/``, ``valid/`` or ``test/`` before it where another word
            told that.
        steps: steps, iterations or epochs, those with the part that is done; ``None`` where the log
            tells none.
        values: may be infinite or not a number. The mean where several ranks told one step.
        lines: the numbers of the lines that told them, from 0.
        bytes: where these lines begin in their files.
        files: the log files in which they stand; empty names where there is one text only.
        lows, highs: the least and the most of several ranks.
        epochs: those that were told; ``None`` where some values have none.
        segments: at which points a segment begins: 0, and one for each restart.
        unit: of the values as the log has it, such as ``%``; empty where it has none.
    """

    name: str
    steps: tuple[float, ...] | None
    values: tuple[float, ...]
    lines: tuple[int, ...]
    bytes: tuple[int, ...]
    files: tuple[str, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    epochs: tuple[float, ...] | None = None
    segments: tuple[int, ...] = (0,)
    unit: str = ""

    @property
    def has_band(self) -> bool:
        """Whether several ranks told different values."""
        return self.lows != self.highs and any(a != b for a, b in zip(self.lows, self.highs))

    def __len__(self) -> int:
        return len(self.values)

    def to_pandas(self) -> Any:
        """A ``pandas.Series`` of the values over the steps, or over the lines where none are told.

        Raises:
            ModuleNotFoundError: there is no pandas.
        """
        pandas = importlib.import_module("pandas")
        index, name = (self.lines, "line") if self.steps is None else (self.steps, "step")
        return pandas.Series(self.values, pandas.Index(index, name=name), name=self.name)


def series(name: str, points: Sequence[Point], unit: str, file: str) -> MetricSeries:
    """The series of some points, which stand in one file."""
    steps, segments = axis([point.place for point in points])
    epochs = tuple(point.place.epoch for point in points if point.place.epoch is not None)
    return MetricSeries(
        name,
        steps,
        tuple(point.value for point in points),
        tuple(point.at[0] for point in points),
        tuple(point.at[1] for point in points),
        (file,) * len(points),
        tuple(point.low for point in points),
        tuple(point.high for point in points),
        epochs if len(epochs) == len(points) else None,
        segments,
        unit,
    )
