"""The sample of docs/api/v2-sdk.md against the real embedded service, with its object store."""

from __future__ import annotations

import pytest

from modelarts_magics.config.auth import auth_by_apig
from modelarts_magics.errors import InvalidArgumentError, NotFoundError
from modelarts_magics.estimatorV2 import Estimator
from modelarts_magics.session import Session
from modelarts_magics.train_params import InputData, OutputData, TrainingFiles

PROGRAM = "import sys\nprint('第 1 轮', len(sys.argv))\n"


@pytest.fixture
def session(embedded_root):
    made = Session(local_root=str(embedded_root))
    yield made
    made.close()


@pytest.fixture
def bucket(embedded_root):
    folder = embedded_root / "obs" / "v2bucket"
    for name in ("code", "data", "out"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "code" / "train.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "data" / "数据 1.bin").write_bytes(bytes(range(256)) * 100)
    return folder


def test_a_job_from_its_creation_to_its_end(session, bucket, tmp_path, capsys):
    estimator = Estimator(
        session=session,
        training_files=TrainingFiles(code_dir="obs://v2bucket/code/", boot_file="train.py"),
        outputs=[OutputData(obs_path="obs://v2bucket/out/", name="train_url")],
        parameters=[{"name": "epochs", "value": 5}],
        train_instance_type=Estimator.get_train_instance_types(session)[0]["flavor_id"],
        train_instance_count=1,
        **Estimator.get_framework_list(session)[0],
    )
    inputs = [InputData(obs_path="obs://v2bucket/data/", name="data_url")]
    job = estimator.fit(inputs=inputs, wait=True)
    assert "第 1 轮 4\n" in capsys.readouterr().out

    info = Estimator(session, job_id=job.job_id).get_job_info()
    assert (info["status"]["phase"], info["metadata"]["name"]) == ("Completed", job.job_name)
    assert "第 1 轮 4\n" in job.get_job_log()["content"]
    size = job.download_job_log("worker-0", tmp_path / "a.log")
    assert size == job.get_job_log()["full_size"]
    assert [task["task"] for task in job.get_job_tasks()] == ["worker-0"]
    assert job.get_job_events()
    filters = [{"key": "name", "operator": "in", "value": [job.job_name]}]
    listed = Estimator.get_job_list(session=session, filters=filters)
    assert [one["metadata"]["id"] for one in listed["items"]] == [job.job_id]

    path = f"/v2/{session.project_id}/training-jobs/{job.job_id}"
    assert auth_by_apig(session, "GET", path)["metadata"]["id"] == job.job_id
    assert job.update_job_configs(description="说明") is None
    assert job.get_job_info()["metadata"]["description"] == "说明"
    assert job.control_job()["error_code"] == "ModelArts.2796"
    assert job.delete_job() is None
    assert job.get_job_info()["error_code"] == "ModelArts.2775"
    with pytest.raises(NotFoundError):
        auth_by_apig(session, "GET", path)


def test_a_job_of_an_image_runs_its_command_and_keeps_its_log(session, bucket):
    estimator = Estimator(
        session=session,
        user_image_url="organization/image:tag",
        user_command="echo custom $MODE",
        env_variables={"MODE": "image"},
        log_url="obs://v2bucket/out/",
        train_instance_type="modelarts.vm.cpu.2u",
        train_instance_count=1,
    )
    job = estimator.fit(wait=True)
    [copy] = (bucket / "out").glob(f"modelarts-job-{job.job_id}-worker-0.log")
    assert "custom image\n" in copy.read_text("utf-8")


def test_the_object_store_is_read(session, bucket, tmp_path):
    obs, name = session.obs, "数据 1.bin"
    there = ["obs://v2bucket", "/v2bucket/data/", "s3://v2bucket/data", f"/v2bucket/data/{name}"]
    assert [obs.is_obs_path_exists(url) for url in there] == [True] * 4
    gone = ["obs://v2bucket/dat", "/v2bucket/data/x", "obs://nobucket/", f"/v2bucket/data/{name}/"]
    assert [obs.is_obs_path_exists(url) for url in gone] == [False] * 4
    obs.download_file(f"obs://v2bucket/data/{name}", str(tmp_path))
    assert (tmp_path / name).read_bytes() == bytes(range(256)) * 100
    obs.download_file(f"s3://v2bucket/data/{name}", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == bytes(range(256)) * 100
    with pytest.raises(NotFoundError):
        obs.download_file("obs://v2bucket/data/x", tmp_path / "c")
    for src, dst in (("/v2bucket/data/", "d"), ("nothing", "d"), (there[-1], "no/such/d")):
        with pytest.raises(InvalidArgumentError):
            obs.download_file(src, tmp_path / dst)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["b", name]


@pytest.mark.parametrize(
    "arguments",
    [
        ("FETCH", "/v2/p"),
        ("GET", "https://other.example/v2/p"),
        ("GET", "@other.example/"),
        ("POST", "/v2/p", None, "{"),
    ],
)
def test_credentials_go_to_the_service_only(session, arguments):
    with pytest.raises(InvalidArgumentError):
        auth_by_apig(session, *arguments)
