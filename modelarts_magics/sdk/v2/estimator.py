"""Make training jobs of API v2, and find them again.

Source: the SDK reference, modelarts_04_0422 to modelarts_04_0432, see docs/api/v2-sdk.md.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...core.api.v2 import rules
from ...core.api.v2.creation import create_once
from ...core.api.v2.rules import JobQuery
from ...core.i18n import _
from ..session import Session
from .answers import refusal_as_dict
from .channels import InputData, OutputData, TrainingFiles
from .description import Description
from .training_job import TrainingJob
from .waiting import wait_until_final


class Estimator(TrainingJob):
    """A description of training jobs to run, or a handle on one that exists.

    Args:
        session: a Session of ours or of the vendor's SDK.
        job_id: of an existing job, for queries; then nothing else is needed.
        training_files: the code: ``TrainingFiles(code_dir, boot_file)``.
        framework_type: such as ``PyTorch``; with ``framework_version``.
        framework_version: such as ``PyTorch-1.4.0-python3.6``.
        user_image_url: custom image, without the host of its registry; in place of a framework.
        user_command: what the image runs.
        outputs: folders that the training writes: ``[OutputData(obs_path, name)]``.
        parameters: ``[{"name": "epochs", "value": 5}, ...]``, given to the script as
            ``--epochs=5``.
        train_instance_type: flavor, such as ``modelarts.vm.cpu.2u``.
        train_instance_count: number of machines.
        pool_id: a dedicated pool in place of the public one.
        log_url: OBS folder that logs are copied to, ``obs://bucket/logs/``.
        job_description: at most 256 characters.
        env_variables: environment variables of the training.
        working_dir: where an image runs its command.
        local_code_dir: where an image finds the code, below ``/home``.
        volumes: ``[{"nfs": {"local_path": ..., "nfs_server_path": ..., "read_only": ...}}]``.
        annotations: switches of the service, such as ``{"tensorboard/enable": "true"}``; beyond
            the vendor's SDK.
        summary: what a viewer shows, as in the request; beyond the vendor's SDK.
        workspace_id: of an enterprise account; beyond the vendor's SDK.
        more: arguments of other editions, which are not sent; a warning names them.
    """

    def __init__(
        self,
        session: Any,
        job_id: str | None = None,
        training_files: TrainingFiles | None = None,
        framework_type: str | None = None,
        framework_version: str | None = None,
        user_image_url: str | None = None,
        user_command: str | None = None,
        outputs: Sequence[OutputData] | None = None,
        parameters: Sequence[Mapping[str, Any]] | None = None,
        train_instance_type: str | None = None,
        train_instance_count: int = 1,
        pool_id: str | None = None,
        log_url: str | None = None,
        job_description: str | None = None,
        env_variables: Mapping[str, Any] | None = None,
        working_dir: str | None = None,
        local_code_dir: str | None = None,
        volumes: Sequence[Mapping[str, Any]] | None = None,
        *,
        annotations: Mapping[str, Any] | None = None,
        summary: Mapping[str, Any] | None = None,
        workspace_id: str | None = None,
        **more: Any,
    ) -> None:
        super().__init__(session, job_id)
        _warn("Estimator", more)
        self._description = Description(
            training_files=training_files,
            framework_type=framework_type,
            framework_version=framework_version,
            user_image_url=user_image_url,
            user_command=user_command,
            outputs=outputs,
            parameters=parameters,
            train_instance_type=train_instance_type,
            train_instance_count=train_instance_count,
            pool_id=pool_id,
            log_url=log_url,
            job_description=job_description,
            env_variables=env_variables,
            working_dir=working_dir,
            local_code_dir=local_code_dir,
            volumes=volumes,
            annotations=annotations,
            summary=summary,
            workspace_id=workspace_id,
        )

    # ---- making jobs ----------------------------------------------------------------------------

    def fit(
        self,
        inputs: Sequence[InputData] | None = None,
        wait: bool = False,
        job_name: str | None = None,
        **more: Any,
    ) -> TrainingJob:
        """Create a training job (modelarts_04_0422), once, even when the answer is lost.

        Args:
            inputs: folders that the training reads: ``[InputData(obs_path, name)]``.
            wait: return when the job has ended, printing its log; whether it went well is told by
                ``get_job_info()``. Interrupting the wait does not harm the job.
            job_name: 1-64 letters, digits, ``-`` and ``_``, which no other job has; generated when
                left out.
            more: as of the Estimator.

        Returns:
            The job, with its ``job_id``.

        Raises:
            InvalidArgumentError: something is missing or not allowed.
            OutcomeUnknownError: the job may have been made; the error says how to find out.
            ServiceError: the service refused.
        """
        _warn("fit", more)
        name = rules.check_name(rules.new_name() if job_name is None else job_name)
        body = self._description.body(name, inputs)
        made = create_once(self._client, body, is_name_new=job_name is None)
        job = TrainingJob(self._session, made.metadata.id, job_name=made.name or name)
        if wait:
            wait_until_final(job, self._description.train_instance_count)
        return job

    # ---- finding jobs ---------------------------------------------------------------------------

    @staticmethod
    @refusal_as_dict
    def get_job_list(
        session: Any,
        offset: int = 0,
        limit: int = rules.LARGEST_PAGE,
        sort_by: str = "create_time",
        order: str = "desc",
        group_by: str | None = None,
        filters: Sequence[Mapping[str, Any]] | None = None,
    ) -> dict[str, Any]:
        """List training jobs (modelarts_04_0423).

        Args:
            offset: of the first one. Some editions of the service count pages, some jobs.
            limit: how many, 1 to 50.
            sort_by: ``create_time``.
            order: ``asc`` or ``desc``.
            group_by: as the service has it.
            filters: such as ``[{"key": "name", "operator": "like", "value": ["resnet"]}]``; a job
                passes all of them. At most 20, of 10 values each.

        Returns:
            ``items``, each as :meth:`get_job_info` has it; ``count``, how many pass the filters,
            and ``total``, how many jobs there are.
        """
        query = JobQuery(offset, limit, sort_by, order, filters or (), group_by or "")
        return dict(Session.of(session).client_v2.list_jobs(query).raw)

    @staticmethod
    def delete_job_by_id(session: Any, job_id: str) -> dict[str, Any] | None:
        """Delete a training job with its logs (modelarts_04_0426)."""
        return TrainingJob(session, job_id).delete_job()

    @staticmethod
    def control_job_by_id(session: Any, job_id: str) -> dict[str, Any]:
        """Stop a training job (modelarts_04_0427): see :meth:`control_job`."""
        return TrainingJob(session, job_id).control_job()

    @staticmethod
    def get_train_instance_types(session: Any) -> list[dict[str, Any]]:
        """The flavors that a job can run on (modelarts_04_0431), with all that is told of each.

        Raises:
            ServiceError: the service refused.
        """
        return [dict(flavor.raw) for flavor in Session.of(session).client_v2.list_flavors().flavors]

    @staticmethod
    def get_framework_list(session: Any) -> list[dict[str, str]]:
        """The frameworks (modelarts_04_0432).

        Returns:
            ``framework_type`` and ``framework_version`` of each, as the Estimator takes them.

        Raises:
            ServiceError: the service refused.
        """
        engines = Session.of(session).client_v2.list_engines().items
        return [
            {"framework_type": engine.engine_name, "framework_version": engine.engine_version}
            for engine in engines
        ]


def _warn(what: str, more: Iterable[str]) -> None:
    for name in more:
        words = _("{what} does not know {name}, which is not sent", what=what, name=name)
        warnings.warn(words, stacklevel=3)
