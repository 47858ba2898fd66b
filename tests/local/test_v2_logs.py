"""What a job of API v2 tells while it runs: logs in three ways, events, resource usage."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from huaweicloudsdkmodelarts import v1 as vendor
from running_service import (
    TIME_LIMIT,
    RunningService,
    StartedService,
    in_process,
    running_service,
    until,
)
from test_service_obs import client_of, key_of
from v2_calls import V2, Job, vendor_client

from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.logs.readers import LogBytes
from modelarts_magics.local.engine.log_export import LogExport
from modelarts_magics.local.storage.database import Store
from modelarts_magics.local.storage.log_folders import LogFolders
from modelarts_magics.local.storage.obs import Obs
from modelarts_magics.local.storage.records import JobSpec, Kind, NewJob, Records, TaskRecord
from modelarts_magics.local.v2.profile import PROFILES, Profile, profile_of
from modelarts_magics.session import Session

DAY = 24 * 3600
LOGS = "/tasks/worker-0/logs/preview"


@pytest.fixture(scope="module")
def v2(service: RunningService) -> V2:
    return V2(service)


@pytest.fixture(scope="module")
def two(v2: V2) -> Job:
    """An ended job of two tasks, each with a log of its own."""
    job = v2.run("for n in 1 2 3; do echo é$RANK line $n; done", 2)
    job.wait("Completed")
    return job


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[V2]:
    """Previews of this service show 1024 bytes."""
    root = tmp_path_factory.mktemp("small") / "root"
    with running_service(root, "--profile", "default,window=1024") as running:
        yield V2(running)


@pytest.fixture(scope="module")
def alt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[V2]:
    """Reads all that is not documented the other way."""
    root = tmp_path_factory.mktemp("alt") / "root"
    with running_service(root, "--profile", "alt,window=1024") as running:
        yield V2(running)


def lines(job: Job, task: str = "worker-0", **query: Any) -> dict[str, Any]:
    page: dict[str, Any] = job.v2.get(f"{job.path}/logs/{task}", **query)
    return page


# ---- by the vendor's client ---------------------------------------------------------------------


def test_the_vendors_client_reads_the_log_of_each_task(client: Any, two: Job) -> None:
    for rank, task in enumerate(["worker-0", "worker-1"]):
        asked = {"training_job_id": two.id, "task_id": task}
        preview = client.show_training_job_logs_preview(
            vendor.ShowTrainingJobLogsPreviewRequest(**asked)
        )
        assert preview.content.startswith(f"é{rank} line 1\né{rank} line 2\n")
        assert preview.current_size == preview.full_size == len(preview.content.encode())
        tail = client.show_training_job_logs_from_aom(
            vendor.ShowTrainingJobLogsFromAomRequest(**asked, lines=2)
        )
        assert tail.content.endswith(f"é{rank} line 3\n")
        newer = client.show_training_job_logs_from_aom(
            vendor.ShowTrainingJobLogsFromAomRequest(
                **asked, base_line=tail.end_line, order="asc", lines=500
            )
        )
        assert (newer.lines, newer.start_line, newer.end_line) == (
            1,
            tail.start_line,
            tail.start_line,
        )


def test_the_vendors_client_finds_no_text_and_no_usage_before_there_are_any(
    client: Any, v2: V2
) -> None:
    job = v2.run("sleep 600")
    job.wait("Running")
    asked = {"training_job_id": job.id, "task_id": "worker-0"}
    preview = client.show_training_job_logs_preview(
        vendor.ShowTrainingJobLogsPreviewRequest(**asked)
    )
    usage = client.show_training_job_metrics(vendor.ShowTrainingJobMetricsRequest(**asked))
    assert (preview.content, usage.metrics) == (None, None)
    assert job.preview().content == b""
    job.terminate()


def test_the_vendors_client_reads_events_page_by_page_in_both_languages(
    client: Any, v2: V2
) -> None:
    retry = {"annotations": {"fault-tolerance/job-retry-num": "1"}}
    job = v2.run("exit 3", metadata=retry)
    job.wait("Failed")
    told: dict[str, list[str]] = {"en-us": [], "zh-cn": []}
    for language, messages in told.items():
        while True:
            request = vendor.ListTrainingJobEventsRequest(
                training_job_id=job.id,
                offset=len(messages),
                limit=4,
                order="asc",
                x_language=language,
            )
            page = client.list_training_job_events(request)
            messages += [event.message for event in page.events]
            if not page.events:
                break
        assert len(messages) == page.total
    run = ["[worker-0] started.", "Job running.", "[worker-0] ended. Exit code 3."]
    again = "Job started again after [worker-0] failed."
    assert told["en-us"] == ["Job created.", "Job queued.", *run, again, *run, "Job failed."]
    assert told["zh-cn"][-1] == "作业运行失败。"
    errors = vendor.ListTrainingJobEventsRequest(
        training_job_id=job.id, level="Error", pattern="Exit code 3"
    )
    assert client.list_training_job_events(errors).total == 2


# ---- preview ------------------------------------------------------------------------------------


CUT = {
    "replaced": ("\N{REPLACEMENT CHARACTER}" + "é" * 511, 1023),
    "dropped": ("é" * 511, 1023),
    "kept": ("é" * 511, 1022),
}


def has_written(job: Job, size: int) -> dict[str, Any]:
    """The preview as soon as the log has so many bytes."""

    def look() -> Any:
        answer = job.preview()
        return answer.status_code == 200 and answer.json()["full_size"] == size and answer.json()

    found: dict[str, Any] = until(look, f"{size} bytes")
    return found


@pytest.mark.parametrize("front", CUT)
def test_a_character_cut_by_the_window_is_shown_as_the_profile_says(
    tmp_path: Path, front: str
) -> None:
    def scenario(started: StartedService) -> None:
        job = V2(started, started.date).run(f"printf %s {'é' * 600}; sleep 600")
        text, size = CUT[front]
        expected = {"content": text, "current_size": size, "full_size": 1200}
        assert has_written(job, 1200) == expected

    in_process(tmp_path / "root", scenario, profile=Profile(front=front, window=1023))


def test_what_is_shown_of_a_long_log_is_its_end(small: V2) -> None:
    job = small.run("seq 1000")
    job.wait("Completed")
    found = job.preview().json()
    assert found["current_size"] == 1024 == len(found["content"].encode())
    assert found["full_size"] > 3893
    assert "\n998\n999\n1000\n" in found["content"]


def test_the_other_readings_of_a_log(alt: V2) -> None:
    job = alt.run("sleep 600")
    job.wait("Running")
    preview = f"{job.path}/tasks/worker-0/logs/preview"
    assert alt.refuse("GET", preview) == (400, "2818")
    assert alt.refuse("GET", f"{job.path}/logs/worker-0") == (400, "2818")
    job.terminate()
    job.wait("Terminated")
    assert set(job.preview().json()) == {"context", "current_size", "full_size"}


def test_a_log_is_cleared_thirty_days_after_the_end(tmp_path: Path) -> None:
    def scenario(started: StartedService) -> None:
        v2 = V2(started, started.date)
        job = v2.run("echo kept")
        job.wait("Completed")
        started.now += 30 * DAY - 60
        assert "kept" in job.text()
        started.now += 120
        answer = job.preview()
        assert (answer.status_code, answer.json()["error_code"]) == (400, "ModelArts.2819")
        assert answer.json()["error_solution"]
        assert v2.refuse("GET", f"{job.path}/logs/worker-0") == (400, "2819")

    in_process(tmp_path / "root", scenario)


# ---- lines --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hundred(small: V2) -> Job:
    job = small.run("seq 100; printf unfinished")
    job.wait("Completed")
    return job


def whole(job: Job) -> list[str]:
    """All lines of the log; the last one is the service's."""
    return str(lines(job, lines=500, order="asc")["content"]).splitlines(keepends=True)


