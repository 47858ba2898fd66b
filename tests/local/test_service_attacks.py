"""Hostile and broken requests: the documented refusals, never a 5xx, never a file outside."""

from __future__ import annotations

import itertools
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running_service import RunningService, Training, running_service

_numbers = itertools.count()
WITHOUT_DEADLINE = settings(
    deadline=None, max_examples=100, suppress_health_check=list(HealthCheck)
)

# What is tried in place of every OBS path.
BAD_URLS = [
    "/bucket/../../outside/",
    "/bucket/..",
    "/bucket/../bucket/code/",
    "/bucket/./code/",
    "/bucket//code/",
    "/../outside/x/",
    "/..%2f/outside/x/",
    "/bucket/code/../../../../outside/",
    "//etc/passwd",
    "file:///etc/passwd",
    "\\etc\\passwd",
    "/bucket/link/",
    "/bucket/link/file.py",
    "/bucket/link-to-file",
    "/bucket/loop/x/",
    "/bucket/root-link/credentials.json",
    "/bucket/code\0/",
    "/bucket/code/\x7f/",
    "/bucket/" + "a" * 300 + "/",
    "/bucket/" + "a/" * 600,
    "/bucket/code/file.txt/below/",
    "",
    " ",
    ".",
    "~/x/",
]
# Those that lead out, or nowhere, because of what lies there.
ONLY_IN_THE_WAY = {url for url in BAD_URLS if "link" in url or "loop" in url or "below" in url}


@pytest.fixture(scope="module")
def outside(service: RunningService) -> Path:
    """A folder that must never be touched, and links to it in a bucket."""
    folder = service.root.parent / "outside"
    folder.mkdir()
    (folder / "file.py").write_text("print('outside')")
    service.write_code("print('inside')")
    bucket = service.root / "obs" / "bucket"
    (bucket / "link").symlink_to(folder)
    (bucket / "link-to-file").symlink_to(folder / "file.py")
    (bucket / "loop").symlink_to(bucket / "loop")
    (bucket / "root-link").symlink_to(service.root)
    (bucket / "code" / "file.txt").write_text("")
    return folder


def refused(answer: requests.Response) -> None:
    body = answer.json()
    assert 400 <= answer.status_code < 500, answer.text
    assert body["is_success"] is False
    assert body["error_code"].startswith(("ModelArts.", "APIGW."))


@pytest.mark.parametrize("field", ["app_url", "boot_file_url", "data_url", "train_url", "log_url"])
@pytest.mark.parametrize("url", BAD_URLS)
def test_no_path_leads_out_of_the_buckets(
    service: RunningService, outside: Path, field: str, url: str
) -> None:
    config = {**service.write_code("print('inside')"), field: url}
    if field == "app_url":
        config["boot_file_url"] = url.rstrip("/") + "/file.py"
    body = {"job_name": f"attack-{next(_numbers)}", "config": config}
    answer = service.call("POST", "/training-jobs", json=body)
    if url == "" and field not in {"app_url", "boot_file_url"}:
        assert answer.status_code == 200  # the same as absent
    elif field == "log_url" and url in ONLY_IN_THE_WAY:
        assert answer.status_code == 200  # nothing is written there
    else:
        refused(answer)
    assert os.listdir(outside) == ["file.py"]


@pytest.mark.parametrize("url", BAD_URLS)
def test_no_visualization_leads_out_of_the_buckets(
    service: RunningService, outside: Path, url: str
) -> None:
    body = {"job_name": "attack", "train_url": url}
    answer = service.call("POST", "/visualization-jobs", json=body)
    if url in {"/bucket/loop/x/", "/bucket/code/file.txt/below/"}:  # it may be there one day
        service.succeed("DELETE", f"/visualization-jobs/{answer.json()['job_id']}")
    else:
        refused(answer)


def test_an_absolute_path_is_one_inside_of_the_buckets(service: RunningService) -> None:
    job = service.train("absolute", "import sys; print(sys.argv[1])", train_url="/etc/passwd")
    job.wait(10)
    assert job.log().startswith(f"--train_url={service.root}/obs/etc/passwd\n")


def test_a_link_inside_of_the_buckets_is_followed(service: RunningService) -> None:
    config = service.write_code("print('linked')")
    bucket = service.root / "obs" / "bucket"
    (bucket / "inside").symlink_to(bucket / "code")
    name = config["boot_file_url"].rpartition("/")[2]
    linked = {"app_url": "/bucket/inside/", "boot_file_url": "/bucket/inside/" + name}
    body = {"job_name": "linked-inside", "config": {**config, **linked}}
    made = service.succeed("POST", "/training-jobs", json=body)
    assert Training(service, made["job_id"], made["version_id"]).wait() == 10


