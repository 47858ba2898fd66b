"""Follow all log files of a run together: one clock, one status, one end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Callable

from .budget import CONNECTIONS, threads
from .follow import Event, Finished, Follower, StatusChanged, StatusWatch, Tail
from .logs import Log
from .models import JobStatus

Poll = Callable[[], Sequence[Event]]
RunPolls = Callable[[Sequence[Poll]], Sequence[Sequence[Event]]]


def one_after_the_other(polls: Sequence[Poll]) -> Sequence[Sequence[Event]]:
    """Run polls where they are made."""
    return [poll() for poll in polls]


def at_once(polls: Sequence[Poll]) -> Sequence[Sequence[Event]]:
    """Run several polls in threads, which end with the last one; one poll where it is made."""
    if len(polls) < 2:
        return one_after_the_other(polls)
    workers = min(len(polls), CONNECTIONS)
    with threads(workers, "poll") as pool:
        return list(pool.map(lambda poll: poll(), polls))


class JobFollower:
    """The followers of some log files of one run.

    Args:
        logs: one per log file.
        status: asks for the status of the run.
        start: the byte that every log begins with, or its last lines.
        run: runs the polls that are due, perhaps some of them at once.
        interval: seconds between polls, in place of a cadence that adapts.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        logs: Sequence[Log],
        status: Callable[[], JobStatus],
        start: int | Tail = 0,
        run: RunPolls = at_once,
        interval: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        watch = StatusWatch(status, clock)
        self._followers = [Follower(log, watch, start, interval, clock) for log in logs]
        self._run = run
        self._told: JobStatus | None = None
        self.finished: Finished | None = None

    @property
    def due_in(self) -> float:
        """Seconds until something is to be polled."""
        return min((f.due_in for f in self._followers if not f.finished), default=0.0)

    @property
    def is_in_trouble(self) -> bool:
        """Whether a log could not be read when it was polled last."""
        return any(follower.is_in_trouble for follower in self._followers)

    def hurry(self) -> None:
        """Poll everything at once."""
        for follower in self._followers:
            follower.hurry()

    def poll_due(self) -> list[Event]:
        """Poll what is due; returns what happened."""
        due = [f.poll_once for f in self._followers if not f.finished and f.due_in <= 0]
        events = [event for events in self._run(due) for event in events if self._is_news(event)]
        if self.finished is None and all(follower.finished for follower in self._followers):
            self.finished = self._end()
            events.append(self.finished)
        return events

    def _is_news(self, event: Event) -> bool:
        """A status is told once, and the end is that of all files."""
        if isinstance(event, StatusChanged):
            is_new = event.status is not self._told
            self._told = event.status
            return is_new
        return not isinstance(event, Finished)

    def _end(self) -> Finished:
        ends = [follower.finished for follower in self._followers if follower.finished]
        with_reason = [end for end in ends if end.reason]
        return (with_reason or ends or [Finished(None)])[0]
