"""How long to wait before something is tried again: the one place that computes pauses."""

from __future__ import annotations

import random
from dataclasses import dataclass

LONGEST_ASKED = 3600.0  # seconds; a service that asks for more is asked again after that
_MOST_STEPS = 100  # by then every pause is the longest


@dataclass(frozen=True)
class Backoff:
    """Pauses that grow from one try to the next; times in seconds.

    What a service asks for (``Retry-After``) is the least that is waited, whatever the rest says.

    Attributes:
        first: the pause after the first failure.
        factor: by which pauses grow.
        longest: more than this only a service can ask for.
        jitter: the part of a pause by which it is made longer or shorter by chance, so that those
            who failed together do not try again together.
    """

    first: float
    factor: float = 2.0
    longest: float = 60.0
    jitter: float = 0.0

    def pause(self, failures: int, retry_after: float | None = None) -> float:
        """The pause after so many failures in a row, counted from 1."""
        grown = self.first * self.factor ** min(failures - 1, _MOST_STEPS)
        spread = random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311
        return self._asked(grown * spread, retry_after)

    def pause_within(
        self, left: float, failures: int, retry_after: float | None = None
    ) -> float | None:
        """The same; ``None`` when less than that is left."""
        pause = self.pause(failures, retry_after)
        return pause if pause < left else None

    def longer(self, pause: float, retry_after: float | None = None) -> float:
        """The pause that follows another one."""
        return self._asked(max(self.first, pause * self.factor), retry_after)

    def _asked(self, usual: float, retry_after: float | None) -> float:
        return max(min(self.longest, usual), min(retry_after or 0.0, LONGEST_ASKED))
