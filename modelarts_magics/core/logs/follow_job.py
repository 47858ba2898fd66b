"""Follow all log files of a run together: one clock, one status, one end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Callable

from ..api.v1.status import JobStatus
from ..http.rate_limit import CONNECTIONS, threads
from .discovery import Arrivals
from .exact import Log
from .follow import Event, Finished, Lookout, StatusChanged, StatusWatch, Tail
from .tail import Follower

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
    """The followers of the log files of one run.

    Args:
        logs: one per log file that is known.
        status: asks for the status of the run.
        start: the byte that every log begins with, or its last lines.
        run: runs the polls that are due, perhaps some of them at once.
        interval: seconds between polls, in place of a cadence that adapts.
        clock: monotonic seconds.
        files: asks for the log files that there are; those that appear join. None when those that
            are known are all.
    """

    def __init__(
        self,
        logs: Sequence[Log],
        status: Callable[[], JobStatus],
        start: int | Tail = 0,
        run: RunPolls = at_once,
        interval: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        files: Callable[[], Sequence[Log]] | None = None,
    ) -> None:
        watch = StatusWatch(status, clock)
        self._follower = partial(Follower, watch=watch, start=start, interval=interval, clock=clock)
        self._followers = [self._follower(log) for log in logs]
        names = [log.name for log in logs]
        self._arrivals = Arrivals(files, names, watch, interval, clock) if files else None
        self._run = run
        self._watch = watch
        self._told: JobStatus | None = None
        self.finished: Finished | None = None

    @property
    def _lookouts(self) -> list[Lookout]:
        """Those that are not finished."""
        every = [self._arrivals, *self._followers]
        return [lookout for lookout in every if lookout and not lookout.finished]

    @property
    def due_in(self) -> float:
        """Seconds until something is to be polled."""
        return min((lookout.due_in for lookout in self._lookouts), default=0.0)

    @property
    def is_in_trouble(self) -> bool:
        """Whether something could not be read when it was polled last."""
        return any(lookout.is_in_trouble for lookout in self._lookouts)

    def hurry(self) -> None:
        """Poll everything at once."""
        for lookout in self._lookouts:
            lookout.hurry()

    def poll_due(self) -> list[Event]:
        """Poll what is due; returns what happened."""
        due = [lookout.poll_once for lookout in self._lookouts if lookout.due_in <= 0]
        events = [event for events in self._run(due) for event in events if self._is_news(event)]
        if self._arrivals:
            self._followers += map(self._follower, self._arrivals.take())
        if self.finished is None and self._is_over:
            self.finished = self._end()
            events.append(self.finished)
        return events

    @property
    def _is_over(self) -> bool:
        if not all(follower.finished for follower in self._followers):
            return False
        if self._arrivals is None or self._arrivals.finished:
            return True
        status = self._watch.status  # where all files ended before the job, no new one is awaited
        return bool(self._followers) and not (status and status.is_final)

    def _is_news(self, event: Event) -> bool:
        """A status is told once, and the end is that of all files."""
        if isinstance(event, StatusChanged):
            is_new = event.status != self._told
            self._told = event.status
            return is_new
        return not isinstance(event, Finished)

    def _end(self) -> Finished:
        """The end of the files, or of waiting for some."""
        followed: list[Lookout] = [*self._followers]
        lookouts = followed or [lookout for lookout in [self._arrivals] if lookout]
        ends = [lookout.finished for lookout in lookouts if lookout.finished]
        with_reason = [end for end in ends if end.reason]
        return (with_reason or ends or [Finished(None)])[0]
