"""Answers are read whatever the documentation says about them; numbers are those of the quirks."""

from __future__ import annotations

import functools
import json
from dataclasses import FrozenInstanceError, fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelarts_magics.core.api.base import Phase
from modelarts_magics.core.api.fields import Record
from modelarts_magics.core.api.log import LogChunk
from modelarts_magics.core.api.v1.models.catalogue import Engine, EngineList, Spec, SpecList
from modelarts_magics.core.api.v1.models.listing import ListPage
from modelarts_magics.core.api.v1.models.log import LogFiles, LogLines, read_chunk
from modelarts_magics.core.api.v1.models.training import (
    CreatedJob,
    JobPage,
    JobVersion,
    JobVersionPage,
    ListedJob,
    TrainingConfig,
    new_job,
)
from modelarts_magics.core.api.v1.models.visualization import (
    Schedule,
    VisualizationJob,
    VisualizationJobPage,
    new_visualization_job,
)
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.api.v2.models import catalogue, job, log, viewer
from modelarts_magics.core.auth.keys import AccessKey, Project, ProjectList, Token
from modelarts_magics.core.http.failure import Failure

PACKAGE = "modelarts_magics.core."

# ---- training jobs ------------------------------------------------------------------------------

RECORDED = {"job_id": 567524, "status": 1, "create_time": 1609121837000, "version_id": 3}
SAMPLE = {"job_id": "567524", "status": "1", "create_time": "1609121837000", "version_id": "3"}


@pytest.mark.parametrize("data", [RECORDED, SAMPLE], ids=["recorded", "sample"])
def test_quirk_1_16_18_numbers_as_strings_and_ids_as_either(data):
    job = CreatedJob.from_json(data)
    assert (job.job_id, job.version_id) == ("567524", "3")
    assert (job.status, job.create_time) == (JobStatus.INIT, 1609121837000)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (10, 10),
        ("10", 10),
        (" 10 ", 10),
        ("-1", -1),
        (10.0, 10),
        (None, None),
        ("", None),
        ("ten", None),
        ("--5", None),
        ("1.5", None),
        (1.5, None),
        (True, None),
        ([], None),
        ({}, None),
        (float("inf"), None),
        (float("nan"), None),
        ("9" * 5000, None),
    ],
)
def test_quirk_1_a_number_that_is_none_is_none_and_kept_raw(given_, expected):
    data = {"duration": given_}
    job = ListedJob.from_json(data)
    assert job.duration == expected
    assert job.raw is data


def test_null_ids_and_times_of_a_version():
    nulls = dict.fromkeys(("version_id", "pre_version_id", "engine_id", "spec_id", "start_time"))
    version = JobVersion.from_json(nulls)
    assert (version.version_id, version.pre_version_id) == ("", "")
    assert (version.engine_id, version.spec_id, version.start_time) == (None, None, None)


@pytest.mark.parametrize(
    "given_", [{"interval": 1, "cpuUsage": ["3"]}, '{"interval": 1, "cpuUsage": ["3"]}']
)
def test_quirk_25_metrics_as_an_object_or_as_its_text(given_):
    version = JobVersion.from_json({"system_metric_list": given_})
    assert version.system_metric_list == {"interval": 1, "cpuUsage": ["3"]}


@pytest.mark.parametrize("broken", ["", "{", "[" * 10**5])
def test_quirk_25_metrics_that_are_no_json_stay_a_text(broken):
    assert JobVersion.from_json({"model_metric_list": broken}).model_metric_list == broken


def test_quirk_26_values_that_are_a_number_or_a_text():
    assert Spec.from_json({"core": 2, "cpu": "8"}) == Spec.from_json({"core": "2", "cpu": 8})
    assert Spec.from_json({"gpu_num": "1"}).gpu_num == 1


def test_quirk_30_names_that_break_the_rule_are_read():
    assert VisualizationJob.from_json({"job_name": "visualization job"}).job_name == (
        "visualization job"
    )


def test_unknown_fields_are_kept():
    data = {"job_id": 1, "is_zombie": False, "task_summary": {"a": 1}}
    version = JobVersion.from_json(data)
    assert version.raw["task_summary"] == {"a": 1}
    assert version.as_dict() == data


@pytest.mark.parametrize("listed", [None, {}, "text", 3, [None, "text", 3]])
def test_a_list_that_is_none_is_empty(listed):
    page = JobPage.from_json({"jobs": listed})
    assert [job.job_id for job in page.jobs] in ([], [""])


