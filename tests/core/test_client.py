"""Every endpoint: method, path, query and body on the wire, and the value that comes back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fake_service import HalfHead, Reply, refusal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelarts_magics.core.api.log import LogChunk
from modelarts_magics.core.api.v1.client import Client
from modelarts_magics.core.api.v1.models.listing import ListQuery
from modelarts_magics.core.api.v1.models.training import TrainingConfig
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.errors import (
    InvalidArgumentError,
    PermissionDeniedError,
    ServiceError,
)
from modelarts_magics.core.http.transport import Limits, Transport

LIST = {"per_page": "10", "page": "1", "sortBy": "create_time", "order": "desc"}
CONFIG = TrainingConfig(1, "modelarts.vm.cpu.2u", train_url="/b/o/")
CONFIG_JSON = {
    "worker_server_num": 1,
    "flavor": {"code": "modelarts.vm.cpu.2u"},
    "parameter": [],
    "train_url": "/b/o/",
}
VERSION = "/training-jobs/1/versions/2"

# number: call, method, path after /v1/p, query, body, IAM action
ENDPOINTS = {
    "T1": (lambda c: c.list_jobs(), "GET", "/training-jobs", LIST, None, "trainJob:list"),
    "T1 filtered": (
        lambda c: c.list_jobs(
            ListQuery(
                status=JobStatus.RUNNING,
                per_page=5,
                page=2,
                sort_by="job_name",
                order="asc",
                search_content="a b/日",
            )
        ),
        "GET",
        "/training-jobs",
        {
            "status": "8",
            "per_page": "5",
            "page": "2",
            "sortBy": "job_name",
            "order": "asc",
            "search_content": "a b/日",
        },
        None,
        "trainJob:list",
    ),
    "T2": (
        lambda c: c.create_job("n", "d", CONFIG),
        "POST",
        "/training-jobs",
        {},
        {"job_name": "n", "job_desc": "d", "config": CONFIG_JSON},
        "trainJob:create",
    ),
    "T3": (
        lambda c: c.update_job("1", "新"),
        "PUT",
        "/training-jobs/1",
        {},
        {"job_desc": "新"},
        "trainJob:update",
    ),
    "T4": (lambda c: c.delete_job("1"), "DELETE", "/training-jobs/1", {}, None, "trainJob:delete"),
    "T5": (
        lambda c: c.list_versions("1"),
        "GET",
        "/training-jobs/1/versions",
        {"per_page": "100", "page": "1"},
        None,
        "trainJobVersion:list",
    ),
    "T6": (
        lambda c: c.create_version("1", None, CONFIG),
        "POST",
        "/training-jobs/1/versions",
        {},
        {"config": CONFIG_JSON},
        "trainJobVersion:create",
    ),
    "T7": (lambda c: c.get_version("1", "2"), "GET", VERSION, {}, None, "trainJobVersion:list"),
    "T8": (
        lambda c: c.stop_version("1", "2"),
        "POST",
        f"{VERSION}/stop",
        {},
        None,
        "trainJobVersion:stop",
    ),
    "T9": (
        lambda c: c.delete_version("1", "2"),
        "DELETE",
        VERSION,
        {},
        None,
        "trainJobVersion:delete",
    ),
    "L1": (
        lambda c: c.list_log_files("1", "2"),
        "GET",
        f"{VERSION}/log/file-names",
        {},
        None,
        "trainJobLog:list",
    ),
    "L2": (
        lambda c: c.read_log("1", "2", "f.0"),
        "GET",
        f"{VERSION}/log",
        {"log_file": "f.0", "start_byte": "0", "offset": "2048"},
        None,
        "trainJobLog:list",
    ),
    "L2 tail": (
        lambda c: c.read_log("1", "2", "f 0&x=1", -1, 10),
        "GET",
        f"{VERSION}/log",
        {"log_file": "f 0&x=1", "start_byte": "-1", "offset": "10"},
        None,
        "trainJobLog:list",
    ),
    "L3": (
        lambda c: c.read_log_lines("1", "2", "f.0"),
        "GET",
        f"{VERSION}/aom-log",
        {"log_file": "f.0", "lines": "50", "order": "desc"},
        None,
        "trainJobLog:list",
    ),
    "L3 older": (
        lambda c: c.read_log_lines("1", "2", "f.0", "1551252759254000002", 500, "asc"),
        "GET",
        f"{VERSION}/aom-log",
        {"log_file": "f.0", "base_line": "1551252759254000002", "lines": "500", "order": "asc"},
        None,
        "trainJobLog:list",
    ),
    "V1": (
        lambda c: c.create_visualization_job({"job_name": "n", "train_url": "/b/t/"}),
        "POST",
        "/visualization-jobs",
        {},
        {"job_name": "n", "train_url": "/b/t/"},
        "tensorboard:create",
    ),
    "V2": (
        lambda c: c.list_visualization_jobs(),
        "GET",
        "/visualization-jobs",
        LIST,
        None,
        "tensorboard:list",
    ),
    "V3": (
        lambda c: c.get_visualization_job("3"),
        "GET",
        "/visualization-jobs/3",
        {},
        None,
        "tensorboard:get",
    ),
    "V4": (
        lambda c: c.update_visualization_job("3", ""),
        "PUT",
        "/visualization-jobs/3",
        {},
        {"job_desc": ""},
        "tensorboard:update",
    ),
    "V5": (
        lambda c: c.delete_visualization_job("3"),
        "DELETE",
        "/visualization-jobs/3",
        {},
        None,
        "tensorboard:delete",
    ),
    "V6": (
        lambda c: c.stop_visualization_job("3"),
        "POST",
        "/visualization-jobs/3/stop",
        {},
        None,
        "tensorboard:stop",
    ),
    "V7": (
        lambda c: c.restart_visualization_job("3"),
        "POST",
        "/visualization-jobs/3/restart",
        {},
        None,
        "tensorboard:restart",
    ),
    "R1": (
        lambda c: c.list_specs(),
        "GET",
        "/job/resource-specs",
        {"job_type": "train"},
        None,
        "",
    ),
    "R2": (
        lambda c: c.list_engines("inference"),
        "GET",
        "/job/ai-engines",
        {"job_type": "inference"},
        None,
        "",
    ),
}


@pytest.fixture
def client(service):
    transport = Transport(service.url, KeyCredentials(lambda: AccessKey("A", "s")))
    yield Client(transport, "p")
    transport.close()


ANSWER = {
    "is_success": True,
    "job_id": 1,
    "version_id": 2,
    "log": "",
    **{key: [] for key in ("jobs", "versions", "log_file_list", "specs", "engines")},
}


@pytest.mark.parametrize(
    ("call", "method", "path", "query", "body", "action"), ENDPOINTS.values(), ids=ENDPOINTS
)
def test_what_each_endpoint_sends(service, client, call, method, path, query, body, action):
    service.script(Reply(ANSWER))
    call(client)
    (seen,) = service.seen
    assert (seen.method, seen.path, seen.query, seen.json) == (method, f"/v1/p{path}", query, body)


@pytest.mark.parametrize(
    ("call", "method", "path", "query", "body", "action"), ENDPOINTS.values(), ids=ENDPOINTS
)
def test_each_endpoint_names_the_permission_that_it_needs(
    service, client, call, method, path, query, body, action
):
    service.script(refusal("ModelArts.0112", status=403))
    with pytest.raises(PermissionDeniedError) as caught:
        call(client)
    assert (f"modelarts:{action}" if action else "the permission") in str(caught.value)


PAGE = Path(__file__).resolve().parents[2] / "docs" / "api" / "v1-endpoints.md"


def test_the_page_of_the_endpoints_says_the_same():
    row = r"^\| <a id=\"\w+\"></a>(\w+) \| (\w+) `(\S+)` \| .*? \| (?:`(\S+)`)? *\|$"
    said = re.findall(row, PAGE.read_text("utf-8"), re.MULTILINE)
    asked = {
        (number.split()[0], method, re.sub(r"(?<=/)\d", "ID", path), action)
        for number, (_call, method, path, _query, _body, action) in ENDPOINTS.items()
    }
    assert {(n, method, re.sub(r"{\w+}", "ID", path), a) for n, method, path, a in said} == asked


RESULTS = {
    "T1": ({"jobs": [{"job_id": 1}], "job_total_count": 1}, lambda r: r.jobs[0].job_id == "1"),
    "T2": ({"job_id": "10", "version_id": 11}, lambda r: (r.job_id, r.version_id) == ("10", "11")),
    "T3": ({}, lambda r: r is None),
    "T4": ({}, lambda r: r is None),
    "T5": ({"versions": [{"version_id": 2}]}, lambda r: r.versions[0].version_id == "2"),
    "T6": ({"version_name": "V0002"}, lambda r: r.version_name == "V0002"),
    "T7": ({"status": 10}, lambda r: r.status is JobStatus.COMPLETED),
    "T8": ({}, lambda r: r is None),
    "T9": ({}, lambda r: r is None),
    "L1": ({"log_file_list": ["f.0"]}, lambda r: r.names == ("f.0",)),
    "L2": ({"log": "ab", "end_byte": "2", "count": "2"}, lambda r: r == LogChunk("ab", 0, 2, 2)),
    "L3": ({"content": "ab", "end_line": 7}, lambda r: (r.text, r.end_line) == ("ab", "7")),
    "V1": ({"job_id": 3, "status": "1"}, lambda r: (r.job_id, r.status) == ("3", JobStatus.INIT)),
    "V2": ({"jobs": [{"job_id": 3}]}, lambda r: r.jobs[0].job_id == "3"),
    "V3": ({"service_url": "https://x"}, lambda r: r.service_url == "https://x"),
    "V4": ({}, lambda r: r is None),
    "V5": ({}, lambda r: r is None),
    "V6": ({}, lambda r: r is None),
    "V7": ({}, lambda r: r is None),
    "R1": ({"specs": [{"spec_code": "c"}]}, lambda r: r[0].spec_code == "c"),
    "R2": ({"engines": [{"engine_id": 1}]}, lambda r: r[0].engine_id == 1),
}


@pytest.mark.parametrize("success", [{"is_success": True}, {}], ids=["said", "silent"])
@pytest.mark.parametrize(("number", "answer", "holds"), [(k, *v) for k, v in RESULTS.items()])
def test_what_each_endpoint_gives(service, client, number, answer, holds, success):
    service.script(Reply({**success, **answer}))
    assert holds(ENDPOINTS[number][0](client))


BAD_IDS = ["", "..", "1/../2", "1/2", "1?x", "1#x", "%2e%2e", " 1", "1\n", "１", "a" * 65]


@pytest.mark.parametrize("bad", BAD_IDS)
@pytest.mark.parametrize(
    "call",
    [
        lambda c, bad: c.delete_job(bad),
        lambda c, bad: c.stop_version("1", bad),
        lambda c, bad: c.delete_version(bad, "1"),
        lambda c, bad: c.read_log("1", bad, "f.0"),
        lambda c, bad: c.delete_visualization_job(bad),
        lambda c, bad: c.stop_visualization_job(bad),
    ],
)
def test_what_is_no_id_never_becomes_a_path(service, client, call, bad):
    with pytest.raises(InvalidArgumentError, match="is not an id"):
        call(client, bad)
    assert service.seen == []


@pytest.mark.parametrize("bad", ["all", [8, 10], "8|10", None.__class__])
def test_a_status_that_is_no_code_is_refused(service, client, bad):
    with pytest.raises(InvalidArgumentError, match="status is"):
        client.list_jobs(ListQuery(status=bad))
    assert service.seen == []


def test_a_status_as_text_is_a_code(service, client):
    service.script(Reply({"jobs": []}))
    client.list_visualization_jobs(ListQuery(status="8"))
    assert service.last.query["status"] == "8"


@pytest.mark.parametrize("project", ["", "a/b", "..", ".", "日", "a?b", "a\n"])
def test_an_odd_project_never_becomes_a_path(project):
    with pytest.raises(InvalidArgumentError, match="--project ID"):
        Client(None, project)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
WHOLE = {
    "by length": HEAD + b'Content-Length: 19\r\n\r\n{"is_success":true}',
    "in chunks": HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n"
    + b'a\r\n{"is_succe\r\n9\r\nss":true}\r\n0\r\n\r\n',
    "empty": HEAD + b"Content-Length: 0\r\n\r\n",
}
CHANGES = [name for name, one in ENDPOINTS.items() if one[1] in {"PUT", "DELETE"}]


@pytest.mark.parametrize("form", WHOLE)
def test_a_change_that_is_answered_wholly_has_happened(service, client, form):
    service.script(*[HalfHead(WHOLE[form])] * len(CHANGES))
    for name in CHANGES:
        ENDPOINTS[name][0](client)
    assert len(service.seen) == len(CHANGES) > 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.data(), st.sampled_from(sorted(ENDPOINTS)), st.sampled_from(sorted(WHOLE)))
def test_no_answer_that_is_cut_off_is_a_success(service, client, data, name, form):
    """Of a call whose answer has no field that is needed, only the answer's form tells it."""
    needed = len(WHOLE[form]) - (len("\r\n\r\n") if form == "in chunks" else 0)
    cut = data.draw(st.integers(0, needed - 1))
    service.script(HalfHead(WHOLE[form][:cut]))
    once = Client(client.transport.with_limits(Limits(tries=1)), "p")
    with pytest.raises(ServiceError):
        ENDPOINTS[name][0](once)
