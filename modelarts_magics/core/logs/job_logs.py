"""The logs of one run for somebody who waits and repeats by himself, over one budget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Callable

from ..api.v1.client import Client
from ..api.v1.logs import ByteEndpoint, open_log
from ..api.v1.status import JobStatus
from ..http.rate_limit import Budget
from ..http.transport import Runner
from .exact import Log
from .follow import LastLines
from .follow_job import JobFollower


class JobLogs:
    """The log files of one run; each request is tried once, and all share one budget.

    Args:
        ids: of the job and of its version.
        deadline: seconds that a request may take, in place of those of the session.
        run: runs a request, in place of the way of the session.

    Attributes:
        client: for other requests about the run.
        budget: of all these requests.
    """

    def __init__(
        self,
        client: Client,
        ids: tuple[str, str],
        budget: Budget | None = None,
        *,
        deadline: float | None = None,
        run: Runner | None = None,
    ) -> None:
        self.budget = budget or Budget()
        self.client = client.patient(self.budget, deadline=deadline, run=run)
        self._ids = ids

    def status(self) -> JobStatus:
        return self.client.get_version(*self._ids).status

    def names(self) -> tuple[str, ...]:
        return self.client.list_log_files(*self._ids).names

    def source(self, name: str) -> ByteEndpoint:
        return ByteEndpoint(self.client, *self._ids, name)

    def follow(
        self,
        start: int | LastLines = 0,
        *,
        file: str | None = None,
        names: Sequence[str] | None = None,
        status: Callable[[], JobStatus] | None = None,
        interval: float | None = None,
        last_status: JobStatus | None = None,
    ) -> JobFollower:
        """Follow one log file, or all, those that appear later too.

        Args:
            start: the byte that every log begins with, or its last lines.
            file: only this one; it is waited for when ``names`` lack it.
            names: the log files that are known.
            status: asks for the status, in place of :meth:`status`.
            interval: seconds between polls, in place of a cadence that adapts.
            last_status: of the job, where it was told just now.
        """
        is_there = file is not None and (names is None or file in names)
        known = [file] if file and is_there else () if file else names or ()
        return JobFollower(
            self._opened(known),
            status or self.status,
            start,
            interval=interval,
            files=None if is_there else lambda: self._awaited(file),
            last_status=last_status,
        )

    def _awaited(self, file: str | None) -> list[Log]:
        return self._opened(name for name in self.names() if file in (None, name))

    def _opened(self, names: Iterable[str]) -> list[Log]:
        return [open_log(self.client, *self._ids, name, self.budget) for name in names]
