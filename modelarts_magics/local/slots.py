"""Work that waits its turn: first come, first served, a limited number at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from functools import partial
from typing import Any, Callable

Work = Callable[[], Coroutine[Any, Any, None]]

_log = logging.getLogger(__name__)


class Slots:
    """Runs submitted work as tasks.

    Args:
        size: how many run at once.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._waiting: dict[int, Work] = {}
        self._running: dict[int, asyncio.Task[None]] = {}

    def submit(self, key: int, work: Work) -> None:
        """Start the work as soon as a slot is free; keys are unique among unfinished work."""
        self._waiting[key] = work
        self._admit()

    def withdraw(self, key: int) -> bool:
        """Forget work that waits. False when it has begun: it has to be told in another way."""
        return self._waiting.pop(key, None) is not None

    async def drained(self) -> None:
        """Wait until nothing runs. Whatever still waits has to be withdrawn before."""
        while self._running:
            await asyncio.wait(self._running.values())
            await asyncio.sleep(0)  # let their callbacks run

    def _admit(self) -> None:
        while self._waiting and len(self._running) < self.size:
            key = next(iter(self._waiting))
            task = asyncio.ensure_future(self._waiting.pop(key)())
            self._running[key] = task
            task.add_done_callback(partial(self._finished, key))

    def _finished(self, key: int, task: asyncio.Task[None]) -> None:
        del self._running[key]
        if not task.cancelled() and task.exception():
            _log.error("Job %d ended unexpectedly.", key, exc_info=task.exception())
        self._admit()