def test_lines_are_paged_forward_and_backward_without_a_gap(hundred: Job) -> None:
    text = whole(hundred)
    assert text[:101] == [*(f"{n}\n" for n in range(1, 101)), "unfinished\n"]
    backward = lines(hundred, lines=7)
    seen = backward["content"].splitlines(keepends=True)
    while backward["lines"]:
        base = backward["end_line"]
        assert len(base) == 19
        backward = lines(hundred, lines=7, base_line=base, order="desc")
        seen += backward["content"].splitlines(keepends=True)
    assert seen == text[::-1]
    assert backward == {"start_line": "", "end_line": "", "lines": 0, "content": ""}
    forward, seen = {"end_line": "0"}, []
    while forward["end_line"]:
        base = forward["end_line"]
        forward = lines(hundred, lines=9, base_line=base, order="asc")
        seen += forward["content"].splitlines(keepends=True)
    assert seen == text


def test_a_line_appears_when_it_ends(v2: V2) -> None:
    job = v2.run("printf 'one\\ntw'; sleep 600")
    until(lambda: has_written(job, 6), "the text")
    assert lines(job)["content"] == "one\n"
    job.terminate()
    job.wait("Terminated")
    assert lines(job, order="asc")["content"].startswith("one\ntw\n")


def test_with_the_meaning_of_api_v1_descending_goes_to_newer_lines(alt: V2) -> None:
    job = alt.run("seq 5")
    job.wait("Completed")
    first = lines(job, lines=1, base_line="0", order="desc")
    assert first["content"] == "1\n"
    newer = lines(job, lines=2, base_line=first["end_line"], order="desc")
    assert newer["content"] == "2\n3\n"
    older = lines(job, lines=9, base_line=newer["end_line"], order="asc")
    assert older["content"] == "1\n2\n"


