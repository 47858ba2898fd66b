"""Numbers that somebody gives: checked where they come in, before anything is sent."""

from __future__ import annotations

import math
import numbers

from .errors import InvalidArgumentError
from .i18n import _

LONGEST = 86_400  # seconds that anything may be told to take
_LARGEST = 2**63 - 1  # that files, JSON and databases all hold


def whole(name: str, value: object, least: int, most: int | None = None) -> int:
    """A whole number within a range; one of another library becomes one of ours.

    >>> whole("connections", 0, 1)
    Traceback (most recent call last):
    modelarts_magics.errors.InvalidArgumentError: connections is 0. It is 1 or more
    >>> whole("port", 99999, 0, 65535)
    Traceback (most recent call last):
    modelarts_magics.errors.InvalidArgumentError: port is 99999. It is from 0 to 65535
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise wrong(name, value, _("It is a whole number"))
    found = int(value)
    if most is None and found < least:
        raise wrong(name, value, _("It is {least} or more", least=least))
    most = _LARGEST if most is None else most
    if not least <= found <= most:
        raise wrong(name, value, _("It is from {least} to {most}", least=least, most=most))
    return found


def number(name: str, value: object, most: float = math.inf) -> float:
    """A number above 0, and not above ``most``.

    >>> number("read", float("nan"))
    Traceback (most recent call last):
    modelarts_magics.errors.InvalidArgumentError: read is nan. It is a number above 0
    """
    found = _float(value)
    if not found > 0:
        raise wrong(name, value, _("It is a number above 0"))
    if found > most:
        raise wrong(name, value, _("It is {most} or less", most=most))
    return found


def _float(value: object) -> float:
    """A number; not one when it is none."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf if value == abs(value) else -math.inf


def wrong(name: str, value: object, right: str) -> InvalidArgumentError:
    """What a person is told of a value that cannot be, and what can."""
    return InvalidArgumentError(_("{name} is {value}", name=name, value=_shown(value)), right)


def _shown(value: object) -> str:
    """A value as Python writes it, which refuses to write numbers of some thousand digits."""
    try:
        return repr(value)
    except ValueError:
        return f"{value:#x}" if isinstance(value, int) else object.__repr__(value)
