"""Whatever a service answers, the face of API v2 gives a result or an error of our tree."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odd_answers import BODIES, ODD, OddAdapter, OddAnswer, odd_answers
from training_cloud import ENGINE, FLAVOR, METRICS, session_of
from v2_service import JOB, job

from modelarts_magics.core import settling
from modelarts_magics.core.backoff import Backoff
from modelarts_magics.errors import ModelArtsError
from modelarts_magics.estimatorV2 import Estimator

FIELDS = {
    **job(),
    "items": [{**job(), **ENGINE}],
    "count": 1,
    "flavors": [FLAVOR],
    "metrics": METRICS,
    "events": [{"time": "2026-01-02T11:05:00+08:00", "level": "Info", "message": "m"}],
    "total": 1,
    "total_count": 1,
    "content": "a\n",
    "current_size": 2,
    "full_size": 2,
    "is_duplicate": False,
}
CALLS = {
    "fit": lambda s: Estimator(
        s, train_instance_type="f", user_image_url="x", user_command="y"
    ).fit(job_name="n"),
    "list": Estimator.get_job_list,
    "flavors": Estimator.get_train_instance_types,
    "frameworks": Estimator.get_framework_list,
    "info": lambda s: Estimator(s, JOB).get_job_info(),
    "log": lambda s: Estimator(s, JOB).get_job_log(),
    "metrics": lambda s: Estimator(s, JOB).get_job_metrics(),
    "events": lambda s: Estimator(s, JOB).get_job_events(),
    "tasks": lambda s: Estimator(s, JOB).get_job_tasks(),
    "update": lambda s: Estimator(s, JOB).update_job_configs("d"),
    "stop": lambda s: Estimator(s, JOB).control_job(),
    "delete": lambda s: Estimator(s, JOB).delete_job(),
}


@pytest.fixture(scope="module")
def odd():
    return OddAdapter()


@pytest.fixture
def session(odd, monkeypatch):
    monkeypatch.setattr(settling, "BACKOFF", Backoff(first=0.0))
    with session_of(odd) as made:
        yield made


def told(session, call):
    try:
        return repr(CALLS[call](session))
    except ModelArtsError as error:
        return str(error)


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
def test_an_odd_value_in_every_field_is_a_result_or_an_error_of_ours(session, odd, value):
    odd.answer = OddAnswer(json.dumps(dict.fromkeys(FIELDS, value)).encode())
    for call in CALLS:
        told(session, call)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:20]))
def test_a_body_that_is_no_answer_is_a_result_or_an_error_of_ours(session, odd, body):
    odd.answer = OddAnswer(body)
    for call in CALLS:
        told(session, call)


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(call=st.sampled_from(sorted(CALLS)), answer=odd_answers)
def test_whatever_comes_is_a_result_or_an_error_of_ours(session, odd, call, answer):
    odd.answer = answer
    told(session, call)
