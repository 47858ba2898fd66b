"""Time as the vendor writes it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Callable

Clock = Callable[[], float]
"""Gives epoch seconds."""


def iso_time(seconds: float) -> str:
    """A time as the identity service writes it.

    >>> iso_time(1550040772.855)
    '2019-02-13T06:52:52.855000Z'
    """
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
