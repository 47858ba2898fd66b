"""A version of a training job: query, stop, delete and update it.

Source: the SDK reference, modelarts_04_0160 to modelarts_04_0172, see docs/api/README.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...core.api.base import JobRef
from ...core.api.v1 import rules
from ...core.api.v1.jobs import API, TrainingJobs, with_versions
from ...core.api.v1.models.log import LogLines
from ...core.api.v1.models.training import CreatedJob, JobVersion, JobVersionPage
from ...core.api.v1.status import JobStatus
from ...core.errors import one_line
from ...core.http.rate_limit import RATE
from ...core.http.reader import CONNECTIONS
from ...core.i18n import _
from ...core.logs.download import WrittenLog
from ...core.numbers import whole
from ..logs import FollowedLog, Progress, followed, write_log
from ..refusals import needed
from ..writer import say
from .answers import print_table, refusal_as_dict, shown_status, shown_time, success
from .job_object import JobObject


class TrainingJob(JobObject):
    """A version of a training job, as ``Estimator.fit()`` and the lists of versions give it.

    Attributes:
        job_id, version_id: ids as text.
        job_name, version_name: such as ``V0001``.
        status: code when the object was made; ``get_job_version_info()`` tells the present one.
        create_time: epoch milliseconds.
        resource_id: as the service names it.
        is_success: whether the service accepted the job.
    """

    def __init__(
        self,
        modelarts_session: Any,
        job_id: str | None = None,
        version_id: str | None = None,
        *,
        values: CreatedJob | JobVersion | None = None,
    ) -> None:
        super().__init__(modelarts_session)
        known = values or CreatedJob()
        self.job_id = str(job_id or known.job_id or "")
        self.version_id = str(version_id or known.version_id or "")
        self.job_name = known.job_name
        self.version_name = known.version_name
        self.status: JobStatus = known.status
        self.create_time = known.create_time
        self.resource_id = str(known.raw.get("resource_id") or "")
        self.is_success = True

    def __repr__(self) -> str:
        name = f", job_name={self.job_name!r}" if self.job_name else ""
        kind = type(self).__name__
        return f"{kind}(job_id={self.job_id!r}, version_id={self.version_id!r}{name})"

    def _job(self) -> str:
        return self._needed("job_id", self.job_id)

    def _ids(self) -> tuple[str, str]:
        return self._job(), self._needed("version_id", self.version_id)

    def _ref(self) -> JobRef:
        return JobRef(API, *self._ids())

    def _needed(self, name: str, value: str) -> str:
        return needed(
            name,
            value,
            _("Name the job: Estimator(modelarts_session, job_id='...', version_id='...')"),
        )

    # ---- queries --------------------------------------------------------------------------------

    @refusal_as_dict
    def get_job_info(self) -> dict[str, Any]:
        """Describe the job with its versions: the dict of modelarts_03_0049."""
        return success(self._client.list_versions(self._job()).as_dict())

    @refusal_as_dict
    def get_job_version_info(self) -> dict[str, Any]:
        """Describe this version: the dict of modelarts_03_0047."""
        return success(self._client.get_version(*self._ids()).as_dict())

    def get_job_version_object_list(self, is_show: bool = True) -> list[TrainingJob]:
        """The versions of the job as objects, in the order in which the service lists them.

        Args:
            is_show: also print them.

        Raises:
            ServiceError: the service refused.
        """
        found = with_versions(self._client, self._job())
        if is_show:
            _print_versions(found)
        return [self._version_object(found.job_name, version) for version in found.versions]

    def _version_object(self, job_name: str, version: JobVersion) -> TrainingJob:
        job = TrainingJob(self._session, self.job_id, values=version)
        job.job_name = job_name
        return job

    @refusal_as_dict
    def get_job_log_file_list(self) -> dict[str, Any]:
        """Name the log files: ``{"log_file_list": [...], "is_success": True}``."""
        files = self._client.list_log_files(*self._ids())
        return success({"log_file_list": list(files.names)})

    @refusal_as_dict
    def get_job_log(self, log_file: str, start_byte: int = 0, offset: int = 2048) -> dict[str, Any]:
        """Read a slice of a log (modelarts_04_0164).

        Args:
            log_file: a name from :meth:`get_job_log_file_list`.
            start_byte: where to begin, in bytes; -1 for the newest part, of length ``offset``.
            offset: how many bytes; from -2048 to 2048.

        Returns:
            ``log``, ``log_byte_count``, ``end_byte`` (exclusive: the ``start_byte`` of the next
            slice) and ``is_success``; or ``error_code``, ``error_msg`` and ``is_success`` when the
            service refuses. A service of a newer edition answers with ``content``, ``lines``,
            ``start_line`` and ``end_line``.

        Raises:
            InvalidArgumentError: an argument is outside its range.
        """
        rules.check_log_file(log_file)
        rules.check_slice(start_byte, offset)
        chunk = self._client.read_log(*self._ids(), log_file, start_byte, offset)
        if isinstance(chunk, LogLines):
            return chunk.as_dict()
        return success(
            {
                "log": chunk.text,
                "log_byte_count": chunk.byte_count,
                "end_byte": chunk.end_byte,
            }
        )

    # ---- whole logs, and logs over time (beyond the vendor's SDK) -------------------------------

    def download_job_log(
        self,
        log_file: str,
        path: str | Path,
        *,
        connections: int = CONNECTIONS,
        rate: float | None = RATE,
        progress: Progress | None = None,
    ) -> WrittenLog:
        """Write a whole log to a file, over several connections.

        The file appears when it is complete: the log as it was when this began. After an
        interruption the next call goes on from what was fetched, if that still is this log.

        Args:
            log_file: a name from :meth:`get_job_log_file_list`.
            path: the file to write.
            connections: requests in flight at once, 1 to 256.
            rate: requests a second, within the 150 of all readers of the project together; ``None``
                for no limit of its own.
            progress: is told the bytes that were written, and those that there are.

        Returns:
            The length of the log in bytes. It also has ``written_since``, the bytes that the job
            has added since this began, and ``is_exact``, which is false for a log that is no
            UTF-8, since the service gives only text.

        Raises:
            InvalidArgumentError: an argument makes no sense, or the file cannot be written, or is
                being written by another call.
            LogRewrittenError: the log was written anew meanwhile, twice.
            ServiceError: the service refused, contradicted itself, or stayed in trouble.
        """
        rules.check_log_file(log_file)
        jobs, ref = TrainingJobs(self._client), self._ref()
        return write_log(jobs, ref, log_file, path, connections, rate, progress)

    def follow_job_log(self, log_file: str | None = None, start_byte: int = 0) -> FollowedLog:
        """Follow the log while the job runs.

        Args:
            log_file: one log file; all files of the job by default, those of workers that start
                later too.
            start_byte: where to begin, at the boundary of a character.

        Yields:
            :class:`~modelarts_magics.events.LogText` for new text,
            :class:`~modelarts_magics.events.StatusChanged`,
            :class:`~modelarts_magics.events.Trouble` for what will be tried again, and
            at the end one :class:`~modelarts_magics.events.Finished`. Waiting for the
            next event blocks; interrupting it does not harm the job. ``metrics`` of the iterator
            are the curves that the text so far tells, as those of
            :mod:`modelarts_magics.metrics`.

        Raises:
            InvalidArgumentError: an argument makes no sense.
        """
        if log_file is not None:
            rules.check_log_file(log_file)
        start = whole("start_byte", start_byte, 0)
        return followed(TrainingJobs(self._client), self._ref(), log_file, start)

    # ---- changes --------------------------------------------------------------------------------

    @refusal_as_dict
    def stop_job_version(self) -> dict[str, Any]:
        """Stop this version; only one that is not final can be stopped."""
        self._client.stop_version(*self._ids())
        return success()

    @refusal_as_dict
    def delete_job_version(self) -> dict[str, Any]:
        """Delete this version with its logs."""
        self._client.delete_version(*self._ids())
        return success()

    @refusal_as_dict
    def delete_job(self) -> dict[str, Any]:
        """Delete the job with all its versions."""
        self._client.delete_job(self._job())
        return success()

    @refusal_as_dict
    def update_job_description(self, description: str) -> dict[str, Any]:
        """Change the description of the job: at most 256 characters."""
        self._client.update_job(self._job(), rules.check_description(description))
        return success()


def _print_versions(job: JobVersionPage) -> None:
    say(one_line(f"{job.job_name} (job_id {job.job_id})"))
    print_table(
        ["version_id", "version_name", "status", "create_time"],
        [
            (v.version_id, v.version_name, shown_status(v.status), shown_time(v.create_time))
            for v in job.versions
        ],
    )
