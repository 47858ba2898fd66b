"""Training jobs that run: from WAITING to a final status.

============  =======================================================================
status        when
============  =======================================================================
INIT          the request was accepted
WAITING       it waits for a slot
RUNNING       all workers are started
KILLING       a stop was asked for while it ran
COMPLETED     every worker ended with exit code 0
FAILED        a worker ended otherwise (the others are stopped), or could not be started
KILLED        it was stopped, or the service was
LOST          the service died while it waited or ran
============  =======================================================================
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
from pathlib import Path
from typing import Callable

from ...core.api.v1.status import JobStatus
from ..http.answers import Refused, wrong_state
from ..storage.obs import Obs
from ..storage.root import keep_folders
from ..storage.training_records import NewJob, TrainingRecords, Version
from ..v1.config import TrainingConfig
from .slots import Slots
from .supervisor import CannotStart, Program, RunningProgram, child_environment, launch

QUOTA = 8  # jobs that run at once
MOST_JOBS = 1000


class TrainingJobs:
    """Creates, runs, stops and deletes training jobs.

    Args:
        records: where they are kept.
        obs: where their files are.
        logs: a folder for one folder of log files per version.
        now: gives epoch milliseconds.
    """

    def __init__(
        self, records: TrainingRecords, obs: Obs, logs: Path, now: Callable[[], int]
    ) -> None:
        self.records = records
        self._obs = obs
        self._logs = Path(os.path.realpath(logs))
        self._now = now
        self._slots: Slots[_Run] = Slots(QUOTA)

    def create(self, job: NewJob, config: TrainingConfig) -> Version:
        if self.records.count() >= MOST_JOBS:
            raise Refused("ModelArts.0106", f"There are {MOST_JOBS} training jobs already.")
        return self._submit(self.records.add_job(job, config, self._now()))

    def create_version(self, job_id: int, pre_version_id: int, config: TrainingConfig) -> Version:
        return self._submit(self.records.add_version(job_id, pre_version_id, config, self._now()))

    def stop(self, version: Version) -> None:
        if not version.status.can_stop:
            raise wrong_state("stop", version.status)
        self._end(version)

    def delete(self, version: Version) -> None:
        _check_deletable(version)
        self.records.remove_version(version)
        self._end_forgotten(version)

    def delete_job(self, job_id: int) -> None:
        versions = self.records.versions(job_id)
        for version in versions:
            _check_deletable(version)
        self.records.remove_job(job_id)
        for version in versions:
            self._end_forgotten(version)

    def log_path(self, version: Version, log_file: str) -> Path:
        """Where a log file is.

        Raises:
            Refused: the version has no such log file.
        """
        path = self._logs / str(version.version_id) / log_file
        if log_file not in version.log_files or os.path.realpath(path) != str(path):
            raise Refused("ModelArts.0806", "No such log file.")
        return path

    def recover(self) -> None:
        """Settle what a service that died has left behind."""
        for version in self.records.unfinished():
            was_stopped = version.status is JobStatus.KILLING
            status = JobStatus.KILLED if was_stopped else JobStatus.LOST
            self.records.mark_ended(version.version_id, status, self._last_sign_of_life(version))
        keep_folders(self._logs, self.records.version_ids())

    async def close(self) -> None:
        """Stop everything and wait until no process is left."""
        for version in self.records.unfinished():
            self._end(version)
        await self._slots.drained()

    def _submit(self, version: Version) -> Version:
        """Returns the version as it was created; what happens to it later is in the records."""
        folder = self._logs / str(version.version_id)
        folder.mkdir(mode=0o700)
        self.records.mark(version.version_id, JobStatus.WAITING)
        run = _Run(version, self.records, self._obs, folder, self._now)
        self._slots.submit(version.version_id, run)
        return version

    def _end(self, version: Version) -> None:
        if self._slots.stop(version.version_id):
            self.records.mark_ended(version.version_id, JobStatus.KILLED, self._now())
        else:
            self.records.mark(version.version_id, JobStatus.KILLING)

    def _end_forgotten(self, version: Version) -> None:
        """What runs removes its log files by itself, when nobody writes them any more."""
        if self._slots.stop(version.version_id):
            shutil.rmtree(self._logs / str(version.version_id), ignore_errors=True)

    def _last_sign_of_life(self, version: Version) -> int:
        files = (self._logs / str(version.version_id) / name for name in version.log_files)
        written = [int(file.stat().st_mtime * 1000) for file in files if file.exists()]
        return max([version.start_time or version.create_time, *written])


class _Run:
    """The workers of one version."""

    def __init__(
        self,
        version: Version,
        records: TrainingRecords,
        obs: Obs,
        folder: Path,
        now: Callable[[], int],
    ) -> None:
        self._version = version
        self._records = records
        self._obs = obs
        self._folder = folder
        self._now = now
        self._workers: list[RunningProgram] = []
        self._is_stopped = False

    async def live(self) -> None:
        """Run to the end; whatever goes wrong, the final status is written."""
        status = JobStatus.FAILED
        try:
            status = await self._work()
        except (CannotStart, Refused, OSError) as error:
            self._note(0, f"Training cannot be started: {error}")
        finally:
            self._stop_workers()
            for worker in self._workers:
                await worker.wait()
            self._records.mark_ended(self._version.version_id, status, self._now())
            if self._records.version(self._version.version_id) is None:  # it was deleted
                shutil.rmtree(self._folder, ignore_errors=True)

    def stop(self) -> None:
        self._is_stopped = True
        self._stop_workers()

    async def _work(self) -> JobStatus:
        for program in self._programs():
            self._workers.append(await launch(program))
        if self._is_stopped:
            self._stop_workers()  # those that were started after it was asked for
        self._records.mark_started(self._version.version_id, self._now())
        exits = await asyncio.gather(*map(self._outcome, self._workers))
        for rank, code in enumerate(exits):
            self._note(rank, self._last_words(code))
        if self._is_stopped:
            return JobStatus.KILLED
        return JobStatus.FAILED if any(exits) else JobStatus.COMPLETED

    async def _outcome(self, worker: RunningProgram) -> int:
        code = await worker.wait()
        if code:
            self._stop_workers()
        return code

    def _stop_workers(self) -> None:
        for worker in self._workers:
            worker.stop()

    def _last_words(self, code: int) -> str:
        if self._is_stopped:
            return "Training stopped."
        return f"Training failed, exit code {code}." if code else "Training completed."

    def _note(self, rank: int, text: str) -> None:
        """Append a line of the service to a worker's log, on a line of its own."""
        with open(self._folder / self._version.log_files[rank], "ab+") as log:
            if log.seek(0, os.SEEK_END):
                log.seek(-1, os.SEEK_END)
                log.write(b"" if log.read() == b"\n" else b"\n")
            log.write(f"[Modelarts Service Log]{text}\n".encode())

    def _programs(self) -> list[Program]:
        config = self._version.config
        arguments = [*config.arguments, *self._folder_arguments(config)]
        boot_file = self._obs.existing_file(config.boot_file_url)
        code = self._obs.existing_folder(config.app_url)
        port = _free_port()
        return [
            Program(
                argv=(sys.executable, "-u", str(boot_file), *arguments),
                cwd=str(code),
                env=_worker_environment(rank, config.worker_server_num, port),
                output=str(self._folder / log_file),
            )
            for rank, log_file in enumerate(self._version.log_files)
        ]

    def _folder_arguments(self, config: TrainingConfig) -> list[str]:
        arguments = []
        if config.data_url:
            arguments.append(f"--data_url={self._obs.locate(config.data_url)}")
        if config.train_url:
            arguments.append(f"--train_url={self._obs.made_folder(config.train_url)}")
        return arguments


def _check_deletable(version: Version) -> None:
    if not version.status.can_delete:
        raise wrong_state("delete", version.status)


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
