"""The job that a line of ``%ma_log`` means, and its logs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...core.api.base import Job, JobApi, JobRef
from ...core.api.log import ByteSource, LogText, Part
from ...core.http.reader import Reader
from ...core.http.transport import run_directly
from ...core.jobs import choose_log_file
from ...core.logs.readers import LogBytes, open_log
from ...sdk.session import Session
from ..shell.context import ShellContext
from ..shell.job_argument import JobArgument, find_training
from .results import LogPicture


@dataclass(frozen=True)
class Found:
    """The job that a line means, with its log files; ``file`` is the one that the line names."""

    jobs: JobApi
    modelarts_session: Session
    job: Job
    files: Sequence[str]
    file: str | None

    @property
    def ref(self) -> JobRef:
        return self.job.ref

    @property
    def log_file(self) -> str:
        """The named file, or the first one."""
        return choose_log_file(self.files, self.file, self.job.name)

    def again(self) -> Found:
        """The same with the log files that there are by now."""
        return replace(self, files=self.jobs.log_files(self.ref))

    def tail(self, lines: int, file: str = "") -> Part:
        """The last lines of a file, by default of the one that is meant."""
        return open_log(self.jobs.logs(self.ref, file or self.log_file), Reader()).tail(lines)

    def source(self, reader: Reader) -> ByteSource:
        """The log by bytes; for a reader with a back-off of its own."""
        jobs = self.jobs.for_follower(reader, run=run_directly)
        return LogBytes(jobs.logs(self.ref, self.log_file))

    def picture(self, part: LogText, note: str = "") -> LogPicture:
        return LogPicture(self.job, self.log_file, self.files, part, note)


def find_job(context: ShellContext, asked: argparse.Namespace) -> tuple[JobApi, Job]:
    """The job, where its log files do not matter."""
    job = JobArgument.parse(asked.job, context.variables).of_training()
    jobs = context.jobs(job.session)
    return jobs, find_training(jobs, job, asked.version)


def find(context: ShellContext, asked: argparse.Namespace) -> Found:
    """The job with its log files.

    Raises:
        InvalidArgumentError: there is no such job or file, or no such slice of one.
    """
    job = JobArgument.parse(asked.job, context.variables).of_training()
    jobs = context.jobs(job.session)
    jobs.check_slice(asked.start_byte or 0, asked.offset, job.meant)
    found = find_training(jobs, job, asked.version)
    files = jobs.log_files(found.ref)
    if asked.file and files:
        choose_log_file(files, asked.file, found.name)
    session = Session.of(job.session) if job.session is not None else context.session
    return Found(jobs, session, found, files, asked.file)
