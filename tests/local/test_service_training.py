"""Training jobs: created, run for real, listed, stopped, deleted."""

from __future__ import annotations

import itertools
import os
from typing import Any

import pytest
from running_service import RunningService, Training, descendants, none_left, until

FOREVER = "import time\nprint('started', flush=True)\ntime.sleep(600)\n"
JOBS = "/training-jobs"
_numbers = itertools.count()


def fresh(stem: str = "job") -> str:
    return f"{stem}-{next(_numbers)}"


@pytest.fixture(scope="module")
def config(service: RunningService) -> dict[str, Any]:
    """A job that ends at once."""
    return service.write_code("print('done')\n")


@pytest.fixture(scope="module")
def done(service: RunningService) -> Training:
    """A job with two finished versions."""
    parameter = [{"label": "lr", "value": 0.01}]
    job = service.train("finished", "print('done')", parameter=parameter, train_url="/bucket/out/")
    job.wait(10)
    config = service.write_code("print('again')")
    body = {"config": {**config, "pre_version_id": job.version_id}, "job_desc": "described"}
    made = service.succeed("POST", job.job_path + "/versions", json=body)
    second = Training(service, made["job_id"], made["version_id"])
    second.wait(10)
    return second


# ---- running ------------------------------------------------------------------------------------


def test_a_created_job_says_what_it_is(service: RunningService, config: dict[str, Any]) -> None:
    name = fresh()
    made = service.succeed("POST", JOBS, json={"job_name": name, "config": config})
    assert made["is_success"] is True
    assert (made["job_name"], made["status"], made["version_name"]) == (name, 1, "V0001")
    assert {type(made[field]) for field in ("job_id", "version_id", "create_time")} == {int}
    assert made["resource_id"]


def test_a_program_sees_its_arguments_and_folders(service: RunningService) -> None:
    bucket = service.root / "obs" / "bucket"
    (bucket / "data").mkdir(parents=True, exist_ok=True)
    (bucket / "data" / "x.txt").write_text("数据", encoding="utf-8")
    source = (
        "import argparse, os, pathlib\n"
        "p = argparse.ArgumentParser()\n"
        "for n in ('lr', 'name', 'flag', 'none', 'data_url', 'train_url'):\n"
        "    p.add_argument('--' + n)\n"
        "a = p.parse_args()\n"
        "print(a.lr, a.name, a.flag, repr(a.none), os.getcwd())\n"
        "print(pathlib.Path(a.data_url, 'x.txt').read_text(encoding='utf-8'))\n"
        "pathlib.Path(a.train_url, 'model').write_text('trained')\n"
    )
    parameter = [
        {"label": "lr", "value": 0.01},
        {"label": "name", "value": "a b=c; 'é'"},
        {"label": "flag", "value": True},
        {"label": "none", "value": None},
    ]
    job = service.train(
        fresh(),
        source,
        parameter=parameter,
        data_url="/bucket/data/",
        train_url="/bucket/new/deep/out/",
    )
    assert job.wait() == 10
    assert job.log().splitlines() == [
        f"0.01 a b=c; 'é' true '' {service.root}/obs/bucket/code",
        "数据",
        "[Modelarts Service Log]Training completed.",
    ]
    assert (bucket / "new" / "deep" / "out" / "model").read_text() == "trained"


def test_the_data_may_be_given_as_a_source(service: RunningService) -> None:
    (service.root / "obs" / "bucket" / "data").mkdir(parents=True, exist_ok=True)
    source = [{"type": "obs", "data_url": "/bucket/data/"}]
    job = service.train(fresh(), "import sys; print(sys.argv[1])", data_source=source)
    job.wait(10)
    assert job.log().startswith(f"--data_url={service.root}/obs/bucket/data\n")
    assert job.info()["data_source"] == source


def test_output_is_in_the_log_at_once(service: RunningService) -> None:
    source = (
        "import sys, time\nprint('out')\nprint('err', file=sys.stderr)\n"
        "print('no end of line', end='')\ntime.sleep(600)\n"
    )
    job = service.train(fresh(), source)
    until(lambda: job.has_logged("no end of line"), "what was printed")
    assert job.log() == "out\nerr\nno end of line"
    assert job.status() == 8
    service.succeed("POST", job.path + "/stop")
    job.wait(12)
    assert job.log() == "out\nerr\nno end of line\n[Modelarts Service Log]Training stopped.\n"


