"""The samples of the documentation run with only the package name changed."""

from __future__ import annotations

import pytest
from fake_service import Reply

LOG_NAME = "job-job-0713-191758.0"
VERSION = "/v1/p/training-jobs/182626/versions/278813"
LOG = {"is_success": True, "log": "Log string", "end_byte": "10", "count": "10"}
RESULT = {"log": "Log string", "log_byte_count": 10, "end_byte": 10, "is_success": True}
CREATED = {"is_success": True, "job_id": "182626", "version_id": "278813", "job_name": "j"}
ENGINES = {"engines": [{"engine_id": 4, "engine_name": "PyTorch", "engine_version": "PyTorch-1"}]}
VERSIONS = {"job_id": 182626, "versions": [{"version_id": 278813}], "version_count": 1}


@pytest.fixture(params=[LOG, {**LOG, "count": None, "log_byte_count": 10, "end_byte": 10}])
def documented(notebook, request):
    notebook.on("GET", f"{VERSION}/log", Reply(request.param))
    notebook.on("POST", "/v1/p/training-jobs", Reply(CREATED))
    notebook.on("GET", "/v1/p/training-jobs/182626/versions", Reply(VERSIONS))
    notebook.on("GET", "/v1/p/job/ai-engines", Reply(ENGINES))
    return notebook


def asked(service):
    last = service.last
    assert (last.method, last.path) == ("GET", f"{VERSION}/log")
    return last.query


def test_modelarts_04_0164_by_ids(documented):
    from modelarts_magics.estimator import Estimator
    from modelarts_magics.session import Session

    session = Session()
    estimator = Estimator(modelarts_session=session, job_id="182626", version_id="278813")
    resp = estimator.get_job_log(log_file="job-job-0713-191758.0")

    assert resp == RESULT
    assert asked(documented) == {"log_file": LOG_NAME, "start_byte": "0", "offset": "2048"}
    session.close()


def test_modelarts_04_0164_by_the_created_job(documented):
    from modelarts_magics.estimator import Estimator
    from modelarts_magics.session import Session

    session = Session()
    estimator = Estimator(
        modelarts_session=session,
        train_instance_count=1,
        code_dir="/bucket/src/",
        boot_file="/bucket/src/boot.py",
        output_path="/bucket/output/",
        train_instance_type="modelarts.vm.cpu.2u",
        framework_type="PyTorch",
        framework_version="PyTorch-1",
    )
    job_instance = estimator.fit(inputs="/bucket/data/", wait=False, job_name="my_training_job")
    resp = job_instance.get_job_log(log_file="job-job-0713-191758.0")

    assert resp == RESULT
    assert asked(documented)["log_file"] == LOG_NAME
    session.close()


def test_modelarts_04_0164_by_the_list_of_versions(documented):
    from modelarts_magics.estimator import Estimator
    from modelarts_magics.session import Session

    session = Session()
    estimator = Estimator(modelarts_session=session, job_id="182626")
    job_version_instance_list = estimator.get_job_version_object_list(is_show=False)
    resp = job_version_instance_list[0].get_job_log(log_file="job-job-0713-191758.0")

    assert resp == RESULT
    assert asked(documented)["log_file"] == LOG_NAME
    session.close()


@pytest.mark.parametrize(
    "answer",
    [
        {"job_id": "10", "status": "1", "create_time": "1524189990635"},
        {"job_id": 10, "status": 1, "create_time": 1524189990635, "service_url": "https://x"},
    ],
    ids=["sample", "table"],
)
def test_modelarts_04_0181(notebook, answer):
    created = {"is_success": True, "job_name": "visualization_job", **answer}
    notebook.on("POST", "/v1/p/visualization-jobs", Reply(created))
    notebook.on("GET", "/v1/p/visualization-jobs", Reply({"jobs": []}))
    from modelarts_magics.estimator import VisualizationJob
    from modelarts_magics.session import Session

    session = Session()
    job = VisualizationJob(modelarts_session=session)
    job_visualization_instance = job.create_visualization_job(
        train_url="/bucket/train/",
        job_name="visualization_job",
        job_desc="my visualization job",
    )

    assert notebook.last.json == {
        "train_url": "/bucket/train/",
        "job_name": "visualization_job",
        "job_desc": "my visualization job",
    }
    made = job_visualization_instance
    assert (made.visualization_id, made.job_id, made.job_name) == ("10", "10", "visualization_job")
    assert (made.create_time, made.status, made.is_success) == (1524189990635, 1, True)
    session.close()


def test_the_session_may_be_positional(notebook):
    from modelarts_magics.estimator import Estimator, VisualizationJob
    from modelarts_magics.session import Session

    session = Session()
    assert Estimator(session).modelarts_session is session
    assert VisualizationJob(session, "8992").visualization_id == "8992"
