"""Make training jobs, and find them again.

Source: the SDK reference, modelarts_04_0131 to modelarts_04_0172, see docs/api/README.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...core.api.v1 import rules
from ...core.api.v1.models.listing import ListQuery
from ...core.api.v1.models.training import CreatedJob, TrainingConfig
from ...core.by_name import nearest
from ...core.errors import InvalidArgumentError
from ...core.i18n import _
from ...core.numbers import whole, wrong
from ...core.obs_path import obs_folder, obs_path
from ..session import Session
from .answers import refusal_as_dict, success
from .training_job import TrainingJob
from .vendor_list import vendor_list
from .waiting import wait_until_final

Parameters = Sequence[Mapping[str, Any]]


class Estimator(TrainingJob):
    """A description of training jobs to run, or a handle on one that exists.

    Args:
        modelarts_session: a Session of ours or of the vendor's SDK.
        train_instance_count: number of workers.
        code_dir: OBS folder of the code, ``/bucket/src/``.
        boot_file: OBS path of the script, ``/bucket/src/train.py``.
        model_name: id of a built-in algorithm, in place of code and framework.
        output_path: OBS folder for what the training writes.
        hyperparameters: ``[{"label": "epochs", "value": "5"}, ...]``, given to the script as
            ``--epochs=5``.
        log_url: OBS folder for logs.
        train_instance_type: flavor, such as ``modelarts.vm.cpu.2u``.
        framework_type: such as ``PyTorch``.
        framework_version: such as ``PyTorch-1.0.0-python3.6``.
        job_description: at most 256 characters.
        user_image_url: custom image, in place of code and framework; with ``user_command``.
        environment: environment variables of a custom image, as a dict or like hyperparameters.
        job_id, version_id: of an existing job, for queries.
    """

    def __init__(
        self,
        modelarts_session: Any,
        train_instance_count: int | None = None,
        code_dir: str | None = None,
        boot_file: str | None = None,
        model_name: str | int | None = None,
        output_path: str | None = None,
        hyperparameters: Parameters | None = None,
        log_url: str | None = None,
        train_instance_type: str | None = None,
        framework_type: str | None = None,
        framework_version: str | None = None,
        job_description: str | None = None,
        user_image_url: str | None = None,
        user_command: str | None = None,
        environment: Mapping[str, Any] | Parameters | None = None,
        job_id: str | None = None,
        version_id: str | None = None,
    ) -> None:
        super().__init__(modelarts_session, job_id, version_id)
        self.train_instance_count = train_instance_count
        self.code_dir = code_dir
        self.boot_file = boot_file
        self.model_name = model_name
        self.output_path = output_path
        self.hyperparameters = hyperparameters
        self.log_url = log_url
        self.train_instance_type = train_instance_type
        self.framework_type = framework_type
        self.framework_version = framework_version
        self.job_description = job_description
        self.user_image_url = user_image_url
        self.user_command = user_command
        self.environment = environment

    # ---- making jobs ----------------------------------------------------------------------------

    def fit(
        self,
        inputs: str | None = None,
        dataset_id: str | None = None,
        dataset_version_id: str | None = None,
        data_source: Sequence[Mapping[str, Any]] | None = None,
        wait: bool = False,
        job_name: str | None = None,
    ) -> TrainingJob:
        """Create a training job.

        Args:
            inputs: OBS folder of the data; or a data set and its version; or a list of sources.
            wait: return when the job has ended, printing its progress. Interrupting the wait does
                not harm the job.
            job_name: 1-64 letters, digits, ``-`` and ``_``; generated when left out.

        Raises:
            InvalidArgumentError: something is missing or not allowed.
            ServiceError: the service refused.
        """
        name = rules.check_job_name(job_name or rules.new_name("job"))
        description = rules.check_description(self.job_description or "")
        config = self._config(_data(inputs, dataset_id, dataset_version_id, data_source))
        created = self._client.create_job(name, description, config)
        return self._started(created, name, wait)

    def create_job_version(
        self,
        job_id: str,
        pre_version_id: str,
        inputs: str | None = None,
        dataset_id: str | None = None,
        dataset_version_id: str | None = None,
        data_source: Sequence[Mapping[str, Any]] | None = None,
        wait: bool = False,
        job_desc: str | None = None,
    ) -> TrainingJob:
        """Run an existing job again with what this Estimator describes.

        Args:
            job_id: the job.
            pre_version_id: the version that the new one comes from.
            inputs: see :meth:`fit`, also for the others.
            job_desc: at most 256 characters.
        """
        description = rules.check_description(job_desc or self.job_description or "")
        data = _data(inputs, dataset_id, dataset_version_id, data_source)
        config = self._config({**data, "pre_version_id": _number("pre_version_id", pre_version_id)})
        created = self._client.create_version(str(job_id), description, config)
        return self._started(created, created.job_name, wait, str(job_id))

    def _started(
        self, created: CreatedJob, name: str, wait: bool, job_id: str | None = None
    ) -> TrainingJob:
        job = TrainingJob(self._session, job_id, values=created)
        job.job_name = job.job_name or name
        if wait:
            wait_until_final(job)
        return job

    def _config(self, more: Mapping[str, Any]) -> TrainingConfig:
        if self.train_instance_type == "local":
            raise InvalidArgumentError(
                _("{name} is {value}", name="train_instance_type", value="'local'"),
                _("To train on this machine, use the embedded service: %ma_session local"),
            )
        count = _number("train_instance_count", self.train_instance_count)
        whole("train_instance_count", count, 1)
        return TrainingConfig(
            worker_server_num=count,
            flavor=self._given("train_instance_type"),
            train_url=obs_folder(self._given("output_path")),
            log_url=obs_folder(self.log_url) if self.log_url else None,
            parameter=[*_parameters(self.hyperparameters), *_parameters(self.environment)],
            **self._program(),
            **more,
        )

    def _program(self) -> dict[str, Any]:
        """What runs: an image, a built-in algorithm, or code on a framework."""
        if self.user_image_url:
            return {"user_image_url": self.user_image_url, "user_command": self.user_command}
        if self.model_name is not None:
            return {"model_id": _number("model_name", self.model_name)}
        return {
            "app_url": obs_folder(self._given("code_dir")),
            "boot_file_url": obs_path(self._given("boot_file")),
            "engine_id": self._engine_id(),
        }

    def _engine_id(self) -> int | None:
        kind, version = self._given("framework_type"), self._given("framework_version")
        engines = self._client.list_engines()
        for engine in engines:
            if (engine.engine_name, engine.engine_version) == (kind, version):
                return engine.engine_id
        names = [engine.engine_version for engine in engines]
        near = nearest(version, names, most=3, alike=0.3) or names[:3]
        raise InvalidArgumentError(
            _("There is no framework {kind} {version}", kind=kind, version=version),
            _("There are {names}", names=", ".join(near)),
        )

    def _given(self, name: str) -> str:
        value = getattr(self, name)
        if value:
            return str(value)
        raise InvalidArgumentError(
            _("{name} is not set", name=name), _("Give it to the Estimator to create a job")
        )

    # ---- finding jobs ---------------------------------------------------------------------------

    @classmethod
    @refusal_as_dict
    @vendor_list(largest_page=1000)
    def get_job_list(cls, session: Session, query: ListQuery) -> dict[str, Any]:
        """List training jobs: the dict of modelarts_03_0046.

        Args:
            status: one status code; all when left out.
            per_page: 1 to 1000.
            page: counts from 1.
            sortBy: ``job_name``, ``job_desc``, ``status``, ``duration``, ``version_count``,
                ``create_time`` or ``engine_type``; ``sort_by`` means the same.
            order: ``asc`` or ``desc``.
            search_content: a part of the name, at most 100 characters.
        """
        return success(session.client.list_jobs(query).as_dict())

    @classmethod
    @refusal_as_dict
    def delete_job_by_id(cls, modelarts_session: Any, job_id: str) -> dict[str, Any]:
        """Delete a training job with all its versions."""
        return TrainingJob(modelarts_session, job_id).delete_job()

    @classmethod
    def get_train_instance_types(cls, modelarts_session: Any) -> list[str]:
        """The flavors that a job can run on, such as ``modelarts.vm.cpu.2u``."""
        specs = Session.of(modelarts_session).client.list_specs()
        return [spec.spec_code for spec in specs]

    @classmethod
    def get_framework_list(cls, modelarts_session: Any) -> list[dict[str, str]]:
        """The frameworks, as ``{"framework_type": ..., "framework_version": ...}``."""
        engines = Session.of(modelarts_session).client.list_engines()
        return [
            {"framework_type": engine.engine_name, "framework_version": engine.engine_version}
            for engine in engines
        ]


def _data(
    inputs: str | None,
    dataset_id: str | None,
    dataset_version_id: str | None,
    data_source: Sequence[Mapping[str, Any]] | None,
) -> dict[str, Any]:
    """At most one of the three ways to name the data."""
    ways = [bool(inputs), bool(dataset_id or dataset_version_id), bool(data_source)]
    if sum(ways) > 1:
        raise InvalidArgumentError(
            _("The data is named twice"),
            _("Give inputs, or dataset_id with dataset_version_id, or data_source"),
        )
    if bool(dataset_id) != bool(dataset_version_id):
        raise InvalidArgumentError(
            _("Half of a data set is named"), _("dataset_id and dataset_version_id belong together")
        )
    return {
        "data_url": obs_folder(inputs) if inputs else None,
        "dataset_id": dataset_id,
        "dataset_version_id": dataset_version_id,
        "data_source": data_source,
    }


def _parameters(given: Mapping[str, Any] | Parameters | None) -> list[dict[str, str]]:
    try:
        if isinstance(given, Mapping):
            return [{"label": str(label), "value": str(value)} for label, value in given.items()]
        return [{"label": str(p["label"]), "value": str(p["value"])} for p in given or ()]
    except (KeyError, TypeError, ValueError) as error:
        right = _('It is a list such as [{"label": "epochs", "value": "5"}]')
        raise wrong("hyperparameters", given, right) from error


def _number(name: str, value: object) -> int:
    try:
        return int(str(value))
    except ValueError as error:
        raise wrong(name, value, _("It is a whole number")) from error