def test_a_folder_that_becomes_a_link_is_checked_when_it_is_used(
    own_service: RunningService, tmp_path: Path
) -> None:
    """The job was accepted, and waits; then its code moves out of the object store."""
    forever = "import time; time.sleep(600)"
    fillers = [own_service.train(f"filler-{i}", forever) for i in range(8)]
    config = own_service.write_code("print('never')", "/bucket/moving/")
    made = own_service.succeed("POST", "/training-jobs", json={"job_name": "j", "config": config})
    waiting = Training(own_service, made["job_id"], made["version_id"])
    assert waiting.status() == 7
    code = own_service.root / "obs" / "bucket" / "moving"
    code.rename(tmp_path / "moved")
    code.symlink_to(tmp_path / "moved")
    own_service.succeed("POST", fillers[0].path + "/stop")
    assert waiting.wait() == 11
    assert "is denied" in waiting.log()


# ---- bodies -------------------------------------------------------------------------------------

ENDPOINTS_WITH_BODY = [
    ("POST", "/training-jobs"),
    ("PUT", "/training-jobs/1"),
    ("POST", "/training-jobs/1/versions"),
    ("POST", "/visualization-jobs"),
    ("PUT", "/visualization-jobs/1"),
]
BROKEN = [
    b"{",
    b"nope",
    b'{"a":}',
    b"\xff\xfe",
    b"\x00",
    b'"\\ud800"',
    b'{"job_name": "\\ud800", "train_url": "\\udc80"}',
    b"[]",
    b"[{}]",
    b"1",
    b'"text"',
    b"true",
    b"NaN",
    b'{"a": Infinity}',
    b'{"a": 1e999}',
    b'{"a": ' + b"9" * 5000 + b"}",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"",
    b"null",
    b"{}",
    b"  ",
]


