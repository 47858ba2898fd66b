"""A training job of API v2: query, follow, stop, delete and update it.

Source: the SDK reference, modelarts_04_0424 to modelarts_04_0429, see docs/api/v2-sdk.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...core.api.base import JobKind, JobRef
from ...core.api.log import LogWindow
from ...core.api.v2.client import Client
from ...core.api.v2.jobs import every_event
from ...core.api.v2.logs import PreviewEndpoint
from ...core.api.v2.models.job import API
from ...core.api.v2.rules import checked_task
from ...core.http.rate_limit import RATE
from ...core.http.reader import CONNECTIONS
from ...core.i18n import _
from ...core.logs.download import WrittenLog
from ..logs import FollowedLog, Progress, followed, write_log
from ..refusals import needed
from ..session import Session
from ..writer import say
from .answers import refusal_as_dict

_FIRST_TASK = "worker-0"


class TrainingJob:
    """A training job, as ``Estimator.fit()`` gives it.

    Args:
        session: a Session of ours or of the vendor's SDK.
        job_id: its id.
        job_name: its name, as far as it is known.

    Attributes:
        job_id: a UUID.
        job_name: empty for a job that was named by its id.
    """

    kind = JobKind.TRAINING

    def __init__(self, session: Any, job_id: str | None = None, *, job_name: str = "") -> None:
        self._session = Session.of(session)
        self.job_id = str(job_id or "")
        self.job_name = job_name

    def __repr__(self) -> str:
        name = f", job_name={self.job_name!r}" if self.job_name else ""
        return f"{type(self).__name__}(job_id={self.job_id!r}{name})"

    @property
    def session(self) -> Session:
        """The session that this object uses."""
        return self._session

    @property
    def ref(self) -> JobRef | None:
        """Which job this is, for ``%ma_log``; ``None`` for a description of one."""
        return JobRef(API, self.job_id) if self.job_id else None

    @property
    def _client(self) -> Client:
        return self._session.client_v2

    def _id(self) -> str:
        hint = _("Name the job: Estimator(session, job_id='...')")
        return needed("job_id", self.job_id, hint)

    def _known(self) -> JobRef:
        return JobRef(API, self._id())

    # ---- queries --------------------------------------------------------------------------------

    @refusal_as_dict
    def get_job_info(self) -> dict[str, Any]:
        """Describe the job (modelarts_04_0424).

        Returns:
            The service's answer: ``kind``, ``metadata``, ``status``, ``algorithm``, ``spec`` and
            ``endpoints``. Times are epoch milliseconds, those of ``status.running_records``
            seconds. What is in ``algorithm.environments`` and the tokens in ``endpoints`` may be
            secret.
        """
        return dict(self._client.get_job(self._id()).raw)

    @refusal_as_dict
    def get_job_log(self, task_id: str = _FIRST_TASK) -> dict[str, Any]:
        """Read the newest part of a log, up to 5 MiB (modelarts_04_0428).

        Args:
            task_id: one of the tasks that ``get_job_info()["status"]["tasks"]`` names.

        Returns:
            ``content``, and as bytes ``current_size``, how much that is, and ``full_size``, how
            much the log has. Where there is no log yet, no text and zeros.
        """
        window = PreviewEndpoint(self._client, self._id(), checked_task(task_id)).window()
        found = window or LogWindow("", 0, 0)
        return {"content": found.text, "current_size": found.size, "full_size": found.end}

    @refusal_as_dict
    def get_job_metrics(self, task_id: str = _FIRST_TASK) -> dict[str, Any]:
        """How much a task uses of its machine (modelarts_04_0429).

        Args:
            task_id: as of :meth:`get_job_log`.

        Returns:
            ``{"metrics": [{"metric": "cpuUsage", "value": [...]}, ...]}``: percent, an average a
            minute, the newest last; -1 where none was taken. No metrics before the first minute.
        """
        found = self._client.read_metrics(self._id(), checked_task(task_id)).raw
        return {**found, "metrics": found.get("metrics") or []}

    # ---- beyond the vendor's SDK ----------------------------------------------------------------

    def get_job_events(self) -> list[dict[str, Any]]:
        """All that the service tells of the job beside its logs, the oldest first.

        Returns:
            ``time`` (such as ``2026-01-02T11:10:00+08:00``), ``level``, ``message`` and ``source``
            of each.

        Raises:
            ServiceError: the service refused.
        """
        return [dict(event.raw) for event in every_event(self._client, self._id())]

    def get_job_tasks(self) -> list[dict[str, Any]]:
        """The tasks of the job.

        Returns:
            ``task``, ``ip``, ``host_ip`` and ``schedule_count`` of each; the names alone where the
            service has no call for more. None before the job is scheduled.

        Raises:
            ServiceError: the service refused.
        """
        tasks = self._session.jobs_v2.tasks(self._known())
        return [{"task": task.name, **task.raw} for task in tasks]

    def follow_job_log(self, task_id: str | None = None) -> FollowedLog:
        """Follow the log while the job runs; nothing is lost, however fast it is written.

        Args:
            task_id: one task; all of the job by default.

        Yields:
            :class:`~modelarts_magics.events.LogText` for new text, with the task as its
            ``log_file``, :class:`~modelarts_magics.events.StatusChanged`,
            :class:`~modelarts_magics.events.Trouble` for what will be tried again, and at the end
            one :class:`~modelarts_magics.events.Finished`. Waiting for the next event blocks;
            interrupting it does not harm the job. ``metrics`` of the iterator are the curves that
            the text so far tells, as :mod:`modelarts_magics.metrics` reads them.

        Raises:
            InvalidArgumentError: an argument makes no sense.
        """
        task = None if task_id is None else checked_task(task_id)
        return followed(self._session.jobs_v2, self._known(), task)

    def download_job_log(
        self,
        task_id: str,
        path: str | Path,
        *,
        connections: int = CONNECTIONS,
        rate: float | None = RATE,
        progress: Progress | None = None,
    ) -> WrittenLog:
        """Write a whole log to a file: from its copy in OBS, or else as the service gives it.

        The file appears when it is complete: the log as it was when this began. After an
        interruption the next call goes on from what was fetched, if that still is this log. Where
        only the newest part can be had, a line stands for what is missing.

        Args:
            task_id: as of :meth:`get_job_log`.
            path: the file to write.
            connections: requests in flight at once, 1 to 256.
            rate: requests a second, within the 150 of all readers of the project together; ``None``
                for no limit of its own.
            progress: is told the bytes that were written, and those that there are.

        Returns:
            The length of the file in bytes; ``written_since`` and ``is_exact`` as on the v1 face,
            and ``missing``, the bytes of the log that nobody has.

        Raises:
            InvalidArgumentError: an argument makes no sense, or the file cannot be written.
            ServiceError: the service refused, contradicted itself, or stayed in trouble.
        """
        jobs, task = self._session.jobs_v2, checked_task(task_id)
        return write_log(jobs, self._known(), task, path, connections, rate, progress)

    # ---- changes --------------------------------------------------------------------------------

    @refusal_as_dict
    def update_job_configs(self, description: str) -> None:
        """Change the description of the job (modelarts_04_0425): at most 256 characters."""
        self._client.update_job(self._id(), description)

    @refusal_as_dict
    def control_job(self) -> dict[str, Any]:
        """Stop the job (modelarts_04_0427), and say so.

        Returns:
            The job as :meth:`get_job_info` has it, at that moment: perhaps still terminating.
        """
        stopped = self._client.stop_job(self._id())
        say(_("Job {job} is told to stop", job=self._id()))
        return dict(stopped.raw)

    @refusal_as_dict
    def delete_job(self) -> None:
        """Delete the job with its logs (modelarts_04_0426)."""
        self._client.delete_job(self._id())
