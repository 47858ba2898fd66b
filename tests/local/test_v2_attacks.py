"""Hostile and broken requests for API v2: its own refusals, never a 5xx, and the log is silent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import example, given, settings
from hypothesis import strategies as st
from running_service import running_service
from test_service_attacks import BROKEN, JSON, WITHOUT_DEADLINE
from v2_calls import FLAVOR, V2, Job, new_job

FEW = settings(WITHOUT_DEADLINE, max_examples=50)
SEARCH = "/training-job-searches"
CODES = ("ModelArts.27", "ModelArts.28", "APIGW.0")


@pytest.fixture(scope="module")
def hostile_to(tmp_path_factory: pytest.TempPathFactory) -> Iterator[V2]:
    """A service for hostile requests, which has to stay silent about them."""
    with running_service(tmp_path_factory.mktemp("hostile") / "root") as service:
        yield V2(service)
        assert service.words.read_text() == ""


@pytest.fixture(scope="module")
def known(hostile_to: V2) -> Job:
    job = hostile_to.run("echo done")
    job.wait("Completed")
    return job


def refused(answer: requests.Response) -> None:
    body = answer.json()
    assert 400 <= answer.status_code < 500, answer.text
    assert body["error_code"].startswith(CODES)
    assert body["error_msg"]


def harmless(answer: requests.Response) -> None:
    assert answer.status_code < 500, answer.text
    assert answer.status_code not in {301, 302, 303, 307, 308}
    assert answer.headers["X-request-id"]
    if answer.status_code >= 400:
        refused(answer)


ENDPOINTS = [
    ("POST", "/training-jobs"),
    ("POST", "{job}/actions"),
    ("PUT", "{job}"),
    ("POST", SEARCH),
]
BODYLESS = {b"", b"null", b"{}", b"  "}  # all defaults, to a search; no change, to an update


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
@pytest.mark.parametrize("body", BROKEN, ids=lambda body: repr(body[:20]))
def test_a_broken_body_is_refused(
    hostile_to: V2, known: Job, method: str, path: str, body: bytes
) -> None:
    answer = hostile_to.call(method, path.format(job=known.path), data=body)
    if body in BODYLESS and path in {SEARCH, "{job}"}:
        assert answer.status_code == 200
    elif path == "{job}" and answer.status_code == 200:
        assert json.loads(body)["job_name"], "it says nothing of a description"
    else:
        refused(answer)


@pytest.mark.parametrize("size", [12 * 1024 * 1024 + 1])
def test_an_oversized_body_is_refused(hostile_to: V2, size: int) -> None:
    assert hostile_to.refuse("POST", "/training-jobs", data=b" " * size) == (413, "APIGW.0201")


@pytest.mark.parametrize("path", [SEARCH, "/training-jobs/{job}/events", "/nothing"])
def test_an_overlong_address_is_refused(hostile_to: V2, known: Job, path: str) -> None:
    path = path.format(job=known.id) + "?x=" + "x" * 33_000
    assert hostile_to.refuse("GET", path) == (414, "APIGW.0201")


FILTER = {"key": "name", "operator": "in", "value": ["x"]}


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ([FILTER] * 10_000, "2788"),
        ([FILTER] * 21, "2788"),
        ([{**FILTER, "value": ["x"] * 10_000}], "2809"),
        ([{**FILTER, "value": [["x"]]}], "2809"),
        ([{**FILTER, "value": {"x": 1}}], "2809"),
        ([{**FILTER, "value": [True]}], "2809"),
        ([{**FILTER, "key": "1=1 OR name"}], "2807"),
        ([{**FILTER, "operator": "in (1) OR 1=1 --"}], "2808"),
        ([{**FILTER, "key": ["name"]}], "2788"),
        ("name", "2788"),
    ],
)
def test_filters_that_break_a_rule_are_refused(
    hostile_to: V2, known: Job, filters: Any, code: str
) -> None:
    assert hostile_to.refuse("POST", SEARCH, json={"filters": filters}) == (400, code)


@pytest.mark.parametrize("value", ["' OR 1=1 --", "%", "x" * 100_000, "\x00", "\N{BOMB}"])
def test_a_value_is_a_value_and_no_sql(hostile_to: V2, known: Job, value: str) -> None:
    for operator in ("in", "like", "eq"):
        asked = [{"key": "name", "operator": operator, "value": [value]}]
        assert hostile_to.search(filters=asked)["count"] == 0


@pytest.mark.parametrize("value", ["", [], [""], ["", ""], None])
@pytest.mark.parametrize("operator", ["in", "like", "not", "eq", ""])
def test_a_filter_without_a_value_asks_for_nothing(
    hostile_to: V2, known: Job, operator: str, value: Any
) -> None:
    asked = [{"key": "name", "operator": operator, "value": value}]
    found = hostile_to.search(filters=asked)
    assert found["count"] == found["total"] > 0


# ---- anything at all ----------------------------------------------------------------------------

_NAMES = """
kind metadata algorithm spec name description annotations workspace_id code_dir boot_file engine
engine_id engine_name engine_version image_url command parameters inputs outputs environments
summary data_sources job job_id log_dir pfs pfs_path remote obs obs_url local_dir access_method
value resource flavor_id node_count log_export_path auto_stop time_unit duration volumes endpoints
filters key operator limit offset order sort_by action_type tags host_ips train_type
"""
NAMES = _NAMES.split()
WORDS = ["job", "visualization_job", FLAVOR, "obs://a/b/", "obs://a/../b/", "in", "like", "between"]
TREE = st.recursive(
    JSON | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    ),
    max_leaves=10,
)


def changed(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A body that would be right but for one part."""
    body = new_job("true", 9)  # too many nodes, so that none is created
    place: Any = body
    for name in path[:-1]:
        place = place.setdefault(name, {})
    place[path[-1]] = value
    return body


