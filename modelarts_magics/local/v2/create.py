"""What a new job is asked to be, checked in the order in which the cloud complains."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Callable

from ..engine.offers import ENGINES, FLAVORS, FLAVORS_BY_CODE, Flavor
from ..http.fields import LONGEST_DESCRIPTION, Fields
from ..http.refusals import Json, Reason, Refused, invalid
from ..storage.obs import Obs, check_url
from ..storage.records import Channel, JobSpec, Kind, NewJob, Records, StoredJob
from .refusals import Coded, unknown_job
from .search import KINDS, NAME
from .shown import flavor_json

_NAME = "[0-9A-Za-z_-]{1,64}"
_VARIABLE = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_ARGUMENT = re.compile(r"[^\s=\x00-\x1f\x7f]{1,256}")
_MOST_VARIABLES = 100
_LONGEST_VALUE = 4096
_MOST_RETRIES = 128
_MOST_HOURS = 1_000_000
_LARGEST = 256 * 1024  # characters of what is shown again
_RETRIES = "fault-tolerance/job-retry-num"


class Creation:
    """Reads bodies of new jobs.

    Args:
        records: the jobs that there are.
        obs: where their files are.
    """

    def __init__(self, records: Records, obs: Obs) -> None:
        self._records = records
        self._obs = obs

    def read(self, body: Fields) -> tuple[Kind, NewJob]:
        """What is to be created.

        Raises:
            Refused: something is missing, wrong, or only in the cloud.
        """
        kind = KINDS.get(body.text("kind") or "job")
        if kind is None:
            raise invalid("Invalid parameter kind: should be one of " + ", ".join(KINDS) + ".")
        metadata = body.object("metadata")
        metadata.require("name")
        name = metadata.text("name", pattern=_NAME)
        if self.is_taken(name):
            raise Refused(Reason.NAME_TAKEN, f"The name {name} is taken.", name=name)
        return kind, NewJob(
            name=name,
            description=metadata.text("description", longest=LONGEST_DESCRIPTION),
            workspace=metadata.text("workspace_id", "0", longest=64) or "0",
            spec=self._spec(kind, body, metadata),
        )

    def is_taken(self, name: str) -> bool:
        """Whether a job is called like this, of whatever kind."""
        count, _ = self._records.search(f"{NAME} = :name", {"name": name}, "number", 1, 0)
        return count > 0

    def _spec(self, kind: Kind, body: Fields, metadata: Fields) -> JobSpec:
        algorithm, spec = body.object("algorithm"), body.object("spec")
        if kind is Kind.TRAINING:
            asked = self._training(algorithm)
        else:
            asked = {"input": self._board(algorithm.object("summary"))}
        asked["log_export"] = self._folder(spec.object("log_export_path").text("obs_url"))
        flavor, count = _machines(spec.object("resource"))
        annotations = _texts(metadata, "annotations")
        return JobSpec(
            **asked,
            flavor=flavor.spec_code,
            node_count=count,
            pool=spec.object("resource").text("pool_id", longest=64),
            stop_after_hours=_hours(spec),
            retries=Fields({_RETRIES: annotations.get(_RETRIES)}).integer(
                _RETRIES, 0, 0, _MOST_RETRIES
            ),
            extra=_shown_again(algorithm, spec, annotations, flavor),
        )

    def _training(self, algorithm: Fields) -> dict[str, Any]:
        if algorithm.text("id") or algorithm.text("subscription_id"):
            raise Coded("2755", "The algorithm was not found.")
        image = algorithm.object("engine").text("image_url")
        command = algorithm.text("command").strip()
        is_optional = bool(image or command)
        code = self._existing_code(algorithm.text("code_dir"), is_optional)
        boot_file = self._boot_file(algorithm, code, is_optional)
        engine = _engine(algorithm.object("engine"), image, command)
        inputs = [self._channel(one, is_made=False) for one in algorithm.objects("inputs")]
        outputs = [self._channel(one, is_made=True) for one in algorithm.objects("outputs")]
        self._folder(code and algorithm.text("code_dir"))
        self._folder(_summary_path(algorithm.object("summary")))
        if "\0" in command:
            raise invalid("Invalid parameter algorithm.command: it has illegal characters.")
        return {
            "code": code,
            "boot_file": boot_file,
            "engine": engine,
            "image": image,
            "command": command,
            "parameters": [_parameter(one) for one in algorithm.objects("parameters")],
            "channels": [*inputs, *outputs],
            "input": inputs[0].url if inputs else "",
            "output": outputs[0].url if outputs else "",
            "environment": _variables(algorithm),
        }

    def _existing_code(self, url: str, is_optional: bool) -> str:
        if not url and is_optional:
            return ""
        return self._found(self._obs.existing_folder, url, Coded("2757", "No such code dir."))

    def _boot_file(self, algorithm: Fields, code: str, is_optional: bool) -> str:
        url = algorithm.text("boot_file")
        if not url and is_optional:
            return ""
        missing = Coded("2758", "No such boot file.")
        path = self._found(self._obs.existing_file, url, missing)
        if not path.startswith(code.rstrip("/") + "/"):
            raise missing
        return path

    def _channel(self, one: Fields, is_made: bool) -> Channel:
        one.require("name", "remote")
        name, url = one.text("name"), one.object("remote").object("obs").text("obs_url")
        access = one.choice("access_method", "parameter", ("parameter", "env"))
        if not (_VARIABLE if access == "env" else _ARGUMENT).fullmatch(name):
            raise invalid("Invalid parameter algorithm: an input or output has an illegal name.")
        path = self._folder(url or "/")
        look = self._obs.folder_to_make if is_made else self._obs.existing
        return Channel(
            name, self._found(look, path, _bad_path(url, "no such folder")), access, is_made
        )

    def _board(self, summary: Fields) -> str:
        """The folder that a viewer reads: that of another job."""
        sources = summary.objects("data_sources")
        if len(sources) != 1 or "job" not in sources[0]:
            raise invalid("The embedded service supports one data source, which is a job.")
        text = sources[0].object("job").text("job_id")
        job = self._records.by_uuid(text.lower())
        if job is None:
            raise unknown_job(text)
        folder = _written_by(job)
        if not folder:
            raise invalid(f"Training job {job.uuid} has neither a summary nor an output.")
        self._found(self._obs.locate, folder, _bad_path(folder, "no such folder"))
        return folder

    def _folder(self, url: str) -> str:
        """The path of a folder, if there is one."""
        if not url:
            return ""
        if not url.endswith("/"):
            raise _bad_path(url, "a folder ends with /")
        try:
            check_url(_path(url))
        except Refused as refused:
            raise _bad_path(url, refused.message) from None
        return _path(url)

    @staticmethod
    def _found(look: Callable[[str], Path], url: str, missing: Coded) -> str:
        try:
            look(_path(url))
        except Refused:
            raise missing from None
        return _path(url)


def _path(url: str) -> str:
    """``obs://bucket/folder/`` and ``/bucket/folder/`` mean the same."""
    return url[len("obs:/") :] if url.startswith("obs://") else url


