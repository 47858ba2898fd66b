"""Visualization jobs: each is a real TensorBoard, by the rules of the vendor's states."""

from __future__ import annotations

import itertools
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from running_service import (
    RunningService,
    StartedService,
    arguments_of,
    descendants,
    in_process,
    is_alive,
    none_left,
    until,
)

from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.local.engine import tensorboard

JOBS = "/visualization-jobs"
TRAIN_URL = "/bucket/events/"
_numbers = itertools.count()


def fresh() -> str:
    return f"viz-{next(_numbers)}"


def create(service: RunningService, **body: Any) -> str:
    """Create a job; returns its path."""
    (service.root / "obs" / "bucket").mkdir(exist_ok=True)
    body = {"job_name": fresh(), "train_url": TRAIN_URL, **body}
    return f"{JOBS}/{service.succeed('POST', JOBS, json=body)['job_id']}"


def status(service: RunningService, path: str) -> int:
    return int(service.get(path)["status"])


def wait(service: RunningService, path: str, wanted: int) -> dict[str, Any]:
    until(lambda: status(service, path) == wanted, f"{path} in status {wanted}")
    return service.get(path)


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=10).status_code == 200
    except requests.ConnectionError:
        return False


# ---- one life -----------------------------------------------------------------------------------


def test_a_job_lives_by_the_book(service: RunningService) -> None:
    started_before = descendants(service.process.pid)
    name = fresh()
    (service.root / "obs" / "bucket").mkdir(exist_ok=True)
    body = {"job_name": name, "train_url": TRAIN_URL, "job_desc": "curves"}
    made = service.succeed("POST", JOBS, json=body)
    assert set(made) == {"is_success", "job_id", "job_name", "status", "create_time"}
    assert (made["job_name"], made["status"]) == (name, 1)
    path = f"{JOBS}/{made['job_id']}"

    running = wait(service, path, 8)
    started = descendants(service.process.pid) - started_before
    assert running["train_url"] == TRAIN_URL
    assert (running["schedule"], running["remaining_duration"]) == ([], None)
    assert running["service_url"].startswith("http://127.0.0.1:")
    assert answers(running["service_url"])
    assert "TensorBoard" in requests.get(running["service_url"], timeout=10).text
    assert service.refuse("POST", path + "/restart") == (400, "ModelArts.0105")

    service.succeed("POST", path + "/stop")
    stopped = wait(service, path, 12)
    assert "service_url" not in stopped
    assert "failure_reason" not in stopped
    assert not answers(running["service_url"])
    assert not any(map(is_alive, started))
    assert stopped["duration"] == service.get(path)["duration"]

    service.succeed("POST", path + "/restart")
    again = wait(service, path, 8)
    assert answers(again["service_url"])
    service.succeed("DELETE", path)
    assert service.refuse("GET", path) == (404, "ModelArts.0015")
    until(lambda: not answers(again["service_url"]), "the end of the TensorBoard")


def test_a_tensorboard_that_dies_fails_its_job(service: RunningService) -> None:
    before = descendants(service.process.pid)
    path = create(service)
    wait(service, path, 8)
    started = descendants(service.process.pid) - before
    (board,) = (pid for pid in started if "tensorboard.main" in arguments_of(pid))
    os.kill(board, signal.SIGKILL)
    failed = wait(service, path, 11)
    assert failed["failure_reason"].startswith("TensorBoard ended with exit code -9.\n")
    assert "TensorBoard " in failed["failure_reason"].splitlines()[-1]
    assert not any(map(is_alive, started))
    service.succeed("POST", path + "/restart")
    assert "failure_reason" not in wait(service, path, 8)
    service.succeed("DELETE", path)


def test_why_it_cannot_write_what_it_prints_is_told(service: RunningService) -> None:
    path = create(service)
    wait(service, path, 8)
    service.succeed("POST", path + "/stop")
    wait(service, path, 12)
    number = path.rpartition("/")[2]
    log = service.root / "logs" / "visualization" / number / "tensorboard.log"
    log.unlink()
    log.mkdir()
    service.succeed("POST", path + "/restart")
    assert "Is a directory" in wait(service, path, 11)["failure_reason"]


def test_a_job_may_be_stopped_before_it_answers(service: RunningService) -> None:
    path = create(service)
    service.succeed("POST", path + "/stop")
    stopped = wait(service, path, 12)
    assert (stopped["duration"], stopped["remaining_duration"]) == (0, None)
    service.succeed("DELETE", path)


