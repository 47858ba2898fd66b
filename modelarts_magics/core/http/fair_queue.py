"""Who goes next: each reader that waits, one after the other, however much each of them wants."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class Rounds:
    """Readers in a ring: who was first goes to the end, if it wants more."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, deque[object]] = {}  # in the order of the ring

    def join(self, reader: Hashable) -> object:
        """One more request of a reader; returns its ticket."""
        ticket = object()
        self._waiting.setdefault(reader, deque()).append(ticket)
        return ticket

    @property
    def first(self) -> object | None:
        """The ticket that goes next; ``None`` when nobody waits."""
        return next((tickets[0] for tickets in self._waiting.values()), None)

    def leave(self, reader: Hashable, ticket: object, *, was_served: bool) -> None:
        """Take a ticket out; who gives one up keeps the place for the others."""
        tickets = self._waiting[reader]
        tickets.remove(ticket)
        if was_served or not tickets:
            del self._waiting[reader]
        if was_served and tickets:
            self._waiting[reader] = tickets


class FairQueue:
    """The same for threads, which wait until they are first."""

    def __init__(self) -> None:
        self._rounds = Rounds()
        self._changed = threading.Condition()

    @contextmanager
    def first_place(self, reader: Hashable) -> Iterator[None]:
        """Be the first, and nobody else meanwhile."""
        with self._changed:
            ticket = self._rounds.join(reader)
        was_served = False
        try:
            with self._changed:
                was_served = self._changed.wait_for(lambda: self._rounds.first is ticket)
            yield
        finally:
            with self._changed:
                self._rounds.leave(reader, ticket, was_served=was_served)
                self._changed.notify_all()
