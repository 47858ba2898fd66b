"""Runs that wait their turn: first come, first served, a limited number at once."""

from __future__ import annotations

import asyncio
import logging
from typing import Generic, Protocol, TypeVar

_log = logging.getLogger(__name__)


class Run(Protocol):
    """Something that takes its time, such as the processes of a job."""

    async def live(self) -> None:
        """From start to end. Afterwards nothing of it is left."""

    def stop(self) -> None:
        """Begin to end it; more than once is fine."""


R = TypeVar("R", bound=Run)


class Slots(Generic[R]):
    """Starts what was submitted, in order.

    Args:
        size: how many run at once.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._waiting: dict[int, R] = {}
        self._running: dict[int, R] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(self, key: int, run: R) -> None:
        """Start it as soon as a slot is free; the key is not in use."""
        self._waiting[key] = run
        self._admit()

    def running(self, key: int) -> R | None:
        return self._running.get(key)

    def stop(self, key: int) -> bool:
        """Withdraw what waits, or tell what runs to stop. True when nothing of it runs."""
        self._waiting.pop(key, None)
        run = self._running.get(key)
        if run:
            run.stop()
        return run is None

    async def drained(self) -> None:
        """Wait until nothing runs; whatever still waits has to be withdrawn before."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _admit(self) -> None:
        while self._waiting and len(self._running) < self._size:
            key = next(iter(self._waiting))
            self._running[key] = self._waiting.pop(key)
            task = asyncio.ensure_future(self._live(key, self._running[key]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _live(self, key: int, run: R) -> None:
        try:
            await run.live()
        except Exception:  # noqa: BLE001  # nobody waits for it who could be told
            _log.exception("Run %d ended unexpectedly.", key)
        finally:
            del self._running[key]
            self._admit()
