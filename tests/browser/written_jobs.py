"""Training jobs whose logs the tests write, line by line, while they run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from modelarts_magics.estimator import Estimator, TrainingJob
from modelarts_magics.session import Session

_TIME_LIMIT = 60.0  # seconds
_CODE = "test-bucket/panel-code"

# Copies to its log what is put into a file, until another file says how to end.
_PROGRAM = """
import os, pathlib, sys, time
named = dict(word[2:].split("=", 1) for word in sys.argv[1:] if word.startswith("--"))
feed = pathlib.Path(named["feed"]) / os.environ["RANK"]
ending = pathlib.Path(named["feed"]) / "end"
position = 0
while True:
    is_over = ending.exists()
    with open(feed, "rb") as file:
        file.seek(position)
        data = file.read()
    position += len(data)
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    if is_over and not data:
        sys.exit(int(ending.read_text()))
    time.sleep(0.02)
"""


class WrittenJob:
    """A running job of which the test writes the log.

    Attributes:
        name: of the job.
    """

    def __init__(self, job: TrainingJob, name: str, feed: Path) -> None:
        self.name = name
        self.job = job
        self._feed = feed

    def write(self, text: str | bytes, worker: int = 0) -> None:
        """Append to the log of a worker."""
        data = text.encode() if isinstance(text, str) else text
        with open(self._feed / str(worker), "ab") as file:
            file.write(data)

    def end(self, code: int = 0) -> None:
        """Let the job end when all is written."""
        made = self._feed / "end.new"
        made.write_text(str(code))
        os.replace(made, self._feed / "end")

    def log(self, worker: int = 0) -> str:
        """The newest bytes of a worker's log, as the service gives them."""
        return str(self.job.get_job_log(log_file=self.files[worker], start_byte=-1)["log"])

    @property
    def files(self) -> list[str]:
        """Names of the logs, by worker."""
        return list(self.job.get_job_log_file_list()["log_file_list"])

    def wait_written(self, text: str, worker: int = 0) -> None:
        """Wait until the service gives a text."""
        self._until(lambda: text in self.log(worker))

    @property
    def status(self) -> int:
        return int(self.job.get_job_version_info()["status"])

    @property
    def is_over(self) -> bool:
        return self.status in (3, 5, 10, 11, 12, 13, 14)

    def wait(self) -> None:
        """Wait until the service says that it is over."""
        self._until(lambda: self.is_over)

    def _until(self, look: Callable[[], bool]) -> None:
        give_up = time.monotonic() + _TIME_LIMIT
        while not look():
            assert time.monotonic() < give_up, f"{self.name}: waited in vain"
            time.sleep(0.1)


class WrittenJobs:
    """Submits such jobs to an embedded ModelArts.

    Args:
        data: root of the service.
        feeds: folder for what is to be written.
    """

    def __init__(self, data: Path, feeds: Path) -> None:
        self._feeds = feeds
        self._session = Session(local_root=str(data))
        code = data / "obs" / _CODE
        code.mkdir(parents=True, exist_ok=True)
        (code / "program.py").write_text(_PROGRAM)
        (data / "obs/test-bucket/input").mkdir(exist_ok=True)
        self._made: list[WrittenJob] = []

    def submit(self, name: str, text: str | bytes = b"", workers: int = 1) -> WrittenJob:
        """A job that has been started, with the beginning of its first log."""
        feed = self._feeds / name
        feed.mkdir(parents=True)
        for worker in range(workers):
            (feed / str(worker)).touch()
        estimator = Estimator(
            modelarts_session=self._session,
            train_instance_count=workers,
            train_instance_type="modelarts.vm.cpu.2u",
            code_dir=f"/{_CODE}/",
            boot_file=f"/{_CODE}/program.py",
            output_path="/test-bucket/output/",
            framework_type="PyTorch",
            framework_version="PyTorch-1.0.0-python3.6",
            hyperparameters=[{"label": "feed", "value": str(feed)}],
        )
        job = estimator.fit(inputs="/test-bucket/input/", wait=False, job_name=name)
        made = WrittenJob(job, name, feed)
        self._made.append(made)
        made.write(text)
        return made

    def close(self) -> None:
        """Let the jobs end that still run."""
        for job in self._made:
            job.end()
        self._session.close()
