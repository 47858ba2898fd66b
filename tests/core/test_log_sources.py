"""A log is read by bytes where it can be, and by lines where it must be."""

from __future__ import annotations

import pytest
from fake_service import FakeService, Reply

from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.api.v1.client import Client
from modelarts_magics.core.api.v1.jobs import TrainingJobs
from modelarts_magics.core.api.v1.logs import LineEndpoint, entries_text
from modelarts_magics.core.api.v1.models.log import LogLines
from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.errors import NotFoundError, UnexpectedAnswerError
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.http.transport import Transport
from modelarts_magics.core.logs.lines import LineLog
from modelarts_magics.core.logs.readers import open_log

REF = JobRef("v1", "1", "2")
FOLDER = "/v1/p/training-jobs/1/versions/2"
MISSING = Reply({"error_code": "APIGW.0101", "error_msg": "no such API"}, status=404)


def page(content, lines, start="", end=""):
    return Reply({"content": content, "lines": lines, "start_line": start, "end_line": end})


@pytest.fixture
def service():
    with FakeService() as made:
        yield made


@pytest.fixture
def client(service):
    transport = Transport(service.url, KeyCredentials(lambda: AccessKey("AK", "SK")))
    yield Client(transport, "p")
    transport.close()


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        (MISSING, "the gateway does not know the byte call"),
        (Reply({"error_code": "APIG.0101", "error_msg": "gone"}, status=405), "it is not allowed"),
        (page("x\n", 1, "1", "1"), "it is answered in the shape of lines"),
    ],
)
def test_where_there_is_no_byte_endpoint_the_log_is_read_by_lines(service, client, missing, why):
    service.on("GET", f"{FOLDER}/log", missing)
    service.on(
        "GET",
        f"{FOLDER}/aom-log",
        page("三\n\n四\n", 2, "1003", "1004"),
        page("一\n\n二\n", 2, "1001", "1002"),
        page("", 0, "1001", "1001"),
        page("五\n", 1, "1005", "1005"),
        page("", 0, "1005", "1005"),
    )
    log = open_log(TrainingJobs(client).logs(REF, "f.0"), Reader())
    parts = [log.after(log.at(0))]
    while parts[-1].text.text or parts[-1].goes_on:
        parts.append(log.after(parts[-1].cursor))
    assert [part.text.text for part in parts if part.text.text] == [
        "一\n二\n",
        "三\n四\n",
        "五\n",
    ], why
    assert all(one.text.end_byte == other.text.start_byte for one, other in zip(parts, parts[1:]))
    asked = [seen.query for seen in service.seen if seen.path.endswith("aom-log")]
    assert [(q.get("base_line"), q["order"]) for q in asked] == [
        (None, "desc"),
        ("1003", "asc"),
        ("1001", "asc"),
        ("1004", "desc"),
        ("1005", "desc"),
    ]


def test_a_job_that_is_not_there_is_not_looked_for_by_lines(service, client):
    gone = Reply({"error_code": "ModelArts.0015", "error_msg": "no such job"}, status=404)
    service.on("GET", f"{FOLDER}/log", gone)
    log = open_log(TrainingJobs(client).logs(REF, "f.0"), Reader())
    with pytest.raises(NotFoundError):
        log.after(log.at(0))
    assert len(service.seen) == 1


def test_lines_can_be_asked_for(service, client):
    service.on("GET", f"{FOLDER}/aom-log", page("a\n\nb\n", 2, "7", "8"))
    log = LineLog(LineEndpoint(client, "1", "2", "f.0"), Reader())
    assert log.tail(2).text.text == "a\nb\n"
    assert service.last.query["lines"] == "2"


def test_a_log_by_lines_begins_at_its_beginning_only(client):
    with pytest.raises(UnexpectedAnswerError, match="by lines only"):
        LineLog(LineEndpoint(client, "1", "2", "f.0"), Reader()).at(17)


@pytest.mark.parametrize(
    ("content", "lines", "text"),
    [
        ("a\n\nb\n", 2, "a\nb\n"),
        ("\n\n\n", 2, "\n\n"),
        ("a\n\n\n\nb\n", 3, "a\n\nb\n"),
        ("unterminated", 1, "unterminated"),
        ("a\nb\nc\n", 3, "a\nb\nc\n"),  # a service that puts nothing between
        ("", 0, ""),
    ],
)
def test_what_stands_between_entries_is_no_part_of_the_log(content, lines, text):
    assert entries_text(LogLines(content, lines, "", "")) == text
