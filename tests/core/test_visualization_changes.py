"""What a state allows, in words, and what the service has to say."""

from __future__ import annotations

import pytest
from fake_service import Reply, Then
from visualization_service import JOBS, Fault, jobs_of
from visualization_states import ALLOWED, WORDS

from modelarts_magics.core import visualization
from modelarts_magics.core.api.v1.models.visualization import VisualizationJob
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import (
    ConflictError,
    InvalidArgumentError,
    NotFoundError,
    WrongStateError,
)
from modelarts_magics.core.i18n import use_language

OPERATIONS = {
    "stop": visualization.stop,
    "restart": visualization.restart,
    "delete": visualization.delete,
}
REQUESTS = {
    "stop": ("POST", f"{JOBS}/197/stop"),
    "restart": ("POST", f"{JOBS}/197/restart"),
    "delete": ("DELETE", f"{JOBS}/197"),
}
TABLE = [
    pytest.param(operation, status, words, id=f"{operation} {status.name}")
    for status, row in WORDS.items()
    for operation, words in zip(OPERATIONS, row)
]


@pytest.fixture
def api(viz_jobs):
    return viz_jobs


def test_the_table_has_every_documented_state():
    assert {*JobStatus} <= {*WORDS}


@pytest.mark.parametrize(("operation", "status", "words"), TABLE)
def test_each_state_allows_a_change_or_says_what_to_do(viz, api, operation, status, words):
    viz.add(status=int(status))
    if words is ALLOWED:
        assert OPERATIONS[operation](api, "197").status == status
        assert [(seen.method, seen.path) for seen in viz.seen] == [
            ("GET", f"{JOBS}/197"),
            REQUESTS[operation],
        ]
        return
    with pytest.raises(WrongStateError) as caught:
        OPERATIONS[operation](api, "197")
    assert str(caught.value) == f"Visualization job 197 is {status.name}: {words}"
    assert viz.methods == ["GET"]


@pytest.mark.parametrize(("operation", "status", "words"), TABLE)
def test_the_words_are_there_in_chinese_too(operation, status, words):
    use_language("zh")
    job = VisualizationJob(job_id="197", status=status)
    check = getattr(visualization, f"check_{operation}")
    if words is ALLOWED:
        check(job)
        return
    with pytest.raises(
        WrongStateError, match=f"可视化作业 197 的状态为 {status.name}：.*。.*%ma_viz"
    ):
        check(job)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_state_is_that_of_now_and_not_of_the_last_look(viz, api, operation):
    viz.add(status=int(JobStatus.KILLING))
    seen_before = VisualizationJob(job_id="197", status=JobStatus.RUNNING)
    with pytest.raises(WrongStateError, match="KILLING"):
        OPERATIONS[operation](api, seen_before)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_service_has_the_last_word(viz, api, operation):
    job = viz.add(status=int(JobStatus.KILLED if operation == "restart" else JobStatus.RUNNING))
    changed_after_the_look = Then(lambda: job.update(status=9), Reply(dict(job)))
    viz.faults = [Fault(changed_after_the_look)]
    with pytest.raises(ConflictError, match=r"This job can't be changed\. job status: 9") as caught:
        OPERATIONS[operation](api, "197")
    assert caught.value.code == "ModelArts.0105"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_job_that_is_gone_is_the_services_to_tell(api, operation):
    with pytest.raises(NotFoundError):
        OPERATIONS[operation](api, "197")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_no_id_is_refused_with_the_way_to_ids(viz, api, operation):
    with pytest.raises(InvalidArgumentError, match="%ma_viz list shows the jobs with their ids"):
        OPERATIONS[operation](api, "../training-jobs/1")
    assert viz.seen == []


def test_an_answer_may_leave_the_id_out(service):
    service.on("GET", f"{JOBS}/197", Reply({"status": 8}))
    service.on("POST", f"{JOBS}/197/stop", Reply({}))
    with jobs_of(service.url) as api:
        assert visualization.stop(api, "197").job_id == "197"
        with pytest.raises(WrongStateError, match="job 197 is RUNNING: stop it before"):
            visualization.restart(api, "197")


def test_stop_restart_and_delete_change_the_job(viz, api):
    viz.add()
    visualization.stop(api, "197")
    assert viz.jobs[197]["status"] == JobStatus.KILLED
    visualization.restart(api, "197")
    assert viz.jobs[197]["status"] == JobStatus.WAITING
    visualization.delete(api, "197")
    assert viz.jobs == {}


@pytest.mark.parametrize("description", ["", "新描述", "日" * 256])
@pytest.mark.parametrize("by", ["id", "job"])
def test_a_description_is_changed_in_any_state_by_one_request(viz, api, description, by):
    viz.add(status=int(JobStatus.KILLING))
    job = "197" if by == "id" else VisualizationJob(job_id="197")
    visualization.describe(api, job, description)
    assert viz.jobs[197]["job_desc"] == description
    assert viz.methods == ["PUT"]


def test_a_description_that_is_too_long_is_not_sent(viz, api):
    with pytest.raises(InvalidArgumentError, match="257 characters"):
        visualization.describe(api, "197", "a" * 257)
    assert viz.seen == []
