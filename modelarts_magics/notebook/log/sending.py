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


SHARED = Pacer()