@pytest.mark.parametrize(
    "query",
    [{"lines": "0"}, {"lines": "501"}, {"lines": "x"}, {"order": "up"}, {"base_line": "-1"}],
)
def test_pages_of_lines_that_break_a_rule_are_refused(v2: V2, two: Job, query: Any) -> None:
    path = f"{two.path}/logs/worker-0"
    assert v2.refuse("GET", path, params=query) == (400, "2764")
    huge = lines(two, base_line="9" * 30, order="asc")
    assert huge["lines"] == 0


def test_a_service_without_lines_says_so(tmp_path: Path) -> None:
    with running_service(tmp_path / "root", "--profile", "preview") as running:
        v2 = V2(running)
        job = v2.run("true")
        assert v2.refuse("GET", f"{job.path}/logs/worker-0") == (404, "2836")


# ---- links --------------------------------------------------------------------------------------


def url_of(job: Job, task: str = "worker-0", **options: Any) -> str:
    answer = job.v2.call("GET", f"{job.path}/tasks/{task}/logs/url", **options)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["obs_url"])


def fetch(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=TIME_LIMIT)


def test_an_older_client_of_the_vendor_downloads_the_log_of_each_task(
    client: Any, two: Job
) -> None:
    """The newest one has no such call: this is what it was, by the same machinery."""
    for rank in (0, 1):
        answer = client.do_http_request(
            method="GET",
            resource_path="/v2/{project_id}/training-jobs/{id}/tasks/{task}/logs/url",
            path_params={"id": two.id, "task": f"worker-{rank}"},
            header_params={"Content-Type": "application/json"},
            response_type="ShowTrainingJobLogsPreviewResponse",  # or any other
        )
        log = fetch(json.loads(answer.raw_content)["obs_url"])
        assert log.text == two.text(f"worker-{rank}")
        assert log.headers["Content-Type"] == "application/octet-stream"


def test_a_link_is_to_the_whole_log_or_to_what_a_preview_shows(small: V2) -> None:
    job = small.run("seq 1000")
    job.wait("Completed")
    whole = fetch(url_of(job, params={"Content-Type": "application/octet-stream"}))
    assert whole.text.startswith("1\n2\n")
    for ask in ("params", "headers"):
        newest = fetch(url_of(job, **{ask: {"Content-Type": "text/plain"}}))
        assert newest.content == whole.content[-1024:]
    part = fetch(url_of(job, params={"Content-Type": "text/plain"}), Range="bytes=1000-")
    assert (part.status_code, part.content) == (206, whole.content[-24:])
    assert part.headers["Content-Range"] == "bytes 1000-1023/1024"
    bad = {"Content-Type": "text/html"}
    path = f"{job.path}/tasks/worker-0/logs/url"
    assert small.refuse("GET", path, params=bad) == (400, "2764")


