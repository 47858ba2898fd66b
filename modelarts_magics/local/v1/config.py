"""What a training job is asked to do: the ``config`` object of T2 and T6, checked.

Source: docs/api/v1-endpoints.md (modelarts_03_0045).
"""

from __future__ import annotations

import re

from ..engine.offers import (
    ENGINES_BY_ID,
    ENGINES_BY_VERSION,
    FLAVORS,
    FLAVORS_BY_CODE,
    FLAVORS_BY_ID,
    NO_ENGINE,
    Flavor,
)
from ..http.fields import Fields
from ..http.refusals import Json, invalid
from ..storage.obs import Obs, check_url
from ..storage.records import JobSpec

_LABEL = re.compile(r"[^\s=\x00-\x1f\x7f]{1,256}")
_NOT_HERE = ("model_id", "user_image_url", "user_command", "dataset_id", "dataset_version_id")


def read_config(config: Fields, obs: Obs) -> JobSpec:
    """Check everything that can be checked before the job runs.

    Raises:
        Refused: a field is missing, wrong, or asks for what only the cloud has; a file is missing.
    """
    _refuse_what_is_not_here(config)
    config.require("worker_server_num", "app_url", "boot_file_url")
    flavor = _flavor(config)
    data_url, data_source = _data(config)
    read = JobSpec(
        node_count=config.integer("worker_server_num", 1, 1, flavor.max_num),
        code=config.text("app_url"),
        boot_file=config.text("boot_file_url"),
        engine=_engine(config),
        flavor=flavor.spec_code,
        parameters=[_parameter(item) for item in config.objects("parameter")],
        input=data_url,
        output=config.text("train_url"),
        log_export=config.text("log_url"),
        pool=config.text("pool_id", longest=64),
        extra={
            "data_source": data_source,
            "volumes": [item.as_json() for item in config.objects("volumes")],
        },
    )
    _check_files(read, obs)
    return read


def config_json(spec: JobSpec) -> Json:
    """What was asked for, by the names of the vendor."""
    flavor, engine = FLAVORS_BY_CODE[spec.flavor], ENGINES_BY_VERSION.get(spec.engine, NO_ENGINE)
    return {
        "worker_server_num": spec.node_count,
        "app_url": spec.code,
        "boot_file_url": spec.boot_file,
        "engine_id": engine.engine_id,
        "spec_id": flavor.spec_id,
        "parameter": [{"label": item["name"], "value": item["value"]} for item in spec.parameters],
        "data_url": spec.input,
        "data_source": spec.extra.get("data_source", []),
        "train_url": spec.output,
        "log_url": spec.log_export,
        "pool_id": spec.pool,
        "volumes": spec.extra.get("volumes", []),
    }


def _refuse_what_is_not_here(config: Fields) -> None:
    for name in _NOT_HERE:
        if config.raw(name) not in (None, ""):
            raise invalid(f"The embedded service does not support config.{name}.")
    if not config.boolean("create_version", True):
        raise invalid("The embedded service does not support config.create_version=false.")


def _flavor(config: Fields) -> Flavor:
    """By ``spec_id``, or ``flavor.code`` as in recorded calls; a pool brings its own machines."""
    if "spec_id" in config:
        found = FLAVORS_BY_ID.get(config.integer("spec_id", 0, 0))
    elif "flavor" in config:
        found = FLAVORS_BY_CODE.get(config.object("flavor").text("code"))
    elif "pool_id" in config:
        found = FLAVORS[0]
    else:
        raise invalid("One of config.spec_id, config.flavor and config.pool_id is required.")
    if found is None:
        raise invalid("Invalid parameter config.spec_id: no such flavor.")
    return found


def _engine(config: Fields) -> str:
    config.require("engine_id")
    engine = ENGINES_BY_ID.get(config.integer("engine_id", 0, 0))
    if engine is None:
        raise invalid("Invalid parameter config.engine_id: no such engine.")
    return engine.engine_version


def _parameter(item: Fields) -> Json:
    item.require("label")
    label, value = item.text("label"), item.raw("value")
    if not _LABEL.fullmatch(label):
        raise invalid("Invalid parameter config.parameter: a label has illegal characters.")
    if isinstance(value, (list, dict)) or (isinstance(value, str) and "\0" in value):
        raise invalid(f"Invalid parameter config.parameter: the value of {label} is not text.")
    return {"name": label, "value": value}


def _data(config: Fields) -> tuple[str, list[Json]]:
    """The URL of the input, and the list that it was taken from if it was one."""
    sources = config.objects("data_source")
    if not sources:
        return config.text("data_url"), []
    if "data_url" in config:
        raise invalid("Only one of config.data_url and config.data_source is allowed.")
    if len(sources) > 1 or sources[0].choice("type", "obs", ("obs", "dataset")) != "obs":
        raise invalid("The embedded service supports one config.data_source of type obs.")
    sources[0].require("data_url")
    data_url = sources[0].text("data_url")
    return data_url, [{"type": "obs", "data_url": data_url}]


def _check_files(spec: JobSpec, obs: Obs) -> None:
    if not spec.boot_file.startswith(spec.code.rstrip("/") + "/"):
        raise invalid("Invalid parameter config.boot_file_url: it should be in config.app_url.")
    obs.existing_folder(spec.code)
    obs.existing_file(spec.boot_file)
    if spec.input:
        obs.existing(spec.input)
    if spec.output:
        obs.folder_to_make(spec.output)
    if spec.log_export:
        check_url(spec.log_export)
