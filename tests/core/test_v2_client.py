"""Every call of API v2: what goes over the wire, and the value that comes back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from v2_service import JOB, Cloud, Listing, Said, client_of, job, refused

from modelarts_magics.core.api.base import JobKind, JobRef, Phase, TaskFailure
from modelarts_magics.core.api.v2.models.job import Viewer
from modelarts_magics.core.api.v2.models.log import Event, Metric
from modelarts_magics.core.api.v2.paging import Counting, appended, every
from modelarts_magics.core.api.v2.rules import Filter, JobQuery
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.i18n import use_language
from modelarts_magics.errors import (
    AuthenticationError,
    ConflictError,
    InvalidArgumentError,
    InvalidParameterError,
    LogClearedError,
    NotFoundError,
    PermissionDeniedError,
    QuotaExceededError,
    ThrottledError,
    UnavailableError,
    UnexpectedAnswerError,
    UnknownCallError,
)

BODY = {"kind": "job", "metadata": {"name": "resnet-a"}}
TASK = f"/training-jobs/{JOB}/tasks/worker-0"
PAGE = {"limit": "100", "offset": "0", "order": "asc"}
FILE = {"Content-Type": "application/octet-stream"}
LISTED = {"offset": 0, "limit": 50, "sort_by": "create_time", "order": "desc"}
FILTER = {"key": "kind", "operator": "in", "value": ["job"]}

# number: call, method, path after /v2/p, query, body, right
CALLS = {
    "J1": (lambda c: c.list_jobs(), "POST", "/training-job-searches", {}, LISTED, "list"),
    "J1 filtered": (
        lambda c: c.list_jobs(JobQuery(limit=2, filters=[Filter("kind", "in", ["job"]), FILTER])),
        "POST",
        "/training-job-searches",
        {},
        {**LISTED, "limit": 2, "filters": [FILTER, FILTER]},
        "list",
    ),
    "J2": (lambda c: c.create_job(BODY), "POST", "/training-jobs", {}, BODY, "create"),
    "J3": (lambda c: c.get_job(JOB), "GET", f"/training-jobs/{JOB}", {}, None, "get"),
    "J4": (
        lambda c: c.update_job(JOB, "新"),
        "PUT",
        f"/training-jobs/{JOB}",
        {},
        {"description": "新"},
        "update",
    ),
    "J5": (lambda c: c.delete_job(JOB), "DELETE", f"/training-jobs/{JOB}", {}, None, "delete"),
    "J6": (
        lambda c: c.stop_job(JOB),
        "POST",
        f"/training-jobs/{JOB}/actions",
        {},
        {"action_type": "terminate"},
        "update",
    ),
    "J7": (
        lambda c: c.list_tasks(JOB, 2),
        "GET",
        f"/training-jobs/{JOB}/tasks",
        {"schedule_count": "2"},
        None,
        "get",
    ),
    "J9": (
        lambda c: c.is_name_taken("a"),
        "GET",
        "/training-job-names",
        {"job_name": "a"},
        None,
        "list",
    ),
    "J10": (lambda c: c.list_stages(JOB), "GET", f"/training-jobs/{JOB}/stages", {}, None, "get"),
    "J11": (
        lambda c: c.list_flavors("GPU"),
        "GET",
        "/training-job-flavors",
        {"flavor_type": "GPU"},
        None,
        "getFlavors",
    ),
    "J12": (lambda c: c.list_engines(), "GET", "/training-job-engines", {}, None, ""),
    "G1": (
        lambda c: c.read_preview(JOB, "worker-0"),
        "GET",
        f"{TASK}/logs/preview",
        {},
        None,
        "get",
    ),
    "G2": (
        lambda c: c.find_link(JOB, "worker-0"),
        "GET",
        f"{TASK}/logs/url",
        FILE,
        None,
        "logExport",
    ),
    "G3": (
        lambda c: c.read_lines(JOB, "worker-0", "", 500),
        "GET",
        f"/training-jobs/{JOB}/logs/worker-0",
        {"base_line": "", "lines": "500", "order": "desc"},
        None,
        "getLogs",
    ),
    "G3 as usual": (
        lambda c: c.read_lines(JOB, "worker-0"),
        "GET",
        f"/training-jobs/{JOB}/logs/worker-0",
        {"base_line": "", "lines": "50", "order": "desc"},
        None,
        "getLogs",
    ),
    "G4": (lambda c: c.list_events(JOB), "GET", f"/training-jobs/{JOB}/events", PAGE, None, "get"),
    "G5": (
        lambda c: c.read_metrics(JOB, "worker-0"),
        "GET",
        f"/training-jobs/{JOB}/metrics/worker-0",
        {},
        None,
        "get",
    ),
}
ARRAY = {"J7"}
FULL = {
    **job(),
    **{name: [] for name in ("items", "events", "metrics", "flavors", "running_records")},
    "is_duplicate": True,
    "obs_url": "https://obs.example/x",
    "content": "",
}


@pytest.fixture
def cloud():
    return Cloud()


@pytest.fixture
def client(cloud):
    with client_of(cloud.adapter) as made:
        yield made


@pytest.mark.parametrize("number", CALLS)
def test_what_each_call_sends(cloud, client, number):
    call, method, path, query, body, _right = CALLS[number]
    cloud.answers[""] = lambda _asked: Said([] if number in ARRAY else FULL)
    call(client)
    (asked,) = cloud.asked
    assert (asked.method, asked.path, asked.query, asked.json) == (
        method,
        f"/v2/p{path}",
        query,
        body,
    )


@pytest.mark.parametrize("number", CALLS)
def test_a_missing_right_is_named(cloud, client, number):
    call, right = CALLS[number][0], CALLS[number][-1]
    cloud.answers[""] = lambda _asked: refused("2838")
    with pytest.raises(PermissionDeniedError) as caught:
        call(client)
    assert (f"modelarts:trainJob:{right}" if right else "the permission") in str(caught.value)


DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "api" / "v2-endpoints.md"


def test_the_page_of_the_calls_says_the_same():
    row = r"^\| (\w+) \| (\w+) `(\S+)` \| \w+ \| (?:`trainJob:(\w+)`)? *\|$"
    said = re.findall(row, DOCUMENT.read_text("utf-8"), re.MULTILINE)
    asked = {
        (number.split()[0], method, path.replace(JOB, "{job}").replace("worker-0", "{task}"), right)
        for number, (_call, method, path, _query, _body, right) in CALLS.items()
    }
    assert set(said) == asked


# ---- values --------------------------------------------------------------------------------------

V1 = {
    "total": 5,
    "count": 2,
    "limit": 50,
    "offset": 0,
    "ai_project": "default-ai-project",
    "items": [
        {
            "kind": "job",
            "metadata": {
                "id": JOB,
                "name": "resnet-a",
                "description": "",
                "create_time": 1767322800000,
                "workspace_id": "0",
                "user_name": "dev",
            },
            "status": {
                "phase": "Running",
                "secondary_phase": "Running",
                "duration": 245000,
                "start_time": 1767322860000,
                "tasks": ["worker-0", "worker-1"],
            },
            "spec": {
                "resource": {"flavor_id": "modelarts.vm.cpu.2u", "node_count": 2},
                "log_export_path": {},
            },
        },
        {
            "kind": "job",
            "metadata": {
                "id": "66666666-7777-4888-8999-aaaaaaaaaaaa",
                "name": "resnet-b",
                "create_time": 1767300000000,
            },
            "status": {
                "phase": "Failed",
                "secondary_phase": "Failed",
                "duration": 60000,
                "start_time": 1767300050000,
                "tasks": ["worker-0"],
                "task_statuses": [
                    {"task": "worker-0", "exit_code": 1, "message": "ValueError: bad shape"}
                ],
            },
            "spec": {"log_export_path": {"obs_url": "obs://ma-logs/logs/"}},
        },
    ],
}
V2 = {
    "kind": "job",
    "metadata": {"id": JOB, "name": "resnet-a", "create_time": 1767322800000},
    "status": {
        "phase": "Running",
        "secondary_phase": "Running",
        "duration": 245000,
        "start_time": 1767322860000,
        "tasks": ["worker-0"],
        "running_records": [
            {
                "start_at": 1767322860,
                "end_at": 1767322960,
                "start_type": "init_or_rescheduled",
                "end_reason": "node lost",
                "end_related_task": "worker-0",
                "end_recover": "job_reschedule",
            },
            {"start_at": 1767323000, "start_type": "init_or_rescheduled"},
        ],
    },
    "algorithm": {
        "outputs": [{"name": "train_url", "remote": {"obs": {"obs_url": "obs://b/out/"}}}],
        "environments": {"PASSWORD": "hunter2"},
    },
    "spec": {"log_export_path": {"obs_url": "obs://ma-logs/logs/"}},
    "endpoints": {
        "tensorboard": {"url": "https://viewer.example.com/11111111/", "token": "tok-EXAMPLE"}
    },
}


def test_v1_a_list(cloud, client):
    cloud.answers[""] = lambda _asked: Said(V1)
    page = client.list_jobs()
    first, second = page.items
    assert page.total == 2
    assert first.ref == JobRef("v2", JOB)
    assert (first.name, first.kind) == ("resnet-a", JobKind.TRAINING)
    assert (first.created, first.started) == (1767322800000, 1767322860000)
    assert (first.duration, first.tasks) == (245000, ("worker-0", "worker-1"))
    assert (first.state.phase, first.log_folder, first.failures) == (Phase.RUNNING, "", [])
    assert (second.state.phase, second.log_folder) == (Phase.FAILED, "obs://ma-logs/logs/")
    assert second.failures == [TaskFailure("worker-0", 1, "ValueError: bad shape")]
    assert page.raw is not None
    assert page.raw["ai_project"] == "default-ai-project"


def test_v2_a_job_with_a_viewer_and_a_restart(cloud, client):
    cloud.answers[""] = lambda _asked: Said(V2)
    found = client.get_job(JOB)
    (restart,) = found.restarts
    assert (restart.time, restart.reason) == (1767323000000, "node lost")
    assert found.output == "/b/out/"
    assert found.viewer.address == "https://viewer.example.com/11111111/?token=tok-EXAMPLE"
    assert "tok-EXAMPLE" not in repr(found) + repr(found.viewer)
    assert "hunter2" not in repr(found)


def job_with(cloud, client, **parts):
    """A job as it is described, some parts of it anew."""
    cloud.answers[""] = lambda _asked: Said({**job(), **parts})
    return client.get_job(JOB)


def test_a_task_failed_that_says_why_or_ended_with_a_code(cloud, client):
    told = [
        {"task": "well", "exit_code": 0},
        {"task": "silent", "exit_code": 137},
        {"task": "lost", "message": "node lost"},
        {"task": "unknown"},
    ]
    found = job_with(cloud, client, status={"phase": "Failed", "task_statuses": told})
    assert found.failures == [
        TaskFailure("silent", 137, ""),
        TaskFailure("lost", None, "node lost"),
    ]


def test_of_each_start_but_the_first_it_is_told_when_and_why(cloud, client):
    records = [
        {"start_at": 100, "end_reason": "", "end_recover": "job_reschedule"},
        {"start_at": None, "end_reason": "node lost", "end_recover": "job_reschedule"},
        {"start_at": 300},
    ]
    found = job_with(cloud, client, status={"phase": "Running", "running_records": records})
    told = [(one.time, one.reason) for one in found.restarts]
    assert told == [(None, "job_reschedule"), (300_000, "node lost")]
    assert found.state.starts == 3


@pytest.mark.parametrize(
    ("outputs", "output"),
    [
        (None, ""),
        ([], ""),
        ([{"name": "local"}, {"remote": {"obs": {"obs_url": "/b/out/"}}}], "/b/out/"),
        ({"remote": {"obs": {"obs_url": "obs://b/out/"}}}, "/b/out/"),
        ([{"remote": {"obs": "obs://b/out/"}}], ""),
    ],
)
def test_the_first_folder_that_a_training_writes_is_its_output(cloud, client, outputs, output):
    assert job_with(cloud, client, algorithm={"outputs": outputs}).output == output


@pytest.mark.parametrize(
    ("endpoints", "address"),
    [
        (None, ""),
        ({"tensorboard": {"url": "https://t/", "token": "a"}}, "https://t/?token=a"),
        ({"tensorboard": {"url": "https://t/?token=b", "token": "a"}}, "https://t/?token=b"),
        ({"tensorboard": {"url": "https://t/?x=1&token=b", "token": "a"}}, None),
        ({"tensorboard": {"url": "https://t/"}}, "https://t/"),
        ({"tensorboard": {"token": "a"}, "mindstudio_insight": {"url": "https://m/"}}, None),
        ({"tensorboard": {"token": "a"}}, ""),
    ],
)
def test_a_viewer_is_opened_by_its_address_with_one_token(cloud, client, endpoints, address):
    viewer = job_with(cloud, client, endpoints=endpoints).viewer
    assert viewer.address == (viewer.url if address is None else address)
    assert viewer.framed == (f"{viewer.url.rstrip('/')}/{viewer.token}/" if viewer.url else "")
    assert "token" not in viewer.bare
    assert bool(viewer.url) == bool(viewer.bare) == bool(address != "")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ([0, 0.5, -0.5, None, "x", "7"], (0, 0.5, None, None, None, 7)),
        ([float("nan")], (None,)),
        (None, ()),
        ("12", ()),
    ],
)
def test_what_was_not_measured_is_no_number(value, read):
    assert Metric.from_json({"metric": "cpuUsage", "value": value}).value == read


@pytest.mark.parametrize(
    ("time", "milliseconds"),
    [
        ("1970-01-01T00:00:01Z", 1000),
        ("1970-01-01T08:00:00.250+08:00", 250),
        ("yesterday", None),
        (None, None),
    ],
)
def test_when_an_event_was_is_read_from_any_zone(time, milliseconds):
    assert Event.from_json({"time": time}).time == milliseconds


def test_v3_a_viewer_just_created(cloud, client):
    body = {**job(phase="Creating", duration=0, start_time=0), "kind": "visualization_job"}
    cloud.answers[""] = lambda _asked: Said(body, 201)
    made = client.create_job({"kind": "visualization_job"})
    assert (made.kind, made.started, made.viewer) == (JobKind.VISUALIZATION, None, Viewer())
    assert made.state.phase is Phase.WAITING


def test_v4_and_v5_and_v6_a_log(cloud, client):
    text = "epoch 1 loss 0.9\nepoch 2 loss 0.7\n"
    lines = {"start_line": 1767323045000000002, "end_line": "1767323045000000001", "lines": "2"}
    cloud.answers["preview"] = lambda _asked: Said({"context": text, "full_size": "34"})
    cloud.answers["logs/worker-0"] = lambda _asked: Said({**lines, "content": text})
    link = "https://ma-logs.obs.example/x?Signature=AAAA"
    cloud.answers["url"] = lambda _asked: Said({"obs_url": link})
    preview = client.read_preview(JOB, "worker-0")
    assert (preview.content, preview.full_size, preview.current_size) == (text, 34, None)
    page = client.read_lines(JOB, "worker-0")
    assert (page.start_line, page.end_line) == ("1767323045000000002", "1767323045000000001")
    assert (page.lines, page.content) == (2, text)
    found = client.find_link(JOB, "worker-0")
    assert found.obs_url == link
    assert "Signature" not in repr(found)


@pytest.mark.parametrize("answer", [Said(status=204), *map(refused, ("2776", "2777", "2818"))])
def test_what_is_not_there_yet_is_no_error(cloud, client, answer):
    cloud.answers[""] = lambda _asked: answer
    assert client.read_preview(JOB, "worker-0").content is None
    assert client.read_lines(JOB, "worker-0").content == ""
    assert client.read_metrics(JOB, "worker-0").metrics == ()


def test_v7_and_v8_and_v9_what_a_task_tells(cloud, client):
    event = {
        "time": "2026-01-02T11:10:00+08:00",
        "level": "Error",
        "message": "x",
        "source": "Task",
    }
    metrics = [
        {"metric": "cpuUsage", "value": [12.5, -1, "40"]},
        {"metric": "gpuUtil", "value": []},
    ]
    task = {"task": "worker-0", "ip": "172.16.0.10", "host_ip": "", "schedule_count": 1}
    cloud.answers["events"] = lambda _asked: Said({"total": 1, "events": [event]})
    cloud.answers["metrics"] = lambda _asked: Said({"metrics": metrics})
    cloud.answers["tasks"] = lambda _asked: Said([task, None])
    (told,) = client.list_events(JOB).items
    assert (told.time, told.level, told.source) == (1767323400000, "Error", "Task")
    cpu, gpu = client.read_metrics(JOB, "worker-0").metrics
    assert (cpu.value, gpu.value) == ((12.5, None, 40.0), ())
    (one,) = client.list_tasks(JOB)
    assert (one.task, one.schedule_count) == ("worker-0", 1)


def test_events_are_told_in_the_language_of_the_reader(cloud, client):
    cloud.answers[""] = lambda _asked: Said({"total": 0, "events": []})
    client.list_events(JOB)
    use_language("zh_CN")
    client.list_events(JOB)
    use_language("en")
    assert [asked.headers["X-Language"] for asked in cloud.asked] == ["en-us", "zh-cn"]


@pytest.mark.parametrize("body", [b"", b"null", b'""', b"{}"])
def test_an_empty_answer_to_a_deed_is_a_success(cloud, client, body):
    cloud.answers[""] = lambda _asked: Said(body, 202)
    client.delete_job(JOB)
    client.update_job(JOB, "new")
    client.stop_job(JOB)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"<html>"])
def test_what_is_no_job_is_not_taken_for_one(cloud, client, body):
    cloud.answers[""] = lambda _asked: Said(body)
    with pytest.raises(UnexpectedAnswerError):
        client.get_job(JOB)


# ---- refusals ------------------------------------------------------------------------------------

REFUSALS = {
    ("2775", 400): NotFoundError,
    ("2796", 409): ConflictError,
    ("2788", 400): InvalidParameterError,
    ("2751", 400): ConflictError,
    ("2819", 400): LogClearedError,
    ("2799", 429): ThrottledError,
    ("2836", 404): UnknownCallError,
    ("2803", 405): UnknownCallError,
    ("2784", 403): AuthenticationError,
    ("2815", 400): QuotaExceededError,
    ("2955", 500): UnavailableError,
    ("2786", 404): PermissionDeniedError,
}


@pytest.mark.parametrize(("number", "status"), REFUSALS)
def test_v10_a_refusal_is_what_its_code_says(cloud, client, number, status):
    cloud.answers[""] = lambda _asked: refused(number, status, "the words of the service")
    with pytest.raises(REFUSALS[number, status], match="the words of the service") as caught:
        client.get_job(JOB)
    assert type(caught.value) is REFUSALS[number, status]


def test_a_gateway_without_the_call_says_that_it_is_not_there(cloud, client):
    cloud.answers[""] = lambda _asked: Said({"error_code": "APIGW.0101", "error_msg": "no"}, 404)
    with pytest.raises(UnknownCallError) as caught:
        client.list_stages(JOB)
    assert caught.value.is_unknown_call


@pytest.mark.parametrize("bad", ["", "..", "a/b", "a?b", "１"])
def test_what_is_no_id_or_task_never_becomes_a_path(cloud, client, bad):
    for call in (client.get_job, client.delete_job):
        with pytest.raises(InvalidArgumentError, match="is not an id"):
            call(bad)
    with pytest.raises(InvalidArgumentError, match="task is"):
        client.read_preview(JOB, bad)
    assert cloud.asked == []


@pytest.mark.parametrize(
    "query",
    [
        JobQuery(limit=51),
        JobQuery(limit=0),
        JobQuery(offset=-1),
        JobQuery(order="up"),
        JobQuery(filters=[FILTER] * 21),
        JobQuery(filters=[Filter("name", "in", ["a"] * 11)]),
    ],
)
def test_a_list_that_would_be_refused_is_not_asked_for(cloud, client, query):
    with pytest.raises(InvalidArgumentError):
        client.list_jobs(query)
    assert cloud.asked == []


def test_names_are_taken_only_where_the_service_says_so(cloud, client):
    for said in (True, False, None, "true", 1):
        cloud.answers[""] = lambda _asked, said=said: Said({"is_duplicate": said})
        assert client.is_name_taken("a") is (said is True)


def test_who_reads_on_and_on_tries_once_and_may_have_a_deadline_of_his_own(client):
    one, other = client.for_reader(Reader()), client.for_reader(Reader(), deadline=3.5)
    limits = client.transport.limits
    assert (one.transport.limits.tries, one.transport.limits.deadline) == (1, limits.deadline)
    assert (other.transport.limits.tries, other.transport.limits.deadline) == (1, 3.5)
    assert one.known is other.known is client.known, "what one learns of a service all know"


# ---- paging --------------------------------------------------------------------------------------


class Page:
    def __init__(self, items: list[int], total: int) -> None:
        self.items = items
        self.total = total


COUNTS = st.sampled_from(["items", "pages"])


@settings(max_examples=100)
@given(
    there=st.integers(0, 30),
    size=st.integers(2, 7),
    counts=COUNTS,
    created=st.lists(st.integers(0, 3), max_size=4),
    sign=st.sampled_from([1, -1]),
)
def test_each_job_comes_once_whatever_is_created_meanwhile(there, size, counts, created, sign):
    listing = Listing([*range(there, 0, -1)], counts)
    left, counting = list(created), Counting()

    def ask(offset: int) -> Page:
        page = Page(listing.part(offset, size), len(listing.things))
        news = range(
            len(listing.things) + 1, len(listing.things) + 1 + (left.pop(0) if left else 0)
        )
        listing.things[:0] = reversed(news)
        return page

    got = list(every(ask, lambda one: sign * one, size, counting, 1000))
    assert len(got) == len(set(got))
    assert set(got) >= {*range(1, there + 1)}
    assert counting.are_items in (None, counts == "items")


@settings(max_examples=100)
@given(
    there=st.lists(st.integers(0, 3), max_size=30),
    later=st.lists(st.integers(0, 3), max_size=5),
    size=st.integers(2, 7),
    counts=COUNTS,
)
def test_each_event_comes_once_though_some_are_equal(there, later, size, counts):
    events = [*enumerate(there)]  # of one second each
    listing, left = Listing(list(events), counts), [*enumerate(later, len(there))]

    def ask(offset: int) -> Page:
        page = Page(listing.part(offset, size), len(listing.things))
        listing.things += left[:1]
        del left[:1]
        return page

    got = list(appended(ask, lambda one: one, size, Counting()))
    assert got[: len(events)] == events
    assert got == listing.things[: len(got)]


@pytest.mark.parametrize("counts", ["items", "pages"])
def test_what_offsets_count_is_asked_once(counts):
    listing, asked, counting = Listing([*range(30)], counts), [], Counting()

    def ask(offset: int) -> Page:
        asked.append(offset)
        return Page(listing.part(offset, 10), 30)

    for _time in range(2):
        assert [*every(ask, lambda one: one, 10, counting, 1000)] == [*range(30)]
    step = 10 if counts == "items" else 1
    assert asked == [0, 1, 0, step, 2 * step, 3 * step, 0, step, 2 * step, 3 * step]


@pytest.mark.parametrize(
    ("counts", "there", "gives", "asked"),
    [
        ("items", 20, 10, [0, 10]),
        ("items", 25, 10, [0, 10, 20]),
        ("items", 20, 7, [0, 7, 14]),
        ("items", 5, 10, [0]),
        ("pages", 20, 10, [0, 1]),
        ("pages", 20, 7, [0, 1, 2]),
    ],
)
@pytest.mark.parametrize("tells", [True, False])
def test_no_page_is_asked_for_behind_the_last_event(counts, there, gives, asked, tells):
    listing, offsets, counting = Listing([{"n": n} for n in range(there)], counts), [], Counting()
    counting.are_items = counts == "items"

    def ask(offset: int) -> Page:
        offsets.append(offset)
        return Page(listing.part(offset, gives), there if tells else None)

    got = list(appended(ask, lambda one: -one["n"], 10, counting))
    assert got == listing.things
    assert offsets == asked if tells else offsets[: len(asked)] == asked


def test_a_service_that_turns_no_pages_tells_its_events_once():
    stuck, counting = Page([3, 2, 1], 500), Counting()
    counting.are_items = False
    assert list(appended(lambda _offset: stuck, lambda one: one, 3, counting)) == [3, 2, 1]


def test_what_offsets_count_is_asked_five_times_of_a_list_that_moves():
    things, asked, counting = [*range(100)], [], Counting()

    def ask(offset: int) -> Page:
        asked.append(offset)
        things.insert(0, -len(asked))
        return Page(things[offset : offset + 10], len(things))

    found = every(ask, lambda one: one, 10, counting, 1000)
    for _item in range(11):
        next(found)
    assert asked[:11] == [0, *[1, 0] * 5]
    assert (len(asked), counting.are_items) == (12, None)
