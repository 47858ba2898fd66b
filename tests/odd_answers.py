"""Answers of every shape: fields swapped, missing, endless, and bodies that are no answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import requests
from hypothesis import strategies as st
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse

_JOB = {
    "job_id": 1,
    "job_name": "spirals",
    "job_desc": "说明",
    "version_id": 2,
    "version_name": "V0001",
    "pre_version_id": 1,
    "status": 10,
    "create_time": 1_600_000_000_000,
    "start_time": 1_600_000_000_000,
    "duration": 1000,
    "version_count": 1,
    "engine_id": 3,
    "engine_name": "PyTorch",
    "worker_server_num": 1,
    "train_url": "/bucket/run/",
    "log_url": "/bucket/log/",
    "service_url": "https://example.com/board",
    "resource_id": "job1",
    "schedule": [{"type": "stop", "time_unit": "HOURS", "duration": 1}],
    "remaining_duration": 10,
    "failure_reason": "",
    "model_metric_list": '{"metric": []}',
}

_SPEC = {"spec_id": 1, "spec_code": "modelarts.vm.cpu.2u", "core": "2", "unit_num": 1}
_ENGINE = {"engine_id": 3, "engine_name": "PyTorch", "engine_version": "1", "engine_type": 1}

# The fields of all calls together, so that one answer does for each of them.
ANSWER: dict[str, Any] = {
    **_JOB,
    "is_success": True,
    "job_total_count": 1,
    "job_count_limit": 10,
    "quotas": 10,
    "jobs": [_JOB],
    "versions": [_JOB],
    "log_file_list": ["worker-0.log"],
    "log": "epoch 1\n训练\n",
    "content": "epoch 1\n",
    "log_byte_count": 15,
    "end_byte": 15,
    "lines": 1,
    "start_line": "1",
    "end_line": "2",
    "specs": [_SPEC],
    "engines": [_ENGINE],
}

# What may stand in any field.

ODD: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    7,
    2**63,
    10**30,
    10**400,
    -(10**400),
    1.5,
    -0.0,
    1e308,
    float("nan"),
    float("inf"),
    "",
    " ",
    "7",
    "-3",
    "ten",
    "1e9",
    "\ud800",
    "\x1b[2J\x00\x9b\u202e",
    "<script>alert(1)</script>",
    "名" * 300,
    [],
    {},
    [[]],
    [None],
    [{}],
    {"": None},
    json.loads("[" * 30 + "]" * 30),
    {"job_id": {"job_id": []}},
    ["a", 1, None, {}],
]
# What may stand in a name or a log.
GIANTS: list[Any] = [json.loads("[" * 900 + "]" * 900), "x" * 1_000_000]
BODIES = [
    b"",
    b" ",
    b"null",
    b"[]",
    b"7",
    b'"text"',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"job_id": ' + b"1" * 5000 + b"}",
    b"\xff\xfe{}",
    b"{}garbage",
    b"<html>\x1b[31mwelcome</html>",
    json.dumps(ANSWER).encode()[:-20],
    json.dumps(ANSWER).encode("utf-16"),
]


_odd = st.sampled_from(ODD) | st.integers() | st.text(max_size=20)


def _mixed(good: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with some fields as they should be, some odd and some missing."""
    fields = {key: st.just(value) | st.just(value) | _odd for key, value in good.items()}
    return st.fixed_dictionaries(fields) | st.fixed_dictionaries({}, optional=fields)


def filled(odd: Any) -> bytes:
    """A success with one odd value in every field."""
    job = dict.fromkeys(_JOB, odd)
    answer = {**dict.fromkeys(ANSWER, odd), "is_success": True, "jobs": [job], "versions": [job]}
    answer["specs"], answer["engines"] = [dict.fromkeys(_SPEC, odd)], [dict.fromkeys(_ENGINE, odd)]
    return json.dumps(answer).encode()


def named(odd: Any) -> bytes:
    """A success with one odd name of a job, and the same as its log."""
    job = {**_JOB, "job_name": odd}
    return json.dumps({**ANSWER, **job, "jobs": [job], "versions": [job], "log": odd}).encode()


def _several(good: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.lists(_mixed(good), max_size=2)


_answers = st.builds(
    dict,
    _mixed(ANSWER),
    jobs=_several(_JOB) | _odd,
    versions=_several(_JOB) | _odd,
    specs=_several(_SPEC) | _odd,
    engines=_several(_ENGINE) | _odd,
)


@dataclass(frozen=True)
class OddAnswer:
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"OddAnswer({self.status}, {self.headers}, {self.body[:4000]!r})"


_HEADERS = st.dictionaries(
    st.sampled_from(["Retry-After", "X-request-id", "Location", "Content-Type", "Content-Length"]),
    st.sampled_from(["", "0", "9" * 400, "-1", "soon", "²", "Thu, 32 Foo 99999", "//[", "\x1b[2J"]),
    max_size=2,
)
odd_answers = st.builds(
    OddAnswer,
    _answers.map(lambda answer: json.dumps(answer).encode())
    | st.sampled_from(BODIES)
    | st.binary(max_size=40),
    st.sampled_from([*[200] * 12, 100, 202, 204, 302, 400, 401, 403, 404, 409, 429, 500, 503, 999]),
    st.just({}) | _HEADERS,
)


class OddAdapter(BaseAdapter):
    """Gives one answer to every request.

    Attributes:
        answer: may be changed at any time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.answer = OddAnswer(b"{}")

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
        given = self.answer
        response = requests.Response()
        response.status_code = given.status
        response.headers = CaseInsensitiveDict(given.headers)
        response.request, response.url = request, str(request.url)
        response.raw = HTTPResponse(
            BytesIO(given.body), status=given.status, headers=given.headers, preload_content=False
        )
        return response

    def close(self) -> None:
        pass
