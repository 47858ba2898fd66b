"""The SDK face against the real embedded service: what the fakes assume is what a service does."""

from __future__ import annotations

import json
import time

import pytest

from modelarts_magics.core import config, visualization
from modelarts_magics.core.api.v1.logs import ByteEndpoint, LineEndpoint
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import (
    ConflictError,
    InvalidArgumentError,
    InvalidParameterError,
    JobEndedError,
    WrongStateError,
)
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.logs.exact import LogText, read_forward
from modelarts_magics.core.logs.follow import Finished, StatusChanged
from modelarts_magics.core.logs.last_lines import read_tail
from modelarts_magics.core.logs.lines import LineLog
from modelarts_magics.estimator import Estimator, VisualizationJob
from modelarts_magics.sdk.v1.waiting import wait_until_final
from modelarts_magics.session import Session

PROGRAM = """
import sys
for number in range(400):
    print(f"第 {number} 轮 epoch {number} 😀\\ufffd")
sys.exit(int(sys.argv[1].partition("=")[2]))
"""
LOG = "".join(f"第 {number} 轮 epoch {number} 😀\ufffd\n" for number in range(400))
TIME_LIMIT = 60.0  # seconds; far more than anything here takes
SLEEPER = "import time\nprint('ready')\ntime.sleep(600)\n"


def until(look):
    """Poll until something is true."""
    give_up = time.monotonic() + TIME_LIMIT
    while not look():
        assert time.monotonic() < give_up
        time.sleep(0.05)


@pytest.fixture
def session(embedded_root):
    made = Session(local_root=str(embedded_root))
    yield made
    made.close()


@pytest.fixture
def programs(embedded_root):
    folder = embedded_root / "obs" / "bucket" / "src"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "sleep.py").write_text(SLEEPER, encoding="utf-8")
    (embedded_root / "obs" / "bucket" / "output").mkdir(exist_ok=True)


def estimator(session, script="train.py", code=0):
    flavor = Estimator.get_train_instance_types(session)[0]
    framework = Estimator.get_framework_list(session)[0]
    return Estimator(
        modelarts_session=session,
        train_instance_count=1,
        train_instance_type=flavor,
        code_dir="/bucket/src/",
        boot_file=f"/bucket/src/{script}",
        output_path="obs://bucket/output",
        hyperparameters=[{"label": "code", "value": code}],
        **framework,
    )


def test_the_session_knows_the_service(session, embedded_root):
    assert session.region_name == "local"
    assert session.modelarts_endpoint.startswith("http://127.0.0.1:")
    assert session.project_id


def test_fit_wait_log_list_and_delete(session, programs, capsys):
    job = estimator(session).fit(wait=True, job_name="end-to-end")
    assert job.status is JobStatus.COMPLETED, capsys.readouterr().out

    (log_file,) = job.get_job_log_file_list()["log_file_list"]
    first = job.get_job_log(log_file)
    assert sorted(first) == ["end_byte", "is_success", "log", "log_byte_count"]
    assert first["log_byte_count"] == first["end_byte"] == 2048
    source = ByteEndpoint(session.client, job.job_id, job.version_id, log_file)
    text = "".join(part.text for part in read_forward(source))
    assert LOG in text
    assert read_tail(source, 3).text.text == "".join(text.splitlines(keepends=True)[-3:])

    listed = Estimator.get_job_list(session, search_content="end-to-end")["jobs"]
    assert [(str(item["job_id"]), item["status"]) for item in listed] == [(job.job_id, 10)]
    assert job.get_job_version_info()["status"] == 10
    handle = Estimator(session, job_id=job.job_id)
    assert [v.version_id for v in handle.get_job_version_object_list(is_show=False)] == [
        job.version_id
    ]

    assert job.update_job_description("新描述") == {"is_success": True}
    assert job.get_job_info()["job_desc"] == "新描述"
    assert job.stop_job_version()["is_success"] is False
    assert Estimator.delete_job_by_id(session, job.job_id) == {"is_success": True}
    gone = job.get_job_log(log_file)
    assert sorted(gone) == ["error_code", "error_msg", "is_success"]
    assert gone["is_success"] is False


