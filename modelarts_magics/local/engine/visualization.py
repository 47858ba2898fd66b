"""Visualization jobs that run: each is one TensorBoard.

============  ==============================================================
status        when
============  ==============================================================
INIT          the request was accepted
WAITING       it waits for a slot, or its TensorBoard does not answer yet
RUNNING       its TensorBoard answers
KILLING       a stop was asked for
FAILED        its TensorBoard ended by itself or could not be started
KILLED        it was stopped, or its time was over, or the service was stopped
LOST          the service died while it waited or ran
============  ==============================================================
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Callable

from ...core.api.v1.status import JobStatus
from ..http.answers import Refused, wrong_state
from ..storage.obs import Obs
from ..storage.root import keep_folders
from ..storage.visualization_records import NewVisualization, Visualization, VisualizationRecords
from .slots import Slots
from .supervisor import CannotStart
from .tensorboard import TensorBoard, start_tensorboard

QUOTA = 16  # TensorBoards at once
MOST_JOBS = 1000


class VisualizationJobs:
    """Creates, runs, stops, restarts and deletes visualization jobs.

    Args:
        records: where they are kept.
        obs: where the event files are.
        logs: a folder for one folder per job, for what its TensorBoard prints.
        now: gives epoch milliseconds.
    """

    def __init__(
        self, records: VisualizationRecords, obs: Obs, logs: Path, now: Callable[[], int]
    ) -> None:
        self.records = records
        self._obs = obs
        self._logs = logs
        self._now = now
        self._slots: Slots[_Run] = Slots(QUOTA)

    def create(self, job: NewVisualization) -> Visualization:
        """Returns the job as it was created; what happens to it later is in the records."""
        if self.records.count() >= MOST_JOBS:
            raise Refused("ModelArts.0106", f"There are {MOST_JOBS} visualization jobs already.")
        self._obs.locate(job.train_url)
        added = self.records.add(job, self._now())
        self._submit(added)
        return added

    def restart(self, job: Visualization) -> None:
        if not job.status.can_restart:
            raise wrong_state("resubmit", job.status)
        self._obs.locate(job.train_url)
        self._submit(job)

    def stop(self, job: Visualization) -> None:
        if not job.status.can_stop:
            raise wrong_state("stop", job.status)
        self._end(job)

    def delete(self, job: Visualization) -> None:
        if not job.status.can_delete:
            raise wrong_state("delete", job.status)
        self.records.remove(job.job_id)
        if self._slots.stop(job.job_id):
            shutil.rmtree(self._logs / str(job.job_id), ignore_errors=True)

    def service_url(self, job: Visualization) -> str | None:
        """The address of its TensorBoard, while it is running."""
        run = self._slots.running(job.job_id)
        return run.url if run and job.status is JobStatus.RUNNING else None

    def stop_overdue(self) -> None:
        """Stop those whose scheduled time is over; called now and then."""
        now = self._now()
        for job in self.records.unfinished():
            if job.status is JobStatus.RUNNING and job.remaining(now) == 0:
                self._end(job)

    def recover(self) -> None:
        """Settle what a service that died has left behind."""
        for job in self.records.unfinished():
            was_stopped = job.status is JobStatus.KILLING
            status = JobStatus.KILLED if was_stopped else JobStatus.LOST
            self.records.mark_ended(job.job_id, status, self._last_sign_of_life(job))
        keep_folders(self._logs, self.records.job_ids())

    async def close(self) -> None:
        """Stop everything and wait until no process is left."""
        for job in self.records.unfinished():
            self._end(job)
        await self._slots.drained()

    def _submit(self, job: Visualization) -> None:
        folder = self._logs / str(job.job_id)
        folder.mkdir(mode=0o700, exist_ok=True)
        self.records.mark_submitted(job.job_id)
        self._slots.submit(job.job_id, _Run(job, self.records, self._obs, folder, self._now))

    def _end(self, job: Visualization) -> None:
        if self._slots.stop(job.job_id):
            self.records.mark_ended(job.job_id, JobStatus.KILLED, self._now())
        else:
            self.records.mark(job.job_id, JobStatus.KILLING)

    def _last_sign_of_life(self, job: Visualization) -> int:
        output = self._logs / str(job.job_id) / "tensorboard.log"
        written = int(output.stat().st_mtime * 1000) if output.exists() else 0
        return max(job.start_time or job.create_time, written)


class _Run:
    """The TensorBoard of one job, from start to end."""

    def __init__(
        self,
        job: Visualization,
        records: VisualizationRecords,
        obs: Obs,
        folder: Path,
        now: Callable[[], int],
    ) -> None:
        self._job_id = job.job_id
        self.url: str | None = None
        self._train_url = job.train_url
        self._records = records
        self._obs = obs
        self._folder = folder
        self._now = now
        self._board: TensorBoard | None = None
        self._is_stopped = False

    async def live(self) -> None:
        """Run to the end; whatever goes wrong, the final status is written."""
        reason: str | None = "internal error"
        try:
            reason = await self._work()
        except (CannotStart, Refused, OSError) as error:
            reason = str(error)
        finally:
            self.url = None
            status = JobStatus.KILLED if self._is_stopped else JobStatus.FAILED
            if self._is_stopped:
                reason = None
            self._records.mark_ended(self._job_id, status, self._now(), reason)
            if self._records.job(self._job_id) is None:  # it was deleted
                shutil.rmtree(self._folder, ignore_errors=True)

    def stop(self) -> None:
        self._is_stopped = True
        if self._board:
            self._board.stop()

    async def _work(self) -> str:
        """Returns why it ended."""
        logdir = self._obs.locate(self._train_url)
        self._board = board = await start_tensorboard(logdir, self._folder / "tensorboard.log")
        try:
            if self._is_stopped:
                board.stop()  # it was asked for before there was anything to stop
            self.url = await board.ready()
            if self.url:
                self._records.mark_started(self._job_id, self._now())
                await board.outcome()
        finally:
            board.stop()
            outcome = await board.outcome()
        return outcome