def test_every_worker_has_a_rank_and_a_log(service: RunningService) -> None:
    names = ["RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "DLS_TASK_INDEX", "DLS_TASK_NUMBER"]
    source = (
        f"import os\nprint(*[os.environ[n] for n in {names}])\nprint(os.environ['MASTER_PORT'])"
    )
    name = fresh()
    job = service.train(name, source, worker_server_num=3)
    assert job.log_files() == [f"job-{name}.{i}" for i in range(3)]
    job.wait(10)
    ports = set()
    for i in range(3):
        first, port, _ = job.log(i).splitlines()
        assert first == f"{i} 0 3 127.0.0.1 {i} 3"
        ports.add(port)
    assert len(ports) == 1


def test_the_exit_code_decides(service: RunningService) -> None:
    job = service.train(fresh(), "raise SystemExit(3)")
    assert job.wait() == 11
    assert job.log() == "[Modelarts Service Log]Training failed, exit code 3.\n"


def test_a_worker_that_fails_ends_the_others(service: RunningService) -> None:
    source = (
        "import os, sys, time\n"
        "if os.environ['RANK'] == '1':\n    sys.exit('broken')\n"
        "time.sleep(600)\n"
    )
    job = service.train(fresh(), source, worker_server_num=2)
    assert job.wait() == 11
    assert job.log(1) == "broken\n[Modelarts Service Log]Training failed, exit code 1.\n"
    assert job.info()["duration"] < 60_000


def test_a_program_that_cannot_be_started_says_why(service: RunningService) -> None:
    job = service.train(fresh(), "", parameter=[{"label": "long", "value": "x" * 200_000}])
    assert job.wait() == 11
    assert "[Modelarts Service Log]Training cannot be started: " in job.log()
    assert "too long" in job.log()


def test_a_boot_file_that_vanished_meanwhile_is_a_failed_job(own_service: RunningService) -> None:
    fillers = [own_service.train(f"filler-{i}", FOREVER) for i in range(8)]
    for filler in fillers:
        until(lambda filler=filler: filler.has_logged("started"), "a filler")
    waiting = own_service.train("waiting", "print('never')")
    for path in (own_service.root / "obs" / "bucket" / "code").iterdir():
        path.unlink()
    own_service.succeed("POST", fillers[0].path + "/stop")
    assert waiting.wait() == 11
    assert "cannot be started: Invalid OBS path" in waiting.log()


def test_a_job_moves_through_its_statuses(service: RunningService) -> None:
    job = service.train(fresh(), FOREVER)
    seen = [1]
    while seen[-1] not in {10, 11, 12}:
        status = until(lambda: (now := job.status()) != seen[-1] and now)
        seen.append(status)
        if status == 8:
            until(lambda: job.has_logged("started"))
            service.succeed("POST", job.path + "/stop")
    assert seen in ([1, 7, 8, 9, 12], [1, 8, 9, 12], [1, 7, 8, 12], [1, 8, 12])


def test_a_stop_ends_all_processes_of_a_job(own_service: RunningService) -> None:
    source = (
        "import os, subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print('started', flush=True)\ntime.sleep(600)\n"
    )
    job = own_service.train("family", source, worker_server_num=2)
    until(lambda: job.has_logged("started"))
    started = descendants(own_service.process.pid)
    own_service.succeed("POST", job.path + "/stop")
    assert job.wait() == 12
    none_left(started)


def test_the_duration_grows_while_it_runs_and_then_stays(service: RunningService) -> None:
    job = service.train(fresh(), FOREVER)
    job.wait(8)
    first = job.info()["duration"]
    until(lambda: job.info()["duration"] > first, "a longer duration")
    service.succeed("POST", job.path + "/stop")
    job.wait(12)
    last = job.info()
    assert last["duration"] == job.info()["duration"] > first
    assert last["create_time"] <= last["start_time"]


def test_only_some_jobs_run_at_once(own_service: RunningService) -> None:
    quota = own_service.get(JOBS)["quotas"]
    jobs = [own_service.train(f"job-{i}", FOREVER) for i in range(quota + 2)]
    for job in jobs[:quota]:
        job.wait(8)
    assert [job.status() for job in jobs[quota:]] == [7, 7]
    assert jobs[-1].info()["start_time"] is None
    own_service.succeed("POST", jobs[-1].path + "/stop")
    assert jobs[-1].status() == 12
    own_service.succeed("POST", jobs[0].path + "/stop")
    jobs[quota].wait(8)


# ---- reading ------------------------------------------------------------------------------------


def test_a_version_is_described(service: RunningService, done: Training) -> None:
    info = done.info()
    assert (info["job_id"], info["version_id"]) == (done.job_id, done.version_id)
    assert (info["job_name"], info["version_name"], info["status"]) == ("finished", "V0002", 10)
    assert info["pre_version_id"] == done.version_id - 1
    assert info["spec_code"] == info["flavor_code"] == "modelarts.vm.cpu.2u"
    assert info["engine_name"] == "TensorFlow"
    assert info["system_metric_list"]["interval"] == 1
    assert info["model_metric_list"] == "{}"


def test_the_versions_of_a_job_are_listed(service: RunningService, done: Training) -> None:
    listed = service.get(done.job_path + "/versions")
    assert (listed["job_name"], listed["job_desc"]) == ("finished", "described")
    assert listed["version_count"] == 2
    assert [version["version_name"] for version in listed["versions"]] == ["V0002", "V0001"]
    first = listed["versions"][1]
    assert first["train_url"] == "/bucket/out/"
    assert first["parameter"] == [{"label": "lr", "value": 0.01}]
    assert isinstance(first["system_metric_list"], str)


def test_versions_are_paged_only_when_asked(service: RunningService, done: Training) -> None:
    def names(**query: Any) -> list[str]:
        listed = service.get(done.job_path + "/versions", **query)
        return [version["version_name"] for version in listed["versions"]]

    assert names(per_page=1) == ["V0002", "V0001"]
    assert names(per_page=1, page=1) == ["V0002"]
    assert names(per_page=1, page=2) == ["V0001"]
    assert names(per_page=1, page=3) == []


def test_a_list_shows_the_newest_version(service: RunningService, done: Training) -> None:
    (job,) = service.get(JOBS, search_content="FINISH")["jobs"]
    assert job["job_id"] == done.job_id
    assert job["version_id"] == done.version_id
    assert (job["version_count"], job["status"], job["job_desc"]) == (2, 10, "described")


@pytest.fixture(scope="module")
def listed(service: RunningService, config: dict[str, Any]) -> list[str]:
    names = [f"listed-{letter}" for letter in "cabed"]
    for name in names:
        body = {"job_name": name, "job_desc": name[::-1], "config": config, "workspace_id": "7"}
        made = service.succeed("POST", JOBS, json=body)
        Training(service, made["job_id"], made["version_id"]).wait(10)
    return names


def names_of(service: RunningService, **query: Any) -> list[str]:
    answer = service.get(JOBS, **{"workspace_id": "7", **query})
    return [job["job_name"] for job in answer["jobs"]]


@pytest.mark.parametrize("spelling", ["sortBy", "sort_by"])
def test_a_list_is_sorted_as_asked(
    service: RunningService, listed: list[str], spelling: str
) -> None:
    assert names_of(service) == sorted(listed)
    assert names_of(service, order="desc") == sorted(listed, reverse=True)
    assert names_of(service, **{spelling: "create_time"}) == listed
    assert names_of(service, **{spelling: "create_time", "order": "desc"}) == listed[::-1]
    for field in ("job_desc", "status", "duration", "version_count", "engine_type", "job_id"):
        assert set(names_of(service, **{spelling: field})) == set(listed)


def test_a_list_is_paged(service: RunningService, listed: list[str]) -> None:
    pages = [names_of(service, per_page=2, page=page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [name for page in pages for name in page] == sorted(listed)
    answer = service.get(JOBS, per_page=2, workspace_id="7")
    assert answer["job_total_count"] == 5
    assert answer["job_count_limit"] < 1000


def test_a_list_is_filtered(service: RunningService, listed: list[str]) -> None:
    assert names_of(service, status="10") == sorted(listed)
    assert names_of(service, status="8") == []
    assert names_of(service, search_content="-a ") == ["listed-a"]
    assert names_of(service, search_content="%") == []
    assert names_of(service, workspace_id="8") == []


@pytest.mark.parametrize(
    "query",
    [
        {"per_page": 0},
        {"per_page": 1001},
        {"per_page": "many"},
        {"page": 0},
        {"page": 65536},
        {"page": "1e3"},
        {"sortBy": "password"},
        {"sort_by": "job_name; DROP TABLE training_job"},
        {"order": "up"},
        {"status": "3|5"},
        {"status": "running"},
        {"status": "-1"},
        {"status": "9" * 30},
        {"search_content": "x" * 101},
        {"workspace_id": "x" * 65},
    ],
)
def test_a_list_refuses_what_is_not_documented(
    service: RunningService, query: dict[str, Any]
) -> None:
    assert service.refuse("GET", JOBS, params=query) == (400, "ModelArts.0104")


# ---- changing -----------------------------------------------------------------------------------


def test_a_description_can_be_changed(service: RunningService, config: dict[str, Any]) -> None:
    job = service.train(fresh(), "")
    service.succeed("PUT", job.job_path, json={"job_desc": "新的说明 \N{GRINNING FACE}"})
    assert job.info()["job_desc"] == "新的说明 \N{GRINNING FACE}"
    for body in ({}, {"job_desc": None}, {"job_desc": 1}, {"job_desc": "x" * 257}):
        assert service.refuse("PUT", job.job_path, json=body) == (400, "ModelArts.0104")


def test_a_name_is_taken_until_its_job_is_deleted(
    service: RunningService, config: dict[str, Any]
) -> None:
    name = fresh()
    job = service.train(name, "")
    body = {"job_name": name, "config": config}
    answer = service.call("POST", JOBS, json=body)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "ModelArts.0103")
    assert answer.json()["error_message"] == f"Job name:{name} is existed"
    job.wait()
    service.succeed("DELETE", job.job_path)
    assert service.succeed("POST", JOBS, json=body)["job_id"] > job.job_id


def test_version_names_are_never_used_again(service: RunningService, config: Any) -> None:
    job = service.train(fresh(), "")
    job.wait()

    def another() -> Training:
        body = {"config": {**config, "pre_version_id": job.version_id}}
        made = service.succeed("POST", job.job_path + "/versions", json=body)
        return Training(service, made["job_id"], made["version_id"])

    second = another()
    second.wait()
    service.succeed("DELETE", second.path)
    assert another().info()["version_name"] == "V0003"
    assert service.get(job.job_path + "/versions")["version_count"] == 2


def test_a_new_version_needs_one_of_the_same_job(
    service: RunningService, done: Training, config: dict[str, Any]
) -> None:
    other = service.train(fresh(), "")
    path = other.job_path + "/versions"
    for wrong in (None, done.version_id, 10**9, "x", True):
        body = {"config": {**config, "pre_version_id": wrong}}
        assert service.refuse("POST", path, json=body) == (400, "ModelArts.0104")


def test_deleting_removes_versions_logs_and_processes(own_service: RunningService) -> None:
    job = own_service.train("deleted", FOREVER)
    until(lambda: job.has_logged("started"))
    started = descendants(own_service.process.pid)
    own_service.succeed("DELETE", job.job_path)
    for method, path in (("GET", job.path), ("GET", job.path + "/log/file-names")):
        assert own_service.refuse(method, path) == (404, "ModelArts.0015")
    assert own_service.get(JOBS)["job_total_count"] == 0
    none_left(started)
    until(lambda: not os.listdir(own_service.root / "logs" / "training"), "the end of the logs")


def test_a_job_goes_with_its_last_version(service: RunningService) -> None:
    job = service.train(fresh(), "")
    job.wait()
    service.succeed("DELETE", job.path)
    assert service.refuse("GET", job.job_path + "/versions") == (404, "ModelArts.0015")


def test_only_what_waits_or_runs_can_be_stopped(service: RunningService, done: Training) -> None:
    answer = service.call("POST", done.path + "/stop")
    assert (answer.status_code, answer.json()["error_code"]) == (400, "ModelArts.0105")
    assert answer.json()["error_message"] == "This job can't be stop. job status: 10"


def test_what_is_being_stopped_can_neither_be_stopped_nor_deleted(service: RunningService) -> None:
    source = (
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('started', flush=True)\ntime.sleep(600)\n"
    )
    job = service.train(fresh(), source)
    until(lambda: job.has_logged("started"))
    service.succeed("POST", job.path + "/stop")
    assert job.status() == 9
    for method, path in (
        ("POST", job.path + "/stop"),
        ("DELETE", job.path),
        ("DELETE", job.job_path),
    ):
        answer = service.call(method, path).json()
        assert answer["error_message"].endswith("job status: 9")
        assert answer["error_code"] == "ModelArts.0105"
    assert job.wait() == 12


@pytest.mark.parametrize("body", [b"", b"null", b"{}"])
def test_a_stop_needs_no_body(service: RunningService, body: bytes) -> None:
    job = service.train(fresh(), FOREVER)
    headers = {"Content-Type": "application/json"}
    service.succeed("POST", job.path + "/stop", data=body, headers=headers)
    assert job.wait() == 12


@pytest.mark.parametrize("what", ["PATH", "PATH/versions", "PATH/versions/VERSION"])
@pytest.mark.parametrize("number", [10**9, 10**17])
def test_an_unknown_id_is_not_found(
    service: RunningService, done: Training, what: str, number: int
) -> None:
    path = what.replace("PATH", f"{JOBS}/{number}").replace("VERSION", str(done.version_id))
    method = "DELETE" if what == "PATH" else "GET"
    assert service.refuse(method, path) == (404, "ModelArts.0015")


@pytest.mark.parametrize("text", ["x", "-1", "1.0", "%2e%2e", "%00", "9" * 30, "%C3%A9", "٣"])
def test_an_id_is_a_number(service: RunningService, text: str) -> None:
    assert service.refuse("DELETE", f"{JOBS}/{text}") == (400, "ModelArts.0104")


# ---- validation ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"job_name": None},
        {"job_name": ""},
        {"job_name": "x" * 65},
        {"job_name": "with space"},
        {"job_name": "名字"},
        {"job_name": "name\n"},
        {"job_name": 7},
        {"job_desc": "x" * 257},
        {"job_desc": ["x"]},
        {"workspace_id": 0},
        {"config": None},
        {"config": []},
        {"notification": "x"},
    ],
)
def test_a_job_has_to_be_described_properly(
    service: RunningService, config: dict[str, Any], change: dict[str, Any]
) -> None:
    body = {"job_name": fresh(), "config": config, **change}
    assert service.refuse("POST", JOBS, json=body) == (400, "ModelArts.0104")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"worker_server_num": None}, "0104"),
        ({"worker_server_num": 0}, "0104"),
        ({"worker_server_num": 9}, "0104"),
        ({"worker_server_num": "two"}, "0104"),
        ({"worker_server_num": True}, "0104"),
        ({"worker_server_num": 1.5}, "0104"),
        ({"app_url": None}, "0104"),
        ({"boot_file_url": None}, "0104"),
        ({"boot_file_url": "/bucket/other/boot.py"}, "0104"),
        ({"boot_file_url": "/bucket/code/missing.py"}, "0404"),
        ({"boot_file_url": "/bucket/code/"}, "0404"),
        ({"app_url": "/nowhere/", "boot_file_url": "/nowhere/x.py"}, "2606"),
        ({"app_url": "/nowhere/a/", "boot_file_url": "/nowhere/a/x.py"}, "0404"),
        ({"spec_id": None}, "0104"),
        ({"spec_id": 99}, "0104"),
        ({"spec_id": None, "flavor": {"code": "no.such.flavor"}}, "0104"),
        ({"spec_id": None, "flavor": "modelarts.vm.cpu.2u"}, "0104"),
        ({"engine_id": None}, "0104"),
        ({"engine_id": 99}, "0104"),
        ({"model_id": 1}, "0104"),
        ({"user_image_url": "image"}, "0104"),
        ({"user_command": "ls"}, "0104"),
        ({"dataset_id": "x", "dataset_version_id": "y"}, "0104"),
        ({"create_version": False}, "0104"),
        ({"create_version": "no"}, "0104"),
        ({"data_url": "/bucket/missing/"}, "0404"),
        ({"data_url": "/bucket/code/", "data_source": [{"data_url": "/bucket/code/"}]}, "0104"),
        ({"data_source": [{"type": "dataset", "dataset_id": "x"}]}, "0104"),
        ({"data_source": [{"type": "obs"}]}, "0104"),
        ({"data_source": [{"data_url": "/bucket/code/"}] * 2}, "0104"),
        ({"train_url": "/bucket/"}, "2606"),
        ({"log_url": "/bucket"}, "2606"),
        ({"parameter": {"label": "lr"}}, "0104"),
        ({"parameter": [1]}, "0104"),
        ({"parameter": [{"value": 1}]}, "0104"),
        ({"parameter": [{"label": "a b"}]}, "0104"),
        ({"parameter": [{"label": "a=b"}]}, "0104"),
        ({"parameter": [{"label": ""}]}, "0104"),
        ({"parameter": [{"label": "a", "value": [1]}]}, "0104"),
        ({"parameter": [{"label": "a", "value": "\0"}]}, "0104"),
        ({"volumes": "x"}, "0104"),
    ],
)
def test_a_config_has_to_be_possible(
    service: RunningService, config: dict[str, Any], change: dict[str, Any], code: str
) -> None:
    body = {"job_name": fresh(), "config": {**config, **change}}
    assert service.refuse("POST", JOBS, json=body) == (400, "ModelArts." + code)


