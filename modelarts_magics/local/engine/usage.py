"""What the processes of running tasks use: measured each minute, as an average of that minute.

Nothing is measured where psutil is not installed.
"""

from __future__ import annotations

import logging
import os
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Callable

from ..storage.history import Usage
from ..storage.records import StoredJob
from .jobs import Jobs, Process

try:
    import psutil
except ImportError:
    _HAS_PSUTIL = False
else:
    _HAS_PSUTIL = True

_MINUTE = 60_000
_WITHOUT = "What tasks use is not measured without psutil: pip install 'modelarts-magics[local]'."

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Reading:
    """Seconds of a CPU and bytes that a task had used, and when."""

    minute: int
    at: float
    cpu: float
    memory: int


class Meter:
    """Reads the meters of tasks.

    Args:
        jobs: whose tasks, and where it is noted.
        now: gives epoch milliseconds; minutes are counted from a job's first start.
    """

    def __init__(self, jobs: Jobs, now: Callable[[], int]) -> None:
        if not _HAS_PSUTIL:
            _log.warning(_WITHOUT)
        self._jobs = jobs
        self._now = now
        self._last: dict[tuple[str, str, int], _Reading] = {}

    def read(self, running: Iterable[tuple[StoredJob, list[Process]]]) -> None:
        """Note the minute that is over, if one is; called now and then."""
        due = {
            (job.uuid, process.task, process.pid): job
            for job, processes in running
            for process in processes
        }
        self._last = {key: last for key, last in self._last.items() if key in due}
        due = {key: job for key, job in due.items() if self._is_due(key, self._minute(job))}
        if not due or not _HAS_PSUTIL:
            return
        sessions = _sessions()
        for key, job in due.items():
            reading = _reading(sessions[key[2]], self._minute(job))
            self._note(job, key[1], self._last.get(key), reading)
            self._last[key] = reading

    def _is_due(self, key: tuple[str, str, int], minute: int) -> bool:
        last = self._last.get(key)
        return last is None or last.minute < minute

    def _minute(self, job: StoredJob) -> int:
        return max(0, self._now() - job.attempts[0].start) // _MINUTE

    def _note(self, job: StoredJob, task: str, last: _Reading | None, now: _Reading) -> None:
        if last is None:
            return
        cores = (now.cpu - last.cpu) / max(now.at - last.at, 0.001)
        cpu = min(100.0, max(0.0, 100 * cores / (os.cpu_count() or 1)))
        memory = 100 * now.memory / psutil.virtual_memory().total
        usage = Usage(now.minute - 1, round(cpu, 2), round(memory, 2))
        self._jobs.note_usage(job, task, usage)


def _sessions() -> dict[int, list[int]]:
    """All processes, by the session that they are in: each task has one of its own."""
    sessions: dict[int, list[int]] = defaultdict(list)
    for pid in psutil.pids():
        with suppress(OSError):
            sessions[os.getsid(pid)].append(pid)
    return sessions


def _reading(pids: list[int], minute: int) -> _Reading:
    cpu, memory = 0.0, 0
    for pid in pids:
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            times = process.cpu_times()
            cpu += sum(times[:4])  # with those of children that have ended
            memory += process.memory_info().rss
    return _Reading(minute, time.monotonic(), cpu, memory)
