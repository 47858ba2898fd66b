"""Whether others have new text of a log as soon as its newest part has it.

A copy may be written at once, or every few seconds or minutes; no call tells which. So others are
asked first while text comes, and the newest part in the same look where they have nothing new. Each
time that they have it counts the more the shorter ago there was none. Where they lack what was told
already they are late, and are left alone for a while.
"""

from __future__ import annotations

import math
from typing import Callable

_PROOF = 3.0  # looks, in each of which others had the text of the last moments
_MOMENTS = 2.5  # seconds; text that may be older counts less
_LIVELY = 60.0  # seconds after new text, in which it is worth a request to ask others
_FIRST_REST, _LONGEST_REST = 10.0, 160.0  # seconds after others were late


class Promptness:
    """What is known of the others of one log.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._score = 0.0
        self._looked_at = clock()
        self._lively_until = -math.inf
        self._rest = _FIRST_REST / 2
        self._rests_until = -math.inf

    @property
    def is_proven(self) -> bool:
        """Whether others can be asked in place of the newest part."""
        return self._score >= _PROOF

    @property
    def is_on_trial(self) -> bool:
        """Whether others are asked before the newest part."""
        return self._rests_until <= self._clock() < self._lively_until

    def looked(self, *, is_news: bool) -> None:
        """The newest part was read: it has all text of this moment."""
        self._looked_at = self._clock()
        if is_news:
            self._lively_until = self._looked_at + _LIVELY

    def passed(self) -> None:
        """Others had text that nobody had at the last look."""
        age = self._clock() - self._looked_at
        self._score += min(1.0, _MOMENTS / max(age, _MOMENTS))
        self.looked(is_news=True)

    def failed(self) -> None:
        """Others lack what was told at the last look."""
        self._score = 0.0
        self._rest = min(_LONGEST_REST, 2 * self._rest)
        self._rests_until = self._clock() + self._rest