@pytest.mark.parametrize(
    "change",
    [
        {"worker_server_num": "1", "engine_id": "10", "spec_id": "1"},
        {"spec_id": None, "flavor": {"code": "modelarts.vm.cpu.8u"}},
        {"spec_id": None, "pool_id": "pool"},
        {"train_url": "/bucket/out", "log_url": "/logs/any/"},
        {"unknown_field": {"of": ["the", "future"]}},
        {"parameter": []},
        {"volumes": [{"nfs": {"id": "1"}}]},
    ],
)
def test_what_the_documents_allow_is_accepted(
    service: RunningService, config: dict[str, Any], change: dict[str, Any]
) -> None:
    change = {**change, **({"engine_id": "6"} if "engine_id" in change else {})}
    body = {"job_name": fresh(), "config": {**config, **change}}
    made = service.succeed("POST", JOBS, json=body)
    assert Training(service, made["job_id"], made["version_id"]).wait() == 10


# ---- catalogue ----------------------------------------------------------------------------------


def test_flavors_and_engines_are_listed(service: RunningService) -> None:
    flavors = service.get("/job/resource-specs", job_type="train", engine_id=0, project_type=0)
    assert flavors["spec_total_count"] == len(flavors["specs"])
    assert "modelarts.vm.cpu.2u" in {spec["spec_code"] for spec in flavors["specs"]}
    assert {"spec_id", "core", "cpu", "gpu_num", "gpu_type", "max_num"} <= set(flavors["specs"][0])
    engines = service.get("/job/ai-engines", job_type="train")["engines"]
    assert {"engine_type", "engine_name", "engine_id", "engine_version"} == set(engines[0])
    assert {"TensorFlow", "PyTorch"} <= {engine["engine_name"] for engine in engines}
    for path in ("/job/resource-specs", "/job/ai-engines"):
        assert service.refuse("GET", path, params={"job_type": "x"}) == (400, "ModelArts.0104")


# ---- the other profile --------------------------------------------------------------------------


def test_the_other_profile_shows_the_other_forms(alt_service: RunningService) -> None:
    config = alt_service.write_code("print('done')")
    answer = alt_service.call("POST", JOBS, json={"job_name": "job", "config": config})
    made = answer.json()
    assert "is_success" not in made
    assert {type(made[name]) for name in ("job_id", "version_id", "status", "create_time")} == {str}
    job = Training(alt_service, made["job_id"], made["version_id"])
    assert job.wait() == 10
    refused = alt_service.call("POST", job.path + "/stop")
    assert refused.status_code == 200
    assert refused.json() == {
        "is_success": False,
        "error_code": "ModelArts.0105",
        "error_msg": "This job can't be stop. job status: 10",
    }
    assert alt_service.call("GET", JOBS, auth=lambda request: request).status_code == 401
