"""How far the reading of a log is, in one line that rewrites itself."""

from __future__ import annotations

import time

from ...core.i18n import _
from ...sdk.writer import say

_AFTER = 1.0  # seconds


class ProgressLine:
    """Begins when somebody has waited for a moment."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._shown = 0.0

    def tell(self, position: int, end: int) -> None:
        """Say it, unless it was said just now."""
        now = time.monotonic()
        if now - self._started < _AFTER or now - self._shown < _AFTER / 4:
            return
        self._shown = now
        say("\r" + _words(position, end), end="")

    def clear(self) -> None:
        if self._shown:
            say("\r" + " " * 60, end="\r")


def _words(position: int, end: int) -> str:
    filled = 20 * position // end
    bar = "█" * filled + "░" * (20 - filled)
    return _("Reading: {bar} {n:,} of {end:,} bytes", bar=bar, n=position, end=end)
