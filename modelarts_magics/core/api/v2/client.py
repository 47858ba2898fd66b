"""The ModelArts REST API, v2: one short method per call, values in, values out.

Source: docs/api/v2-endpoints.md; the number and the official name of each call stand in its
docstring.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...errors import ServiceError
from ...http.answer import Accept, Answer, json_object
from ...http.reader import Reader
from ...http.transport import Runner, Transport
from ...i18n import language
from . import rules
from .codes import CODES, NOT_YET
from .models.catalogue import EngineList, FlavorList, StageList
from .models.job import JobPage, JobTask, TrainingJob
from .models.log import EventPage, Lines, Link, Metrics, Preview
from .paging import Counting
from .rules import JobQuery

_JOBS = "/training-jobs"
_JOB = ("metadata", "status", "kind")
_PREVIEW = ("content", "context", "current_size", "full_size")
_LINES = ("content", "lines", "start_line", "end_line")
_NEWEST = JobQuery()
_LANGUAGES = {"zh": "zh-cn"}
_NO_CONTENT = 204
_FILE = "application/octet-stream"


class Known:
    """What was learned of a service.

    Attributes:
        jobs, events: how its listings count.
        lacking: calls that it does not have, by names of their users.
        asc_is_newer: what the order of lines of a log means; ``None`` until it is known.
    """

    def __init__(self) -> None:
        self.asc_is_newer: bool | None = None
        self.jobs = Counting()
        self.events = Counting()
        self.lacking: set[str] = set()


class Client:
    """The calls of one project.

    Args:
        transport: the way to the service.
        project_id: the project; refused when it cannot be a part of a path.
        known: shared by all that speak with the same service.

    Every method raises :class:`~modelarts_magics.errors.ServiceError` when the service refuses
    or cannot be reached.
    """

    def __init__(self, transport: Transport, project_id: str, known: Known | None = None) -> None:
        rules.checked_id(project_id)
        self.transport = transport
        self.project_id = project_id
        self.known = known or Known()

    def for_reader(
        self, reader: Reader, *, deadline: float | None = None, run: Runner | None = None
    ) -> Client:
        """The same for somebody who reads on and on: each request is tried once.

        Args:
            deadline: seconds that a request may take, in place of those of the session.
            run: runs a request, in place of the way of the session.
        """
        limits = replace(self.transport.limits, tries=1)
        if deadline is not None:
            limits = replace(limits, deadline=deadline)
        transport = self.transport.with_limits(limits, run, reader)
        return Client(transport, self.project_id, self.known)

    def _send(self, method: str, path: str, right: str = "", **options: Any) -> dict[str, Any]:
        action = f"modelarts:trainJob:{right}" if right else ""
        url = f"/v2/{self.project_id}{path}"
        return self.transport.send(method, url, codes=CODES, action=action, **options)

    # ---- jobs -----------------------------------------------------------------------------------

    def list_jobs(self, query: JobQuery = _NEWEST) -> JobPage:
        """List jobs (J1, ListTrainingJobs)."""
        options = {"body": query.to_json(), "required": ["items", "count"], "is_reading": True}
        return JobPage.from_json(self._send("POST", "/training-job-searches", "list", **options))

    def create_job(self, body: Mapping[str, Any]) -> TrainingJob:
        """Create a job (J2, CreateTrainingJob)."""
        answer = self._send("POST", _JOBS, "create", body=body, required=_JOB)
        return TrainingJob.from_json(answer)

    def get_job(self, job_id: str) -> TrainingJob:
        """Describe a job (J3, ShowTrainingJobDetails)."""
        return TrainingJob.from_json(self._send("GET", _job(job_id), "get", required=_JOB))

    def update_job(self, job_id: str, description: str) -> None:
        """Change the description of a job (J4, ChangeTrainingJobDescription)."""
        body = {"description": rules.check_description(description)}
        self._send("PUT", _job(job_id), "update", body=body, accept=_anything)

    def delete_job(self, job_id: str) -> None:
        """Delete a job (J5, DeleteTrainingJob)."""
        self._send("DELETE", _job(job_id), "delete", accept=_anything)

    def stop_job(self, job_id: str) -> TrainingJob:
        """Stop a job (J6, StopTrainingJob)."""
        body = {"action_type": "terminate"}
        options = {"body": body, "accept": _anything}
        return TrainingJob.from_json(
            self._send("POST", f"{_job(job_id)}/actions", "update", **options)
        )

    def list_tasks(self, job_id: str, schedule_count: int | None = None) -> tuple[JobTask, ...]:
        """List the tasks of a job (J7, ListTrainingJobTasks).

        Args:
            schedule_count: those of its n-th start.
        """
        query = {"schedule_count": schedule_count}
        options = {"query": query, "accept": _array("tasks"), "required": ["tasks"]}
        answer = self._send("GET", f"{_job(job_id)}/tasks", "get", **options)
        return tuple(map(JobTask.from_json, filter(_is_object, answer["tasks"])))

    def is_name_taken(self, name: str) -> bool:
        """Whether a job has this name (J9, ValidateTrainingJobName)."""
        options = {"query": {"job_name": name}, "required": ["is_duplicate"]}
        return self._send("GET", "/training-job-names", "list", **options)["is_duplicate"] is True

    def list_stages(self, job_id: str) -> StageList:
        """The stages of each start of a job (J10, ListTrainingJobStages)."""
        required = ["running_records", "total_count"]
        answer = self._send("GET", f"{_job(job_id)}/stages", "get", required=required)
        return StageList.from_json(answer)

    def list_flavors(self, flavor_type: str | None = None) -> FlavorList:
        """List the kinds of machines (J11, ShowTrainingJobFlavors).

        Args:
            flavor_type: ``CPU``, ``GPU`` or ``Ascend``.
        """
        options = {"query": {"flavor_type": flavor_type}, "required": ["flavors", "total_count"]}
        return FlavorList.from_json(
            self._send("GET", "/training-job-flavors", "getFlavors", **options)
        )

    def list_engines(self) -> EngineList:
        """List the frameworks (J12, ShowTrainingJobEngines)."""
        required = ["items", "total"]
        answer = self._send("GET", "/training-job-engines", required=required)
        return EngineList.from_json(answer)

    # ---- what a task tells ----------------------------------------------------------------------

    def read_preview(self, job_id: str, task: str) -> Preview:
        """Read the newest part of a log, up to 5 MiB (G1, ShowTrainingJobLogsPreview).

        Returns:
            It; without content where there is no log yet.
        """
        path = f"{_task(job_id, task)}/logs/preview"
        return Preview.from_json(self._early("GET", path, "get", _PREVIEW))

    def find_link(self, job_id: str, task: str, *, by_header: bool = False) -> Link:
        """Where the whole log can be fetched for five minutes (G2, ShowObsUrlOfTrainingJobLogs).

        Args:
            by_header: say so in a header what is wanted; the documentation has both ways.
        """
        place = "headers" if by_header else "query"
        options: dict[str, Any] = {place: {"Content-Type": _FILE}, "required": ["obs_url"]}
        path = f"{_task(job_id, task)}/logs/url"
        return Link.from_json(self._send("GET", path, "logExport", **options))

    def read_lines(
        self, job_id: str, task: str, base_line: str = "", lines: int = 50, order: str = "desc"
    ) -> Lines:
        """Read some entries of a log (G3, ShowTrainingJobLogsFromAom).

        Args:
            base_line: cursor of an earlier answer; empty for the newest entries.
            lines: how many, up to 500.
            order: to which side of the cursor; what it means is up to the service.
        """
        rules.check_entries(lines, order)
        query = {"base_line": base_line, "lines": lines, "order": order}
        path = f"{_job(job_id)}/logs/{rules.checked_task(task)}"
        return Lines.from_json(self._early("GET", path, "getLogs", _LINES, query=query))

    def list_events(
        self, job_id: str, offset: int = 0, limit: int = rules.LARGEST_EVENT_PAGE
    ) -> EventPage:
        """List the events of a job, the oldest first (G4, ListTrainingJobEvents)."""
        rules.check_page(offset, limit, rules.LARGEST_EVENT_PAGE)
        query = {"offset": offset, "limit": limit, "order": "asc"}
        headers = {"X-Language": _LANGUAGES.get(language(), "en-us")}
        options = {"query": query, "headers": headers, "required": ["events", "total"]}
        return EventPage.from_json(self._send("GET", f"{_job(job_id)}/events", "get", **options))

    def read_metrics(self, job_id: str, task: str) -> Metrics:
        """How much a task uses of its machine (G5, ShowTrainingJobMetrics)."""
        path = f"{_job(job_id)}/metrics/{rules.checked_task(task)}"
        return Metrics.from_json(self._early("GET", path, "get", ["metrics"]))

    def _early(
        self, method: str, path: str, right: str, required: Any, **options: Any
    ) -> dict[str, Any]:
        """Call for something that may not be there yet; nothing then."""
        try:
            return self._send(method, path, right, accept=_unless_early(required), **options)
        except ServiceError as error:
            if error.code in NOT_YET:
                return {}
            raise


def _job(job_id: str) -> str:
    return f"{_JOBS}/{rules.checked_id(job_id)}"


def _task(job_id: str, task: str) -> str:
    return f"{_job(job_id)}/tasks/{rules.checked_task(task)}"


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _anything(answer: Answer) -> dict[str, Any] | None:
    """An object; ``null`` and ``""`` stand for an empty one."""
    return {} if answer.data in (None, "") else json_object(answer)


def _array(name: str) -> Accept:
    """A bare array, under a name."""

    def accept(answer: Answer) -> dict[str, Any] | None:
        return {name: answer.data} if isinstance(answer.data, list) else None

    return accept


def _unless_early(required: Any) -> Accept:
    """An object with one of some fields, or the word that there is nothing yet."""

    def accept(answer: Answer) -> dict[str, Any] | None:
        if answer.status == _NO_CONTENT:
            return {}
        data = json_object(answer) or {}
        return data if not data.keys().isdisjoint(required) else None

    return accept
