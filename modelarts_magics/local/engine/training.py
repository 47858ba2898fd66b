"""What a training job runs: its program once for each worker, which all have to end well."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..storage.obs import Obs
from ..storage.records import Ending, JobSpec, NewJob, StoredJob, TaskRecord
from .jobs import Exits, Verdict
from .supervisor import Program, RunningProgram, child_environment


class TrainingWork:
    """See ``Work``.

    Args:
        obs: where the files of the jobs are.
    """

    quota = 8

    def __init__(self, obs: Obs) -> None:
        self._obs = obs

    def check(self, _spec: JobSpec) -> None:
        """The face has looked for the files; what vanishes later makes a failed job."""

    def tasks(self, new: NewJob) -> list[TaskRecord]:
        ranks = range(new.spec.node_count)
        return [TaskRecord(f"worker-{rank}", f"job-{new.name}.{rank}") for rank in ranks]

    def programs(self, job: StoredJob, folder: Path) -> list[Program]:
        arguments = [*map(_argument, job.spec.parameters), *self._folder_arguments(job.spec)]
        boot_file = self._obs.existing_file(job.spec.boot_file)
        code = self._obs.existing_folder(job.spec.code)
        port = _free_port()
        return [
            Program(
                argv=(sys.executable, "-u", str(boot_file), *arguments),
                cwd=str(code),
                env=_worker_environment(rank, job.spec.node_count, port),
                output=str(folder / task.log),
            )
            for rank, task in enumerate(job.tasks)
        ]

    async def ready(self, _programs: Sequence[RunningProgram], _folder: Path) -> str:
        """At once, and without an address."""
        return ""

    def verdict(self, job: StoredJob, folder: Path, exits: Exits) -> Verdict:
        """Every log ends with a line that says how its worker ended."""
        if exits.error is not None:
            words = f"Training cannot be started: {exits.error}"
            _note(folder / job.tasks[0].log, words)
            return Verdict(Ending.NOT_STARTED, words, [words] * len(exits.codes))
        last_words = [_last_words(code, exits.is_stopped) for code in exits.codes]
        for task, words in zip(job.tasks, last_words):
            _note(folder / task.log, words)
        if exits.is_stopped:
            return Verdict(Ending.STOPPED, None, last_words)
        return Verdict(Ending.FAILED if any(exits.codes) else Ending.COMPLETED, None, last_words)

    def _folder_arguments(self, spec: JobSpec) -> list[str]:
        arguments = []
        if spec.input:
            arguments.append(f"--data_url={self._obs.locate(spec.input)}")
        if spec.output:
            arguments.append(f"--train_url={self._obs.made_folder(spec.output)}")
        return arguments


def _last_words(code: int, is_stopped: bool) -> str:
    if is_stopped:
        return "Training stopped."
    return f"Training failed, exit code {code}." if code else "Training completed."


def _note(path: Path, text: str) -> None:
    """Append a line of the service to a log, on a line of its own; not where the disk is full."""
    with suppress(OSError), open(path, "ab+") as log:
        if log.seek(0, os.SEEK_END):
            log.seek(-1, os.SEEK_END)
            log.write(b"" if log.read() == b"\n" else b"\n")
        log.write(f"[Modelarts Service Log]{text}\n".encode())


def _argument(parameter: dict[str, Any]) -> str:
    value = parameter["value"]
    if value is None:
        value = ""
    elif isinstance(value, bool):
        value = str(value).lower()
    return f"--{parameter['name']}={value}"


def _worker_environment(rank: int, workers: int, port: int) -> dict[str, str]:
    """The names are those of PyTorch and of ModelArts."""
    return child_environment(
        PYTHONUNBUFFERED="1",
        PYTHONIOENCODING="utf-8",
        RANK=str(rank),
        LOCAL_RANK="0",
        WORLD_SIZE=str(workers),
        MASTER_ADDR="127.0.0.1",
        MASTER_PORT=str(port),
        DLS_TASK_INDEX=str(rank),
        DLS_TASK_NUMBER=str(workers),
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
