"""The ModelArts REST API, v1: one short method per endpoint, values in, values out.

Ids are strings everywhere. Lists are paged by the service: ``page`` counts from 1.

Source: docs/api/v1-endpoints.md; the vendor's page of each method stands in its docstring.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ...errors import InvalidArgumentError
from ...http.reader import Reader
from ...http.transport import Runner, Transport
from ...i18n import _
from ..log import LogChunk
from . import rules
from .codes import CODES
from .models.catalogue import Engine, EngineList, Spec, SpecList
from .models.listing import ListQuery
from .models.log import LogFiles, LogLines, read_chunk
from .models.training import (
    CreatedJob,
    JobPage,
    JobVersion,
    JobVersionPage,
    TrainingConfig,
    new_job,
    new_version,
)
from .models.visualization import VisualizationJob, VisualizationJobPage

_TRAINING = "/training-jobs"
_VISUALIZATION = "/visualization-jobs"
_JOBS = ("jobs", "job_total_count")
_TEXT = ("log", "content", "context")  # one of them, by edition
_LINES = (*_TEXT, "lines", "start_line", "end_line")
_VERSION = ("status", "version_id", "job_id")
_VISUALIZATION_JOB = ("status", "job_id", "job_name", "service_url")
_NEWEST = ListQuery()
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


class Client:
    """The endpoints of one project.

    Args:
        transport: the way to the service.
        project_id: the project; refused when it cannot be a part of a path.

    Every method raises :class:`~modelarts_magics.errors.ServiceError` when the service refuses
    or cannot be reached.
    """

    def __init__(self, transport: Transport, project_id: str) -> None:
        if not _ID.fullmatch(project_id):
            raise InvalidArgumentError(
                _("'{id}' is not an id", id=project_id),
                _("Name one: Session(project_id=...), or %ma_session --project ID"),
            )
        self.transport = transport
        self.project_id = project_id

    def for_reader(
        self, reader: Reader, *, deadline: float | None = None, run: Runner | None = None
    ) -> Client:
        """The same for somebody who reads on and on, with a back-off of his own.

        Each request is tried once.

        Args:
            deadline: seconds that a request may take, in place of those of the session.
            run: runs a request, in place of the way of the session.
        """
        limits = replace(self.transport.limits, tries=1)
        if deadline is not None:
            limits = replace(limits, deadline=deadline)
        return Client(self.transport.with_limits(limits, run, reader), self.project_id)

    def _send(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        return self.transport.send(method, f"/v1/{self.project_id}{path}", codes=CODES, **options)

    # ---- training jobs --------------------------------------------------------------------------

    def list_jobs(self, query: ListQuery = _NEWEST) -> JobPage:
        """List training jobs (modelarts_03_0046)."""
        rules.check_page(query.per_page, query.page)
        action = "modelarts:trainJob:list"
        options = {"query": query.to_json(), "action": action, "required": _JOBS}
        return JobPage.from_json(self._send("GET", _TRAINING, **options))

    def create_job(self, job_name: str, job_desc: str | None, config: TrainingConfig) -> CreatedJob:
        """Create a training job with its first version (modelarts_03_0045)."""
        body = new_job(job_name, job_desc, config)
        action = "modelarts:trainJob:create"
        options = {"body": body, "action": action, "required": ["job_id"]}
        return CreatedJob.from_json(self._send("POST", _TRAINING, **options))

    def update_job(self, job_id: str, job_desc: str) -> None:
        """Change the description of a training job (modelarts_03_0052)."""
        body = {"job_desc": job_desc}
        self._send("PUT", _job(job_id), body=body, action="modelarts:trainJob:update")

    def delete_job(self, job_id: str) -> None:
        """Delete a training job and all its versions (modelarts_03_0053)."""
        self._send("DELETE", _job(job_id), action="modelarts:trainJob:delete")

    def list_versions(self, job_id: str, *, per_page: int = 100, page: int = 1) -> JobVersionPage:
        """List the versions of a training job (modelarts_03_0049)."""
        rules.check_page(per_page, page)
        query = {"per_page": per_page, "page": page}
        action = "modelarts:trainJobVersion:list"
        path = f"{_job(job_id)}/versions"
        options = {"query": query, "action": action, "required": ["versions", "version_count"]}
        return JobVersionPage.from_json(self._send("GET", path, **options))

    def create_version(
        self, job_id: str, job_desc: str | None, config: TrainingConfig
    ) -> CreatedJob:
        """Run a training job again, perhaps with other parameters (modelarts_03_0050)."""
        body = new_version(job_desc, config)
        action = "modelarts:trainJobVersion:create"
        path = f"{_job(job_id)}/versions"
        options = {"body": body, "action": action, "required": ["version_id", "version_name"]}
        return CreatedJob.from_json(self._send("POST", path, **options))

    def get_version(self, job_id: str, version_id: str) -> JobVersion:
        """Describe a version (modelarts_03_0047)."""
        options = {"action": "modelarts:trainJobVersion:list", "required": _VERSION}
        return JobVersion.from_json(self._send("GET", _version(job_id, version_id), **options))

    def stop_version(self, job_id: str, version_id: str) -> None:
        """Stop a running version (modelarts_03_0051)."""
        path = f"{_version(job_id, version_id)}/stop"
        self._send("POST", path, action="modelarts:trainJobVersion:stop")

    def delete_version(self, job_id: str, version_id: str) -> None:
        """Delete a version (modelarts_03_0048)."""
        path = _version(job_id, version_id)
        self._send("DELETE", path, action="modelarts:trainJobVersion:delete")

    # ---- logs -----------------------------------------------------------------------------------

    def list_log_files(self, job_id: str, version_id: str) -> LogFiles:
        """Name the log files of a version, one per worker (modelarts_03_0054)."""
        path = f"{_version(job_id, version_id)}/log/file-names"
        options = {"action": "modelarts:trainJobLog:list", "required": ["log_file_list"]}
        return LogFiles.from_json(self._send("GET", path, **options))

    def read_log(
        self, job_id: str, version_id: str, log_file: str, start_byte: int = 0, offset: int = 2048
    ) -> LogChunk | LogLines:
        """Read a slice of a log by bytes (modelarts_03_0055 of 2019).

        Args:
            start_byte: where to begin; -1 for the newest part.
            offset: how many bytes, from -2048 to 2048.

        Returns:
            The slice; as lines when the service answers in the newer shape.
        """
        rules.check_slice(start_byte, offset)
        query = {"log_file": log_file, "start_byte": start_byte, "offset": offset}
        path = f"{_version(job_id, version_id)}/log"
        options = {"query": query, "action": "modelarts:trainJobLog:list", "required": _TEXT}
        return read_chunk(self._send("GET", path, **options), start_byte)

    def read_log_lines(
        self,
        job_id: str,
        version_id: str,
        log_file: str,
        base_line: str | None = None,
        lines: int = 50,
        order: str = "desc",
    ) -> LogLines:
        """Read a slice of a log by entries (modelarts_03_0149).

        Args:
            base_line: cursor from an earlier answer, itself excluded; none for the newest entries.
            lines: how many entries, up to 500.
            order: ``desc`` for what follows the cursor, ``asc`` for what precedes it.
        """
        rules.check_entries(lines, order)
        query = {"log_file": log_file, "base_line": base_line, "lines": lines, "order": order}
        path = f"{_version(job_id, version_id)}/aom-log"
        options = {"query": query, "action": "modelarts:trainJobLog:list", "required": _LINES}
        return LogLines.from_json(self._send("GET", path, **options))

    # ---- visualization jobs ---------------------------------------------------------------------

    def create_visualization_job(self, body: dict[str, Any]) -> VisualizationJob:
        """Create a visualization job (modelarts_03_0064).

        Args:
            body: made by
                :func:`~modelarts_magics.core.api.v1.models.visualization.new_visualization_job`.
        """
        options = {"action": "modelarts:tensorboard:create", "required": ["job_id"]}
        answer = self._send("POST", _VISUALIZATION, body=body, **options)
        return VisualizationJob.from_json(answer)

    def list_visualization_jobs(self, query: ListQuery = _NEWEST) -> VisualizationJobPage:
        """List visualization jobs (modelarts_03_0065)."""
        rules.check_page(query.per_page, query.page)
        action = "modelarts:tensorboard:list"
        options = {"query": query.to_json(), "action": action, "required": _JOBS}
        return VisualizationJobPage.from_json(self._send("GET", _VISUALIZATION, **options))

    def get_visualization_job(self, job_id: str) -> VisualizationJob:
        """Describe a visualization job (modelarts_03_0066)."""
        options = {"action": "modelarts:tensorboard:get", "required": _VISUALIZATION_JOB}
        return VisualizationJob.from_json(self._send("GET", _viz(job_id), **options))

    def update_visualization_job(self, job_id: str, job_desc: str) -> None:
        """Change the description of a visualization job (modelarts_03_0067)."""
        body = {"job_desc": job_desc}
        self._send("PUT", _viz(job_id), body=body, action="modelarts:tensorboard:update")

    def delete_visualization_job(self, job_id: str) -> None:
        """Delete a visualization job (modelarts_03_0068)."""
        self._send("DELETE", _viz(job_id), action="modelarts:tensorboard:delete")

    def stop_visualization_job(self, job_id: str) -> None:
        """Stop a visualization job (modelarts_03_0069)."""
        self._send("POST", f"{_viz(job_id)}/stop", action="modelarts:tensorboard:stop")

    def restart_visualization_job(self, job_id: str) -> None:
        """Start a stopped visualization job again (modelarts_03_0070)."""
        self._send("POST", f"{_viz(job_id)}/restart", action="modelarts:tensorboard:restart")

    # ---- what jobs run on -----------------------------------------------------------------------

    def list_specs(self, job_type: str = "train") -> tuple[Spec, ...]:
        """List the flavors of machines (modelarts_03_0072)."""
        query = {"job_type": job_type}
        options = {"query": query, "required": ["specs"]}
        return SpecList.from_json(self._send("GET", "/job/resource-specs", **options)).specs

    def list_engines(self, job_type: str = "train") -> tuple[Engine, ...]:
        """List the frameworks (modelarts_03_0073)."""
        query = {"job_type": job_type}
        options = {"query": query, "required": ["engines"]}
        return EngineList.from_json(self._send("GET", "/job/ai-engines", **options)).engines


def _job(job_id: str) -> str:
    return f"{_TRAINING}/{_checked(job_id)}"


def _version(job_id: str, version_id: str) -> str:
    return f"{_job(job_id)}/versions/{_checked(version_id)}"


def _viz(job_id: str) -> str:
    hint = _("%ma_viz list shows the jobs with their ids")
    return f"{_VISUALIZATION}/{_checked(job_id, hint)}"


def _checked(identifier: str, hint: str = "") -> str:
    """Only what an id can be may become a part of a path."""
    if _ID.fullmatch(identifier):
        return identifier
    raise InvalidArgumentError(
        _("'{id}' is not an id", id=identifier), hint or _("%ma_log lists the jobs with their ids")
    )
