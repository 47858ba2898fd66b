"""The copy of a log that a job asks for: an object in a bucket for each task."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from ..http.refusals import Refused
from ..storage.log_folders import LogFolders
from ..storage.obs import Obs
from ..storage.records import StoredJob


class LogExport:
    """Copies what is new; a copy that is not possible is no reason to end a job.

    Args:
        obs: where the buckets are.
        logs: where the logs are.
        rewrites: whether an object is written anew instead of appended to.
    """

    def __init__(self, obs: Obs, logs: LogFolders, rewrites: bool) -> None:
        self._obs = obs
        self._logs = logs
        self._rewrites = rewrites

    async def copy(self, job: StoredJob) -> None:
        """Bring the objects of a job up to date, if it wants any.

        Two may do so at a time: they write the same bytes to the same places.
        """
        if job.spec.log_export:
            await asyncio.to_thread(self._copy, job)

    def _copy(self, job: StoredJob) -> None:
        with suppress(OSError, Refused):
            folder = self._obs.made_folder(job.spec.log_export)
            for task in job.tasks:
                name = f"modelarts-job-{job.uuid}-{task.name}.log"
                self._bring_up_to_date(self._logs.file(job, task), folder / name)

    def _bring_up_to_date(self, log: Path, copy: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
        with open(log, "rb") as source, open(os.open(copy, flags, 0o600), "wb") as target:
            there = os.fstat(target.fileno())
            if not stat.S_ISREG(there.st_mode) or there.st_size == source.seek(0, os.SEEK_END):
                return
            begin = 0 if self._rewrites else there.st_size
            source.seek(begin)
            target.seek(begin)
            shutil.copyfileobj(source, target, 1024 * 1024)
