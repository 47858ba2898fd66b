"""The endpoints of flavors and engines, J11 and J12: those of this machine."""

from __future__ import annotations

from ..engine.offers import ENGINES, FLAVORS
from ..http.routes import Call, Reply, Route
from .shown import flavor_json

_TYPES = ("CPU", "GPU", "Ascend")


def routes() -> list[Route]:
    return [
        Route("GET", "/v2/{project_id}/training-job-flavors", list_flavors),
        Route("GET", "/v2/{project_id}/training-job-engines", list_engines),
    ]


def list_flavors(call: Call) -> Reply:
    """J11; there are only CPUs."""
    is_here = call.query.choice("flavor_type", "CPU", _TYPES) == "CPU"
    flavors = [
        {
            "pool_id": "",
            "flavor_id": flavor.spec_code,
            "flavor_name": f"{flavor.core} vCPUs, {flavor.cpu} GB",
            "max_num": flavor.max_num,
            **flavor_json(flavor),
            "attributes": {},
        }
        for flavor in FLAVORS
    ]
    shown = flavors if is_here else []
    return Reply({"total_count": len(shown), "flavors": shown})


def list_engines(_call: Call) -> Reply:
    """J12."""
    engines = [
        {
            "engine_id": engine.engine_version.lower(),
            "engine_name": engine.engine_name,
            "engine_version": engine.engine_version,
            "v1_compatible": True,
            "run_user": "",
            "image_info": {"cpu_image_url": "", "gpu_image_url": "", "image_version": ""},
        }
        for engine in ENGINES
    ]
    return Reply({"total": len(engines), "items": engines})
