"""Viewers of API v2: made once, whatever is lost; found, listed; their token shown by nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from v2_service import JOB, Cloud, Said, client_of, job
from viewer_cloud import FLAVOR, TOKEN, ViewerCloud

from modelarts_magics.core import visualization
from modelarts_magics.core.api.base import JobRef, Phase
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.api.v2.state import PhaseState
from modelarts_magics.core.api.v2.visualizations import RULES, Viewers
from modelarts_magics.core.errors import (
    InvalidArgumentError,
    NotOfferedError,
    OutcomeUnknownError,
    ServiceError,
    UnexpectedAnswerError,
)
from modelarts_magics.core.visualization import How, NewVisualization, VisualizationQuery


def no_wait(_seconds: float) -> None:
    """Sleeps not at all."""


def new(name: str | None = None, hours: int | None = None) -> NewVisualization:
    return NewVisualization.checked(JOB, name, "curves", stop_after_hours=hours, rules=RULES)


@pytest.fixture
def cloud() -> ViewerCloud:
    return ViewerCloud()


@pytest.fixture
def viewers(cloud: ViewerCloud) -> Iterator[Viewers]:
    with client_of(cloud.adapter) as client:
        yield Viewers(client)


def test_a_viewer_is_a_job_of_its_kind_over_the_job_that_it_shows(cloud, viewers):
    made = visualization.create(viewers, new("curves", 2), no_wait)
    assert made.how is How.CREATED
    [body] = cloud.created
    assert body["kind"] == "visualization_job"
    assert body["metadata"]["annotations"] == {"tensorboard/enable": "true"}
    assert body["algorithm"]["summary"] == {"data_sources": [{"job": {"job_id": JOB}}]}
    assert body["algorithm"]["engine"] == {"image_url": "org/image:1"}
    assert body["spec"]["resource"] == {"flavor_id": FLAVOR["flavor_id"], "node_count": 1}
    assert body["spec"]["auto_stop"] == {"time_unit": "HOURS", "duration": 2}
    job = made.job
    assert (job.name, job.job_desc, job.output, job.stop_after_hours) == (
        "curves", "curves", JOB, 2,
    )  # fmt: skip
    assert job.ref == JobRef("v2", job.job_id)


FATES = st.lists(st.sampled_from(["fine", "lost", "dropped"]), max_size=6)


@given(FATES, st.sampled_from([None, "curves"]))
@settings(deadline=None, max_examples=60)
def test_whatever_is_lost_there_is_one_viewer_or_nobody_claims_it(fates, name):
    cloud = ViewerCloud(*fates)
    with client_of(cloud.adapter) as client:
        try:
            made = visualization.create(Viewers(client), new(name), no_wait)
        except OutcomeUnknownError:
            assert fates
        except ServiceError:
            assert cloud.viewers == []
        else:
            [viewer] = cloud.viewers
            assert viewer["metadata"]["id"] == made.job.job_id
        assert len(cloud.viewers) <= 1


def test_a_lost_answer_is_found_again_by_the_name(cloud, viewers):
    cloud.creations = ["lost"]
    made = visualization.create(viewers, new("curves"), no_wait)
    assert (made.how, len(cloud.viewers), len(cloud.created)) == (How.ADOPTED, 1, 1)


def test_one_that_shows_the_same_job_is_used_again(cloud, viewers):
    first = visualization.create_or_reuse(viewers, new(), no_wait)
    again = visualization.create_or_reuse(viewers, new(), no_wait)
    assert (again.how, again.job.job_id) == (How.REUSED, first.job.job_id)


def test_it_is_waited_for_until_it_has_an_address(cloud, viewers):
    cloud.phases = ["Creating", "Pending"]
    made = visualization.create(viewers, new(), no_wait).job
    found = visualization.wait_until_running(viewers, made.job_id, no_wait)
    assert found.state.phase is Phase.RUNNING
    assert found.service_url == f"https://viewer.example.com/{made.job_id}/"


def test_only_who_asks_for_the_address_gets_the_token(cloud, viewers):
    made = visualization.create(viewers, new(), no_wait).job
    found = viewers.get(made.job_id)
    assert found.needs_token
    assert TOKEN not in f"{found!r} {found.service_url} {found.viewer!r}"
    url = found.service_url
    assert viewers.address(made.job_id) == f"{url}?token={TOKEN}"
    assert viewers.address(made.job_id, is_framed=True) == f"{url}{TOKEN}/"


@pytest.mark.parametrize("counts", ["items", "pages"])
def test_pages_are_pages_whatever_offsets_count(counts):
    names = [f"v{n}" for n in range(7)]
    cloud = Cloud([
        {**job(f"00000000-0000-4000-8000-00000000000{n}", name), "kind": "visualization_job"}
        for n, name in enumerate(names)
    ])  # fmt: skip
    cloud.counts = counts
    with client_of(cloud.adapter) as client:
        viewers = Viewers(client)
        pages = [viewers.list(VisualizationQuery(page=n, per_page=3)) for n in (1, 2, 3)]
        assert [[one.name for one in page.items] for page in pages] == [
            names[:3], names[3:6], names[6:],
        ]  # fmt: skip
        assert {page.total for page in pages} == {7}


def test_the_service_is_asked_for_viewers_of_a_name_and_a_state(cloud, viewers):
    for name in ("one", "two"):
        visualization.create(viewers, new(name), no_wait)
    running = VisualizationQuery("on", PhaseState("Creating"))
    assert [one.name for one in viewers.list(running).items] == ["one"]
    assert viewers.list(VisualizationQuery(status=PhaseState("Failed"))).items == []
    with pytest.raises(InvalidArgumentError, match="sort"):
        viewers.list(VisualizationQuery(sort="job_name"))


@pytest.mark.parametrize(
    ("state", "phases"),
    [
        (PhaseState("Pending"), ["Pending"]),
        (JobStatus.RUNNING, ["Running"]),
        (JobStatus.KILLING, ["Terminating"]),
        (JobStatus.WAITING, ["Creating", "Pending"]),
        (JobStatus.FAILED, ["Failed", "Abnormal"]),
    ],
)
def test_a_state_of_either_generation_is_asked_for_in_the_words_of_this_one(
    cloud, viewers, state, phases
):
    viewers.list(VisualizationQuery(status=state))
    kind, phase = cloud.asked[-1].json["filters"]
    assert kind == {"key": "kind", "operator": "in", "value": ["visualization_job"]}
    assert phase == {"key": "phase", "operator": "in", "value": phases}


@pytest.mark.parametrize(("per_page", "limit"), [(None, 50), (7, 7), (50, 50), (51, 50)])
def test_a_page_is_as_large_as_it_is_asked_for_and_may_be(cloud, viewers, per_page, limit):
    page = viewers.list(VisualizationQuery(per_page=per_page, order="asc"))
    sent = cloud.asked[-1].json
    assert (sent["limit"], sent["order"], sent["offset"]) == (limit, "asc", 0)
    assert (page.items, page.total) == ([], 0)


def test_what_a_viewer_may_be_is_what_this_generation_says():
    assert (RULES.may_run_for_ever, RULES.has_folders) == (False, False)
    assert RULES.state_named("terminated") == RULES.state_named("Terminated")
    assert RULES.state_named("RUNNING") == PhaseState("Running")


def test_a_creation_that_tells_no_id_is_no_answer(cloud, viewers):
    cloud.answers["POST .*/training-jobs$"] = lambda _asked: Said(
        {"kind": "visualization_job"}, 201
    )
    with pytest.raises(UnexpectedAnswerError, match="not of this API") as caught:
        viewers.create(new("curves"))
    assert caught.value.status == 200


OWN = {"name": "other", "description": "own words"}
SHOWN = {"summary": {"data_sources": [{"job": {}}, {"dataset": 1}, {"job": {"job_id": "9"}}]}}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, ("curves", "curves", JOB, 2)),
        ({"metadata": OWN}, ("other", "own words", JOB, 2)),
        ({"algorithm": SHOWN}, ("curves", "curves", "9", 2)),
        ({"spec": {"auto_stop": {"duration": 5}}}, ("curves", "curves", JOB, 5)),
        ({"algorithm": "?", "spec": []}, ("curves", "curves", JOB, 2)),
    ],
)
def test_what_the_answer_to_a_creation_leaves_out_is_what_was_asked_for(cloud, viewers, said, told):
    answer = {"kind": "visualization_job", **said}
    answer["metadata"] = {"id": "7", **said.get("metadata", {})}
    cloud.answers["POST .*/training-jobs$"] = lambda _asked: Said(answer, 201)
    made = viewers.create(new("curves", 2))
    assert (made.name, made.job_desc, made.output, made.stop_after_hours) == told
    assert (made.job_id, made.job_type, made.service_url) == ("7", "", "")


def test_a_viewer_that_never_stops_by_itself_says_nothing_of_hours(cloud, viewers):
    made = viewers.create(new("curves"))
    assert made.stop_after_hours is None
    assert "auto_stop" not in cloud.created[0]["spec"]
    assert viewers.unseen("7").job_id == "7"


def test_why_a_viewer_failed_is_the_first_thing_that_its_tasks_say(cloud, viewers):
    made = viewers.create(new("curves"))
    assert made.failure_reason == ""
    told = [{"task": "a", "exit_code": 1}, {"task": "b", "message": "out of memory"}]
    cloud.viewers[0]["status"] = {"phase": "Failed", "task_statuses": told}
    assert viewers.get(made.job_id).failure_reason == "out of memory"
    assert viewers.get(made.job_id).needs_token


def test_a_viewer_is_what_was_asked_of_it_until_it_is_seen_again(viewers):
    made = viewers.create(new("curves"))
    assert made.being_stopped().state.is_stopping
    assert made.being_stopped().service_url == ""
    assert made.being_started().state == PhaseState("Pending")
    assert made.described("new words").job_desc == "new words"


def test_without_an_offer_it_runs_on_what_its_job_runs_on(cloud, viewers):
    cloud.answers["GET .*/training-job-flavors$"] = lambda _asked: Said({"flavors": []})
    cloud.jobs[0]["spec"]["resource"] = {"flavor_id": "gpu.8"}
    viewers.create(new("curves"))
    assert cloud.created[0]["spec"]["resource"]["flavor_id"] == "gpu.8"


def test_only_the_word_of_the_service_says_that_a_name_is_taken(viewers):
    assert viewers.is_name_taken(ServiceError("no", code="ModelArts.2751", status=400))
    assert not viewers.is_name_taken(ServiceError("no", code="ModelArts.2750", status=400))
    assert not viewers.is_name_taken(ValueError("ModelArts.2751"))


def test_stopping_describing_and_deleting(cloud, viewers):
    made = visualization.create(viewers, new("curves"), no_wait).job
    viewers.get(made.job_id)  # it runs by now
    visualization.describe(viewers, made, "other words")
    assert viewers.get(made.job_id).job_desc == "other words"
    visualization.stop(viewers, made)
    assert viewers.get(made.job_id).state.is_stopping
    cloud.end()
    visualization.delete(viewers, made)
    assert cloud.viewers == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"train_url": "/bucket/run/"}, "%ma_viz scalars /bucket/run/"),
        ({"job_type": "mindstudio-insight"}, "runs TensorBoard, not mindstudio-insight"),
        ({"stop_after_hours": 0}, "stop_after_hours is 0"),
        ({"job_name": "a name"}, "1 to 64 letters"),
    ],
)
def test_what_cannot_be_is_said_in_one_line_before_anything_is_sent(wrong, words):
    with pytest.raises(InvalidArgumentError) as caught:
        NewVisualization.checked(**{"train_url": JOB, **wrong}, rules=RULES)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_restart_is_not_offered(viewers):
    with pytest.raises(NotOfferedError, match="API v2 does not offer restarts"):
        viewers.restart(JOB)
