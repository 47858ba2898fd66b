"""Whole logs, and logs over time, beyond the vendor's SDK; the same for both generations."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Callable

from ..core.api.base import JobApi, JobRef
from ..core.api.log import LogText
from ..core.http.rate_limit import RATE, RateLimit
from ..core.http.reader import MOST_CONNECTIONS, Reader
from ..core.logs.download import WrittenLog, download
from ..core.logs.follow import Event, Finished
from ..core.logs.job_logs import JobLogs
from ..core.logs.read_until import ReadUntil
from ..core.metrics.feed import MetricFeed
from ..core.metrics.series import MetricSeries
from ..core.numbers import number, whole

Progress = Callable[[int, int], object]


def write_log(
    jobs: JobApi,
    ref: JobRef,
    log_file: str,
    path: str | Path,
    connections: int,
    rate: float | None,
    progress: Progress | None,
) -> WrittenLog:
    """Write a whole log to a file; the arguments are those of ``download_job_log``."""
    whole("connections", connections, 1, MOST_CONNECTIONS)
    is_own = rate is not None and number("rate", rate) < RATE
    reader = Reader(connections, RateLimit(rate) if rate and is_own else None)
    return download(JobLogs(jobs, ref, reader).source(log_file), Path(path), reader, progress)


class FollowedLog(Iterator[Event]):
    """What happens to a job and its logs, until nothing more comes.

    Args:
        events: of the job.
    """

    def __init__(self, events: Generator[Event, None, None]) -> None:
        self._events = events
        self._read = ReadUntil()
        self._feed = MetricFeed()

    def __next__(self) -> Event:
        event = next(self._events)
        if isinstance(event, LogText):
            if self._read.take(event):
                self._feed.forget(event.log_file)
            self._feed.reader(event.log_file).feed(event.text, event.start_byte)
        elif isinstance(event, Finished):
            self._feed.end()
        return event

    @property
    def metrics(self) -> dict[str, MetricSeries]:
        """The curves that the text so far tells, by name; what several logs tell has a band."""
        return self._feed.series

    def close(self) -> None:
        """Follow no longer."""
        self._events.close()


def followed(jobs: JobApi, ref: JobRef, log_file: str | None, start_byte: int = 0) -> FollowedLog:
    """What happens to a job and its logs, until nothing more comes."""
    return FollowedLog(_followed(jobs, ref, log_file, start_byte))


def _followed(
    jobs: JobApi, ref: JobRef, log_file: str | None, start_byte: int
) -> Generator[Event, None, None]:
    follower = JobLogs(jobs, ref).follow(start_byte, file=log_file)
    while follower.finished is None:
        time.sleep(follower.due_in)
        yield from follower.poll_due()