def test_a_link_opens_one_log_and_nothing_else(v2: V2, two: Job) -> None:
    url = url_of(two)
    other = v2.run("echo secret")
    other.wait("Completed")
    for wrong in (
        url.replace("worker-0", "worker-1"),
        url.replace(two.id, other.id),
        url.replace("/modelarts", "/newest-9/modelarts"),
        url.replace("/_logs/", "/_logs/../"),
    ):
        assert wrong != url
        assert fetch(wrong).status_code in {403, 404}
    assert fetch(url, Range="bytes=0-3").content == "é0 ".encode()
    assert fetch(url, Range="bytes=4000-").status_code == 416


def test_a_link_ends_after_five_minutes_and_with_its_log(tmp_path: Path) -> None:
    def scenario(started: StartedService) -> None:
        v2 = V2(started, started.date)
        job = v2.run("echo kept")
        path = f"{job.path}/tasks/worker-0/logs/url"
        job.wait("Completed")
        url = url_of(job)
        started.now += 299
        assert fetch(url).text == job.text()
        started.now += 2
        late = fetch(url)
        assert (late.status_code, "Request has expired" in late.text) == (403, True)
        started.now += 30 * DAY - 310
        last = url_of(job)
        started.now += 60
        assert fetch(last).status_code == 404
        assert v2.refuse("GET", path) == (400, "2819")
        again = v2.run("sleep 600")
        again.wait("Running")
        assert v2.call("GET", f"{again.path}/tasks/worker-0/logs/url").status_code == 204

    in_process(tmp_path / "root", scenario)


def test_a_service_without_links_says_so(alt: V2) -> None:
    job = alt.run("true")
    assert alt.refuse("GET", f"{job.path}/tasks/worker-0/logs/url") == (404, "2836")


# ---- which logs ---------------------------------------------------------------------------------


def test_tasks_that_a_job_has_not_are_refused(v2: V2, two: Job) -> None:
    for task in ("worker-2", "..%2F..%2Fcredentials.json", "job-0.0", "%00"):
        tasks = f"/tasks/{task}/logs"
        for path in (f"{tasks}/preview", f"{tasks}/url", f"/logs/{task}", f"/metrics/{task}"):
            assert v2.refuse("GET", two.path + path) == (400, "2788")


def test_a_log_that_was_replaced_by_a_link_is_not_followed(own_service: RunningService) -> None:
    v2 = V2(own_service)
    job = v2.run("echo mine")
    job.wait("Completed")
    link = url_of(job)
    (log,) = own_service.root.glob("logs/training/*/job-*.0")
    log.unlink()
    log.symlink_to(own_service.root / "credentials.json")
    for path in ("/tasks/worker-0/logs/preview", "/tasks/worker-0/logs/url", "/logs/worker-0"):
        assert v2.refuse("GET", job.path + path) == (400, "2818")
    assert fetch(link).status_code == 404


# ---- copies in a bucket -------------------------------------------------------------------------


@pytest.mark.parametrize("export", ["appended", "rewritten"])
def test_a_log_is_copied_into_a_bucket_while_it_grows(tmp_path: Path, export: str) -> None:
    def scenario(started: StartedService) -> None:
        v2 = V2(started, started.date)
        flag = tmp_path / "go"
        spec = {"log_export_path": {"obs_url": "obs://ma-logs/logs/"}}
        job = v2.run(f"echo é; while [ ! -e {flag} ]; do sleep 0.05; done; echo end", 2, spec=spec)
        copies = [
            tmp_path / f"root/obs/ma-logs/logs/modelarts-job-{job.id}-worker-{rank}.log"
            for rank in (0, 1)
        ]
        until(lambda: all(copy.exists() and copy.stat().st_size for copy in copies), "copies")
        assert copies[0].read_text() == "é\n"
        flag.touch()
        assert job.wait("Completed")["spec"]["log_export_path"] == spec["log_export_path"]
        for rank, copy in enumerate(copies):
            assert copy.read_text() == job.text(f"worker-{rank}")
            assert copy.stat().st_mode & 0o077 == 0
        with client_of(started, key_of(started)) as obs:
            listed = list(obs.objects("ma-logs", f"logs/modelarts-job-{job.id}-"))
            assert [one.size for one in listed] == [copy.stat().st_size for copy in copies]
            assert obs.read("ma-logs", listed[1].key, 0, 3).data == "é\n".encode()

    in_process(tmp_path / "root", scenario, profile=Profile(export=export), heartbeat=0.05)


