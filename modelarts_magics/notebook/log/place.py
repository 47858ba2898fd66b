"""A place in a log, as ``--at`` names it and as a panel copies it: a byte, or ``line12``."""

from __future__ import annotations

from typing import Union

from ...core.errors import InvalidArgumentError
from ...core.i18n import _

At = Union[int, str]

_LINE = "line"
_FARTHEST = 2**53  # JavaScript counts so far


def place(at: At) -> dict[str, int]:
    """What the front end is told: ``byte``, from 0, or ``line``, from 1.

    Raises:
        InvalidArgumentError: it is neither.
    """
    text = str(at)
    is_line = text.startswith(_LINE)
    number = text[len(_LINE) :] if is_line else text
    least = 1 if is_line else 0
    if isinstance(at, bool) or not (number.isascii() and number.isdigit() and len(number) < 17):
        raise _refused(text)
    if not least <= int(number) < _FARTHEST:
        raise _refused(text)
    return {_LINE if is_line else "byte": int(number)}


def _refused(text: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        _("{text} is no place in a log", text=text), _("It is a byte such as 4096, or line12")
    )
