"""Follow all log files of a job together: one clock, one status, one end."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Callable

from ..api.base import State
from ..api.log import Log
from ..errors import ModelArtsError
from ..http.reader import CONNECTIONS
from ..thread_pool import ThreadPool
from .cadence import Clock, JobWatch
from .discovery import Discovery
from .follow import Event, Finished, Follower, LastLines, StatusChanged, Trouble
from .tail import Tail

_AT_ONCE = 3 * CONNECTIONS  # looks of one poll; what is due besides waits for the next

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
    with ThreadPool(workers, "poll") as pool:
        return pool.results(polls)


class JobFollower:
    """The tails of the log files of one job, and the discovery of more.

    Of many files the first one goes ahead: what the service lacks is found out by it alone, and the
    others are taken for quiet as long as none has news.

    Args:
        logs: one per log file that is known.
        status: asks for the status of the job.
        start: the byte that every log begins with, or its last lines.
        run: runs the polls that are due, perhaps some of them at once.
        interval: seconds between polls, in place of a cadence that adapts.
        clock: monotonic seconds.
        files: asks for the log files that there are; those that appear join. None when those that
            are known are all.
        is_listed: whether ``logs`` are what ``files`` gave just now.
        last_status: of the job, where it was told just now.
    """

    def __init__(
        self,
        logs: Sequence[Log],
        status: Callable[[], State],
        start: int | LastLines = 0,
        run: RunPolls = at_once,
        interval: float | None = None,
        clock: Clock | None = None,
        files: Callable[[], Sequence[Log]] | None = None,
        last_status: State | None = None,
        *,
        is_listed: bool = False,
    ) -> None:
        self._watch = watch = JobWatch(status, interval, clock, last_status)
        self._tail = partial(Tail, watch=watch, start=start)
        self._tails: list[Tail] = []
        self._is_begun = self._is_awake = self._is_ending = False
        self._join(logs)
        names = [log.name for log in logs]
        self._discovery = Discovery(files, names, watch, is_listed=is_listed) if files else None
        self._run = run
        self._told: State | None = None
        self._said: set[str] = set()
        self.finished: Finished | None = None

    def _join(self, logs: Sequence[Log]) -> None:
        for log in logs:
            tail = self._tail(log)
            tail.pace.is_led = bool(self._tails)
            self._tails.append(tail)
        self._watch.crowd.logs = len(self._tails)

    @property
    def _followers(self) -> list[Follower]:
        """Those that are not finished."""
        every = [self._discovery, *self._tails]
        return [follower for follower in every if follower and not follower.finished]

    @property
    def due_in(self) -> float:
        """Seconds until something is to be polled."""
        return min((follower.due_in for follower in self._followers), default=0.0)

    @property
    def is_in_trouble(self) -> bool:
        """Whether something could not be read when it was polled last."""
        return any(follower.is_in_trouble for follower in self._followers)

    def hurry(self) -> None:
        """Poll everything at once."""
        self._watch.hurry()
        for follower in self._followers:
            follower.hurry()

    def choose(self, name: str) -> None:
        """Look often at the log that somebody looks at; no name for all alike."""
        for tail in self._tails:
            is_chosen = tail.name == name
            if is_chosen and not tail.pace.is_chosen:
                tail.pace.hurry()
            tail.pace.is_chosen = is_chosen

    def poll_due(self) -> list[Event]:
        """Poll what is due, as much as is read at once, and the status; returns what happened."""
        events: list[Event] = []
        if self.due_in <= 0:
            for found in self._run([follower.poll for follower in self._due()]):
                events += [event for event in found if self._is_news(event, events)]
        if self._discovery:
            self._join(self._discovery.take())
        self._watch.crowd.busy = sum(tail.pace.is_busy for tail in self._tails)
        self._wake()
        if self.finished is None and self._is_over:
            self.finished = self._end()
            events.append(self.finished)
        return events

    def _due(self) -> list[Follower]:
        """Those of a new poll: all where the status is not told, since none goes on without it.

        A look for more files takes the place of one at quiet logs.
        """
        self._watch.begin_poll()
        try:
            status = self._watch.look()
        except ModelArtsError:
            return self._followers
        is_first, self._is_begun = not self._is_begun, True
        if is_first and len(self._tails) > 1:
            return [self._tails[0]]
        due = [follower for follower in self._followers if follower.joins]
        discovery = self._discovery
        if discovery in due and discovery.is_routine and not status.is_final:
            due = [one for one in due if one is discovery or not one.pace.give_way()]
        due.sort(key=lambda one: (one is not discovery, *one.pace.rank))
        return due[:_AT_ONCE]

    def _wake(self) -> None:
        """Look at the others when the first of all has news, and when the job has ended."""
        status = self._watch.status
        is_ending = status is not None and status.is_final and not self._is_ending
        if is_ending or (self._watch.crowd.busy > 0 and not self._is_awake):
            for tail in self._tails:
                if not (tail.pace.is_busy or tail.is_in_trouble or tail.is_draining):
                    tail.pace.wait(0.0)
            self._is_awake, self._is_ending = True, self._is_ending or is_ending

    @property
    def _is_over(self) -> bool:
        if not all(follower.finished for follower in self._tails):
            return False
        if self._discovery is None or self._discovery.finished:
            return True
        status = self._watch.status  # where all files ended before the job, no new one is awaited
        return bool(self._tails) and not (status and status.is_final)

    def _is_news(self, event: Event, told: Sequence[Event]) -> bool:
        """A status is told once, trouble once in a poll, and the end is that of all files."""
        if isinstance(event, Trouble):
            if event.message in self._said:
                return False
            if event.is_of_service:
                self._said.add(event.message)
            return event not in told
        if isinstance(event, StatusChanged):
            is_new = event.status != self._told
            self._told = event.status
            return is_new
        return not isinstance(event, Finished)

    def _end(self) -> Finished:
        """The end of the files, or of waiting for some."""
        followed: list[Follower] = [*self._tails]
        followers = followed or [follower for follower in [self._discovery] if follower]
        ends = [follower.finished for follower in followers if follower.finished]
        with_reason = [end for end in ends if end.reason]
        return (with_reason or ends or [Finished(None)])[0]