def test_a_failing_program_and_its_next_version(session, programs):
    failed = estimator(session, code=3).fit(wait=True, job_name="fails")
    assert failed.status is JobStatus.FAILED
    again = estimator(session).create_job_version(failed.job_id, failed.version_id, wait=True)
    assert again.status is JobStatus.COMPLETED
    versions = failed.get_job_version_object_list(is_show=False)
    assert {v.version_id for v in versions} == {failed.version_id, again.version_id}
    assert again.delete_job_version() == {"is_success": True}
    assert failed.delete_job() == {"is_success": True}


def test_a_running_job_is_stopped(session, programs):
    job = estimator(session, "sleep.py").fit(job_name="sleeps")
    assert job.stop_job_version() == {"is_success": True}
    assert wait_until_final(job) in {JobStatus.KILLED, JobStatus.CANCELED}
    assert job.delete_job() == {"is_success": True}


def test_a_visualization_job_from_creation_to_deletion(session, programs):
    job = VisualizationJob(session).create_visualization_job("/bucket/output/", "viz-1", "d")
    assert job.is_success
    (listed,) = VisualizationJob.get_visualization_job_object_list(session, is_show=False)
    assert (listed.job_id, listed.job_name) == (job.job_id, "viz-1")
    info = job.get_visualization_job_info()
    assert (info["train_url"], info["job_desc"]) == ("/bucket/output/", "d")
    assert job.update_visualization_job("other") == {"is_success": True}
    assert job.get_visualization_job_info()["job_desc"] == "other"
    assert job.stop_visualization_job() == {"is_success": True}
    until(lambda: job.get_visualization_job_info()["status"] == JobStatus.KILLED)
    assert job.stop_visualization_job()["error_code"] == "ModelArts.0105"
    assert job.restart_visualization_job() == {"is_success": True}
    until(lambda: job.get_visualization_job_info().get("service_url"))
    assert job.delete_visualization_job() == {"is_success": True}
    assert job.get_visualization_job_info()["is_success"] is False


REFUSED = {"is_success": False, "error_code": "ModelArts.0105"}


def refused(answer):
    assert answer.pop("error_msg")
    return answer == REFUSED


def test_every_operation_of_visualization_jobs_as_documented_dicts(session, programs):
    make = VisualizationJob(session).create_visualization_job
    job, other = make("bucket/output", "dicts-1"), make("obs://bucket/output/")
    assert other.job_name.startswith("output-")
    listed = VisualizationJob.get_visualization_job_list(
        session, per_page=1, page=2, sortBy="create_time", order="asc", search_content="dicts"
    )
    assert (listed["job_total_count"], listed["jobs"]) == (1, [])
    until(lambda: job.get_visualization_job_info().get("service_url"))
    running = VisualizationJob.get_visualization_job_list(session, 8, search_content="dicts")
    assert [item["job_name"] for item in running["jobs"]] == ["dicts-1"]
    assert refused(job.restart_visualization_job())
    assert job.stop_visualization_job() == {"is_success": True}
    until(lambda: job.get_visualization_job_info()["status"] == JobStatus.KILLED)
    assert refused(job.stop_visualization_job())
    for made in (job, other):
        assert made.delete_visualization_job() == {"is_success": True}
        for change in ("delete", "stop", "restart"):
            gone = getattr(made, f"{change}_visualization_job")()
            assert (gone["is_success"], gone["error_code"]) == (False, "ModelArts.0015")


