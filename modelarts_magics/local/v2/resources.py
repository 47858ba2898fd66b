"""The endpoint of what a task uses, G5: averages of minutes, in percent of this machine."""

from __future__ import annotations

from typing import Callable

from ..engine.jobs import Jobs
from ..http.routes import NOTHING, Call, Reply, Route
from ..storage.records import StoredJob
from .logs import known_task

LONGEST = 3 * 24 * 60  # minutes
_NOT_HERE = ("gpuUtil", "gpuMemUsage", "npuUtil", "npuMemUsage")
_UNKNOWN = -1


class ResourceApi:
    """Tells what was used.

    Args:
        jobs: by which.
        known: finds the job that a path names.
    """

    def __init__(self, jobs: Jobs, known: Callable[[Call], StoredJob]) -> None:
        self._jobs = jobs
        self._known = known

    def routes(self) -> list[Route]:
        path = "/v2/{project_id}/training-jobs/{job_id}/metrics/{task}"
        return [Route("GET", path, self.show_usage)]

    def show_usage(self, call: Call) -> Reply:
        """G5: the last value is that of the last minute."""
        job = self._known(call)
        task = known_task(job, call.names["task"])
        used = {one.minute: one for one in self._jobs.history.usage(job, task.name)}
        if not used:
            return Reply(NOTHING, 204)
        minutes = range(max(0, max(used) + 1 - LONGEST), max(used) + 1)
        cpu = [used[one].cpu if one in used else _UNKNOWN for one in minutes]
        memory = [used[one].memory if one in used else _UNKNOWN for one in minutes]
        metrics = [("cpuUsage", cpu), ("memUsage", memory), *((name, []) for name in _NOT_HERE)]
        return Reply({"metrics": [{"metric": name, "value": value} for name, value in metrics]})
