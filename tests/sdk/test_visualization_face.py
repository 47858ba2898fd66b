"""VisualizationJob: arguments, defaults on the wire, and results as documented."""

from __future__ import annotations

import inspect

import pytest
from fake_service import Reply, Reset, refusal

from modelarts_magics.core.errors import (
    ConflictError,
    ConnectionFailedError,
    InvalidArgumentError,
    ServiceError,
)
from modelarts_magics.estimator import VisualizationJob

JOBS = "/v1/p/visualization-jobs"
JOB = f"{JOBS}/8992"
SIGNATURES = {
    "__init__": "modelarts_session visualization_id",
    "create_visualization_job": "train_url job_name job_desc",
    "get_visualization_job_list": "modelarts_session status per_page page sortBy order"
    " search_content sort_by",
    "get_visualization_job_object_list": "modelarts_session status per_page page sortBy order"
    " search_content is_show sort_by",
    "get_visualization_job_info": "",
    "update_visualization_job": "job_desc",
    "stop_visualization_job": "",
    "restart_visualization_job": "",
    "delete_visualization_job": "",
}
CREATED = Reply({"job_id": 8992, "job_name": "viz", "status": 1, "create_time": 1565149736000})


NOBODY = Reply({"job_total_count": 0, "jobs": []})


@pytest.fixture
def free(notebook):
    """No name is taken; creation looks before it sends."""
    notebook.on("GET", JOBS, NOBODY)


def methods(notebook):
    return [seen.method for seen in notebook.seen]


@pytest.fixture
def job(session):
    return VisualizationJob(modelarts_session=session, visualization_id="8992")


@pytest.mark.parametrize(("method", "names"), SIGNATURES.items())
def test_the_arguments_are_the_documented_ones_in_their_order(method, names):
    callable_ = getattr(VisualizationJob, method)
    assert [n for n in inspect.signature(callable_).parameters if n != "self"] == names.split()


# ---- creation -----------------------------------------------------------------------------------


def test_what_is_left_out_is_generated_or_empty(notebook, session, free):
    notebook.on("POST", JOBS, CREATED)
    VisualizationJob(session).create_visualization_job("obs://bucket/train")
    body = notebook.last.json
    assert body["train_url"] == "/bucket/train/"
    assert body["job_name"].startswith("train-")
    assert len(body["job_name"]) <= 20
    assert body["job_desc"] == ""
    assert sorted(body) == ["job_desc", "job_name", "train_url"]
    assert methods(notebook) == ["GET", "POST"]
    assert notebook.seen[0].query["search_content"] == body["job_name"]


def test_the_created_object_is_a_new_one_with_the_documented_attributes(notebook, session, free):
    notebook.on("POST", JOBS, CREATED)
    factory = VisualizationJob(session)
    made = factory.create_visualization_job("/bucket/train/", "viz", "d")
    assert (made.visualization_id, made.job_id) == ("8992", "8992")
    assert (made.job_name, made.job_desc, made.train_url) == ("viz", "d", "/bucket/train/")
    assert (made.status, made.create_time, made.is_success) == (1, 1565149736000, True)
    assert factory.visualization_id == ""
    assert repr(made) == "VisualizationJob(visualization_id='8992', job_name='viz')"


def test_an_answer_without_a_name_keeps_the_one_that_was_sent(notebook, session, free):
    notebook.on("POST", JOBS, Reply({"job_id": 1}))
    made = VisualizationJob(session).create_visualization_job("/bucket/train/", "mine")
    assert made.job_name == "mine"


@pytest.mark.parametrize(
    "arguments",
    [
        {"train_url": None},
        {"train_url": ""},
        {"train_url": "/bucket/"},
        {"train_url": "/bucket/a b/"},
        {"job_name": "a" * 21},
        {"job_name": "my viz"},
        {"job_desc": "a" * 257},
    ],
)
def test_creation_refuses_before_anything_is_sent(notebook, session, arguments):
    with pytest.raises(InvalidArgumentError):
        VisualizationJob(session).create_visualization_job(
            **{"train_url": "/bucket/train/", **arguments}
        )
    assert notebook.seen == []


def test_a_name_that_is_taken_is_refused_before_anything_is_created(notebook, session):
    notebook.on("GET", JOBS, Reply({"job_total_count": 1, "jobs": [ITEM]}))
    with pytest.raises(InvalidArgumentError, match=r"taken by visualization job 197.*RUNNING"):
        VisualizationJob(session).create_visualization_job("/bucket/train/", "viz")
    assert methods(notebook) == ["GET"]


def test_a_job_whose_answer_was_lost_is_adopted(notebook, session):
    session.client.transport.wait = lambda _seconds: None
    notebook.on("GET", JOBS, NOBODY, Reply({"job_total_count": 1, "jobs": [ITEM]}))
    notebook.on("POST", JOBS, Reset())
    made = VisualizationJob(session).create_visualization_job("/bucket/train/", "viz", "d")
    assert (made.visualization_id, made.job_name, made.job_desc) == ("197", "viz", "d")
    assert methods(notebook) == ["GET", "POST", "GET"]


def test_a_refused_creation_raises_with_the_code(notebook, session, free):
    notebook.on("POST", JOBS, refusal("ModelArts.0103", "viz is existed"))
    with pytest.raises(ConflictError, match="viz is existed") as caught:
        VisualizationJob(session).create_visualization_job("/bucket/train/", "viz")
    assert caught.value.code == "ModelArts.0103"
    assert methods(notebook) == ["GET", "POST"]