def _bad_path(url: str, why: str) -> Coded:
    return Coded("2791", f"Invalid obs path: {url[:200]}, reason: {why.rstrip('.')}.")


def _summary_path(summary: Fields) -> str:
    return summary.object("log_dir").object("pfs").text("pfs_path")


def _written_by(job: StoredJob) -> str:
    """Where a job writes its event files; a viewer has what it reads."""
    shown = Fields(job.spec.extra.get("algorithm", {}))
    own = job.spec.input if job.kind is Kind.VISUALIZATION else job.spec.output
    return _path(_summary_path(shown.object("summary"))) or own


def _engine(engine: Fields, image: str, command: str) -> str:
    """The version of a known engine; none for an image."""
    engine_id, version = engine.text("engine_id"), engine.text("engine_version")
    if image:
        if engine_id:
            raise Coded("2810", "An image has no engine_id.")
        if not command:
            raise Coded("2806", "An image needs a command.")
        return ""
    if command and not (engine_id or version):
        raise Coded("2806", "A command needs an image or an engine.")
    for one in ENGINES:
        is_named = version == one.engine_version and engine.text("engine_name") in {
            "",
            one.engine_name,
        }
        if engine_id == one.engine_version.lower() or (is_named and not engine_id):
            return one.engine_version
    raise Coded("2780", "No such engine.")


def _machines(resource: Fields) -> tuple[Flavor, int]:
    """A flavor and how many of it; a dedicated pool brings its own."""
    code = resource.text("flavor_id")
    flavor = FLAVORS[0] if resource.text("pool_id") else FLAVORS_BY_CODE.get(code)
    if flavor is None:
        raise Coded("2781" if code else "2763", "No such flavor." if code else "No flavor.")
    try:
        return flavor, resource.integer("node_count", 1, 1, flavor.max_num)
    except Refused as refused:
        raise Coded("2793", refused.message) from None


def _parameter(one: Fields) -> Json:
    one.require("name")
    name, value = one.text("name"), one.raw("value")
    if not _ARGUMENT.fullmatch(name):
        raise invalid("Invalid parameter algorithm.parameters: a name has illegal characters.")
    if isinstance(value, (list, dict)) or (isinstance(value, str) and "\0" in value):
        raise invalid(f"Invalid parameter algorithm.parameters: the value of {name} is no text.")
    return {"name": name, "value": value}


def _variables(algorithm: Fields) -> dict[str, str]:
    variables = _texts(algorithm, "environments")
    is_allowed = len(variables) <= _MOST_VARIABLES and all(
        _VARIABLE.fullmatch(name) and len(value) <= _LONGEST_VALUE and "\0" not in value
        for name, value in variables.items()
    )
    if not is_allowed:
        raise invalid("Invalid parameter algorithm.environments: names or values are not allowed.")
    return variables


def _texts(fields: Fields, name: str) -> dict[str, str]:
    texts = fields.object(name).as_json()
    if not all(isinstance(value, str) for value in texts.values()):
        raise invalid(f"Invalid parameter {name}: values should be strings.")
    return texts


def _hours(spec: Fields) -> int | None:
    if "auto_stop" not in spec:
        return None
    stop = spec.object("auto_stop")
    stop.choice("time_unit", "HOURS", ("HOURS",))
    stop.require("duration")
    return stop.integer("duration", 1, 1, _MOST_HOURS)


def _shown_again(
    algorithm: Fields, spec: Fields, annotations: dict[str, str], flavor: Flavor
) -> Json:
    export = spec.object("log_export_path").as_json()
    resource = {**spec.object("resource").as_json(), "flavor_detail": flavor_json(flavor)}
    resource["node_count"] = resource.get("node_count", 1)
    shown: Json = {
        "annotations": annotations,
        "algorithm": algorithm.as_json(),
        "spec": {
            **spec.as_json(),
            "resource": resource,
            "log_export_path": export,
            "is_hosted_log": not export.get("obs_url"),
        },
    }
    if len(json.dumps(shown)) > _LARGEST:
        raise invalid("The request is too large.")
    return shown
