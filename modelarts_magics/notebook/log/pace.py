"""When a training will be done, by what its log says and how fast that goes."""

from __future__ import annotations

import time
from typing import Any, Callable

from ...core.metrics.progress import Progress, ProgressReader

_LEAST_DONE = 0.02  # of a training that has to be seen before its pace is known
_LEAST_TIME = 10.0  # seconds
_CATCHING_UP = 1.0  # seconds; what was written long ago comes in less
_KNOWN = 0.05  # of a training; by what came before, where nobody has seen it go on


class Pace:
    """Follows how far the logs of one job are; that of the first task that tells counts.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._readers: dict[str, ProgressReader] = {}
        # Since when it is looked at, and what was done then; when it went on last, and how far.
        self._seen: tuple[float, float, float, Progress] | None = None

    def feed(self, file: str, text: str) -> None:
        """Take new text of a log file."""
        self._readers.setdefault(file, ProgressReader()).feed(text)
        found = next((one.progress for one in self._readers.values() if one.progress), None)
        if found is None or (self._seen and found == self._seen[3]):
            return
        now = self._clock()
        begun, before, then, _last = self._seen or (now, found.done, now, found)
        is_catching_up = now - then < _CATCHING_UP and then - begun < _LEAST_TIME
        if is_catching_up or found.done < before:  # after a restart
            begun, before = now, found.done
        self._seen = begun, before, now, found

    def forget(self, file: str) -> None:
        """The log was written anew."""
        self._readers.pop(file, None)
        self._seen = None

    def told(self, elapsed: float) -> dict[str, Any] | None:
        """What a head shows, as JSON values; ``None`` where the log does not say how far it is.

        Args:
            elapsed: seconds for which the job has been running.
        """
        if self._seen is None:
            return None
        begun, before, then, progress = self._seen
        since = self._clock() - then
        left = _left(progress, progress.done - before, then - begun, elapsed - since)
        if left is not None:
            left = left - since if left >= since else None
        return {
            "done": round(progress.done, 3),
            "epoch": progress.epoch,
            "epochs": progress.epochs,
            "left_ms": None if left is None else round(left * 1000),
        }


def _left(progress: Progress, done: float, took: float, elapsed: float) -> float | None:
    """Seconds that were left when the log told its progress; ``None`` where that would be a guess.

    Args:
        done: what was done while it was looked at.
        took: seconds that this took.
        elapsed: seconds for which the job had been running.
    """
    if progress.remaining is not None:
        return progress.remaining
    if done >= _LEAST_DONE and took >= _LEAST_TIME:
        return (1 - progress.done) * took / done
    if progress.done >= _KNOWN and elapsed > 0:
        return (1 - progress.done) * elapsed / progress.done
    return None
