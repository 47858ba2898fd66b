"""An embedded service as a process of its own, on which jobs of several kinds have run."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import isolation

from modelarts_magics.estimator import Estimator, TrainingJob
from modelarts_magics.local.storage.root import MARK
from modelarts_magics.session import Session

_PROGRAM = """
import os, pathlib, sys
names = dict(word[2:].split("=", 1) for word in sys.argv[1:] if word.startswith("--"))
out = pathlib.Path(__file__).with_name(names["payload"]).read_bytes()
sys.stdout.buffer.write(out.replace(b"{rank}", os.environ["RANK"].encode()))
"""
_CODE = "test-bucket/code"

CHINESE = "训练开始：第一轮\n损失 0.25，精度 97%\n训练结束\n"
COLOURS = "\x1b[1;31mERROR\x1b[0m then \x1b[38;5;208morange\x1b[0m <b>&amp;\n"
PROGRESS = "".join(f"\r进度 {n:3d}% |{'█' * (n // 10):10}|" for n in range(0, 101, 5)) + "\n"
BIG = "".join(f"step {n}: 损失={1 / n:.6f} 🚀 {'x' * (n % 97)}\n" for n in range(1, 1201))
PAYLOADS = {
    "first": "the first run\n",
    "second": "the second run\n",
    "chinese": CHINESE,
    "colours": COLOURS,
    "progress": PROGRESS,
    "big": BIG,
    "rank": "I am worker {rank}\n",
    "empty": "",
}


@dataclass
class Service:
    """An embedded service, and the jobs that ran on it."""

    root: Path
    process: subprocess.Popen[bytes]
    jobs: dict[str, TrainingJob] = field(default_factory=dict)

    @property
    def session(self) -> Session:
        return Session(local_root=str(self.root))

    def submit(self, name: str, payload: str, workers: int = 1) -> TrainingJob:
        return _estimator(self.session, payload, workers).fit(
            inputs="/test-bucket/input/", wait=False, job_name=name
        )


def _estimator(session: Session, payload: str, workers: int) -> Estimator:
    return Estimator(
        modelarts_session=session,
        train_instance_count=workers,
        train_instance_type="modelarts.vm.cpu.2u",
        code_dir=f"/{_CODE}/",
        boot_file=f"/{_CODE}/program.py",
        output_path="/test-bucket/output/",
        framework_type="PyTorch",
        framework_version="PyTorch-1.0.0-python3.6",
        hyperparameters=[{"label": "payload", "value": payload}],
    )


def start_service(root: Path, home: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "modelarts_magics.local", "--root", str(root)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=isolation.environment(home),
    )
    assert process.stdout
    assert json.loads(process.stdout.readline())["endpoint"]
    process.stdout.close()
    return process


def prepare(root: Path) -> None:
    """Put the program and its inputs into the object store of a service that will run there."""
    MARK.claim(root)
    code = root / "obs" / _CODE
    code.mkdir(parents=True)
    (root / "obs/test-bucket/input").mkdir()
    (code / "program.py").write_text(_PROGRAM)
    for name, text in PAYLOADS.items():
        (code / name).write_bytes(text.encode())


def run_jobs(service: Service) -> None:
    jobs = service.jobs
    jobs["twice-V0001"] = service.submit("twice", "first")
    for name in ("chinese", "colours", "progress", "big", "empty"):
        jobs[name] = service.submit(f"{name}-job", name)
    jobs["distributed"] = service.submit("distributed-job", "rank", workers=3)
    _wait(jobs["twice-V0001"])
    with contextlib.closing(service.session) as session:
        jobs["twice"] = _estimator(session, "second", 1).create_job_version(
            job_id=jobs["twice-V0001"].job_id,
            pre_version_id=jobs["twice-V0001"].version_id,
            inputs="/test-bucket/input/",
            wait=False,
        )
    for job in jobs.values():
        _wait(job)


def _wait(job: TrainingJob) -> None:
    while job.get_job_version_info()["status"] not in (10, 11, 14):
        time.sleep(0.05)