def test_a_page_of_jobs():
    item = {
        "job_id": 10,
        "version_id": 10,
        "job_name": "testModelArtsJob",
        "job_desc": "This is ModelArts job",
        "status": 10,
        "create_time": 1524189990635,
        "duration": 532003,
        "version_count": 5,
        "user": {"name": "u"},
    }
    data = {"jobs": [item], "job_total_count": 1, "job_count_limit": "3", "quotas": 5}
    page = JobPage.from_json(data)
    assert (page.job_total_count, page.job_count_limit, page.quotas) == (1, 3, 5)
    assert page.jobs[0].status is JobStatus.COMPLETED
    assert page.as_dict() == {**data, "job_count_limit": 3}


def test_versions_of_a_job():
    data = {
        "job_id": 10,
        "job_name": "j",
        "version_count": "1",
        "versions": [{"version_id": 11, "version_name": "V0001", "status": 8}],
    }
    page = JobVersionPage.from_json(data)
    assert (page.job_id, page.version_count) == ("10", 1)
    assert page.versions[0].status is JobStatus.RUNNING


# ---- status -------------------------------------------------------------------------------------

CLASSES = {
    Phase.UNKNOWN: {0},
    Phase.WAITING: {1, 2, 4, 7, 18},
    Phase.RUNNING: {8, 9, 15, 19},
    Phase.SUCCEEDED: {10, 20},
    Phase.STOPPED: {12, 13},
    Phase.FAILED: {3, 5, 6, 11, 14, 16, 17, 21, 22},
}
STOP = {1, 2, 4, 7, 8, 15, 18, 19}
RESTART = {3, 5, 10, 11, 12, 13, 14, 16, 17, 20, 21, 22}


@pytest.mark.parametrize("code", range(23))
def test_quirk_42_every_documented_status(code):
    status = JobStatus(code)
    assert code in CLASSES[status.phase]
    assert status.can_stop == (code in STOP)
    assert status.can_restart == (code in RESTART)
    assert status.can_delete == (code != 9)
    assert status.is_final == (status.phase in {Phase.SUCCEEDED, Phase.STOPPED, Phase.FAILED})


@pytest.mark.parametrize("code", [23, 77, 255, -1, 10**30])
def test_quirk_42_an_unknown_status_is_kept_and_nobody_stops_waiting_for_it(code):
    status = ListedJob.from_json({"status": code}).status
    assert int(status) == code
    assert status == JobStatus(code)
    assert status.phase is Phase.UNKNOWN
    assert not status.is_final
    assert str(code) in status.name
    assert ListedJob.from_json({"status": code}).as_dict() == {"status": code}


@pytest.mark.parametrize("code", [None, "", "RUNNING", [], 1.5])
def test_a_status_that_is_no_number_is_unknown(code):
    assert ListedJob.from_json({"status": code}).status is JobStatus.UNKNOWN


# ---- logs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        {"log": "Log string", "log_byte_count": 10, "end_byte": 10},
        {"log": "Log string", "count": "10", "end_byte": "10"},
        {"log": "Log string", "count": 10},
        {"log": "Log string", "log_byte_count": "10"},
        {"log": "Log string"},
        {"log": "Log string", "end_byte": 10},
        {"log": "Log string", "end_byte": None, "count": None},
        {"content": "Log string", "end_byte": 10},
    ],
)
def test_quirk_2_3_count_and_end_of_a_slice(answer):
    assert read_chunk(answer, 0) == LogChunk("Log string", 0, 10, 10)


def test_the_end_is_trusted_more_than_the_text():
    assert read_chunk({"log": "a\ufffd", "end_byte": 3}, 0) == LogChunk("a\ufffd", 0, 3, 3)
    assert read_chunk({"log": "a", "count": 3}, 5) == LogChunk("a", 5, 8, 3)


def test_the_newest_part_says_where_it_begins_or_that_nobody_knows():
    assert read_chunk({"log": "日", "count": 3, "end_byte": 9}, -1) == LogChunk("日", 6, 9, 3)
    assert read_chunk({"log": "日", "count": 3}, -1) == LogChunk("日", None, None, 3)
    assert read_chunk({"log": "日", "end_byte": 9}, -1) == LogChunk("日", 6, 9, 3)


def test_quirk_4_the_text_under_any_of_its_names():
    for name in ("log", "content", "context"):
        assert read_chunk({name: "x", "end_byte": 1}, 0).text == "x"


LINES = {"content": "a\n\nb\n", "lines": "2", "start_line": "1", "end_line": "2"}


def test_quirk_5_a_byte_call_that_is_answered_by_lines():
    assert read_chunk(LINES, 0) == LogLines("a\n\nb\n", 2, "1", "2")


def test_quirk_19_a_cursor_beyond_2_to_the_53_stays_exact():
    answer = json.loads('{"content": "x", "start_line": 1551252759254000003, "end_line": "7"}')
    lines = LogLines.from_json(answer)
    assert (lines.start_line, lines.end_line) == ("1551252759254000003", "7")


