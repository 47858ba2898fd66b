"""When a panel rings: a metric is beyond a bound that the user gave, or the job has ended."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...core.errors import InvalidArgumentError
from ...core.i18n import _
from .metrics import LogMetrics

_CONDITION = re.compile(
    r"\s*(?P<name>\S(?:.{0,98}\S)?)\s*"
    r"(?:(?P<sign>[<>])\s*(?P<bound>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|\sis\s+nan)\s*"
)


@dataclass(frozen=True)
class Condition:
    """A bound of a metric.

    Attributes:
        text: as typed.
        name: of the metric.
        sign: ``<`` or ``>``; empty where it is to be no number.
        bound: what the metric is compared with.
    """

    text: str
    name: str
    sign: str
    bound: float

    @classmethod
    def parse(cls, text: str) -> Condition:
        """What ``NAME > NUMBER``, ``NAME < NUMBER`` or ``NAME is nan`` means.

        Raises:
            InvalidArgumentError: it is none of these.
        """
        found = _CONDITION.fullmatch(text) if len(text) <= 200 else None
        if found is None:
            raise InvalidArgumentError(
                _("{text} is no bound of a metric", text=text[:200]),
                _("Type 'NAME > NUMBER', 'NAME < NUMBER' or 'NAME is nan'"),
            )
        bound = float(found["bound"] or "nan")
        return cls(text.strip(), found["name"], found["sign"] or "", bound)

    def is_met(self, value: float) -> bool:
        """Whether a value is beyond the bound."""
        if not self.sign:
            return math.isnan(value)
        return value > self.bound if self.sign == ">" else value < self.bound


class Bell:
    """Looks whether one of some conditions is met; tells each of them once.

    Args:
        metrics: of the log.
        conditions: to look at.
        ring: takes what is to be told.
    """

    def __init__(
        self, metrics: LogMetrics, conditions: Sequence[Condition], ring: Callable[[str], object]
    ) -> None:
        self._metrics = metrics
        self._left = list(conditions)
        self._ring = ring

    def look(self) -> None:
        """Look at what was read of the log so far."""
        if not self._left:
            return
        series = self._metrics.series
        for condition in list(self._left):
            found = series.get(condition.name)
            values = () if found is None else found.values
            value = next((one for one in values if condition.is_met(one)), None)
            if value is not None:
                self._left.remove(condition)
                self._ring(_("{condition}: {value:g}", condition=condition.text, value=value))
