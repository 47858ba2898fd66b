"""Whatever a service answers, a call gives its result or an error of our tree, and soon."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odd_answers import (
    ANSWER,
    BODIES,
    GIANTS,
    ODD,
    OddAdapter,
    OddAnswer,
    filled,
    named,
    odd_answers,
)

from modelarts_magics.core.api.base import JobRef, VisualizationQuery
from modelarts_magics.core.api.v1.client import Client
from modelarts_magics.core.api.v1.models.training import TrainingConfig
from modelarts_magics.core.http.rate_limit import RateLimit
from modelarts_magics.core.http.transport import Limits
from modelarts_magics.errors import ModelArtsError
from modelarts_magics.estimator import Estimator, TrainingJob, VisualizationJob
from modelarts_magics.session import Session

LONGEST_WORDS = 2000  # characters of an error

REF = JobRef("v1", "1", "2")
CONFIG = TrainingConfig(1, "modelarts.vm.cpu.2u", train_url="/b/o/")

CLIENT: dict[str, Callable[[Client], Any]] = {
    "list_jobs": lambda c: c.list_jobs(),
    "create_job": lambda c: c.create_job("n", "d", CONFIG),
    "update_job": lambda c: c.update_job("1", "d"),
    "delete_job": lambda c: c.delete_job("1"),
    "list_versions": lambda c: c.list_versions("1"),
    "create_version": lambda c: c.create_version("1", None, CONFIG),
    "get_version": lambda c: c.get_version("1", "2"),
    "stop_version": lambda c: c.stop_version("1", "2"),
    "delete_version": lambda c: c.delete_version("1", "2"),
    "list_log_files": lambda c: c.list_log_files("1", "2"),
    "read_log": lambda c: c.read_log("1", "2", "f"),
    "read_log_lines": lambda c: c.read_log_lines("1", "2", "f"),
    "create_visualization_job": lambda c: c.create_visualization_job({"job_name": "n"}),
    "list_visualization_jobs": lambda c: c.list_visualization_jobs(),
    "get_visualization_job": lambda c: c.get_visualization_job("3"),
    "update_visualization_job": lambda c: c.update_visualization_job("3", ""),
    "delete_visualization_job": lambda c: c.delete_visualization_job("3"),
    "stop_visualization_job": lambda c: c.stop_visualization_job("3"),
    "restart_visualization_job": lambda c: c.restart_visualization_job("3"),
    "list_specs": lambda c: c.list_specs(),
    "list_engines": lambda c: c.list_engines(),
}


def training_job(session: Session) -> TrainingJob:
    return TrainingJob(session, "1", "2")


def board(session: Session) -> VisualizationJob:
    return VisualizationJob(session, "3")


FACES: dict[str, Callable[[Session], Any]] = {
    "jobs": lambda s: s.jobs.list(),
    "a job": lambda s: s.jobs.get(REF),
    "a job by name": lambda s: s.jobs.find("spirals"),
    "versions": lambda s: s.jobs.versions("1"),
    "log files": lambda s: s.jobs.log_files(REF),
    "a piece of a log": lambda s: s.jobs.log_slice(REF, "f", 0, None),
    "boards": lambda s: s.visualizations.list(VisualizationQuery()),
    "a board": lambda s: s.visualizations.get("3"),
    "get_job_list": Estimator.get_job_list,
    "get_train_instance_types": Estimator.get_train_instance_types,
    "get_framework_list": Estimator.get_framework_list,
    "get_job_info": lambda s: training_job(s).get_job_info(),
    "get_job_version_info": lambda s: training_job(s).get_job_version_info(),
    "get_job_version_object_list": lambda s: training_job(s).get_job_version_object_list(),
    "get_job_log_file_list": lambda s: training_job(s).get_job_log_file_list(),
    "get_job_log": lambda s: training_job(s).get_job_log("f"),
    "stop_job_version": lambda s: training_job(s).stop_job_version(),
    "delete_job": lambda s: training_job(s).delete_job(),
    "update_job_description": lambda s: training_job(s).update_job_description("d"),
    "get_visualization_job_list": VisualizationJob.get_visualization_job_list,
    "get_visualization_job_object_list": VisualizationJob.get_visualization_job_object_list,
    "get_visualization_job_info": lambda s: board(s).get_visualization_job_info(),
    "update_visualization_job": lambda s: board(s).update_visualization_job("d"),
    "create_visualization_job": lambda s: board(s).create_visualization_job("/bucket/run/", "n"),
}


@pytest.fixture(scope="module")
def odd() -> OddAdapter:
    return OddAdapter()


@pytest.fixture
def session(odd: OddAdapter, isolated: object) -> Iterator[Session]:
    """A session whose service is one answer; no call waits."""
    Session.set_endpoint(modelarts_endpoint="https://service.invalid")
    keys = {"access_key": "a", "secret_key": "s"}
    made = Session(**keys, project_id="p", region_name="r", limits=Limits(tries=2))
    transport = made.client.transport
    transport.pool.mount("https://", odd)
    transport.limiter = RateLimit(math.inf)
    transport.wait = lambda _seconds: None
    yield made
    made.close()


def _used(result: Any) -> None:
    """Do with a result what people and magics do."""
    repr(result)
    for one in result if isinstance(result, (list, tuple)) else [result]:
        if hasattr(one, "as_dict"):
            one.as_dict()
        for name in ("ref", "name", "state", "created", "started", "duration", "items", "total"):
            getattr(one, name, None)


CALLS: dict[str, Callable[[Session], Any]] = {
    **{name: lambda s, call=call: call(s.client) for name, call in CLIENT.items()},
    **FACES,
}


# What people see of names and logs.
SHOWN = (
    "a job by name",
    "get_job_list",
    "get_job_log",
    "get_job_version_object_list",
    "get_visualization_job_object_list",
)


def _result_or_error(session: Session, call: str) -> None:
    """Make a call; anything but a result that can be used or an error of our tree is raised."""
    try:
        result = CALLS[call](session)
    except ModelArtsError as error:
        said = str(error)
    else:
        said = ""
        _used(result)
    assert len(said) < LONGEST_WORDS


def test_the_calls_are_all_that_there_are() -> None:
    calls = {name for name in vars(Client) if not name.startswith("_")} - {"for_reader"}
    assert calls == set(CLIENT)


def test_a_good_answer_is_a_result_of_every_call(session: Session, odd: OddAdapter) -> None:
    odd.answer = OddAnswer(json.dumps(ANSWER).encode())
    for call in CALLS.values():
        _used(call(session))


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
def test_an_odd_value_in_every_field_is_a_result_or_an_error_of_ours(
    session: Session, odd: OddAdapter, value: object
) -> None:
    odd.answer = OddAnswer(filled(value))
    for call in CALLS:
        _result_or_error(session, call)


@pytest.mark.parametrize("value", GIANTS, ids=["deep", "long"])
def test_a_giant_name_or_log_is_a_result_or_an_error_of_ours(
    session: Session, odd: OddAdapter, value: object
) -> None:
    odd.answer = OddAnswer(named(value))
    for call in SHOWN:
        _result_or_error(session, call)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:20]))
def test_a_body_that_is_no_answer_is_a_result_or_an_error_of_ours(
    session: Session, odd: OddAdapter, body: bytes
) -> None:
    odd.answer = OddAnswer(body)
    for call in CALLS:
        _result_or_error(session, call)


@settings(max_examples=100, suppress_health_check=list(HealthCheck), deadline=None)
@given(call=st.sampled_from(sorted(CALLS)), answer=odd_answers)
def test_whatever_comes_a_call_gives_a_result_or_an_error_of_ours(
    session: Session, odd: OddAdapter, call: str, answer: OddAnswer
) -> None:
    odd.answer = answer
    _result_or_error(session, call)
