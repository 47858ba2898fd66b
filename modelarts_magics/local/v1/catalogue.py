"""The endpoints of flavors and engines, R1 and R2.

Source: docs/api/v1-endpoints.md (modelarts_03_0072, modelarts_03_0073).
"""

from __future__ import annotations

from dataclasses import asdict

from ..engine.offers import ENGINES, FLAVORS, Flavor
from ..http.refusals import Json
from ..http.routes import Call, Reply, Route

_JOB_TYPES = ("train", "inference")


def routes() -> list[Route]:
    return [
        Route("GET", "/v1/{project_id}/job/resource-specs", list_flavors),
        Route("GET", "/v1/{project_id}/job/ai-engines", list_engines),
    ]


def list_flavors(call: Call) -> Reply:
    """R1; there is nothing to infer with."""
    job_type = call.query.choice("job_type", "train", _JOB_TYPES)
    call.query.integer("engine_id", 0, 0)
    call.query.integer("project_type", 0, 0)
    specs = [_as_json(flavor) for flavor in FLAVORS] if job_type == "train" else []
    return Reply({"spec_total_count": len(specs), "specs": specs})


def list_engines(call: Call) -> Reply:
    """R2."""
    job_type = call.query.choice("job_type", "train", _JOB_TYPES)
    return Reply({"engines": [asdict(engine) for engine in ENGINES if job_type == "train"]})


def _as_json(flavor: Flavor) -> Json:
    return {
        **asdict(flavor),
        "gpu_num": 0,
        "gpu_type": "",
        "unit_num": 1,
        "storage": "",
        "interface_type": 1,
        "no_resource": False,
    }
