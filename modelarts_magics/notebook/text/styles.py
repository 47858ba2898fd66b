"""Colours and styles of text, and the sequences that change them (SGR)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Union

from .table import TERMINAL

Color = Union[int, tuple[int, int, int]]
"""0-255 of the terminal palette, or red, green and blue."""


@dataclass(frozen=True)
class Style:
    """How characters look; a colour that is ``None`` is the default one."""

    foreground: Color | None = None
    background: Color | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    inverse: bool = False
    strike: bool = False


PLAIN = Style()

_CHANGES: dict[int, dict[str, Any]] = {int(n): to for n, to in TERMINAL["styles"].items()}
_UNDERLINE = 4
_NO_UNDERLINE = 24
_UNDERLINE_COLOR = 58
_EXTENDED = (38, 48, _UNDERLINE_COLOR)


def styled(style: Style, parameters: str) -> Style:
    """Apply the numbers of one sequence, such as ``1;31``; no number is a reset."""
    numbers = iter([n for field in parameters.split(";") for n in _numbers(field)])
    for number in numbers:
        style = _changed(style, number, numbers)
    return style


def _numbers(field: str) -> list[int]:
    """The number of a field, or what ``4:3`` and ``38:2::1:2:3`` are in the older form.

    >>> _numbers("31"), _numbers("4:3"), _numbers("4:0"), _numbers("38:2::1:2:3")
    ([31], [4], [24], [38, 2, 1, 2, 3])
    """
    first, *more = [int(number[:4] or 0) for number in field.split(":")]
    if not more or first not in (_UNDERLINE, *_EXTENDED):
        return [first]
    if first == _UNDERLINE:
        return [_UNDERLINE if more[0] else _NO_UNDERLINE]
    if more[0] == 2 and len(more) > 4:
        del more[1]  # the colour space
    return [first, *more]


def _changed(style: Style, number: int, following: Iterator[int]) -> Style:
    if number == 0:
        return PLAIN
    if number in _CHANGES:
        return replace(style, **_CHANGES[number])
    if number in _EXTENDED:
        color = _extended_color(following)
        is_shown = color is not None and number != _UNDERLINE_COLOR
        return _colored(style, number < 48, color) if is_shown else style
    bright = 8 if number >= 90 else 0
    base = number - 60 if bright else number
    if 30 <= base < 38 or 40 <= base < 48:
        return _colored(style, base < 40, base % 10 + bright)
    return style


def _colored(style: Style, is_foreground: bool, color: Color | None) -> Style:
    if is_foreground:
        return replace(style, foreground=color)
    return replace(style, background=color)


def _extended_color(following: Iterator[int]) -> Color | None:
    kind = next(following, None)
    if kind == 5:
        return min(255, next(following, 0))
    if kind == 2:
        red, green, blue = (min(255, next(following, 0)) for _channel in range(3))
        return red, green, blue
    return None
