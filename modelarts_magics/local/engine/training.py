"""What a training job runs: its program once for each worker, which all have to end well."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..storage.obs import Obs
from ..storage.records import Channel, Ending, JobSpec, NewJob, StoredJob, TaskRecord
from ..surroundings import child_environment
from .jobs import Exits, Verdict
from .log_export import LogExport
from .supervisor import Program, RunningProgram

_SCRATCH = "work"  # where a job without code of its own runs
_OURS = "[Modelarts Service Log]"
_TRACEBACK = "Traceback (most recent"
_TAIL = 16 * 1024  # bytes of a log in which the last traceback is


class TrainingWork:
    """See ``Work``.

    Args:
        obs: where the files of the jobs are.
        export: what copies their logs.
    """

    quota = 8

    def __init__(self, obs: Obs, export: LogExport) -> None:
        self._obs = obs
        self._export = export

    def check(self, _spec: JobSpec) -> None:
        """The face has looked for the files; what vanishes later makes a failed job."""

    def tasks(self, new: NewJob) -> list[TaskRecord]:
        ranks = range(new.spec.node_count)
        return [TaskRecord(f"worker-{rank}", f"job-{new.name}.{rank}") for rank in ranks]

    def programs(self, job: StoredJob, folder: Path) -> list[Program]:
        told = {channel: str(self._place(channel)) for channel in _channels(job.spec)}
        arguments = [*map(_argument, job.spec.parameters)]
        arguments += [f"--{one.name}={told[one]}" for one in told if one.access != "env"]
        variables = {one.name: told[one] for one in told if one.access == "env"}
        argv, port = self._command(job.spec, arguments), _free_port()
        return [
            Program(
                argv=argv,
                cwd=str(self._working_folder(job.spec, folder)),
                env=_worker_environment(
                    rank, job.spec.node_count, port, {**job.spec.environment, **variables}
                ),
                output=str(folder / task.log),
            )
            for rank, task in enumerate(job.tasks)
        ]

    async def ready(self, _programs: Sequence[RunningProgram], _folder: Path) -> str:
        """At once, and without an address."""
        return ""

    async def verdict(self, job: StoredJob, folder: Path, exits: Exits) -> Verdict:
        """Every log ends with a line that says how its worker ended."""
        verdict = self._verdict(job, folder, exits)
        await self._export.copy(job)
        return verdict

    def _verdict(self, job: StoredJob, folder: Path, exits: Exits) -> Verdict:
        if exits.error is not None:
            words = f"Training cannot be started: {exits.error}"
            _note(folder / job.tasks[0].log, words)
            return Verdict(Ending.NOT_STARTED, words, [words] * len(exits.codes))
        last_words = [_last_words(code, exits.is_stopped) for code in exits.codes]
        messages = [""] * len(exits.codes)
        if exits.culprit is not None and not exits.is_stopped:
            log = folder / job.tasks[exits.culprit].log
            messages[exits.culprit] = _traceback(log) or last_words[exits.culprit]
        for task, words in zip(job.tasks, last_words):
            _note(folder / task.log, words)
        if exits.is_stopped:
            return Verdict(Ending.STOPPED, None, messages)
        return Verdict(Ending.FAILED if any(exits.codes) else Ending.COMPLETED, None, messages)

    def _place(self, channel: Channel) -> Path:
        locate = self._obs.made_folder if channel.is_made else self._obs.locate
        return locate(channel.url)

    def _command(self, spec: JobSpec, arguments: list[str]) -> tuple[str, ...]:
        if not spec.command:
            boot_file = self._obs.existing_file(spec.boot_file)
            return (sys.executable, "-u", str(boot_file), *arguments)
        command = f'{spec.command} "$@"' if arguments else spec.command
        return ("/bin/sh", "-c", command, "sh", *arguments)

    def _working_folder(self, spec: JobSpec, folder: Path) -> Path:
        if spec.code:
            return self._obs.existing_folder(spec.code)
        (folder / _SCRATCH).mkdir(exist_ok=True)
        return folder / _SCRATCH


def _channels(spec: JobSpec) -> list[Channel]:
    """Input and output have names of their own where nothing else is said."""
    if spec.channels:
        return spec.channels
    channels = [Channel("data_url", spec.input), Channel("train_url", spec.output, is_made=True)]
    return [channel for channel in channels if channel.url]


def _traceback(path: Path) -> str:
    """The last traceback of this attempt in a log; empty when there is none near its end."""
    with open(path, "rb") as log:
        log.seek(max(0, log.seek(0, os.SEEK_END) - _TAIL))
        text = log.read(_TAIL).decode(errors="replace").rpartition(_OURS)[2]
    _, found, text = text.rpartition(_TRACEBACK)
    return (found + text).strip() if found else ""


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
        log.write(f"{_OURS}{text}\n".encode())


def _argument(parameter: dict[str, Any]) -> str:
    value = parameter["value"]
    if value is None:
        value = ""
    elif isinstance(value, bool):
        value = str(value).lower()
    return f"--{parameter['name']}={value}"


def _worker_environment(
    rank: int, workers: int, port: int, own: Mapping[str, str]
) -> dict[str, str]:
    """Its own variables, and ours, whose names are those of PyTorch and of ModelArts."""
    ours = {
        "RANK": str(rank),
        "LOCAL_RANK": "0",
        "WORLD_SIZE": str(workers),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "DLS_TASK_INDEX": str(rank),
        "DLS_TASK_NUMBER": str(workers),
    }
    passed_on = child_environment(PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8")
    return {**passed_on, **own, **ours}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