def test_a_line_answer_without_its_fields():
    assert LogLines.from_json({}) == LogLines("", None, "", "")


@pytest.mark.parametrize(
    ("given_", "names"),
    [(["a.0", "a.1"], ("a.0", "a.1")), ("a.0", ("a.0",)), (None, ()), ([], ())],
)
def test_quirk_24_log_files_as_an_array_or_one_text(given_, names):
    assert LogFiles.from_json({"log_file_list": given_}).names == names


def test_half_a_character_of_utf_16_in_an_answer_can_be_encoded():
    """JSON can hold a lone surrogate; nothing else can."""
    chunk = read_chunk(json.loads(r'{"log": "a\ud83d"}'), 0)
    assert chunk.text == "a\ufffd"
    chunk.text.encode()
    assert json.loads(r'{"log": "\ud83d\ude00"}')["log"] == "😀"
    assert ListedJob.from_json(json.loads(r'{"job_name": "\udc00"}')).job_name == "\ufffd"


# ---- visualization jobs -------------------------------------------------------------------------

ITEM = {"type": "stop", "timeUnit": "HOURS", "duration": 1}


@pytest.mark.parametrize(
    "schedule",
    [
        [ITEM],
        ITEM,
        [{"type": "stop", "time_unit": "HOURS", "duration": "1"}],
        {"type": "stop", "time_unit": "HOURS", "timeUnit": None, "duration": 1},
    ],
)
def test_quirk_9_10_every_shape_of_a_schedule(schedule):
    (read,) = VisualizationJob.from_json({"schedule": schedule}).schedule
    assert (read.type, read.time_unit, read.duration) == ("stop", "HOURS", 1)


@pytest.mark.parametrize("schedule", [None, [], "stop"])
def test_no_schedule(schedule):
    assert VisualizationJob.from_json({"schedule": schedule}).schedule == ()


@pytest.mark.parametrize("data", [{}, {"service_url": None}, {"service_url": ""}])
def test_quirk_27_the_address_may_not_be_there_yet(data):
    assert VisualizationJob.from_json(data).service_url == ""


@pytest.mark.parametrize(
    ("given_", "read"),
    [(None, None), (1.5, 1.5), (3, 3.0), ("2.5", 2.5), ("soon", None), (10**400, None)],
)
def test_quirk_28_the_remaining_duration(given_, read):
    job = VisualizationJob.from_json({"remaining_duration": given_})
    assert job.remaining_duration == read


def test_what_only_some_services_tell_of_a_visualization_job_is_read_and_may_be_missing():
    told = VisualizationJob.from_json({"job_type": "mindinsight", "failure_reason": "no memory"})
    assert (told.job_type, told.failure_reason) == ("mindinsight", "no memory")
    for silent in ({}, {"job_type": None, "failure_reason": None}):
        read = VisualizationJob.from_json(silent)
        assert (read.job_type, read.failure_reason) == ("", "")
        assert read.as_dict().keys() == silent.keys()


def test_a_page_of_visualization_jobs():
    item = {"job_id": 197, "status": "8", "create_time": 1565149736000, "duration": 33000}
    page = VisualizationJobPage.from_json({"jobs": [item], "job_total_count": "1"})
    assert page.jobs[0].job_id == "197"
    assert page.as_dict()["jobs"] == [{**item, "status": 8}]


# ---- what is sent -------------------------------------------------------------------------------


def test_quirk_9_29_a_visualization_job_is_created_with_a_list_of_one_schedule():
    body = new_visualization_job("/b/t/", "n", "d", "tensorboard", 4)
    schedule = [{"type": "stop", "time_unit": "HOURS", "duration": 4}]
    assert body == {
        "job_name": "n",
        "job_desc": "d",
        "train_url": "/b/t/",
        "job_type": "tensorboard",
        "schedule": schedule,
    }
    assert new_visualization_job("/b/t/", "n") == {"job_name": "n", "train_url": "/b/t/"}


def test_a_training_job_has_only_what_was_given():
    config = TrainingConfig(1, "modelarts.vm.cpu.2u", train_url="/b/o/")
    assert new_job("n", None, config) == {
        "job_name": "n",
        "config": {
            "worker_server_num": 1,
            "flavor": {"code": "modelarts.vm.cpu.2u"},
            "parameter": [],
            "train_url": "/b/o/",
        },
    }


