"""Who goes next: each reader that waits, one after the other, however much each of them wants."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import Callable, Generic, TypeVar

from ..cancellation import acquire

T = TypeVar("T")


class Rounds(Generic[T]):
    """Readers in a ring: who was first goes to the end, if it wants more."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[Hashable, deque[T]] = OrderedDict()  # in the order of the ring

    def join(self, reader: Hashable, ticket: T) -> None:
        """One more request of a reader."""
        self._waiting.setdefault(reader, deque()).append(ticket)

    @property
    def first(self) -> T | None:
        """The ticket that goes next; ``None`` when nobody waits."""
        for tickets in self._waiting.values():
            if tickets:
                return tickets[0]
        return None

    def leave(self, reader: Hashable, ticket: T, *, was_served: bool) -> None:
        """Take a ticket out, if it is in; who gives one up keeps the place for the others."""
        tickets = self._waiting.get(reader, deque())
        if ticket in tickets:
            tickets.remove(ticket)
            if was_served:
                self._waiting.move_to_end(reader)
        if not tickets:
            self._waiting.pop(reader, None)


class FairQueue:
    """The same for threads, which wait until they are first.

    An interrupt comes when a function is called, and a ticket that stayed would stop everybody. So
    a ticket is taken out once more when an interrupt came meanwhile, and no lock has methods
    written in Python, as a condition has, in which one can come before it is released.
    """

    def __init__(self) -> None:
        self._rounds: Rounds[threading.Lock] = Rounds()
        self._lock = threading.Lock()

    def as_first(self, reader: Hashable, work: Callable[[], T]) -> T:
        """Do some work when it is this reader's place, and nobody else meanwhile."""
        ticket = threading.Lock()  # released when it is first
        ticket.acquire()
        was_served = False
        try:
            self._join(reader, ticket)
            acquire(ticket)
            was_served = True
            return work()
        finally:
            try:
                self._leave(reader, ticket, was_served)
            except KeyboardInterrupt:
                self._leave(reader, ticket, was_served)
                raise

    def _join(self, reader: Hashable, ticket: threading.Lock) -> None:
        with self._lock:
            self._rounds.join(reader, ticket)
            self._call_first()

    def _leave(self, reader: Hashable, ticket: threading.Lock, was_served: bool) -> None:
        with self._lock:
            self._rounds.leave(reader, ticket, was_served=was_served)
            self._call_first()

    def _call_first(self) -> None:
        first = self._rounds.first
        if first is not None and first.locked():  # who is at work already does not mind
            first.release()