PARTS = [
    (part, name)
    for part in ("metadata", "algorithm", "spec")
    for name in NAMES
    if (part, name) != ("spec", "resource")
]


@given(part=st.sampled_from(PARTS), value=TREE)
@FEW
def test_any_body_of_a_job_is_answered(hostile_to: V2, part: tuple[str, str], value: Any) -> None:
    harmless(hostile_to.call("POST", "/training-jobs", data=json.dumps(changed(part, value))))


@given(
    path=st.sampled_from([SEARCH, "/training-jobs/{job}/actions", "/training-jobs"]),
    body=st.dictionaries(st.sampled_from(NAMES), TREE, max_size=4) | JSON,
)
@example(path=SEARCH, body={"filters": [{"key": "name", "value": ["", ""], "operator": "like"}]})
@FEW
def test_any_other_body_is_answered(hostile_to: V2, known: Job, path: str, body: Any) -> None:
    harmless(hostile_to.call("POST", path.format(job=known.id), data=json.dumps(body)))


_PATHS = """
{job} {job}/tasks {job}/stages {job}/events {job}/logs/worker-0 {job}/metrics/worker-0
{job}/tasks/worker-0/logs/preview {job}/tasks/worker-0/logs/url
"""
PATHS = _PATHS.split()
_QUERIES = """
offset limit order start_time end_time level pattern source base_line lines schedule_count
Content-Type job_name flavor_type workspace_id
"""
QUERIES = st.dictionaries(
    st.sampled_from(_QUERIES.split()),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.integers().map(str)
    | st.sampled_from(["desc", "asc", "Error", "text/plain", "9" * 30]),
)


@given(path=st.sampled_from(PATHS), query=QUERIES)
@FEW
def test_any_query_is_answered(
    hostile_to: V2, known: Job, path: str, query: dict[str, str]
) -> None:
    harmless(hostile_to.call("GET", path.format(job=known.path), params=query))


_SEGMENTS = """
training-jobs training-job-names training-job-flavors training-job-engines tasks logs url events
metrics worker-0 stages .. %2e%2e %00 %ff 1
"""
SEGMENTS = st.sampled_from(_SEGMENTS.split()) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="/?#\\"), max_size=8
)


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]),
    segments=st.lists(SEGMENTS, min_size=1, max_size=6),
)
@FEW
def test_any_path_is_answered(hostile_to: V2, method: str, segments: list[str]) -> None:
    answer = hostile_to.call(method, "/" + "/".join(segments), json={}, allow_redirects=False)
    if method == "HEAD":
        assert answer.status_code < 500
    else:
        harmless(answer)
