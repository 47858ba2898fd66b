"""The small ModelArts of API v2 with all that the vendor's face asks for, and sessions of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from requests.adapters import BaseAdapter
from v2_service import Asked, Cloud, Said, job, refused

from modelarts_magics.core.http.rate_limit import RateLimit
from modelarts_magics.core.http.transport import Limits
from modelarts_magics.session import Session

FLAVOR = {"flavor_id": "modelarts.vm.cpu.2u", "flavor_type": "CPU", "max_num": 16}
ENGINE = {"engine_id": "pt", "engine_name": "PyTorch", "engine_version": "PyTorch-1.4.0-python3.6"}
METRICS = [{"metric": "cpuUsage", "value": [-1, 40.5]}]


class TrainingCloud(Cloud):
    """Jobs can be made and changed.

    Attributes:
        created: bodies of the requests that made a job.
        lost: what is said in place of so many next answers to a creation, after it was done.
        refused: what is said of so many next creations, and nothing is made.
        has_names: whether there is the call that tells whether a name is taken.
    """

    def __init__(self) -> None:
        super().__init__()
        self.created: list[Any] = []
        self.lost: list[Said] = []
        self.refused: list[Said] = []
        self.has_names = True
        self.metrics: Any = Said({"metrics": METRICS})
        self.answers = {
            "POST .*/training-jobs$": self.make,
            "GET .*/training-job-names$": self.tell_name,
            "GET .*/training-job-flavors$": lambda _asked: Said({"flavors": [FLAVOR]}),
            "GET .*/training-job-engines$": lambda _asked: Said({"items": [ENGINE]}),
            "GET .*/metrics/worker-0$": lambda _asked: self.metrics,
            "PUT .*/training-jobs/": self.describe,
        }

    def has(self, name: str) -> bool:
        return any(one["metadata"]["name"] == name for one in self.jobs)

    def make(self, asked: Asked) -> Said:
        if self.refused:
            return self.refused.pop(0)
        body = asked.json
        name = body["metadata"]["name"]
        if self.has(name):
            return refused("2751", 400, f"Duplicate training job (name {name}).")
        made = job(f"00000000-0000-4000-8000-{len(self.created):012}", name, "Creating")
        self.created.append(body)
        self.jobs.insert(0, made)
        return self.lost.pop(0) if self.lost else Said(made, 201)

    def tell_name(self, asked: Asked) -> Said:
        if not self.has_names:
            return refused("2836", 404)
        return Said({"is_duplicate": self.has(asked.query["job_name"])})

    def describe(self, asked: Asked) -> Said:
        found = next(one for one in self.jobs if one["metadata"]["id"] in asked.path)
        found["metadata"]["description"] = asked.json["description"]
        return Said(b"null")


@contextmanager
def session_of(adapter: BaseAdapter, **options: Any) -> Iterator[Session]:
    """A session whose requests all go to an adapter, without pauses."""
    given = {"access_key": "AK", "secret_key": "s", "project_id": "p", **options}
    session = Session(region_name="cn-north-4", limits=Limits(tries=1), **given)
    transport = session.client.transport
    transport.pool.mount("https://", adapter)
    transport.limiter = RateLimit(math.inf)
    transport.wait = lambda _seconds: None
    yield session
    session.close()