@pytest.fixture(scope="module")
def hostile_to(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """A service for hostile requests, with one job of each kind, both of id 1."""
    with running_service(tmp_path_factory.mktemp("hostile") / "root") as service:
        service.train("known", "print('done')").wait(10)
        body = {"job_name": "known", "train_url": "/bucket/events/"}
        service.succeed("POST", "/visualization-jobs", json=body)
        yield service
        assert service.words.read_text() == ""


@pytest.mark.parametrize(("method", "path"), ENDPOINTS_WITH_BODY)
@pytest.mark.parametrize("body", BROKEN, ids=lambda body: repr(body[:20]))
def test_a_broken_body_is_refused(
    hostile_to: RunningService, method: str, path: str, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    refused(hostile_to.call(method, path, data=body, headers=headers))


@pytest.mark.parametrize("content_type", ["multipart/form-data", "text/plain", "x", ""])
def test_a_body_of_another_type_is_refused(service: RunningService, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    body = b"--x\r\nbroken"
    refused(service.call("POST", "/visualization-jobs", data=body, headers=headers))


@pytest.mark.parametrize("size", [12 * 1024 * 1024 + 1, 40 * 1024 * 1024])
def test_an_oversized_body_is_refused(service: RunningService, size: int) -> None:
    answer = service.call("POST", "/training-jobs", data=b" " * size)
    assert (answer.status_code, answer.json()["error_code"]) == (413, "APIGW.0201")
    chunks = (b" " * 65536 for _ in range(size // 65536 + 1))
    url = service.base + "/training-jobs"
    answer = requests.post(url, data=chunks, timeout=60)
    assert (answer.status_code, answer.json()["error_code"]) == (413, "APIGW.0201")


def test_the_largest_body_is_read(service: RunningService) -> None:
    body = json.dumps({"job_name": "x y", "filler": "x" * (12 * 1024 * 1024 - 100)}).encode()
    answer = service.call("POST", "/training-jobs", data=body)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "ModelArts.0104")


def test_an_overlong_address_is_refused(service: RunningService) -> None:
    answer = service.call("GET", "/training-jobs?x=" + "x" * 33_000)
    assert (answer.status_code, answer.json()["error_code"]) == (414, "APIGW.0201")


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET",
        b"GET / HTTP/9.9",
        b"get / HTTP/1.1",
        b"GET http://example.org/ HTTP/1.1",
        b"GET /v1/%zz/%ff%fe HTTP/1.1",
        b"GET /\xff\xfe HTTP/1.1",
        b"GET * HTTP/1.1",
        b"CONNECT example.org:443 HTTP/1.1",
        b"POST / HTTP/1.1\r\nContent-Length: -1",
        b"POST / HTTP/1.1\r\nContent-Length: x",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_broken_http_harms_nobody(service: RunningService, request_line: bytes) -> None:
    host = service.endpoint.partition("//")[2]
    address, _, port = host.partition(":")
    with socket.create_connection((address, int(port)), timeout=60) as connection:
        connection.sendall(request_line + f"\r\nHost: {host}\r\n\r\n".encode())
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").read()
    assert not answer.startswith(b"HTTP/1.1 5")
    assert b"\r\nLocation:" not in answer
    assert service.get("/training-jobs")["is_success"]


# ---- anything at all ----------------------------------------------------------------------------

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["/bucket/code/", "/bucket/x/../../", "obs://a/b/", "V0001", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
CONFIG = st.dictionaries(
    st.sampled_from(
        [
            "worker_server_num",
            "app_url",
            "boot_file_url",
            "parameter",
            "data_url",
            "data_source",
            "spec_id",
            "flavor",
            "engine_id",
            "train_url",
            "log_url",
            "pre_version_id",
            "volumes",
            "create_version",
        ]
    ),
    JSON,
)
BODY = st.dictionaries(
    st.sampled_from(
        [
            "job_name",
            "job_desc",
            "train_url",
            "schedule",
            "flavor",
            "job_type",
            "workspace_id",
            "auth",
        ]
    ),
    JSON,
).flatmap(lambda body: CONFIG.map(lambda config: {**body, "config": config}))
QUERY = st.dictionaries(
    st.sampled_from(
        [
            "status",
            "per_page",
            "page",
            "sortBy",
            "sort_by",
            "order",
            "search_content",
            "workspace_id",
            "log_file",
            "start_byte",
            "offset",
            "base_line",
            "lines",
            "job_type",
            "name",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.integers().map(str)
    | st.sampled_from(["desc", "job-known.0", "job_id", "10"]),
)
SEGMENT = st.sampled_from(
    [
        "training-jobs",
        "visualization-jobs",
        "job",
        "resource-specs",
        "ai-engines",
        "versions",
        "log",
        "aom-log",
        "file-names",
        "stop",
        "restart",
        "1",
        "0",
        "..",
        "%2e%2e",
        "%00",
        "999999999999999999999",
    ]
) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/?#\\"), max_size=8)


def harmless(answer: requests.Response) -> None:
    assert answer.status_code < 500, answer.text
    assert answer.status_code not in {301, 302, 303, 307, 308}
    assert answer.headers["X-request-id"]
    assert isinstance(answer.json(), dict)


@given(endpoint=st.sampled_from(ENDPOINTS_WITH_BODY), body=st.one_of(BODY, JSON))
@WITHOUT_DEADLINE
def test_any_json_body_is_answered(
    hostile_to: RunningService, endpoint: tuple[str, str], body: Any
) -> None:
    harmless(hostile_to.call(*endpoint, data=json.dumps(body)))


@given(body=BODY, path=st.sampled_from(["/v3/auth/tokens", "/v3.0/OS-CREDENTIAL/securitytokens"]))
@WITHOUT_DEADLINE
def test_any_login_is_answered(hostile_to: RunningService, body: Any, path: str) -> None:
    url = hostile_to.endpoint + path
    answer = hostile_to.session.post(url, data=json.dumps(body), timeout=60)
    harmless(answer)
    assert answer.status_code in {400, 401}


@given(
    path=st.sampled_from(
        [
            "/training-jobs",
            "/visualization-jobs",
            "/training-jobs/1/versions",
            "/training-jobs/1/versions/1",
            "/training-jobs/1/versions/1/log",
            "/training-jobs/1/versions/1/log/file-names",
            "/training-jobs/1/versions/1/aom-log",
            "/visualization-jobs/1",
            "/job/resource-specs",
            "/job/ai-engines",
        ]
    ),
    query=QUERY,
)
@WITHOUT_DEADLINE
def test_any_query_is_answered(
    hostile_to: RunningService, path: str, query: dict[str, str]
) -> None:
    harmless(hostile_to.call("GET", path, params=query))


@given(
    method=st.sampled_from(["GET", "POST", "PUT"]),
    segments=st.lists(SEGMENT, max_size=6),
    body=st.binary(max_size=30),
)
@WITHOUT_DEADLINE
def test_any_path_is_answered(
    hostile_to: RunningService, method: str, segments: list[str], body: bytes
) -> None:
    path = "".join("/" + segment for segment in segments)
    harmless(hostile_to.call(method, path, data=body))