def test_a_job_may_be_deleted_before_it_answers(own_service: RunningService) -> None:
    path = create(own_service)
    started = descendants(own_service.process.pid)
    own_service.succeed("DELETE", path)
    none_left(started)
    until(lambda: not os.listdir(own_service.root / "logs" / "visualization"), "an empty folder")


def test_event_files_are_shown(service: RunningService) -> None:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    folder = service.root / "obs" / "bucket" / "curves"
    writer = EventFileWriter(str(folder))
    summary = Summary(value=[Summary.Value(tag="loss", simple_value=0.5)])
    writer.add_event(Event(wall_time=time.time(), step=1, summary=summary))
    writer.close()
    path = create(service, train_url="/bucket/curves/")
    url = wait(service, path, 8)["service_url"]
    scalars = url + "data/plugin/scalars/tags"
    until(lambda: "loss" in requests.get(scalars, timeout=10).text, "the curve")
    service.succeed("DELETE", path)


# ---- the state rules ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def puppet(service: RunningService) -> Iterator[tuple[RunningService, str]]:
    """A job whose state a test may set.

    Its folder then becomes a link that leads out of the object store: a restart that the state
    allows is refused for that, so that no TensorBoard has to start.
    """
    path = create(service, train_url="/bucket/puppet/")
    service.succeed("POST", path + "/stop")
    wait(service, path, 12)
    (service.root / "obs" / "bucket" / "puppet").symlink_to("/etc")
    yield service, path
    set_state(service, path, "ended", "stopped")
    service.succeed("DELETE", path)


# What the database says of a job, and the number that stands for it on the wire.
STATES = {
    ("accepted", None): 1,
    ("starting", None): 7,
    ("running", None): 8,
    ("ending", None): 9,
    ("ended", "completed"): 10,
    ("ended", "failed"): 11,
    ("ended", "not started"): 11,
    ("ended", "stopped"): 12,
    ("ended", "lost"): 14,
}


def set_state(service: RunningService, path: str, phase: str, ending: str | None) -> None:
    with sqlite3.connect(service.root / "modelarts.sqlite") as database:
        values = (phase, ending, path.rpartition("/")[2])
        where = "WHERE kind = 'visualization' AND number = ?"
        database.execute(f"UPDATE job SET phase = ?, ending = ? {where}", values)
    database.close()


@pytest.mark.parametrize("state", STATES)
def test_a_state_decides_what_may_be_done(
    puppet: tuple[RunningService, str], state: tuple[str, str | None]
) -> None:
    service, path = puppet
    code = STATES[state]
    rules = JobStatus(code)
    set_state(service, path, *state)
    assert status(service, path) == code
    restart = service.call("POST", path + "/restart").json()
    assert (restart["error_code"] == "ModelArts.0415") is rules.can_restart
    if not rules.can_restart:
        message = f"This job can't be resubmit. job status: {code}"
        assert (restart["error_code"], restart["error_message"]) == ("ModelArts.0105", message)
    stop = service.call("POST", path + "/stop").json()
    assert stop["is_success"] is rules.can_stop
    if not rules.can_stop:
        message = f"This job can't be stop. job status: {code}"
        assert (stop["error_code"], stop["error_message"]) == ("ModelArts.0105", message)


def test_what_is_being_stopped_cannot_be_deleted(puppet: tuple[RunningService, str]) -> None:
    service, path = puppet
    set_state(service, path, "ending", None)
    answer = service.call("DELETE", path)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "ModelArts.0105")
    assert answer.json()["error_message"] == "This job can't be delete. job status: 9"