def test_a_copy_is_whole_again_after_the_service_died(own_service: RunningService) -> None:
    spec = {"log_export_path": {"obs_url": "obs://ma-logs/logs/"}}
    job = V2(own_service).run("while :; do date +%N; sleep 0.01; done", spec=spec)
    copy = own_service.root / f"obs/ma-logs/logs/modelarts-job-{job.id}-worker-0.log"
    until(copy.exists, "a copy")
    own_service.kill()
    with running_service(own_service.root) as again:
        text = V2(again).job(job.id).text()
        until(lambda: copy.read_text() == text, "the rest of it")


def test_a_session_of_this_service_reads_the_copy(tmp_path: Path) -> None:
    with running_service(tmp_path / "root", "--profile", "preview,window=10") as running:
        spec = {"log_export_path": {"obs_url": "obs://ma-logs/logs/"}}
        job = V2(running).run("seq 100", spec=spec)
        job.wait("Completed")
        session = Session(local_root=str(running.root))
        readers = session.jobs.logs(JobRef("v2", job.id), "worker-0")
        assert LogBytes(readers).read(0, 8).text == "1\n2\n3\n4\n"
        session.close()


def test_a_copy_of_a_long_log_holds_up_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "records.sqlite")
    records = Records(store)
    spec = JobSpec(log_export="/ma-logs/logs/")
    new, tasks = NewJob("long", "", "0", spec), [TaskRecord("worker-0", "log")]
    job = records.add(Kind.TRAINING, new, tasks, 0)
    logs = LogFolders(tmp_path / "logs", records)
    logs.make(job)
    with open(logs.file(job, job.tasks[0]), "wb") as log:
        log.truncate(32 * 2**20)
    export = LogExport(Obs(tmp_path), logs, rewrites=False)

    async def turns_of_others() -> int:
        copy, turns = asyncio.ensure_future(export.copy(job)), 0
        while not copy.done():
            turns += 1
            await asyncio.sleep(0)
        return turns

    assert asyncio.run(turns_of_others()) > 1  # it had the loop for itself in one
    (copied,) = (tmp_path / "ma-logs" / "logs").iterdir()
    assert copied.stat().st_size == 32 * 2**20
    store.close()


def test_a_copy_never_goes_through_a_link(own_service: RunningService, tmp_path: Path) -> None:
    v2 = V2(own_service)
    outside = tmp_path / "outside"
    outside.write_text("mine")
    bucket = own_service.root / "obs" / "ma-logs" / "x"
    bucket.mkdir(parents=True)
    spec = {"log_export_path": {"obs_url": "/ma-logs/x/"}}
    job = v2.run("sleep 1; echo secret", spec=spec)
    (bucket / f"modelarts-job-{job.id}-worker-0.log").symlink_to(outside)
    job.wait("Completed")
    assert outside.read_text() == "mine"


# ---- events and usage ---------------------------------------------------------------------------


def test_events_are_found_by_time_level_source_and_text(v2: V2, two: Job) -> None:
    def found(**query: Any) -> list[str]:
        page = v2.get(two.path + "/events", **query)
        return [event["message"] for event in page["events"]]

    assert found(limit=1) == ["Job completed."]
    assert found(order="asc")[0] == "Job created."
    assert len(found(source="K8S")) == len(found(pattern="] started")) == 2
    assert found(level="Error") == found(pattern=".*") == []
    made = two.made["metadata"]["create_time"]
    assert found(start_time=made - 10, end_time=made - 1) == []
    assert found(start_time=made, end_time=made + DAY * 1000) == found()
    assert found(level="", pattern="") == found()
    page = v2.get(two.path + "/events", offset=2, limit=3)
    assert (page["offset"], page["limit"], page["order"]) == (2, 3, "desc")
    assert [event["message"] for event in page["events"]] == found()[2:5]
    assert all(event["time"].endswith("+08:00") for event in page["events"])


