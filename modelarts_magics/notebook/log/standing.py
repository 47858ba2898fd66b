"""How the first metrics of a log stand, for heads that no script fills: text, HTML, core widgets.

A page with a script tells it by the curves that it has. Here the log has to be read for it, which
takes a second for ten megabytes: so it is read by and by, and nothing is told before all is read.
"""

from __future__ import annotations

import time
from typing import Callable

from .metrics import LogMetrics
from .model import LogModel

_SLICE = 0.02  # seconds of reading at once
_INTERVAL = 2.0  # seconds between looks
_SHARE = 20  # a look takes one part in so many of the time
_AT_THE_END = 0.5  # seconds of reading for the picture that stays


class StandingLook:
    """Looks now and then how the metrics stand, and tells the model.

    Args:
        metrics: of the log.
        model: to tell.
        clock: seconds.
    """

    def __init__(
        self, metrics: LogMetrics, model: LogModel, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._metrics = metrics
        self._model = model
        self._clock = clock
        self._due = 0.0
        self._seen = (0, 0)

    def look(self) -> None:
        """Look if there is new text, and the last look was some time ago."""
        model, started = self._model, self._clock()
        there = model.epoch, model.updated_ms
        if there == self._seen or started < self._due:
            return
        if self._tell(_SLICE):
            self._seen = there
        now = self._clock()
        self._due = now + max(_INTERVAL, _SHARE * (now - started))

    def end(self) -> None:
        """Nothing more comes."""
        self._tell(_AT_THE_END)

    def _tell(self, seconds: float) -> bool:
        standing = self._metrics.standing(seconds)
        if standing is not None:
            self._model.tell_metrics(standing)
        return standing is not None
