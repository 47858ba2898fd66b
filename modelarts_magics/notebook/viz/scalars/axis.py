"""Numbers as people write them, and the round numbers of an axis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

_MOST_DECIMALS = 17  # of a float
_LONGEST_STEP = 6  # characters
_UNITS = ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k"))


@dataclass(frozen=True)
class Tick:
    """A round number on an axis."""

    value: float
    label: str


def number(value: float) -> str:
    """A value in four digits.

    >>> [number(v) for v in (0.034250001, 1e-4, 2.5e-7, 98765.4, -3e20, 0.0, float("nan"))]
    ['0.03425', '0.0001', '2.5e-7', '98,765', '-3e20', '0', 'NaN']
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    size = abs(value)
    if size and not 1e-4 <= size < 1e6:
        return _scientific(Decimal(value), 3)
    return f"{value:,.0f}" if size >= 1e4 else f"{value:.4g}".replace("-0", "0", value == 0)


def ticks(low: float, high: float, most: int = 5) -> list[Tick]:
    """Round numbers from ``low`` to ``high``; none where floats are too coarse to tell them apart.

    >>> [tick.label for tick in ticks(0.013, 0.987)]
    ['0.2', '0.4', '0.6', '0.8']
    >>> [tick.label for tick in ticks(2e-6, 1.1e-5)]
    ['2e-6', '4e-6', '6e-6', '8e-6', '1e-5']
    """
    values = _round_numbers(low, high, most)
    biggest = max(map(abs, values), default=Decimal(0))
    if Decimal("0.001") <= biggest < 1_000_000:
        return [Tick(float(value), f"{value:,f}") for value in values]
    return [Tick(float(value), _scientific(value, _MOST_DECIMALS)) for value in values]


def step_ticks(low: int, high: int, most: int = 5) -> list[Tick]:
    """The same for whole numbers, in thousands or millions where that is shorter.

    >>> [tick.label for tick in step_ticks(1, 24)], [tick.label for tick in step_ticks(0, 40_000)]
    (['5', '10', '15', '20'], ['0', '10k', '20k', '30k', '40k'])
    """
    values = [Decimal(low)] if low == high else _round_numbers(low, high, most)
    values = [value for value in values if value == value.to_integral_value()]
    biggest = max(map(abs, values), default=Decimal(0))
    unit, suffix = next((u for u in _UNITS if biggest >= 10 * u[0]), (1, ""))
    short = [f"{(value / unit).normalize():f}" for value in values]
    if any(len(text) > _LONGEST_STEP for text in short):
        return [Tick(float(value), f"{value:,f}") for value in values]
    return [Tick(float(v), f"{text}{suffix if v else ''}") for v, text in zip(values, short)]


def _round_numbers(low: float, high: float, most: int) -> list[Decimal]:
    """Multiples of the smallest round step of which ``most`` or fewer fit in between."""
    raw = high / most - low / most
    if raw <= 8 * math.ulp(max(abs(low), abs(high))):
        return []
    exponent = math.floor(math.log10(raw))
    powers = ((1, 0), (2, 0), (5, 0), (1, 1))
    factors = (Decimal(digit).scaleb(exponent + power) for digit, power in powers)
    step = next(step for step in factors if step >= Decimal(raw))
    first = (Decimal(low) / step).to_integral_value(ROUND_CEILING)
    last = (Decimal(high) / step).to_integral_value(ROUND_FLOOR)
    return [step * n for n in range(int(first), int(last) + 1)]


def _scientific(value: Decimal, digits: int) -> str:
    """Such as ``1.5e-7``, with as many decimals as are needed, at most ``digits``."""
    if not value:
        return "0"
    mantissa, _e, exponent = f"{value:.{digits}e}".partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"