def test_the_use_cases_of_visualization_jobs(session, programs):
    jobs = session.visualizations
    new = visualization.NewVisualization.checked("bucket/output", "uses-1", stop_after_hours=2)
    made = visualization.create(jobs, new)
    assert made.how is visualization.How.CREATED
    assert visualization.create_or_reuse(jobs, new).how is visualization.How.REUSED
    job = visualization.wait_until_running(jobs, made.job.job_id)
    assert job.service_url.startswith("http://127.0.0.1:")
    assert [schedule.duration for schedule in job.schedule] == [2]
    with pytest.raises(InvalidArgumentError, match="is taken by visualization job"):
        visualization.create(jobs, new)
    with pytest.raises(WrongStateError, match="is RUNNING: stop it before you restart it"):
        visualization.restart(jobs, job)
    visualization.describe(jobs, job, "新")
    assert visualization.find(jobs, "uses-1").job_desc == "新"
    visualization.stop(jobs, job)
    until(lambda: visualization.find(jobs, job.job_id).state is JobStatus.KILLED)
    with pytest.raises(WrongStateError, match="is KILLED: it has ended already"):
        visualization.stop(jobs, job)
    with pytest.raises(JobEndedError, match="is KILLED: it was stopped"):
        visualization.wait_until_running(jobs, job.job_id)
    visualization.restart(jobs, job)
    assert visualization.wait_until_running(jobs, job.job_id).service_url
    assert [
        j.job_id for j in visualization.iter_jobs(jobs, visualization.VisualizationQuery("uses"))
    ] == [job.job_id]
    visualization.delete(jobs, job)
    with pytest.raises(InvalidArgumentError, match="There is no visualization job"):
        visualization.find(jobs, job.job_id)


def test_a_visualization_job_that_is_deleted_is_not_waited_for(session, programs):
    new = visualization.NewVisualization.checked("/bucket/output/")
    made = visualization.create(session.visualizations, new).job
    visualization.delete(session.visualizations, made)
    with pytest.raises(JobEndedError, match=f"Visualization job {made.job_id} was deleted"):
        visualization.wait_until_running(session.visualizations, made.job_id)


def test_the_type_that_the_embedded_service_does_not_have_is_refused(session, programs):
    new = visualization.NewVisualization.checked("/bucket/output/", job_type="mindinsight")
    with pytest.raises(InvalidParameterError, match="does not support job_type mindinsight"):
        visualization.create(session.visualizations, new)


def test_a_taken_name_is_refused_with_the_documented_code(session, programs):
    first = estimator(session).fit(job_name="taken", wait=True)
    with pytest.raises(ConflictError) as caught:
        estimator(session).fit(job_name="taken")
    assert caught.value.code == "ModelArts.0103"
    first.delete_job()


def test_the_login_of_the_service_works_with_user_name_and_password(embedded_root):
    keys = json.loads((embedded_root / "credentials.json").read_text())
    service = json.loads((embedded_root / "service.json").read_text())
    config.choose(iam_endpoint=service["endpoint"], modelarts_endpoint=service["endpoint"])
    session = Session(
        account=keys["domain"],
        username=keys["username"],
        password=keys["password"],
        region_name=service["region"],
    )
    assert Estimator.get_job_list(session)["is_success"] is True
    assert session.project_id == service["project_id"]
    session.close()


END = "[Modelarts Service Log]Training completed.\n"


def test_a_running_job_is_followed_to_its_end(session, programs):
    job = estimator(session).fit(job_name="followed")
    events = list(job.follow_job_log())
    assert "".join(e.text for e in events if isinstance(e, LogText)) == LOG + END
    assert [e.status for e in events if isinstance(e, StatusChanged)][-1] is JobStatus.COMPLETED
    assert events[-1] == Finished(JobStatus.COMPLETED)


def test_the_end_of_a_failed_job_says_why(session, programs):
    job = estimator(session, code=3).fit(job_name="followed-failure")
    last = list(job.follow_job_log("job-followed-failure.0", start_byte=100))[-1]
    assert not last.is_success
    assert "FAILED" in last.reason


def test_a_whole_log_is_downloaded(session, programs, tmp_path):
    job = estimator(session).fit(job_name="downloaded", wait=True)
    path = tmp_path / "train.log"
    size = job.download_job_log("job-downloaded.0", path, connections=3, rate=None)
    assert path.read_text("utf-8") == LOG + END
    assert size == path.stat().st_size


def test_the_same_log_by_lines(session, programs):
    job = estimator(session).fit(job_name="by-lines", wait=True)
    endpoint = LineEndpoint(session.client, job.job_id, job.version_id, "job-by-lines.0")
    log = LineLog(endpoint, Reader())
    part, text = log.after(log.at(0)), ""
    while part.text.text or part.goes_on:
        text += part.text.text
        part = log.after(part.cursor)
    assert text == LOG + END
    assert log.tail(2).text.text == LOG.splitlines(keepends=True)[-1] + END