# ---- lists --------------------------------------------------------------------------------------

ITEM = {
    "job_id": "197",
    "job_name": "viz",
    "status": "8",
    "create_time": "1565149736000",
    "duration": 33000,
    "job_desc": "",
    "service_url": "https://console.example.com/197/",
    "train_url": "/bucket/train/",
}
PAGE = Reply({"job_total_count": 1, "job_count_limit": 999, "jobs": [ITEM]})
NUMBERS = {**ITEM, "job_id": 197, "status": 8, "create_time": 1565149736000}


def test_the_list_as_a_dict(notebook, session):
    notebook.on("GET", JOBS, PAGE)
    assert VisualizationJob.get_visualization_job_list(modelarts_session=session) == {
        "is_success": True,
        "job_total_count": 1,
        "job_count_limit": 999,
        "jobs": [NUMBERS],
    }
    assert notebook.last.query == {
        "per_page": "10",
        "page": "1",
        "sortBy": "job_name",
        "order": "desc",
    }


@pytest.mark.parametrize("spelling", ["sortBy", "sort_by"])
@pytest.mark.parametrize(
    "method", ["get_visualization_job_list", "get_visualization_job_object_list"]
)
def test_the_list_with_all_its_arguments(notebook, session, method, spelling):
    notebook.on("GET", JOBS, Reply({"jobs": []}))
    getattr(VisualizationJob, method)(
        session, 8, 100, 2, order="asc", search_content="v", **{spelling: "status"}
    )
    assert notebook.last.query == {
        "status": "8",
        "per_page": "100",
        "page": "2",
        "sortBy": "status",
        "order": "asc",
        "search_content": "v",
    }


def test_the_list_as_objects_is_shown_and_given(notebook, session, capsys):
    notebook.on("GET", JOBS, PAGE)
    (made,) = VisualizationJob.get_visualization_job_object_list(session)
    assert (made.visualization_id, made.job_name, made.status) == ("197", "viz", 8)
    assert made.train_url == "/bucket/train/"
    shown = capsys.readouterr().out
    for word in ("197", "viz", "RUNNING (8)", "/bucket/train/"):
        assert word in shown
    VisualizationJob.get_visualization_job_object_list(session, is_show=False)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "arguments",
    [{"per_page": 101}, {"per_page": 0}, {"page": 0}, {"order": ""}, {"search_content": "a" * 101}],
)
def test_a_list_out_of_range_raises_before_anything_is_sent(notebook, session, arguments):
    for call in (
        VisualizationJob.get_visualization_job_list,
        VisualizationJob.get_visualization_job_object_list,
    ):
        with pytest.raises(InvalidArgumentError):
            call(session, **arguments)
    assert notebook.seen == []


def test_a_refused_list(notebook, session):
    notebook.script(refusal("ModelArts.0104", "bad"))
    assert VisualizationJob.get_visualization_job_list(session) == {
        "is_success": False,
        "error_code": "ModelArts.0104",
        "error_msg": "bad",
    }
    with pytest.raises(ServiceError):
        VisualizationJob.get_visualization_job_object_list(session)


# ---- one job ------------------------------------------------------------------------------------


def test_the_description_of_a_job(notebook, job):
    notebook.on("GET", JOB, Reply({**ITEM, "resource_id": "r", "schedule": None}))
    assert job.get_visualization_job_info() == {
        **NUMBERS,
        "resource_id": "r",
        "schedule": [],
        "is_success": True,
    }


CHANGES = {
    "update_visualization_job": ("PUT", JOB, ("新",), {"job_desc": "新"}),
    "stop_visualization_job": ("POST", f"{JOB}/stop", (), None),
    "restart_visualization_job": ("POST", f"{JOB}/restart", (), None),
    "delete_visualization_job": ("DELETE", JOB, (), None),
}
ALL = {**{name: change[2] for name, change in CHANGES.items()}, "get_visualization_job_info": ()}


@pytest.mark.parametrize("success", [{"is_success": True}, {}])
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_answers_with_is_success(notebook, job, name, success):
    method, path, arguments, body = CHANGES[name]
    notebook.on(method, path, Reply(success))
    assert getattr(job, name)(*arguments) == {"is_success": True}
    assert notebook.last.json == body
    assert len(notebook.seen) == 1


@pytest.mark.parametrize("status", [200, 400, 409])
@pytest.mark.parametrize("name", ALL)
def test_a_refusal_is_a_dict_of_exactly_three_keys(notebook, job, name, status):
    words = "This job can't be stop. job status: 10"
    notebook.script(refusal("ModelArts.0105", words, status))
    assert getattr(job, name)(*ALL[name]) == {
        "is_success": False,
        "error_code": "ModelArts.0105",
        "error_msg": words,
    }


@pytest.mark.parametrize("name", ALL)
def test_a_service_that_cannot_be_reached_raises(notebook, job, name):
    notebook.script(Reset())
    with pytest.raises(ConnectionFailedError):
        getattr(job, name)(*ALL[name])


@pytest.mark.parametrize("name", ALL)
def test_without_an_id_the_error_says_how_to_give_it(notebook, session, name):
    with pytest.raises(InvalidArgumentError, match="visualization_id is not set"):
        getattr(VisualizationJob(session), name)(*ALL[name])
    assert notebook.seen == []


def test_a_description_that_is_too_long_raises_before_anything_is_sent(notebook, job):
    for description in ("a" * 257, None):
        with pytest.raises(InvalidArgumentError):
            job.update_visualization_job(description)
    assert notebook.seen == []
