"""What happens to jobs is recorded, if need be later: a disk that is full may have room again."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import suppress
from typing import Callable

_PAUSE = 1.0  # seconds

_log = logging.getLogger(__name__)


class Recording:
    """Makes changes of the records, again and again until they succeed."""

    def __init__(self) -> None:
        self._is_over = asyncio.Event()
        self._is_told = False

    def end(self) -> None:
        """What fails from now on is not recorded; the next service settles it."""
        self._is_over.set()

    async def make(self, change: Callable[[], object]) -> None:
        """Returns when it is made, or given up."""
        while not self.is_made(change) and not self._is_over.is_set():
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._is_over.wait(), _PAUSE)

    def is_made(self, change: Callable[[], object]) -> bool:
        """Try once; the first failure of several is told."""
        try:
            change()
        except sqlite3.Error as error:
            if not self._is_told:
                _log.error("What happens to jobs cannot be recorded now: %s.", error)
            self._is_told = True
            return False
        self._is_told = False
        return True
