"""How much text may go to the front end: the notebook server drops what is above its limits.

Its defaults are a million bytes and a thousand messages a second, over a window of three seconds,
for all outputs of a kernel together.
"""

from __future__ import annotations

import threading
import time
from typing import Callable

MESSAGE_INTERVAL = 0.25  # seconds between messages of one panel
_RATE = 800_000  # bytes a second, for all panels of the kernel
_BURST = 1_600_000  # bytes


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