# ---- validation ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"job_name": None}, "0104"),
        ({"job_name": ""}, "0104"),
        ({"job_name": "x" * 21}, "0104"),
        ({"job_name": "visualization job"}, "0104"),
        ({"job_name": "%%123"}, "0104"),
        ({"job_name": "任务"}, "0104"),
        ({"job_name": 7}, "0104"),
        ({"job_desc": "x" * 257}, "0104"),
        ({"job_desc": {}}, "0104"),
        ({"train_url": None}, "0104"),
        ({"train_url": ["/bucket/a/"]}, "0104"),
        ({"train_url": "bucket/dir/"}, "0104"),
        ({"train_url": "obs://bucket/dir/"}, "0104"),
        ({"train_url": ""}, "2608"),
        ({"train_url": "/bucket"}, "2606"),
        ({"train_url": "/bucket/"}, "2606"),
        ({"train_url": "/bucket//"}, "2606"),
        ({"train_url": "/bucket/with space/"}, "2608"),
        ({"train_url": "/bucket/目录/"}, "2608"),
        ({"train_url": "/bucket/{a}/"}, "2608"),
        ({"train_url": "/bucket/[a]/"}, "2608"),
        ({"train_url": "/bucket/a'b/"}, "2608"),
        ({"train_url": "/bucket/a\n/"}, "2608"),
        ({"train_url": "/BUCKET/dir/"}, "0406"),
        ({"train_url": "/bu/dir/"}, "0406"),
        ({"train_url": "/-bucket/dir/"}, "0406"),
        ({"train_url": "/" + "b" * 64 + "/dir/"}, "0406"),
        ({"job_type": "mindinsight"}, "0104"),
        ({"job_type": "other"}, "0104"),
        ({"flavor": "x"}, "0104"),
        ({"flavor": {"code": 1}}, "0104"),
        ({"schedule": "1h"}, "0104"),
        ({"schedule": [1]}, "0104"),
        ({"schedule": {"type": "stop", "time_unit": "HOURS"}}, "0104"),
        ({"schedule": {"type": "start", "time_unit": "HOURS", "duration": 1}}, "0104"),
        ({"schedule": {"type": "stop", "time_unit": "DAYS", "duration": 1}}, "0104"),
        ({"schedule": {"type": "stop", "time_unit": "HOURS", "duration": 0}}, "0104"),
        ({"schedule": {"type": "stop", "time_unit": "HOURS", "duration": 25}}, "0104"),
        ({"schedule": {"type": "stop", "time_unit": "HOURS", "duration": 1.5}}, "0104"),
        ({"schedule": [{"type": "stop", "time_unit": "HOURS", "duration": 1}] * 2}, "0104"),
    ],
)
def test_what_is_not_documented_is_refused(
    service: RunningService, change: dict[str, Any], code: str
) -> None:
    body = {"job_name": fresh(), "train_url": TRAIN_URL, **change}
    assert service.refuse("POST", JOBS, json=body) == (400, "ModelArts." + code)


def test_the_reason_of_a_refusal_is_readable(service: RunningService) -> None:
    def reason(**change: Any) -> str:
        body = {"job_name": fresh(), "train_url": TRAIN_URL, **change}
        return service.call("POST", JOBS, json=body).json()["error_message"]

    assert reason(train_url="/bucket/") == "/bucket/ should not be bucket"
    assert "does not support job_type mindinsight" in reason(job_type="mindinsight")
    assert reason(job_desc="x" * 257) == "The length of job desc should be in [0,256]"


@pytest.mark.parametrize(
    "schedule",
    [
        {"type": "stop", "time_unit": "HOURS", "duration": 2},
        [{"type": "stop", "time_unit": "HOURS", "duration": 2}],
        {"type": "stop", "timeUnit": "HOURS", "duration": "2"},
    ],
)
def test_a_schedule_comes_back_as_a_list(service: RunningService, schedule: Any) -> None:
    path = create(service, schedule=schedule)
    info = service.get(path)
    assert info["schedule"] == [{"type": "stop", "timeUnit": "HOURS", "duration": 2}]
    assert 0 < info["remaining_duration"] <= 2 * 3_600_000
    service.succeed("POST", path + "/stop")
    assert wait(service, path, 12)["remaining_duration"] is None
    service.succeed("DELETE", path)


@pytest.mark.parametrize(
    "change", [{"schedule": []}, {"schedule": None}, {"flavor": {"code": "any"}}, {"job_desc": ""}]
)
def test_what_is_optional_may_be_empty(service: RunningService, change: dict[str, Any]) -> None:
    service.succeed("DELETE", create(service, **change))


def test_a_name_is_taken_until_its_job_is_deleted(service: RunningService) -> None:
    path = create(service, job_name="taken")
    body = {"job_name": "taken", "train_url": TRAIN_URL}
    assert service.refuse("POST", JOBS, json=body) == (400, "ModelArts.0103")
    service.succeed("DELETE", path)
    service.succeed("DELETE", create(service, job_name="taken"))


def test_a_description_can_be_changed(service: RunningService) -> None:
    path = create(service)
    service.succeed("PUT", path, json={"job_desc": "新的说明"})
    assert service.get(path)["job_desc"] == "新的说明"
    for body in ({}, {"job_desc": 1}, {"job_desc": "x" * 257}):
        assert service.refuse("PUT", path, json=body) == (400, "ModelArts.0104")
    service.succeed("DELETE", path)


def test_an_unknown_job_is_not_found(service: RunningService) -> None:
    path = JOBS + "/999999"
    for method, suffix in (("GET", ""), ("DELETE", ""), ("POST", "/stop"), ("POST", "/restart")):
        assert service.refuse(method, path + suffix) == (404, "ModelArts.0015")
    assert service.refuse("PUT", path, json={"job_desc": ""}) == (404, "ModelArts.0015")
    answer = service.call("GET", JOBS + "/%25%25123")
    assert answer.json()["error_message"] == "Illegal name: %%123"