# ---- keys and tokens ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {"credential": {"access": "A", "secret": "S", "securitytoken": "T"}},
        {"credentials": {"accessKeyId": "A", "secretAccessKey": "S", "securityToken": "T"}},
        {"access_key_id": "A", "secret_access_key": "S", "security_token": "T"},
    ],
)
def test_every_form_of_a_temporary_key(data):
    assert AccessKey.from_json(data) == AccessKey("A", "S", "T")


@pytest.mark.parametrize(
    "when", ["2019-02-13T06:52:13Z", "2019-02-13T06:52:13.855000Z", "2019-02-13T06:52:13.8550000Z"]
)
def test_the_end_of_a_token(when):
    token = Token.from_json("V", {"token": {"expires_at": when, "project": {"id": "p"}}})
    assert token.expires_at.isoformat() == "2019-02-13T06:52:13+00:00"
    assert token.project_id == "p"


@pytest.mark.parametrize("when", [None, "", "tomorrow", 12])
def test_a_token_without_a_readable_end(when):
    assert Token.from_json("V", {"token": {"expires_at": when}}).expires_at is None


# ---- any answer at all --------------------------------------------------------------------------

TEXT = st.one_of(st.text(max_size=8), st.sampled_from(["-", "--5", "1e5", "{}", "[[", "\ud800"]))
SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    TEXT,
    st.just(10**400),
    st.just("9" * 5000),
)
# Lists and objects of scalars, alone and within another: `st.recursive` took three times as long.
NESTED = st.one_of(st.lists(SCALAR, max_size=3), st.dictionaries(TEXT, SCALAR, max_size=3))
VALUE = st.one_of(
    SCALAR, NESTED, st.builds(lambda inner: [inner], NESTED), NESTED.map(lambda x: {"a": x})
)


def is_of_v2(kind):
    return isinstance(kind, type) and issubclass(kind, Record) and kind.__module__.startswith(V2)


V2 = f"{PACKAGE}api.v2.models"
OF_V2 = (catalogue, job, log, viewer)
RECORDS = [
    CreatedJob,
    Engine,
    EngineList,
    ListedJob,
    JobPage,
    JobVersion,
    JobVersionPage,
    LogFiles,
    ProjectList,
    Spec,
    SpecList,
    VisualizationJob,
    VisualizationJobPage,
    *(kind for module in OF_V2 for kind in vars(module).values() if is_of_v2(kind)),
]


@functools.cache
def objects(kind):
    """JSON objects that have some of the record's keys, with any values."""
    names = {key for f in fields(kind) for key in (f.metadata.get("keys") or (f.name,))} - {"raw"}
    item = st.dictionaries(st.sampled_from(["job_id", "status", "duration", "id"]), VALUE)
    values = st.one_of(VALUE, st.lists(item, max_size=2))
    return st.dictionaries(st.one_of(st.sampled_from(sorted(names)), TEXT), values, max_size=6)


def test_all_records_are_tried():
    kinds = {Record, *Record.__subclasses__()}
    known = {kind for base in kinds for kind in base.__subclasses__() if of_the_package(kind)}
    assert known - {Project, Schedule, ListPage} == set(RECORDS)


def of_the_package(kind):
    return kind.__module__.startswith(PACKAGE)


@pytest.mark.parametrize("kind", RECORDS)
@settings(max_examples=40)
@given(st.data())
def test_any_json_object_is_read(kind, data):
    record = kind.from_json(data.draw(objects(kind)))
    repr(record)
    assert isinstance(record.as_dict(), dict)
    with pytest.raises(FrozenInstanceError):
        record.raw = {}


LOG_KEYS = st.sampled_from(
    [
        "log",
        "content",
        "context",
        "log_byte_count",
        "count",
        "end_byte",
        "lines",
        "start_line",
        "end_line",
    ]
)


@given(st.dictionaries(LOG_KEYS, VALUE, max_size=5), st.integers(-1, 100))
def test_any_answer_to_a_log_call_is_read(data, start):
    assert isinstance(read_chunk(data, start), (LogChunk, LogLines))
    LogLines.from_json(data)


IDENTITY_KEYS = st.sampled_from(
    ["credential", "access", "secret", "securitytoken", "expires_at", "token"]
)


@given(st.dictionaries(IDENTITY_KEYS, VALUE, max_size=5))
def test_any_answer_about_keys_is_read(data):
    AccessKey.from_json(data)
    Token.from_json("value", data)


FAILURE_KEYS = st.sampled_from(
    ["is_success", "error_code", "error_msg", "error", "message", "code"]
)


@given(st.integers(200, 599), st.one_of(VALUE, st.dictionaries(FAILURE_KEYS, VALUE, max_size=5)))
def test_any_answer_is_a_failure_or_none(status, body):
    found = Failure.from_json(status, body)
    assert found is None or (isinstance(found.message, str) and isinstance(found.code, str))
