"""Jobs by API v2 of the embedded service: what the vendor's client asks, and what it is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkmodelarts import v1 as vendor
from lab import Lab
from running_service import RunningService, StartedService, in_process, running_service, until
from v2_calls import FLAVOR, V2, Job, new_job, numbers, vendor_client

PYTHON = sys.executable
BAD_PATHS = [
    "obs://bucket/../outside/",
    "obs://bucket/./code/",
    "/bucket/..//x/",
    "obs:///etc/",
    "file:///etc/",
    "https://bucket/x/",
    "obs://bucket/no-slash",
    "obs://bucket/link/",
    "obs://bucket/root-link/",
    "obs://bucket/" + "a" * 300 + "/",
    "obs://bucket/\x7f/",
    "obs://B/x/",
]


@pytest.fixture(scope="module")
def v2(service: RunningService) -> V2:
    return V2(service)


@pytest.fixture(scope="module")
def failed(v2: V2) -> Job:
    """A job of two tasks, of which the second fails twice."""
    fail = f'test $RANK = 0 || {PYTHON} -c "1/0" || exit 3; sleep 600'
    job = v2.run(fail, 2, metadata={"annotations": {"fault-tolerance/job-retry-num": "1"}})
    job.wait("Failed")
    return job


def wait_for(client: Any, uuid: str, phase: str) -> Any:
    request = vendor.ShowTrainingJobDetailsRequest(training_job_id=uuid)
    until(lambda: client.show_training_job_details(request).status.phase == phase, phase)
    return client.show_training_job_details(request)


# ---- by the vendor's client -------------------------------------------------------------------


def test_the_vendors_client_takes_a_job_from_its_creation_to_its_end(client: Any) -> None:
    body = new_job("sleep 600", 2, name="whole-life", metadata={"description": "before"})
    made = client.create_training_job(vendor.CreateTrainingJobRequest(body=body))
    uuid = made.metadata.id
    assert (made.status.phase, made.status.duration, made.status.start_time) == ("Creating", 0, 0)
    assert made.status.tasks == ["worker-0", "worker-1"]
    assert wait_for(client, uuid, "Running").metadata.name == "whole-life"
    tasks = vendor.ListTrainingJobTasksRequest(training_job_id=uuid)
    assert [one.task for one in client.list_training_job_tasks(tasks).body] == made.status.tasks
    change = {"description": "after"}
    client.change_training_job_description(
        vendor.ChangeTrainingJobDescriptionRequest(training_job_id=uuid, body=change)
    )
    stages = vendor.ListTrainingJobStagesRequest(training_job_id=uuid)
    assert client.list_training_job_stages(stages).total_count == 1
    stop = vendor.StopTrainingJobRequest(training_job_id=uuid, body={"action_type": "terminate"})
    assert client.stop_training_job(stop).status.phase == "Terminating"
    assert wait_for(client, uuid, "Terminated").metadata.description == "after"
    client.delete_training_job(vendor.DeleteTrainingJobRequest(training_job_id=uuid))
    with pytest.raises(ClientRequestException) as gone:
        wait_for(client, uuid, "")
    assert (gone.value.status_code, gone.value.error_code) == (400, "ModelArts.2775")


def test_the_vendors_client_reads_what_can_be_asked_for(client: Any) -> None:
    flavors = client.show_training_job_flavors(vendor.ShowTrainingJobFlavorsRequest())
    assert FLAVOR in [one.flavor_id for one in flavors.flavors]
    gpus = vendor.ShowTrainingJobFlavorsRequest(flavor_type="GPU")
    assert client.show_training_job_flavors(gpus).flavors == []
    engines = client.show_training_job_engines(vendor.ShowTrainingJobEnginesRequest())
    assert "PyTorch" in {one.engine_name for one in engines.items}


def test_the_vendors_client_asks_whether_a_name_is_taken(client: Any, failed: Job) -> None:
    name = failed.made["metadata"]["name"]
    for asked, is_taken in ((name, True), ("free", False)):
        request = vendor.ValidateTrainingJobNameRequest(job_name=asked)
        assert client.validate_training_job_name(request).is_duplicate is is_taken


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """Seven jobs of two kinds in several phases, created one after the other."""
    with running_service(tmp_path_factory.mktemp("many") / "root") as running:
        v2 = V2(running)
        for number in range(5):
            v2.run("true", name=f"quick-{number}").wait("Completed")
        v2.run("exit 1", name="Broken").wait("Failed")
        running.succeed(
            "POST",
            "/visualization-jobs",
            json={"job_name": "board", "train_url": "/bucket/runs/"},
        )
        yield running


FILTERS = [
    ("name", "like", ["QUICK"], 5),
    ("name", "like", ["%"], 0),
    ("name", "in", ["quick-1", "Broken"], 2),
    ("name", "not", ["quick-1", "Broken"], 5),
    ("name", "eq", ["board"], 1),
    ("phase", "in", ["Failed"], 1),
    ("phase", "not", ["Completed", "Failed"], 1),
    ("kind", "in", ["visualization_job"], 1),
    ("kind", "in", ["job"], 6),
    ("create_time", "between", ["0", "9999999999999"], 7),
    ("create_time", "between", ["0", "1"], 0),
    ("user_name", "in", ["local-user"], 7),
    ("user_id", "in", ["nobody"], 0),
    ("algorithm_name", "like", ["x"], 0),
    ("runtime_type", "in", ["debug"], 0),
    ("", "", [""], 7),  # as in a sample of the vendor
]


@pytest.mark.parametrize(("key", "operator", "value", "count"), FILTERS)
def test_the_vendors_client_lists_with_a_filter(
    many: RunningService, key: str, operator: str, value: list[str], count: int
) -> None:
    body = vendor.JobSearches(filters=[vendor.Filter(key=key, operator=operator, value=value)])
    found = vendor_client(many).list_training_jobs(vendor.ListTrainingJobsRequest(body=body))
    assert (found.total, found.count, len(found.items)) == (7, count, count)


def test_filters_are_combined_and_an_empty_body_asks_for_all(many: RunningService) -> None:
    v2 = V2(many)
    both = [("name", "like", ["quick"]), ("phase", "in", ["Failed"])]
    filters = [{"key": key, "operator": op, "value": value} for key, op, value in both]
    assert v2.search(filters=filters)["items"] == []
    everything = v2.call("POST", "/training-job-searches").json()
    assert everything == {**v2.search(), "items": everything["items"]}
    assert vendor_client(many).list_training_jobs(vendor.ListTrainingJobsRequest()).count == 7
    assert v2.search(workspace_id="1" * 32)["total"] == 0


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("profile", ["default", "alt"])
def test_paging_by_items_and_by_pages_shows_each_job_once(
    many: RunningService, tmp_path: Path, profile: str, order: str
) -> None:
    step = 3 if profile == "default" else 1

    def ask(service: RunningService) -> None:
        client, ids = vendor_client(service), list[str]()
        whole = V2(service).search(limit=50, order=order)["items"]
        for offset in range(0, 3 * step, step):
            body = vendor.JobSearches(offset=offset, limit=3, order=order)
            found = client.list_training_jobs(vendor.ListTrainingJobsRequest(body=body))
            assert (found.offset, found.limit, found.count) == (offset, 3, len(whole))
            ids.extend(item.metadata.id for item in found.items)
        assert ids == [item["metadata"]["id"] for item in whole]

    if profile == "default":
        ask(many)
        return
    with running_service(tmp_path / "root", "--profile", profile) as paged:
        v2 = V2(paged)
        for _ in range(5):
            v2.run("true")
        ask(paged)


# ---- one store for both generations -------------------------------------------------------------


def test_each_version_of_api_v1_is_a_job_of_api_v2(service: RunningService, v2: V2) -> None:
    training = service.train("seen-by-both", "print('first')", train_url="/bucket/out/")
    training.wait(10)
    config = {**service.write_code("print('second')"), "pre_version_id": training.version_id}
    service.succeed("POST", training.job_path + "/versions", json={"config": config})
    names = ["seen-by-both-V0002", "seen-by-both"]
    filters = [{"key": "name", "operator": "in", "value": names}]
    items = v2.search(filters=filters)["items"]
    assert [item["metadata"]["name"] for item in items] == names
    first = Job(v2, items[1])
    shown = first.wait("Completed")
    assert shown["algorithm"]["code_dir"] == "obs://bucket/code/"
    assert shown["algorithm"]["outputs"][0]["remote"]["obs"]["obs_url"] == "obs://bucket/out/"
    taken = new_job("true", name=names[0])
    assert v2.refuse("POST", "/training-jobs", json=taken) == (400, "2751")


def test_a_job_of_api_v2_is_one_version_of_api_v1(service: RunningService, v2: V2) -> None:
    job = v2.run("echo from v2", name="made-by-v2")
    job.wait("Completed")
    listed = service.get("/training-jobs", search_content="made-by-v2")["jobs"]
    assert [(one["status"], one["version_count"]) for one in listed] == [(10, 1)]
    path = f"/training-jobs/{listed[0]['job_id']}/versions/{listed[0]['version_id']}"
    version = service.get(path)
    assert version["user_command"] == "echo from v2"
    assert version["user_image_url"] == "org/image:1"
    assert "from v2\n" in service.get(path + "/log", log_file="job-made-by-v2.0")["log"]
    service.succeed("DELETE", path)
    assert v2.refuse("GET", job.path) == (400, "2775")


def test_a_uuid_is_made_of_the_store_and_the_version_and_never_changes(tmp_path: Path) -> None:
    with running_service(tmp_path / "root") as first:
        uuid = V2(first).run("true").id
    with running_service(tmp_path / "root") as second:
        assert V2(second).job(uuid).id == uuid


def test_both_generations_see_the_example_of_the_lab(tmp_path: Path) -> None:
    with Lab(tmp_path / "lab") as lab:
        lab.start_service()
        lab.submit_example()
        keys = json.loads(Path(lab.service["credentials_file"]).read_text())
        reach = SimpleNamespace(
            endpoint=lab.service["endpoint"], address=lab.service, credentials=keys
        )
        v2, v1 = V2(reach), V2(reach)
        v1.base = v1.base.replace("/v2/", "/v1/")
        (listed,) = v1.get("/training-jobs")["jobs"]
        (found,) = v2.search()["items"]
        job = Job(v2, found)
        assert found["metadata"]["name"] == listed["job_name"] == "example-training"
        assert found["algorithm"]["code_dir"] == "obs://example-bucket/spirals/code/"
        path = f"/training-jobs/{listed['job_id']}/versions/{listed['version_id']}/log"
        text = v1.get(path, log_file="job-example-training.0", start_byte=0)["log"]
        assert text
        assert job.text().startswith(text[:100])
        job.terminate()


# ---- what a job runs ----------------------------------------------------------------------------


def test_a_command_gets_parameters_folders_and_variables(service: RunningService, v2: V2) -> None:
    (service.root / "obs" / "data" / "in").mkdir(parents=True)
    body = new_job(
        'echo "$@" >seen; pwd; echo $SEED; cp seen $MODEL/seen; echo',
        algorithm={
            "parameters": [{"name": "epochs", "value": 2}, {"name": "on", "value": True}],
            "environments": {"SEED": "$HOME and 1"},
            "inputs": [{"name": "data", "remote": {"obs": {"obs_url": "/data/in/"}}}],
            "outputs": [
                {
                    "name": "MODEL",
                    "access_method": "env",
                    "remote": {"obs": {"obs_url": "obs://data/model/"}},
                }
            ],
        },
    )
    body["algorithm"]["command"] = "run() { " + body["algorithm"]["command"] + ' "$@"; }; run'
    job = v2.create(body)
    shown = job.wait("Completed")
    assert shown["algorithm"] == body["algorithm"]  # as it was sent
    seen = (service.root / "obs" / "data" / "model" / "seen").read_text()
    assert seen == f"--epochs=2 --on=true --data={service.root}/obs/data/in\n"


def test_code_with_an_engine_runs_its_boot_file(service: RunningService, v2: V2) -> None:
    config = service.write_code("import sys; print('code', sys.argv[1:])")
    code = {
        "code_dir": "obs:/" + config["app_url"],
        "boot_file": config["boot_file_url"],
        "engine": {"engine_name": "PyTorch", "engine_version": "PyTorch-1.4.0-python3.6"},
    }
    job = v2.run("", algorithm={**code, "command": None})
    job.wait("Completed")
    by_id = {**code, "engine": {"engine_id": "pytorch-1.4.0-python3.6"}, "command": "ls"}
    v2.run("", algorithm=by_id).wait("Completed")


def test_a_task_that_fails_ends_the_job_and_tells_why(failed: Job) -> None:
    status = failed.info()["status"]
    (culprit,) = status["task_statuses"]
    assert (culprit["task"], culprit["exit_code"]) == ("worker-1", 3)
    assert culprit["message"].startswith("Traceback (most recent call last):")
    assert culprit["message"].endswith("ZeroDivisionError: division by zero")


def test_a_failed_job_is_started_again_as_often_as_was_asked(v2: V2, failed: Job) -> None:
    first, last = failed.info()["status"]["running_records"]
    assert first["end_reason"].endswith("ZeroDivisionError: division by zero")
    assert (first["end_related_task"], first["end_recover"]) == ("worker-1", "job_reschedule")
    assert first["start_at"] <= first["end_at"] <= last["start_at"] <= last["end_at"]
    assert "end_reason" not in last
    counts = [
        [task["schedule_count"] for task in v2.get(failed.path + "/tasks", **query)]
        for query in ({}, {"schedule_count": "1"}, {"schedule_count": "3"})
    ]
    assert counts == [[2, 2], [1, 1], []]
    assert v2.get(failed.path + "/stages")["total_count"] == 2


def test_a_signal_is_told_as_a_container_tells_it(v2: V2) -> None:
    (status,) = v2.run("kill -9 $$").wait("Failed")["status"]["task_statuses"]
    assert status["exit_code"] == 137


def test_what_cannot_be_started_is_abnormal(service: RunningService, v2: V2) -> None:
    config = service.write_code("print('gone')", "/bucket/vanishing/")
    filler = [v2.run("sleep 600") for _ in range(8)]
    code = {"code_dir": config["app_url"], "boot_file": config["boot_file_url"]}
    engine = {"engine": {"engine_id": "pytorch-1.4.0-python3.6"}, "command": ""}
    job = v2.run("", algorithm={**code, **engine})
    assert job.wait("Pending")["status"]["secondary_phase"] == "Queuing"
    for file in (service.root / "obs" / "bucket" / "vanishing").iterdir():
        file.unlink()
    for one in filler:
        one.terminate()
    status = job.wait("Abnormal")["status"]
    assert (status["secondary_phase"], status["running_records"]) == ("CreateFailed", [])


def test_what_runs_when_the_service_dies_is_lost(own_service: RunningService) -> None:
    job = V2(own_service).run("sleep 600")
    job.wait("Running")
    own_service.kill()
    with running_service(own_service.root) as again:
        status = V2(again).job(job.id).info()["status"]
        assert (status["phase"], status["secondary_phase"]) == ("Abnormal", "Lost")


def test_a_stop_by_itself_and_a_restart_by_hand(tmp_path: Path) -> None:
    def scenario(started: StartedService) -> None:
        v2 = V2(started, started.date)
        stop = {"auto_stop": {"time_unit": "HOURS", "duration": 2}}
        job = v2.run("sleep 600", spec=stop)
        assert job.wait("Running")["spec"]["auto_stop"] == stop["auto_stop"]
        started.now += 2 * 3600 - 30
        assert job.phase() == "Running"
        started.now += 31
        job.wait("Terminated")
        again = v2.call("POST", job.path + "/actions", json={"action_type": "restart"})
        assert again.status_code == 202
        assert len(job.wait("Running")["status"]["running_records"]) == 2
        told = [event["message"] for event in v2.get(job.path + "/events", order="asc")["events"]]
        run = ["[worker-0] started.", "Job running."]
        end = ["Job terminating.", "[worker-0] ended. Exit code 143.", "Job terminated."]
        assert told == ["Job created.", "Job queued.", *run, *end, "Job queued.", *run]

    in_process(tmp_path / "root", scenario)


def test_a_job_that_runs_can_be_deleted(v2: V2) -> None:
    job = v2.run("sleep 600")
    job.wait("Running")
    answer = v2.call("DELETE", job.path, json={})
    assert (answer.status_code, answer.content) == (202, b"")
    assert v2.refuse("GET", job.path) == (400, "2775")


def test_a_description_is_changed_without_an_answer(v2: V2, failed: Job) -> None:
    answer = v2.call("PUT", failed.path, json={"description": "é" * 256, "spec": {}})
    assert (answer.status_code, answer.json()) == (200, None)
    assert failed.info()["metadata"]["description"] == "é" * 256


# ---- refusals -----------------------------------------------------------------------------------

UNKNOWN = "/training-jobs/99999999-0000-4000-8000-000000000000"
FOUND_WRONG = {"filters": [{"key": "name", "operator": "in", "value": ["x"]}] * 21}
SEARCHES = [
    ({"limit": 0}, "2788"),
    ({"limit": 51}, "2788"),
    ({"offset": -1}, "2788"),
    ({"offset": 2**63}, "2788"),
    ({"order": "up"}, "2788"),
    ({"sort_by": "name; DROP TABLE job"}, "2790"),
    ({"filters": [{"key": "id", "value": ["x"]}]}, "2807"),
    ({"filters": [{"key": "name", "operator": "matches", "value": ["x"]}]}, "2808"),
    ({"filters": [{"key": "name", "operator": "between", "value": ["1", "2"]}]}, "2808"),
    ({"filters": [{"key": "phase", "value": ["Sleeping"]}]}, "2809"),
    ({"filters": [{"key": "name", "value": ["x"] * 11}]}, "2809"),
    ({"filters": [{"key": "name", "value": [{}]}]}, "2809"),
    ({"filters": [{"key": "create_time", "operator": "between", "value": ["1"]}]}, "2809"),
    ({"filters": [{"key": "create_time", "operator": "between", "value": ["1", "x"]}]}, "2809"),
    ({"filters": FOUND_WRONG["filters"] * 500}, "2788"),
    (FOUND_WRONG, "2788"),
    ({"filters": "all"}, "2788"),
]


@pytest.mark.parametrize(("body", "code"), SEARCHES)
def test_a_search_that_breaks_a_rule_is_refused(v2: V2, body: Any, code: str) -> None:
    assert v2.refuse("POST", "/training-job-searches", json=body) == (400, code)


def change(body: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        body = body.setdefault(parent, {})
    body[last] = value


CREATIONS = [
    ("kind", "ftjob", "2788"),
    ("metadata.name", None, "2788"),
    ("metadata.name", "a/b", "2788"),
    ("metadata.name", "a" * 65, "2788"),
    ("metadata.description", "a" * 257, "2788"),
    ("algorithm.id", "x", "2755"),
    ("algorithm.code_dir", "obs://bucket/none/", "2757"),
    ("algorithm.boot_file", "obs://bucket/none/x.py", "2758"),
    ("algorithm.engine", {}, "2806"),
    ("algorithm.engine", {"engine_id": "none"}, "2780"),
    ("algorithm.engine", {"image_url": "x", "engine_id": "y"}, "2810"),
    ("algorithm.command", "", "2806"),
    ("algorithm.environments", {"A-B": "1"}, "2788"),
    ("algorithm.environments", {"A": "x" * 4097}, "2788"),
    ("algorithm.environments", {f"A{n}": "" for n in range(101)}, "2788"),
    ("algorithm.environments", {"A": "\0"}, "2788"),
    ("algorithm.parameters", [{"name": "a b", "value": ""}], "2788"),
    ("spec.resource", {}, "2763"),
    ("spec.resource.flavor_id", "none", "2781"),
    ("spec.resource.node_count", 0, "2793"),
    ("spec.resource.node_count", 9, "2793"),
    ("spec.auto_stop", {"time_unit": "DAYS", "duration": 1}, "2788"),
    ("spec.auto_stop", {"time_unit": "HOURS", "duration": 0}, "2788"),
    ("metadata.annotations", {"fault-tolerance/job-retry-num": "-1"}, "2788"),
    ("metadata.annotations", {"fault-tolerance/job-retry-num": 3}, "2788"),
    ("algorithm.working_dir", "x" * 300_000, "2788"),
]


@pytest.mark.parametrize(("path", "value", "code"), CREATIONS)
def test_a_creation_that_breaks_a_rule_is_refused(v2: V2, path: str, value: Any, code: str) -> None:
    body = new_job("true")
    change(body, path, value)
    total = v2.search(limit=1)["total"]
    assert v2.refuse("POST", "/training-jobs", json=body) == (400, code)
    assert v2.search(limit=1)["total"] == total


def test_rules_are_checked_in_the_order_of_the_cloud(v2: V2, failed: Job) -> None:
    """Each thing that is put right lets the next one be the first that is wrong."""
    body: dict[str, Any] = {"kind": "x", "metadata": {"name": "/"}, "algorithm": {}, "spec": {}}
    name = f"in-order-{next(numbers)}"
    steps = [
        ("kind", "job", "2788"),
        ("metadata.name", failed.made["metadata"]["name"], "2788"),
        ("metadata.name", name, "2751"),
        ("algorithm.code_dir", "", "2757"),
        ("algorithm.engine", {"image_url": "i"}, "2757"),
        ("algorithm.command", "true", "2806"),
        ("spec.log_export_path", {"obs_url": "obs://bucket/no-slash"}, "2763"),
        ("spec.log_export_path", {}, "2791"),
        ("spec.resource", {"flavor_id": "none"}, "2763"),
        ("spec.resource", {"flavor_id": FLAVOR, "node_count": 100}, "2781"),
        ("spec.resource", {"flavor_id": FLAVOR}, "2793"),
    ]
    assert v2.refuse("POST", "/training-jobs", data=b"{") == (400, "2787")
    for path, value, code in steps:
        assert v2.refuse("POST", "/training-jobs", json=body) == (400, code), (path, value)
        change(body, path, value)
    v2.create(body).wait("Completed")


@pytest.fixture(scope="module")
def outside(service: RunningService) -> Path:
    folder = service.root.parent / "outside-v2"
    folder.mkdir()
    bucket = service.root / "obs" / "bucket"
    bucket.mkdir(exist_ok=True)
    for name, target in (("link", folder), ("root-link", service.root)):
        if not (bucket / name).is_symlink():
            (bucket / name).symlink_to(target)
    return folder


@pytest.mark.parametrize("url", BAD_PATHS)
def test_no_path_leads_out_of_the_buckets(v2: V2, outside: Path, url: str) -> None:
    channel = [{"name": "x", "remote": {"obs": {"obs_url": url}}}]
    for part, asked in (("inputs", channel), ("outputs", channel), ("code_dir", url)):
        status, code = v2.refuse(
            "POST", "/training-jobs", json=new_job("true", algorithm={part: asked})
        )
        assert (status, code) in {(400, "2791"), (400, "2757")}
    board = new_job("true", spec={"log_export_path": {"obs_url": url}})
    if "link" not in url:  # nothing is written there
        assert v2.refuse("POST", "/training-jobs", json=board) == (400, "2791")
    assert list(outside.iterdir()) == []


def test_unknown_jobs_paths_and_methods_are_told_apart(v2: V2, failed: Job) -> None:
    for path in (UNKNOWN, "/training-jobs/1", "/training-jobs/%00", "/training-jobs/a'--"):
        assert v2.refuse("GET", path) == (400, "2775")
        assert v2.refuse("DELETE", path) == (400, "2775")
    assert v2.refuse("GET", "/nothing") == (404, "2836")
    assert v2.refuse("GET", failed.path + "/nothing") == (404, "2836")
    assert v2.refuse("PATCH", failed.path) == (405, "2803")
    assert v2.refuse("GET", "/training-job-searches") == (405, "2803")


def test_actions_have_their_own_refusals(v2: V2, failed: Job) -> None:
    actions = failed.path + "/actions"
    answer = v2.call("POST", actions, json={"action_type": "pause"})
    assert answer.json() == {
        "error_code": "ModelArts.2788",
        "error_msg": "Invalid parameter(action_type must be one of [terminate restart]).",
    }
    assert v2.refuse("POST", actions, json={}) == (400, "2788")
    assert v2.refuse("POST", actions, json={"action_type": "terminate"}) == (409, "2796")
    running = v2.run("sleep 600")
    running.wait("Running")
    restart = {"action_type": "restart"}
    assert v2.refuse("POST", running.path + "/actions", json=restart) == (409, "2813")
    running.terminate()


def test_a_description_may_be_256_characters(v2: V2, failed: Job) -> None:
    assert v2.refuse("PUT", failed.path, json={"description": "a" * 257}) == (400, "2788")


def test_another_project_and_missing_keys_are_refused(service: RunningService, v2: V2) -> None:
    project = service.address["project_id"]
    other = V2(service)
    other.base = other.base.replace(project, "0" * len(project))
    refused = other.call("POST", "/training-job-searches")
    assert (refused.status_code, refused.json()["error_code"]) == (404, "ModelArts.2786")
    nobody = V2(service)
    nobody.auth = None
    without = nobody.call("POST", "/training-job-searches")
    assert (without.status_code, without.json()["error_code"]) == (401, "APIGW.0301")
    assert "request_id" in without.json()
