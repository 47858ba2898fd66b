"""Logs as objects, for whoever has a link: in a bucket of a name that no folder can be.

=============================  ================================
key                            what
=============================  ================================
``JOB/NAME``                   the log of a task
``JOB/newest-N/NAME``          its newest N bytes
=============================  ================================
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import BinaryIO, Callable
from urllib.parse import quote

from ...core.auth.keys import AccessKey
from ...core.obs.signing import link_query
from ..http.refusals import Refused
from ..storage.log_folders import LogFolders, is_cleared
from ..storage.records import Records, StoredJob, TaskRecord
from .buckets import Stored, open_object
from .refusals import no_such_key

BUCKET = "_logs"
LINK_TIME = 300  # seconds
_KEY = re.compile(r"([0-9a-f-]{36})/(?:newest-([0-9]{1,12})/)?modelarts-job-\1-(.+)\.log")


class LogObjects:
    """Gives links to logs, and opens what they name.

    Args:
        records: whose logs.
        logs: where they are.
        endpoint: of the object store.
        key: with which links are signed.
        now: gives epoch milliseconds.
    """

    def __init__(
        self,
        records: Records,
        logs: LogFolders,
        endpoint: str,
        key: AccessKey,
        now: Callable[[], int],
    ) -> None:
        self._records = records
        self._logs = logs
        self._endpoint = endpoint
        self._key = key
        self._now = now

    def link(self, job: StoredJob, task: TaskRecord, newest: int | None = None) -> str:
        """By which anybody may read a log, or only its newest bytes, for five minutes."""
        part = "" if newest is None else f"newest-{newest}/"
        path = f"/{BUCKET}/{job.uuid}/{part}modelarts-job-{job.uuid}-{task.name}.log"
        expires = self._now() // 1000 + LINK_TIME
        return f"{self._endpoint}{quote(path)}?{link_query(self._key, path, expires)}"

    def opened(self, key: str) -> tuple[BinaryIO, Stored]:
        """See ``Buckets``."""
        match = _KEY.fullmatch(key)
        job = self._records.by_uuid(match[1]) if match else None
        if match is None or job is None or is_cleared(job, self._now()):
            raise no_such_key()
        task = next((one for one in job.tasks if one.name == match[3]), None)
        if task is None:
            raise no_such_key()
        try:
            path = self._logs.file(job, task)
        except Refused:
            raise no_such_key() from None
        file, found = open_object(path, key)
        return file, _newest(found, int(match[2])) if match[2] else found


def _newest(found: Stored, count: int) -> Stored:
    size = min(count, found.size)
    return replace(found, start=found.size - size, size=size)
