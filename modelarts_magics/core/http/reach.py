"""Whether an address answers at all, and by how much this machine's clock is off."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Callable

from ..auth.credentials import KeyCredentials
from ..auth.keys import AccessKey
from .answer import Answer
from .transport import Limits, Transport

_HALF = 0.5  # seconds; a Date has none


@dataclass(frozen=True)
class Reached:
    """How an address answered a request without credentials; any status will do.

    Attributes:
        milliseconds: until the answer was there.
        clock_ahead_s: seconds that this machine's clock is ahead of its own; ``None`` where it
            does not tell the time.
    """

    milliseconds: int
    clock_ahead_s: float | None


def reach(url: str, limit: float, clock: Callable[[], float] = time.time) -> Reached:
    """Ask an address for its root, once.

    Args:
        limit: seconds.
        clock: seconds since the epoch.

    Raises:
        ServiceError: nobody answers there.
    """
    limits = Limits(connect=limit, read=limit, deadline=limit, tries=1)
    transport = Transport(url, KeyCredentials(lambda: AccessKey("", "")), limits)  # never asked
    try:
        started, came = time.monotonic(), clock()
        answer = transport.fetch(url, {})
        taken = time.monotonic() - started
    finally:
        transport.close()
    return Reached(round(taken * 1000), _ahead(answer, came + taken / 2))


def _ahead(answer: Answer, now: float) -> float | None:
    try:
        told = parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
    return now - told - _HALF