def test_events_can_be_paged_by_pages(alt: V2) -> None:
    job = alt.run("true")
    job.wait("Completed")
    whole = alt.get(job.path + "/events", order="asc")["events"]
    second = alt.get(job.path + "/events", order="asc", limit=2, offset=1)["events"]
    assert second == whole[2:4]


@pytest.mark.parametrize(
    "query",
    [
        {"start_time": "1"},
        {"end_time": "1"},
        {"start_time": "x", "end_time": "1"},
        {"start_time": "1", "end_time": str(2**63 - 1)},
        {"limit": "0"},
        {"limit": "101"},
        {"order": "up"},
        {"level": "Loud"},
        {"pattern": "x" * 257},
    ],
)
def test_a_question_for_events_that_breaks_a_rule_is_refused(v2: V2, two: Job, query: Any) -> None:
    assert v2.refuse("GET", two.path + "/events", params=query) == (400, "2764")


def test_the_usage_of_a_task_is_told_by_the_minute(tmp_path: Path) -> None:
    def scenario(started: StartedService) -> None:
        v2 = V2(started, started.date)
        job = v2.run(f"{sys.executable} -c 'while True: pass'")
        job.wait("Running")

        def usage() -> dict[str, list[float]]:
            answer = v2.call("GET", f"{job.path}/metrics/worker-0")
            found = answer.json()["metrics"] if answer.status_code == 200 else []
            return {one["metric"]: one["value"] for one in found}

        def a_minute_later() -> dict[str, list[float]]:
            started.now += 60
            return usage()

        def busy() -> bool:
            found = a_minute_later()
            return bool(found) and found["memUsage"][-1] > 0 and found["cpuUsage"][-1] > 0

        def with_a_pause() -> Any:
            return usage()["cpuUsage"][-3:-1] == [-1, -1] and usage()

        assert usage() == {}
        until(busy, "a minute in which the task had a processor")
        started.now += 180
        paused = until(with_a_pause, "a pause")
        assert 0 <= paused["cpuUsage"][-1] <= 100
        assert len(paused["cpuUsage"]) == len(paused["memUsage"])
        assert paused["gpuUtil"] == paused["npuMemUsage"] == []
        job.terminate()
        job.wait("Terminated")
        assert usage() == paused
        started.now = time.time()  # of the vendor's client, which knows no other
        request = vendor.ShowTrainingJobMetricsRequest(training_job_id=job.id, task_id="worker-0")
        told = vendor_client(started).show_training_job_metrics(request).metrics
        assert {one.metric: one.value for one in told} == paused

    in_process(tmp_path / "root", scenario, heartbeat=0.05)


def test_without_psutil_the_usage_is_not_known_and_one_line_says_why(tmp_path: Path) -> None:
    (tmp_path / "psutil.py").write_text("raise ImportError")
    search = f"PYTHONPATH={tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    with running_service(tmp_path / "root", launcher=("env", search)) as running:
        job = V2(running).run("true")
        job.wait("Completed")
        assert job.v2.call("GET", f"{job.path}/metrics/worker-0").status_code == 204
    (line,) = running.words.read_text().splitlines()
    assert "not measured without psutil" in line


# ---- profiles -----------------------------------------------------------------------------------


def test_a_profile_is_a_name_and_what_differs() -> None:
    assert profile_of("default") == Profile() == PROFILES["default"]
    assert profile_of("alt,offset=item,window=7").pages is False
    for wrong in ("", "none", "default,", "default,window=0", "default,lines=odd", "alt,x=1"):
        with pytest.raises(ValueError, match="no such"):
            profile_of(wrong)
