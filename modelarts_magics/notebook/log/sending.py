"""How much text goes to the front end at once.

The notebook server drops all outputs of a kernel while it sends above a thousand messages a second,
or prints above a million bytes a second, over a window of three seconds; what widgets send counts
among the messages, not among the bytes. The front end and the line to it set the pace here: pieces
that a page takes in without a pause, and not more than it can show meanwhile.
"""

from __future__ import annotations

import threading
import time
from typing import Callable

MESSAGE_INTERVAL = 0.25  # seconds between messages of one panel
ENVELOPE = 750  # bytes of a message of a widget beside what it tells: headers, ids
_RATE = 4_000_000  # bytes a second, for all panels of the kernel
_BURST = 1_000_000  # bytes, and so those of a message


class Pacer:
    """An allowance that refills with time; shared by the panels of a kernel."""

    def __init__(
        self,
        rate: float = _RATE,
        burst: float = _BURST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._lock = threading.Lock()
        self._allowance = burst
        self._filled_at = clock()

    def allowance(self) -> int:
        """Bytes that may go now."""
        with self._lock:
            now = self._clock()
            refill = (now - self._filled_at) * self._rate
            self._allowance = min(self._burst, self._allowance + refill)
            self._filled_at = now
            return max(0, int(self._allowance))

    def spend(self, size: int) -> None:
        with self._lock:
            self._allowance -= size


class Gathering:
    """Lets what is little wait for more: a message of one line is nine tenths envelope.

    Args:
        goal: bytes of a message for each byte of the log, from which on it goes at once.
        longest_wait: seconds between two messages, while there is text.
    """

    def __init__(
        self, goal: float, longest_wait: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._goal = goal
        self._longest_wait = longest_wait
        self._clock = clock
        self._went_at = clock() - longest_wait

    def may_go(self, told: int, size: int) -> bool:
        """Whether a message goes now; it is taken to go then.

        Args:
            told: bytes that it takes beside its envelope.
            size: bytes of the log that are new in it.
        """
        now = self._clock()
        is_worth = ENVELOPE + told <= self._goal * size
        if not is_worth and now - self._went_at < self._longest_wait:
            return False
        self._went_at = now
        return True


SHARED = Pacer()
