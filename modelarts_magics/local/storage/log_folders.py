"""Where the logs of jobs lie: a folder for each job, below one for its kind.

Only the folders that records name are removed, and none that a link leads to: what lies on another
disk is left to who has put it there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..http.refusals import Reason, Refused
from .records import Kind, Records, StoredJob, TaskRecord

_KEPT = 30 * 24 * 3_600_000  # milliseconds after the end of a job


def is_cleared(job: StoredJob, now: int) -> bool:
    """Whether the logs of a job are too old to be shown by APIs that clear them."""
    return job.is_ended and now - (job.ended or 0) > _KEPT


class LogFolders:
    """Makes, finds and removes them.

    Args:
        folder: for one folder per kind.
        records: which jobs there are, and whose logs are still to be removed.
    """

    def __init__(self, folder: Path, records: Records) -> None:
        self._ours = Path(os.path.realpath(folder.parent)) / folder.name
        self._records = records
        self._kinds = {kind: Path(os.path.realpath(self._ours / kind.value)) for kind in Kind}

    def of(self, job: StoredJob) -> Path:
        return self._of(job.kind, job.number)

    def is_used(self, kind: Kind, number: int) -> bool:
        """Whether something is already where the logs of a new job would go."""
        folder = self._of(kind, number)
        if os.path.islink(folder) or not folder.is_dir():
            return os.path.lexists(folder)
        return bool(os.listdir(folder))

    def make(self, job: StoredJob) -> bool:
        """Make the folder of a job; returns whether it was missing.

        Raises:
            Refused: it cannot be made.
        """
        folder = self.of(job)
        if folder.is_dir():
            return False
        try:
            folder.mkdir(mode=0o700, parents=True)
        except OSError as error:
            message = f"The folder of the logs cannot be made: {error.strerror}."
            raise Refused(Reason.INTERNAL, message) from None
        return True

    def unmake(self, job: StoredJob) -> None:
        """Take away the folder of a job that was not accepted, in which nothing is yet."""
        _remove_if_empty(self.of(job))

    def file(self, job: StoredJob, task: TaskRecord) -> Path:
        """Where the log of a task is.

        Raises:
            Refused: it is not what it was when it was made.
        """
        path = self.of(job) / task.log
        if os.path.realpath(path) != str(path):
            raise Refused(Reason.NO_LOG_FILE, "No such log file.")
        return path

    def remove(self, jobs: Sequence[tuple[Kind, int]]) -> None:
        """Remove what jobs that are not known any more have left."""
        for kind, number in jobs:
            folder, ours = self._of(kind, number), self._ours / kind.value / str(number)
            if os.path.realpath(ours) == str(folder) == str(ours):
                shutil.rmtree(folder, ignore_errors=True)
            if folder != ours or not os.path.lexists(folder):
                self._records.forget(kind, number)

    def recover(self) -> None:
        """Make the folders of all kinds, and remove what a service that died would have removed.

        Raises:
            OSError: they cannot be used.
        """
        for kind, folder in self._kinds.items():
            folder.mkdir(mode=0o700, exist_ok=True)
            if folder == self._ours / kind.value:  # of a job that was about to be recorded
                _remove_if_empty(folder / str(self._records.next_number(kind)))
        self.remove(self._records.removed())

    def last_sign_of_life(self, job: StoredJob) -> int:
        """When something of a job was last seen, in epoch milliseconds."""
        files = (self.of(job) / task.log for task in job.tasks)
        written = [int(file.stat().st_mtime * 1000) for file in files if file.exists()]
        return max([job.started or job.created, *written])

    def _of(self, kind: Kind, number: int) -> Path:
        return self._kinds[kind] / str(number)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
