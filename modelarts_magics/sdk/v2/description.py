"""A description of a training as the request that creates it.

Source: the SDK reference, modelarts_04_0422, and docs/api/v2-sdk.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...core.api.v2 import rules
from ...core.errors import InvalidArgumentError
from ...core.i18n import _
from ...core.numbers import whole, wrong
from .channels import InputData, OutputData, TrainingFiles, folder_url


@dataclass
class Description:
    """What an Estimator was given; see its arguments."""

    training_files: TrainingFiles | None
    framework_type: str | None
    framework_version: str | None
    user_image_url: str | None
    user_command: str | None
    outputs: Sequence[OutputData] | None
    parameters: Sequence[Mapping[str, Any]] | None
    train_instance_type: str | None
    train_instance_count: int
    pool_id: str | None
    log_url: str | None
    job_description: str | None
    env_variables: Mapping[str, Any] | None
    working_dir: str | None
    local_code_dir: str | None
    volumes: Sequence[Mapping[str, Any]] | None
    annotations: Mapping[str, Any] | None
    summary: Mapping[str, Any] | None
    workspace_id: str | None

    def body(self, name: str, inputs: Sequence[InputData] | None) -> dict[str, Any]:
        """The request that creates a job.

        Raises:
            InvalidArgumentError: something is missing, or makes no sense.
        """
        self._check_program()
        return {
            "kind": "job",
            "metadata": self._metadata(name),
            "algorithm": self._algorithm(inputs),
            "spec": self._spec(),
        }

    def _check_program(self) -> None:
        """What runs: code on a framework, or an image with its command."""
        if bool(self.framework_type) != bool(self.framework_version):
            raise InvalidArgumentError(
                _("Half of a framework is named"),
                _("framework_type and framework_version belong together"),
            )
        if self.user_image_url and not self.user_command:
            raise self._missing("user_command")
        if not self.user_image_url and not self.framework_type:
            raise self._missing("framework_type")
        if not self.user_command and self.training_files is None:
            raise self._missing("training_files")

    def _metadata(self, name: str) -> dict[str, Any]:
        return _given(
            name=name,
            description=rules.check_description(self.job_description or ""),
            workspace_id=self.workspace_id,
            annotations=_texts("annotations", self.annotations),
        )

    def _algorithm(self, inputs: Sequence[InputData] | None) -> dict[str, Any]:
        files = self.training_files
        if files is not None and not isinstance(files, TrainingFiles):
            raise wrong("training_files", files, _("It is a TrainingFiles"))
        return _given(
            **(files.to_json() if files else {}),
            engine=_given(
                engine_name=self.framework_type,
                engine_version=self.framework_version,
                image_url=self.user_image_url,
            ),
            command=self.user_command,
            parameters=[_parameter(one) for one in _list("parameters", self.parameters, Mapping)],
            inputs=[one.to_json() for one in _list("inputs", inputs, InputData)],
            outputs=[one.to_json() for one in _list("outputs", self.outputs, OutputData)],
            environments=_texts("env_variables", self.env_variables),
            working_dir=self.working_dir,
            local_code_dir=self.local_code_dir,
            summary=self.summary and dict(_mapping("summary", self.summary)),
        )

    def _spec(self) -> dict[str, Any]:
        if not self.train_instance_type and not self.pool_id:
            raise self._missing("train_instance_type")
        return _given(
            resource=_given(
                flavor_id=self.train_instance_type,
                node_count=whole("train_instance_count", self.train_instance_count, 1),
                pool_id=self.pool_id,
            ),
            log_export_path={"obs_url": folder_url(self.log_url)} if self.log_url else None,
            volumes=[dict(one) for one in _list("volumes", self.volumes, Mapping)],
        )

    @staticmethod
    def _missing(name: str) -> InvalidArgumentError:
        return InvalidArgumentError(
            _("{name} is not set", name=name), _("Give it to the Estimator to create a job")
        )


def _given(**values: Any) -> dict[str, Any]:
    """Those that somebody has given."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _list(name: str, given: Any, kind: Any) -> list[Any]:
    """A list of things of a kind; one alone stands for a list of it."""
    if given is None:
        return []
    items = [given] if isinstance(given, kind) else given
    is_list = isinstance(items, Sequence) and not isinstance(items, (str, bytes))
    if is_list and all(isinstance(item, kind) for item in items):
        return list(items)
    words = "dict" if kind is Mapping else kind.__name__
    raise wrong(name, given, _("It is a list of {kind}", kind=words))


def _mapping(name: str, given: Any) -> Mapping[str, Any]:
    if isinstance(given, Mapping):
        return given
    raise wrong(name, given, _("It is a dict"))


def _texts(name: str, given: Any) -> dict[str, str]:
    values = {} if given is None else _mapping(name, given)
    return {str(key): _text(value) for key, value in values.items()}


def _parameter(given: Mapping[str, Any]) -> dict[str, Any]:
    if "name" not in given or "value" not in given:
        right = _('It is a list such as [{"name": "epochs", "value": 5}]')
        raise wrong("parameters", [dict(given)], right)
    return {**given, "name": str(given["name"]), "value": _text(given["value"])}


def _text(value: Any) -> str:
    """As JSON would have it: switches of the service are ``true``."""
    return str(value).lower() if isinstance(value, bool) else str(value)
