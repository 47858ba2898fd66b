"""The example training job of the notebooks: `train.py` in a bucket, and a run of it.

    python notebooks/training/example.py

submits one more run to the embedded ModelArts of this user, which is what `make lab` does when it
starts. The notebooks import this module, so that they also work without `make lab`.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

from modelarts_magics.core.config import default_local_root
from modelarts_magics.estimator import Estimator, TrainingJob
from modelarts_magics.estimatorV2 import TrainingJob as TodaysTrainingJob
from modelarts_magics.session import Session

JOB_NAME = "example-training"
CODE_DIR = "/example-bucket/spirals/code/"
BOOT_FILE = CODE_DIR + "train.py"
INPUTS = "/example-bucket/spirals/input/"
OUTPUT = "/example-bucket/spirals/output/"


def upload() -> None:
    """Put `train.py` where the job looks for it.

    The OBS of the embedded service is a folder of this machine. On the cloud this is an upload,
    by the console, by `moxing` or by `obsutil`.
    """
    obs = default_local_root() / "obs"
    if not obs.is_dir():  # a folder that was begun here would be none of the service's
        raise FileNotFoundError(f"No embedded ModelArts on {obs.parent}: run %ma_session local")
    for folder in (CODE_DIR, INPUTS):
        (obs / folder.strip("/")).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(__file__).with_name("train.py"), obs / BOOT_FILE.strip("/"))


def estimator(session: Session, **hyperparameters: float) -> Estimator:
    """What to run and where; the hyperparameters reach `train.py` as `--label=value`."""
    return Estimator(
        modelarts_session=session,
        train_instance_count=1,
        train_instance_type="modelarts.vm.cpu.2u",
        code_dir=CODE_DIR,
        boot_file=BOOT_FILE,
        output_path=OUTPUT,
        framework_type="PyTorch",
        framework_version="PyTorch-1.0.0-python3.6",
        hyperparameters=[
            {"label": label, "value": str(value)} for label, value in hyperparameters.items()
        ],
        job_description="A small network learns the arms of a spiral",
    )


def submit(session: Session, **hyperparameters: float) -> TrainingJob:
    """Run the example once more: the first run creates the job, others are versions of it."""
    known = _known(session)
    upload()
    spiral = estimator(session, **hyperparameters)
    if not known:
        return spiral.fit(inputs=INPUTS, wait=False, job_name=JOB_NAME)
    return spiral.create_job_version(
        job_id=str(known["job_id"]),
        pre_version_id=str(known["version_id"]),
        inputs=INPUTS,
        wait=False,
    )


def submit_once(session: Session) -> None:
    """Run the example unless it has been run before."""
    if not _known(session):
        wait_for_log(submit(session))


def wait_for_log(job: TrainingJob | TodaysTrainingJob, seconds: float = 60) -> None:
    """Blocks until the job has written something; a service under load needs a moment."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if _has_log(job):
            return
        time.sleep(0.2)
    raise TimeoutError(f"job {job.job_id} wrote no log within {seconds:g} seconds")


def _has_log(job: TrainingJob | TodaysTrainingJob) -> bool:
    if isinstance(job, TodaysTrainingJob):
        return bool(job.get_job_log()["content"])
    names = job.get_job_log_file_list().get("log_file_list", [])
    return any(job.get_job_log(log_file=name, offset=1).get("log") for name in names)


def _known(session: Session) -> dict[str, Any]:
    """The example job in the list of jobs; empty when there is none."""
    jobs = Estimator.get_job_list(session, search_content=JOB_NAME)["jobs"]
    return next((job for job in jobs if job["job_name"] == JOB_NAME), {})


def main() -> None:
    job = submit(Session())
    wait_for_log(job)
    info = job.get_job_version_info()
    print(f"{JOB_NAME} {info['version_name']} is running")


if __name__ == "__main__":
    main()
