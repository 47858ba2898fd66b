"""Viewers on the small ModelArts of API v2: made, lost on the way, running with a token."""

from __future__ import annotations

import copy
import re
import uuid
from typing import Any

from v2_service import JOB, Asked, Cloud, Said, job, refused

TOKEN = "tok-SECRET"  # what no output may show
FLAVOR = {"flavor_id": "modelarts.vm.cpu.2u", "flavor_type": "CPU"}
LOST = Said(b"", 502)


class ViewerCloud(Cloud):
    """One training job, and viewers of it.

    Attributes:
        creations: what becomes of the next requests to create: ``fine``, ``lost`` (made, but its
            answer is lost) or ``dropped`` (not made, and no answer); later ones are fine.
        phases: how the next descriptions find a viewer; later ones find that it runs.
    """

    def __init__(self, *creations: str) -> None:
        engine = {"engine": {"image_url": "org/image:1"}}
        super().__init__([{**job(), "algorithm": engine}])
        self.creations = [*creations]
        self.phases: list[str] = []
        self.answers = {
            "POST .*/training-jobs$": self._create,
            "GET .*/training-job-flavors$": lambda _asked: Said(
                {"total_count": 1, "flavors": [FLAVOR]}
            ),
            "GET .*/training-jobs/[^/]+$": self._describe,
            "PUT .*/training-jobs/[^/]+$": self._update,
        }

    @property
    def viewers(self) -> list[Any]:
        return [one for one in self.jobs if one["kind"] == "visualization_job"]

    @property
    def created(self) -> list[Any]:
        """The bodies of all requests to create."""
        return [one.json for one in self.asked if one.path.endswith("/training-jobs")]

    def end(self) -> None:
        """Let all viewers have ended."""
        for one in self.viewers:
            one["status"] = {"phase": "Terminated", "secondary_phase": "Terminated"}

    def _create(self, asked: Asked) -> Said:
        fate = self.creations.pop(0) if self.creations else "fine"
        if fate == "dropped":
            return LOST
        body = copy.deepcopy(asked.json)
        if any(one["metadata"]["name"] == body["metadata"]["name"] for one in self.jobs):
            return refused("2751", 400, "Duplicate training job.")
        body["metadata"]["id"] = str(uuid.uuid4())
        body["metadata"]["create_time"] = 1767322800000
        body["status"] = {"phase": "Creating", "secondary_phase": "Creating"}
        self.jobs.insert(0, body)
        return LOST if fate == "lost" else Said(body, 201)

    def _found(self, asked: Asked) -> Any:
        wanted = asked.path.rpartition("/")[2]
        return next((one for one in self.jobs if one["metadata"]["id"] == wanted), None)

    def _describe(self, asked: Asked) -> Said:
        found = self._found(asked)
        if found is None:
            return refused("2775")
        if found["kind"] != "job" and found["status"]["phase"] in {"Creating", "Pending"}:
            phase = self.phases.pop(0) if self.phases else "Running"
            found["status"]["phase"] = found["status"]["secondary_phase"] = phase
        is_there = found["kind"] != "job" and found["status"]["phase"] == "Running"
        address = f"https://viewer.example.com/{found['metadata']['id']}/"
        board = {"tensorboard": {"url": address, "token": TOKEN}} if is_there else {}
        return Said({**found, "endpoints": board})

    def _update(self, asked: Asked) -> Said:
        self._found(asked)["metadata"]["description"] = asked.json["description"]
        return Said(b"null")

    @staticmethod
    def _passes(one: Any, filters: Any) -> bool:
        told = {"kind": one["kind"], "phase": one["status"]["phase"]}
        named = [given for given in filters if given["key"] == "name"]
        others = [given for given in filters if given["key"] != "name"]
        return Cloud._passes(one, named) and all(
            told[given["key"]] in given["value"] for given in others
        )


def is_of_a_viewer(asked: Asked) -> bool:
    """Whether a request is about one job other than the training job."""
    return bool(re.search("/training-jobs/[^/]+", asked.path)) and JOB not in asked.path
