"""What is in the folder of a job's logs beside them: Ascend jobs write there what no call tells.

By which names nobody documents. So what bears the id of the job is taken to be its own, and so is
what bears none; what bears the id of another one is not.

Source: docs/api/v2-logs.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ..obs_path import obs_folder
from .client import ObsClient
from .object_bytes import is_of_task

MOST_LOOKED_AT = 10_000
"""Objects of a folder, whatever they are, among which the files of a job are looked for."""

_ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NO_NAMES = frozenset({"", ".", ".."})


@dataclass(frozen=True)
class LogFolderFile:
    """A file beside the logs of a job.

    Attributes:
        name: below the folder, with slashes.
        size: bytes.
        url: where it is, ``obs://bucket/key``.
    """

    name: str
    size: int
    url: str


class LogFolder:
    """The folder of a job's logs.

    Args:
        location: ``obs://bucket/folder/`` or ``/bucket/folder/``.
        job: id of the job.
        tasks: names of its tasks, whose logs are left out.

    Attributes:
        is_cut: whether there were more objects than were looked at.
    """

    def __init__(self, store: ObsClient, location: str, job: str, tasks: Sequence[str]) -> None:
        self.is_cut = False
        self._store = store
        self._bucket, _slash, self._prefix = obs_folder(location).lstrip("/").partition("/")
        self._job = job.lower()
        self._log = f"modelarts-job-{job}-"
        self._tasks = [is_of_task(task) for task in tasks]

    def files(self) -> Iterator[LogFolderFile]:
        """Those that are there now, by their names.

        One that no folder of a machine can hold under its name is left out.

        Raises:
            ServiceError: the store refuses, or cannot be reached.
        """
        found = self._store.objects(self._bucket, self._prefix)
        for number, one in enumerate(islice(found, MOST_LOOKED_AT + 1)):
            self.is_cut = number == MOST_LOOKED_AT
            name = one.key[len(self._prefix) :]
            if not self.is_cut and self._is_beside(name):
                yield LogFolderFile(name, one.size, f"obs://{self._bucket}/{one.key}")

    def _is_beside(self, name: str) -> bool:
        ids = {found.lower() for found in _ID.findall(name)}
        can_be_held = not _NO_NAMES & {*re.split(r"[/\\]", name)}
        return can_be_held and (not ids or self._job in ids) and not self._is_log(name)

    def _is_log(self, name: str) -> bool:
        at = len(self._log)
        return name.startswith(self._log) and any(task.match(name, at) for task in self._tasks)
