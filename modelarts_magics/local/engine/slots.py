"""What waits for one of a limited number of slots: first come, first served."""

from __future__ import annotations

import asyncio
import logging
from typing import Generic, Protocol, TypeVar

_log = logging.getLogger(__name__)


class Occupant(Protocol):
    """Something that takes its time, such as the processes of a job."""

    async def live(self) -> None:
        """From start to end. Afterwards nothing of it is left."""

    def stop(self) -> None:
        """Begin to end it; more than once is fine."""


T = TypeVar("T", bound=Occupant)


class Slots(Generic[T]):
    """Starts what was submitted, in order.

    Args:
        size: how many run at once.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._waiting: dict[int, T] = {}
        self._running: dict[int, T] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(self, key: int, occupant: T) -> None:
        """Start it as soon as a slot is free; the key is not in use."""
        self._waiting[key] = occupant
        self._admit()

    def running(self, key: int) -> T | None:
        return self._running.get(key)

    def stop(self, key: int) -> bool:
        """Withdraw what waits, or tell what runs to stop. True when nothing of it runs."""
        self._waiting.pop(key, None)
        occupant = self._running.get(key)
        if occupant:
            occupant.stop()
        return occupant is None

    def stop_all(self) -> None:
        for key in [*self._waiting, *self._running]:
            self.stop(key)

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

    async def _live(self, key: int, occupant: T) -> None:
        try:
            await occupant.live()
        except Exception:  # noqa: BLE001  # nobody waits for it who could be told
            _log.exception("What ran as job %d ended unexpectedly.", key)
        finally:
            del self._running[key]
            self._admit()
