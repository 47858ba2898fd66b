"""What a training job is asked to do: the ``config`` object of T2 and T6, checked.

Source: docs/api/v1-endpoints.md (modelarts_03_0045).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..http.answers import Json, invalid
from ..http.fields import Fields
from ..storage.obs import Obs, check_url
from . import catalogue
from .catalogue import Flavor

_LABEL = re.compile(r"[^\s=\x00-\x1f\x7f]{1,256}")
_NOT_HERE = ("model_id", "user_image_url", "user_command", "dataset_id", "dataset_version_id")


@dataclass(frozen=True)
class TrainingConfig:
    """The accepted fields, by the names of the vendor; it is stored as it is."""

    worker_server_num: int
    app_url: str
    boot_file_url: str
    engine_id: int
    spec_id: int
    parameter: list[Json]
    data_url: str
    data_source: list[Json]
    train_url: str
    log_url: str
    pool_id: str
    volumes: list[Json]

    @property
    def arguments(self) -> list[str]:
        """Hyperparameters as the program gets them, without those that stand for folders."""
        return [f"--{item['label']}={_argument(item.get('value'))}" for item in self.parameter]


def read_config(config: Fields, obs: Obs) -> TrainingConfig:
    """Check everything that can be checked before the job runs.

    Raises:
        Refused: a field is missing, wrong, or asks for what only the cloud has; a file is missing.
    """
    _refuse_what_is_not_here(config)
    config.require("worker_server_num", "app_url", "boot_file_url")
    flavor = _flavor(config)
    data_url, data_source = _data(config)
    read = TrainingConfig(
        worker_server_num=config.integer("worker_server_num", 1, 1, flavor.max_num),
        app_url=config.text("app_url"),
        boot_file_url=config.text("boot_file_url"),
        engine_id=_engine_id(config),
        spec_id=flavor.spec_id,
        parameter=[_parameter(item) for item in config.objects("parameter")],
        data_url=data_url,
        data_source=data_source,
        train_url=config.text("train_url"),
        log_url=config.text("log_url"),
        pool_id=config.text("pool_id", longest=64),
        volumes=[item.as_json() for item in config.objects("volumes")],
    )
    _check_files(read, obs)
    return read


def _refuse_what_is_not_here(config: Fields) -> None:
    for name in _NOT_HERE:
        if name in config:
            raise invalid(f"The embedded service does not support config.{name}.")
    if not config.boolean("create_version", True):
        raise invalid("The embedded service does not support config.create_version=false.")


def _flavor(config: Fields) -> Flavor:
    """By ``spec_id``, or ``flavor.code`` as in recorded calls; a pool brings its own machines."""
    if "spec_id" in config:
        found = catalogue.FLAVORS_BY_ID.get(config.integer("spec_id", 0, 0))
    elif "flavor" in config:
        found = catalogue.FLAVORS_BY_CODE.get(config.object("flavor").text("code"))
    elif "pool_id" in config:
        found = catalogue.FLAVORS[0]
    else:
        raise invalid("One of config.spec_id, config.flavor and config.pool_id is required.")
    if found is None:
        raise invalid("Invalid parameter config.spec_id: no such flavor.")
    return found


def _engine_id(config: Fields) -> int:
    config.require("engine_id")
    engine_id = config.integer("engine_id", 0, 0)
    if engine_id not in catalogue.ENGINES_BY_ID:
        raise invalid("Invalid parameter config.engine_id: no such engine.")
    return engine_id


def _parameter(item: Fields) -> Json:
    item.require("label")
    label, value = item.text("label"), item.raw("value")
    if not _LABEL.fullmatch(label):
        raise invalid("Invalid parameter config.parameter: a label has illegal characters.")
    if isinstance(value, (list, dict)) or (isinstance(value, str) and "\0" in value):
        raise invalid(f"Invalid parameter config.parameter: the value of {label} is not text.")
    return {"label": label, "value": value}


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


def _check_files(config: TrainingConfig, obs: Obs) -> None:
    code = config.app_url.rstrip("/") + "/"
    if not config.boot_file_url.startswith(code):
        raise invalid("Invalid parameter config.boot_file_url: it should be in config.app_url.")
    obs.existing_folder(config.app_url)
    obs.existing_file(config.boot_file_url)
    if config.data_url:
        obs.existing(config.data_url)
    if config.train_url:
        obs.made_folder(config.train_url)
    if config.log_url:
        check_url(config.log_url)


def _argument(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
