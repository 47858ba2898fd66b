"""What is beside the logs of a job in the folder of its logs."""

from __future__ import annotations

import pytest
from bucket import Bucket
from v2_service import JOB

from modelarts_magics.core.obs import log_folder
from modelarts_magics.core.obs.log_folder import LogFolder

OTHER = JOB.replace("1", "2")
BESIDE = (
    f"modelarts-job-{JOB}-proc-rank-1-device-3.txt",
    f"modelarts-job-{JOB}/ascend/process_log/rank_0/plog/a.log",
    f"npu/{JOB.upper()}/device.log",
    "summary.txt",
)
NOT_BESIDE = (
    f"modelarts-job-{JOB}-worker-0.log",
    f"modelarts-job-{JOB}-x-worker-1-10.0.0.1-ab12.log",
    f"modelarts-job-{OTHER}-proc-rank-1-device-3.txt",
    f"npu/{OTHER}/device.log",
    f"npu/{JOB}/",
    f"{JOB}/../out.log",
    f"{JOB}//out.log",
)


@pytest.fixture
def bucket():
    return Bucket()


def names_of(folder: LogFolder) -> set[str]:
    return {one.name for one in folder.files()}


def test_files_of_the_job_or_of_none_are_beside_its_logs_and_nothing_else(bucket):
    for name in (*BESIDE, *NOT_BESIDE):
        bucket.objects[f"logs/{name}"] = name.encode()
    bucket.objects["other/summary.txt"] = b""
    bucket.page = 3
    with bucket.opened() as store:
        folder = LogFolder(store, "obs://bucket/logs/", JOB, ["worker-0", "worker-1"])
        found = {one.name: one for one in folder.files()}
    assert {*found} == {*BESIDE}
    assert not folder.is_cut
    one = found["summary.txt"]
    assert (one.size, one.url) == (11, "obs://bucket/logs/summary.txt")


def test_of_very_many_objects_the_first_are_looked_at_and_that_is_told(bucket, monkeypatch):
    monkeypatch.setattr(log_folder, "MOST_LOOKED_AT", 3)
    bucket.objects = {f"logs/{n}.txt": b"" for n in range(4)}
    with bucket.opened() as store:
        folder = LogFolder(store, "/bucket/logs/", JOB, [])
        assert names_of(folder) == {"0.txt", "1.txt", "2.txt"}
        assert folder.is_cut
        del bucket.objects["logs/0.txt"]
        assert names_of(folder) == {"1.txt", "2.txt", "3.txt"}
        assert not folder.is_cut
