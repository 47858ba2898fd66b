"""The logs of one job for somebody who reads on and on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Callable

from ..api.base import JobApi, JobRef, State
from ..api.log import Before, ByteSource, LineSource, Log
from ..http.reader import Reader
from ..http.transport import Runner
from .follow import LastLines
from .follow_job import JobFollower
from .pages_before import PagesBefore
from .preview import Windows
from .readers import LogBytes, open_log


class JobLogs:
    """The log files of one job; each request is tried once.

    Args:
        deadline: seconds that a request may take, in place of those of the session.
        run: runs a request, in place of the way of the session.

    Attributes:
        jobs: for other requests about the job.
        reader: who makes all these requests.
    """

    def __init__(
        self,
        jobs: JobApi,
        ref: JobRef,
        reader: Reader | None = None,
        *,
        deadline: float | None = None,
        run: Runner | None = None,
    ) -> None:
        self.reader = reader or Reader()
        self.jobs = jobs.for_follower(self.reader, deadline=deadline, run=run)
        self._ref = ref
        self._windows = Windows()

    def status(self) -> State:
        return self.jobs.status(self._ref)

    def names(self) -> Sequence[str]:
        return self.jobs.log_files(self._ref)

    def source(self, name: str) -> ByteSource:
        """The log by bytes."""
        return LogBytes(self.jobs.logs(self._ref, name))

    def pages_before(self, name: str, before: Before, start: int) -> PagesBefore:
        """What comes before the last lines of a log by entries, which begin at a byte."""
        readers = self.jobs.logs(self._ref, name)
        source = next(one for one in readers if isinstance(one, LineSource))
        return PagesBefore(source, before, start)

    def follow(
        self,
        start: int | LastLines = 0,
        *,
        file: str | None = None,
        names: Sequence[str] | None = None,
        status: Callable[[], State] | None = None,
        interval: float | None = None,
        last_status: State | None = None,
    ) -> JobFollower:
        """Follow one log file, or all, those that appear later too.

        Args:
            start: the byte that every log begins with, or its last lines.
            file: only this one; it is waited for when ``names`` lack it.
            names: the log files that there were just now.
            status: asks for the status, in place of :meth:`status`.
            interval: seconds between polls, in place of a cadence that adapts.
            last_status: of the job, where it was told just now.
        """
        is_there = file is not None and (names is None or file in names)
        known = names or () if file is None else [file] if is_there else ()
        return JobFollower(
            self._opened(known),
            status or self.status,
            start,
            interval=interval,
            files=None if is_there else lambda: self._awaited(file),
            last_status=last_status,
            is_listed=names is not None,
        )

    def _awaited(self, file: str | None) -> list[Log]:
        return self._opened(name for name in self.names() if file in (None, name))

    def _opened(self, names: Iterable[str]) -> list[Log]:
        return [
            open_log(self.jobs.logs(self._ref, name), self.reader, self._windows) for name in names
        ]