def test_jobs_are_listed_by_id_and_as_asked(own_service: RunningService) -> None:
    def names(**query: Any) -> list[str]:
        return [job["job_name"] for job in own_service.get(JOBS, **query)["jobs"]]

    for name in ("b", "a", "c"):
        path = create(own_service, job_name=name)
        own_service.succeed("POST", path + "/stop")
    wait(own_service, path, 12)
    assert names() == ["b", "a", "c"]
    assert names(order="desc") == ["c", "a", "b"]
    assert names(sortBy="job_name") == names(sort_by="job_name") == ["a", "b", "c"]
    for field in ("job_desc", "create_time", "status", "duration", "log_dir"):
        assert set(names(sortBy=field)) == {"a", "b", "c"}
    assert names(per_page=2, page=2) == ["c"]
    assert names(search_content="a") == ["a"]
    assert names(status="8") == []
    assert names(workspace_id="1") == []
    answer = own_service.get(JOBS)
    assert answer["job_total_count"] == 3
    assert answer["quotas"] > 0 < answer["job_count_limit"]
    assert own_service.refuse("GET", JOBS, params={"sortBy": "x"}) == (400, "ModelArts.0104")
    answer = own_service.call("GET", JOBS, params={"search_content": "x" * 101}).json()
    assert answer["error_message"] == "The length of search content should be in [0,100]"


def test_the_other_profile_answers_in_strings(alt_service: RunningService) -> None:
    body = {"job_name": "alt", "train_url": TRAIN_URL}
    made = alt_service.succeed("POST", JOBS, json=body)
    assert {type(made[name]) for name in ("job_id", "status", "create_time")} == {str}
    assert "is_success" not in made
    answer = alt_service.call("GET", JOBS + "/999")
    assert (answer.status_code, answer.json()["is_success"]) == (200, False)
    alt_service.succeed("DELETE", f"{JOBS}/{made['job_id']}")


# ---- with a clock of our own --------------------------------------------------------------------


def create_here(service: StartedService, **body: Any) -> str:
    body = {"job_name": "job", "train_url": TRAIN_URL, **body}
    return f"{JOBS}/{service.call('POST', JOBS, json=body)['job_id']}"


def test_a_scheduled_job_stops_by_itself(tmp_path: Path) -> None:
    def scenario(service: StartedService) -> None:
        schedule = {"type": "stop", "time_unit": "HOURS", "duration": 2}
        path = create_here(service, schedule=[schedule])
        assert service.wait(path, 8)["remaining_duration"] == 2 * 3_600_000
        service.now += 3600 * 1.5
        info = service.call("GET", path)
        assert (info["status"], info["remaining_duration"]) == (8, 1_800_000)
        service.now += 3600 * 0.5
        stopped = service.wait(path, 12)
        assert stopped["remaining_duration"] is None
        assert stopped["duration"] == 2 * 3_600_000
        service.call("POST", path + "/restart")
        assert service.wait(path, 8)["remaining_duration"] == 2 * 3_600_000

    in_process(tmp_path / "root", scenario)


def test_a_job_without_schedule_runs_on(tmp_path: Path) -> None:
    def scenario(service: StartedService) -> None:
        schedule = {"type": "stop", "time_unit": "HOURS", "duration": 24}
        path, limited = (
            create_here(service),
            create_here(service, job_name="limited", schedule=[schedule]),
        )
        for running in (path, limited):
            service.wait(running, 8)
        service.now += 3600 * 100
        service.wait(limited, 12)  # the service has looked at its clock
        info = service.call("GET", path)
        assert (info["status"], info["remaining_duration"]) == (8, None)

    in_process(tmp_path / "root", scenario)


def test_without_tensorboard_a_job_fails_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tensorboard, "find_spec", lambda _name: None)

    def scenario(service: StartedService) -> None:
        failed = service.wait(create_here(service), 11)
        assert 'pip install "modelarts-magics[local]"' in failed["failure_reason"]

    in_process(tmp_path / "root", scenario)


def test_a_tensorboard_that_does_not_answer_in_time_fails_its_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tensorboard, "STARTUP", 0.0)

    def scenario(service: StartedService) -> None:
        failed = service.wait(create_here(service), 11)
        reason = failed["failure_reason"]
        assert reason.startswith("TensorBoard did not answer within 0 seconds.")

    in_process(tmp_path / "root", scenario)
