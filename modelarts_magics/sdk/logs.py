"""Whole logs, and logs over time, beyond the vendor's SDK; the same for both generations."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

from ..core.api.base import JobApi, JobRef
from ..core.http.rate_limit import RATE, RateLimit
from ..core.http.reader import MOST_CONNECTIONS, Reader
from ..core.logs.download import WrittenLog, download
from ..core.logs.follow import Event
from ..core.logs.job_logs import JobLogs
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


def followed(
    jobs: JobApi, ref: JobRef, log_file: str | None, start_byte: int = 0
) -> Iterator[Event]:
    """What happens to a job and its logs, until nothing more comes."""
    follower = JobLogs(jobs, ref).follow(start_byte, file=log_file)
    while follower.finished is None:
        time.sleep(follower.due_in)
        yield from follower.poll_due()
