"""Estimator and TrainingJob: arguments, defaults on the wire, and results as documented."""

from __future__ import annotations

import inspect
from types import SimpleNamespace

import pytest
from fake_service import Hang, Reply, Reset, Then, refusal
from troubles import HAPPENINGS

from modelarts_magics.core.backoff import Backoff
from modelarts_magics.core.errors import (
    ConnectionFailedError,
    InvalidArgumentError,
    NotFoundError,
    ServiceError,
)
from modelarts_magics.core.http.transport import Limits
from modelarts_magics.estimator import Estimator, TrainingJob
from modelarts_magics.sdk.v1 import waiting
from modelarts_magics.session import Session

JOBS = "/v1/p/training-jobs"
VERSION = f"{JOBS}/10/versions/11"
OK = Reply({"is_success": True})
ENGINES = Reply(
    {
        "engines": [
            {"engine_id": 4, "engine_name": "PyTorch", "engine_version": "PyTorch-1.0.0-python3.6"},
            {"engine_id": 1, "engine_name": "TensorFlow", "engine_version": "TF-1.4.0-python2.7"},
        ]
    }
)
CREATED = Reply(
    {
        "is_success": True,
        "job_id": 10,
        "version_id": 11,
        "job_name": "named",
        "version_name": "V0001",
        "status": 1,
        "create_time": 1609121837000,
        "resource_id": "r",
    }
)


def described(**changes):
    arguments = {
        "train_instance_count": 1,
        "code_dir": "obs://bucket/src",
        "boot_file": "/bucket/src/boot.py",
        "output_path": "/bucket/output",
        "train_instance_type": "modelarts.vm.cpu.2u",
        "framework_type": "PyTorch",
        "framework_version": "PyTorch-1.0.0-python3.6",
    }
    return {**arguments, **changes}


@pytest.fixture
def job(session):
    return Estimator(session, job_id="10", version_id="11")


@pytest.fixture
def creation(notebook):
    notebook.on("GET", "/v1/p/job/ai-engines", ENGINES)
    notebook.on("POST", JOBS, CREATED)
    notebook.on("POST", f"{JOBS}/10/versions", CREATED)
    return notebook


# ---- names and defaults -------------------------------------------------------------------------

SIGNATURES = {
    "__init__": "modelarts_session train_instance_count code_dir boot_file model_name output_path"
    " hyperparameters log_url train_instance_type framework_type framework_version job_description"
    " user_image_url user_command environment job_id version_id",
    "fit": "inputs dataset_id dataset_version_id data_source wait job_name",
    "create_job_version": "job_id pre_version_id inputs dataset_id dataset_version_id data_source"
    " wait job_desc",
    "get_job_list": "modelarts_session status per_page page sortBy order search_content sort_by",
    "get_job_version_object_list": "is_show",
    "get_job_version_info": "",
    "get_job_info": "",
    "get_job_log_file_list": "",
    "get_job_log": "log_file start_byte offset",
    "stop_job_version": "",
    "delete_job_version": "",
    "delete_job_by_id": "modelarts_session job_id",
    "delete_job": "",
    "update_job_description": "description",
    "get_train_instance_types": "modelarts_session",
    "get_framework_list": "modelarts_session",
}


@pytest.mark.parametrize(("method", "names"), SIGNATURES.items())
def test_the_arguments_are_the_documented_ones_in_their_order(method, names):
    found = [n for n in inspect.signature(getattr(Estimator, method)).parameters if n != "self"]
    assert found == names.split()


def test_documented_defaults():
    log = inspect.signature(Estimator.get_job_log).parameters
    assert (log["start_byte"].default, log["offset"].default) == (0, 2048)
    assert inspect.signature(Estimator.fit).parameters["wait"].default is False
    assert inspect.signature(Estimator.get_job_list).parameters["order"].default == "desc"


# ---- fit ----------------------------------------------------------------------------------------


def test_fit_sends_what_was_described(creation, session):
    estimator = Estimator(
        session,
        **described(
            hyperparameters=[{"label": "epochs", "value": 5}],
            log_url="/bucket/log/",
            job_description="d",
        ),
    )
    made = estimator.fit(inputs="/bucket/data", job_name="named")
    assert creation.last.json == {
        "job_name": "named",
        "job_desc": "d",
        "config": {
            "worker_server_num": 1,
            "flavor": {"code": "modelarts.vm.cpu.2u"},
            "app_url": "/bucket/src/",
            "boot_file_url": "/bucket/src/boot.py",
            "parameter": [{"label": "epochs", "value": "5"}],
            "data_url": "/bucket/data/",
            "engine_id": 4,
            "train_url": "/bucket/output/",
            "log_url": "/bucket/log/",
        },
    }
    assert type(made) is TrainingJob
    assert (made.job_id, made.version_id, made.job_name) == ("10", "11", "named")
    assert (made.version_name, made.status, made.create_time) == ("V0001", 1, 1609121837000)
    assert (made.resource_id, made.is_success) == ("r", True)


def test_fit_makes_a_name_when_none_is_given(creation, session):
    Estimator(session, **described()).fit()
    assert creation.last.json["job_name"].startswith("job-")
    assert creation.last.json["config"].keys() & {"data_url", "log_url", "dataset_id"} == set()


DATA = {
    "data set": (
        {"dataset_id": "ds", "dataset_version_id": "dv"},
        {"dataset_id": "ds", "dataset_version_id": "dv"},
    ),
    "sources": (
        {"data_source": [{"type": "obs", "data_url": "/b/d/"}]},
        {"data_source": [{"type": "obs", "data_url": "/b/d/"}]},
    ),
}


@pytest.mark.parametrize(("arguments", "sent"), DATA.values(), ids=DATA)
def test_the_other_ways_to_name_the_data(creation, session, arguments, sent):
    Estimator(session, **described()).fit(**arguments)
    config = creation.last.json["config"]
    assert {name: config[name] for name in sent} == sent
    assert "data_url" not in config


def test_a_built_in_algorithm(creation, session):
    Estimator(session, **described(model_name="7", code_dir=None, boot_file=None)).fit()
    config = creation.last.json["config"]
    assert config["model_id"] == 7
    assert not config.keys() & {"app_url", "boot_file_url", "engine_id"}


def test_a_custom_image_with_an_environment(creation, session):
    Estimator(
        session,
        **described(user_image_url="swr/x:1", user_command="run", environment={"A": 1}),
    ).fit()
    config = creation.last.json["config"]
    assert (config["user_image_url"], config["user_command"]) == ("swr/x:1", "run")
    assert config["parameter"] == [{"label": "A", "value": "1"}]
    assert not config.keys() & {"app_url", "boot_file_url", "engine_id"}


BAD_FITS = {
    "no output": ({"output_path": None}, {}),
    "no flavor": ({"train_instance_type": None}, {}),
    "no code": ({"code_dir": None}, {}),
    "no script": ({"boot_file": None}, {}),
    "no framework": ({"framework_type": None}, {}),
    "no version": ({"framework_version": None}, {}),
    "no workers": ({"train_instance_count": None}, {}),
    "zero workers": ({"train_instance_count": 0}, {}),
    "half a worker": ({"train_instance_count": "0.5"}, {}),
    "local": ({"train_instance_type": "local"}, {}),
    "bucket root": ({"output_path": "/bucket/"}, {}),
    "long description": ({"job_description": "a" * 257}, {}),
    "broken parameters": ({"hyperparameters": [{"name": "a"}]}, {}),
    "parameters of texts": ({"hyperparameters": ["a=1"]}, {}),
    "model name": ({"model_name": "resnet"}, {}),
    "bad name": ({}, {"job_name": "my job"}),
    "long name": ({}, {"job_name": "a" * 65}),
    "bad inputs": ({}, {"inputs": "data"}),
    "inputs twice": ({}, {"inputs": "/b/d/", "dataset_id": "x", "dataset_version_id": "y"}),
    "half a data set": ({}, {"dataset_id": "x"}),
}


@pytest.mark.parametrize(("changes", "arguments"), BAD_FITS.values(), ids=BAD_FITS)
def test_fit_refuses_before_anything_is_sent(creation, session, changes, arguments):
    with pytest.raises(InvalidArgumentError):
        Estimator(session, **described(**changes)).fit(**arguments)
    assert creation.seen == []


def test_an_unknown_framework_is_named_with_near_ones_and_nothing_is_created(creation, session):
    estimator = Estimator(session, **described(framework_version="PyTorch-1.0.0"))
    with pytest.raises(InvalidArgumentError, match=r"PyTorch-1\.0\.0-python3\.6"):
        estimator.fit()
    assert {seen.method for seen in creation.seen} == {"GET"}


def test_a_refused_fit_raises(creation, session):
    creation.on("POST", JOBS, refusal("ModelArts.0103", "Job name:named is existed"))
    with pytest.raises(ServiceError, match="is existed"):
        Estimator(session, **described()).fit(job_name="named")


def test_a_new_version_of_a_job(creation, session):
    made = Estimator(session, **described()).create_job_version("10", "9", job_desc="again")
    assert creation.last.path == f"{JOBS}/10/versions"
    body = creation.last.json
    assert "job_name" not in body
    assert (body["job_desc"], body["config"]["pre_version_id"]) == ("again", 9)
    assert (made.job_id, made.version_id) == ("10", "11")


# ---- waiting ------------------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(waiting, "PAUSES", Backoff(0.0))


def status(code):
    return Reply({"job_id": 10, "version_id": 11, "status": code})


def test_fit_can_wait_and_shows_how_it_goes(creation, session, impatient, capsys):
    creation.on("GET", VERSION, *map(status, (1, 7, 8, 8, 10)))
    made = Estimator(session, **described()).fit(wait=True, job_name="named")
    assert made.status == 10
    shown = capsys.readouterr().out
    lines = [line.strip() for line in shown.split("\r")]
    for word in ("INIT", "WAITING", "RUNNING", "COMPLETED"):
        assert any(word in line for line in lines)
    assert all("named (10)" in line for line in lines[1:])
    assert shown.endswith("\n")


@pytest.mark.parametrize("code", [3, 5, 11, 12, 13, 14, 22])
def test_waiting_ends_with_every_final_status(creation, session, impatient, code):
    creation.on("GET", VERSION, status(8), status(code))
    assert Estimator(session, **described()).fit(wait=True).status == code


@pytest.mark.parametrize("code", [0, 77])
def test_waiting_survives_a_status_that_says_nothing(creation, session, impatient, code):
    creation.on("GET", VERSION, status(8), status(code), status(code), status(10))
    assert Estimator(session, **described()).fit(wait=True).status == 10


@pytest.mark.parametrize("happening", HAPPENINGS.values(), ids=HAPPENINGS)
def test_waiting_survives_trouble_that_passes(creation, session, impatient, happening):
    creation.on("GET", VERSION, status(8), happening.reply, status(10))
    if happening.is_transient:
        assert Estimator(session, **described()).fit(wait=True).status == 10
        return
    with pytest.raises(ServiceError):
        Estimator(session, **described()).fit(wait=True)


def test_waiting_ends_when_the_job_is_gone(creation, session, impatient):
    creation.on("GET", VERSION, status(8), refusal("ModelArts.0015", "no such job", 404))
    with pytest.raises(NotFoundError):
        Estimator(session, **described()).fit(wait=True)


@pytest.mark.parametrize("reply", [Hang(), status(8)], ids=["in a request", "between requests"])
def test_an_interrupt_leaves_the_job_alone_and_names_it(
    creation, session, capsys, interrupt, reply
):
    creation.on("GET", VERSION, status(8), Then(interrupt, reply))
    with pytest.raises(KeyboardInterrupt):
        Estimator(session, **described()).fit(wait=True, job_name="named")
    changes = [(seen.method, seen.path) for seen in creation.seen if seen.method != "GET"]
    assert changes == [("POST", JOBS)]
    shown = capsys.readouterr().out
    assert "Stopped waiting" in shown
    assert "job_id='10'" in shown
    assert "version_id='11'" in shown


# ---- queries ------------------------------------------------------------------------------------


def test_the_list_of_jobs(notebook, session):
    item = {"job_id": 10, "version_id": "11", "job_name": "n", "status": "8", "duration": 1}
    notebook.on("GET", JOBS, Reply({"jobs": [item], "job_total_count": 1, "quotas": 5}))
    found = Estimator.get_job_list(modelarts_session=session)
    assert found == {
        "is_success": True,
        "job_total_count": 1,
        "quotas": 5,
        "jobs": [{"job_id": 10, "version_id": 11, "job_name": "n", "status": 8, "duration": 1}],
    }
    assert notebook.last.query == {
        "per_page": "10",
        "page": "1",
        "sortBy": "job_name",
        "order": "desc",
    }


@pytest.mark.parametrize("spelling", ["sortBy", "sort_by"])
def test_the_list_of_jobs_with_all_its_arguments(notebook, session, spelling):
    notebook.on("GET", JOBS, Reply({"jobs": []}))
    Estimator.get_job_list(
        session, 8, 1000, 3, order="asc", search_content="日", **{spelling: "create_time"}
    )
    assert notebook.last.query == {
        "status": "8",
        "per_page": "1000",
        "page": "3",
        "sortBy": "create_time",
        "order": "asc",
        "search_content": "日",
    }


@pytest.mark.parametrize(
    "arguments",
    [
        {"per_page": 0},
        {"per_page": 1001},
        {"page": 0},
        {"order": "down"},
        {"search_content": "a" * 101},
        {"status": "running"},
    ],
)
def test_a_list_out_of_range_raises_before_anything_is_sent(notebook, session, arguments):
    with pytest.raises(InvalidArgumentError):
        Estimator.get_job_list(session, **arguments)
    assert notebook.seen == []


def test_a_description_of_the_job_and_of_its_version(notebook, job):
    data = {"job_id": "10", "job_name": "n", "versions": [{"version_id": "11"}], "x": 1}
    notebook.on("GET", f"{JOBS}/10/versions", Reply(data))
    notebook.on("GET", VERSION, Reply({"job_id": 10, "status": "8", "start_time": None, "x": 1}))
    assert job.get_job_info() == {
        "is_success": True,
        "job_id": 10,
        "job_name": "n",
        "versions": [{"version_id": 11}],
        "x": 1,
    }
    assert job.get_job_version_info() == {
        "is_success": True,
        "job_id": 10,
        "status": 8,
        "start_time": None,
        "x": 1,
    }


def test_the_versions_as_objects_are_shown_and_given(notebook, job, capsys):
    items = [
        {"version_id": 11, "version_name": "V0001", "status": 10, "create_time": 1609121837000},
        {"version_id": 12, "version_name": "V0002", "status": 8, "create_time": None},
    ]
    data = {"job_id": 10, "job_name": "named", "versions": items, "version_count": 2}
    notebook.on("GET", f"{JOBS}/10/versions", Reply(data))
    made = job.get_job_version_object_list()
    assert [(v.job_id, v.version_id, v.version_name, int(v.status)) for v in made] == [
        ("10", "11", "V0001", 10),
        ("10", "12", "V0002", 8),
    ]
    assert {v.job_name for v in made} == {"named"}
    shown = capsys.readouterr().out
    for word in ("named", "V0001", "COMPLETED (10)", "V0002", "RUNNING (8)"):
        assert word in shown
    job.get_job_version_object_list(is_show=False)
    assert capsys.readouterr().out == ""


def test_more_versions_than_a_page_holds(notebook, job):
    def page(first, count):
        items = [{"version_id": n} for n in range(first, first + count)]
        return Reply({"job_id": 10, "versions": items, "version_count": 230})

    notebook.on("GET", f"{JOBS}/10/versions", page(0, 100), page(100, 100), page(200, 30))
    made = job.get_job_version_object_list(is_show=False)
    assert [v.version_id for v in made] == [str(n) for n in range(230)]
    assert [seen.query["page"] for seen in notebook.seen] == ["1", "2", "3"]


def test_a_wrong_count_of_versions_does_not_loop(notebook, job):
    data = {"job_id": 10, "versions": [{"version_id": 1}], "version_count": 500}
    notebook.on("GET", f"{JOBS}/10/versions", Reply(data), Reply({**data, "versions": []}))
    assert len(job.get_job_version_object_list(is_show=False)) == 1


def test_names_that_are_printed_cannot_command_the_terminal(notebook, job, capsys):
    item = {"version_id": 1, "version_name": "V\x1b[2J\x07", "status": 8}
    data = {"job_id": 10, "job_name": "n\x1b]0;x\x07", "versions": [item]}
    notebook.on("GET", f"{JOBS}/10/versions", Reply(data))
    job.get_job_version_object_list()
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_the_names_of_log_files(notebook, job):
    notebook.on("GET", f"{VERSION}/log/file-names", Reply({"log_file_list": ["a.0", "a.1"]}))
    assert job.get_job_log_file_list() == {"log_file_list": ["a.0", "a.1"], "is_success": True}


def test_flavors_and_frameworks(notebook, session):
    notebook.on("GET", "/v1/p/job/ai-engines", ENGINES)
    specs = {"specs": [{"spec_code": "modelarts.vm.cpu.2u"}, {"spec_code": "gpu"}]}
    notebook.on("GET", "/v1/p/job/resource-specs", Reply(specs))
    assert Estimator.get_train_instance_types(session) == ["modelarts.vm.cpu.2u", "gpu"]
    assert Estimator.get_framework_list(session)[1] == {
        "framework_type": "TensorFlow",
        "framework_version": "TF-1.4.0-python2.7",
    }


# ---- logs ---------------------------------------------------------------------------------------


def test_a_slice_of_a_log_has_exactly_the_documented_keys(notebook, job):
    answer = {"is_success": True, "log": "日", "log_byte_count": 3, "end_byte": 8, "extra": 1}
    notebook.on("GET", f"{VERSION}/log", Reply(answer))
    assert job.get_job_log("f.0", start_byte=5, offset=3) == {
        "log": "日",
        "log_byte_count": 3,
        "end_byte": 8,
        "is_success": True,
    }
    assert notebook.last.query == {"log_file": "f.0", "start_byte": "5", "offset": "3"}


def test_a_log_in_the_newer_shape(notebook, job):
    answer = {"content": "a\n", "lines": "1", "start_line": 1551252759254000003, "end_line": "7"}
    notebook.on("GET", f"{VERSION}/log", Reply(answer))
    assert job.get_job_log("f.0") == {
        "content": "a\n",
        "lines": 1,
        "start_line": "1551252759254000003",
        "end_line": "7",
        "is_success": True,
    }


@pytest.mark.parametrize("start", [-1, 0, 2**40])
@pytest.mark.parametrize("offset", [-2048, 0, 2048])
def test_every_documented_slice_is_sent(notebook, job, start, offset):
    notebook.on("GET", f"{VERSION}/log", Reply({"log": "", "count": 0, "end_byte": 0}))
    assert job.get_job_log("f.0", start, offset)["is_success"] is True
    assert notebook.last.query["start_byte"] == str(start)
    assert notebook.last.query["offset"] == str(offset)


@pytest.mark.parametrize(
    "arguments",
    [
        ("f.0", -2, 2048),
        ("f.0", 0, 2049),
        ("f.0", 0, -2049),
        ("f.0", "0", 1),
        ("f.0", 0, 1.5),
        ("f.0", None, 1),
        ("", 0, 1),
        (None, 0, 1),
    ],
)
def test_a_slice_out_of_range_raises_before_anything_is_sent(notebook, job, arguments):
    with pytest.raises(InvalidArgumentError):
        job.get_job_log(*arguments)
    assert notebook.seen == []


# ---- changes ------------------------------------------------------------------------------------

CHANGES = {
    "stop_job_version": ("POST", f"{VERSION}/stop", (), None),
    "delete_job_version": ("DELETE", VERSION, (), None),
    "delete_job": ("DELETE", f"{JOBS}/10", (), None),
    "update_job_description": ("PUT", f"{JOBS}/10", ("新",), {"job_desc": "新"}),
}


@pytest.mark.parametrize("success", [{"is_success": True}, {}])
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_answers_with_is_success(notebook, job, name, success):
    method, path, arguments, body = CHANGES[name]
    notebook.on(method, path, Reply(success))
    assert getattr(job, name)(*arguments) == {"is_success": True}
    assert notebook.last.json == body


def test_a_job_is_deleted_by_its_id(notebook, session):
    notebook.on("DELETE", f"{JOBS}/10", OK)
    assert Estimator.delete_job_by_id(modelarts_session=session, job_id="10") == {
        "is_success": True
    }


ALL_DICTS = {
    **{name: arguments for name, (_m, _p, arguments, _b) in CHANGES.items()},
    "get_job_info": (),
    "get_job_version_info": (),
    "get_job_log_file_list": (),
    "get_job_log": ("f.0",),
}
REFUSALS = {
    "2021": Reply(
        {"is_success": False, "error_code": "ModelArts.0105", "error_message": "Error string"}, 400
    ),
    "2019": Reply(
        {"is_success": False, "error_code": "ModelArts.0105", "error_msg": "Error string"}, 409
    ),
    "with HTTP 200": Reply(
        {"is_success": False, "error_code": "ModelArts.0105", "error_msg": "Error string"}
    ),
}


@pytest.mark.parametrize("reply", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("name", ALL_DICTS)
def test_a_refusal_is_a_dict_of_exactly_three_keys(notebook, job, name, reply):
    notebook.script(reply)
    assert getattr(job, name)(*ALL_DICTS[name]) == {
        "is_success": False,
        "error_code": "ModelArts.0105",
        "error_msg": "Error string",
    }


def test_refused_class_methods(notebook, session):
    notebook.script(refusal("ModelArts.0104", "bad"))
    expected = {"is_success": False, "error_code": "ModelArts.0104", "error_msg": "bad"}
    assert Estimator.get_job_list(session) == expected
    assert Estimator.delete_job_by_id(session, "10") == expected
    for call in (Estimator.get_train_instance_types, Estimator.get_framework_list):
        with pytest.raises(ServiceError):
            call(session)


@pytest.mark.parametrize("name", ALL_DICTS)
def test_a_service_that_cannot_be_reached_raises(notebook, job, name):
    notebook.script(Reset())
    with pytest.raises(ConnectionFailedError):
        getattr(job, name)(*ALL_DICTS[name])


@pytest.mark.parametrize("name", ALL_DICTS)
def test_without_ids_the_error_says_how_to_give_them(notebook, session, name):
    with pytest.raises(InvalidArgumentError, match="job_id is not set"):
        getattr(Estimator(session), name)(*ALL_DICTS[name])
    assert notebook.seen == []


def test_a_version_is_needed_where_a_version_is_meant(notebook, session):
    with pytest.raises(InvalidArgumentError, match="version_id is not set"):
        Estimator(session, job_id="10").get_job_log("f.0")


@pytest.mark.parametrize("bad", ["../x", "1/2", ".."])
def test_an_odd_id_is_refused_before_anything_is_sent(notebook, session, bad):
    with pytest.raises(InvalidArgumentError, match="is not an id"):
        Estimator(session, job_id=bad, version_id="1").get_job_log("f.0")
    assert notebook.seen == []


def test_ids_may_be_numbers(notebook, session):
    notebook.on("GET", f"{VERSION}/log/file-names", Reply({"log_file_list": []}))
    assert Estimator(session, job_id=10, version_id=11).get_job_log_file_list()["is_success"]


# ---- sessions -----------------------------------------------------------------------------------


def test_an_official_session_is_accepted_wherever_ours_is(notebook):
    notebook.on("GET", JOBS.replace("/p/", "/theirs/"), Reply({"jobs": []}))
    theirs = SimpleNamespace(
        access_key="A", secret_key="s", security_token=None, region_name="r", project_id="theirs"
    )
    assert Estimator.get_job_list(theirs)["is_success"] is True
    assert "x-security-token" not in notebook.last.headers


def test_the_documented_attributes_of_a_session(notebook):
    session = Session(
        access_key="A", secret_key="s", project_id="q", region_name="cn-north-4", limits=Limits()
    )
    assert (session.access_key, session.secret_key, session.security_token) == ("A", "s", None)
    assert (session.project_id, session.region_name, session.user_id) == ("q", "cn-north-4", "")


def test_objects_show_who_they_are(session):
    assert repr(Estimator(session, job_id="1", version_id="2")) == (
        "Estimator(job_id='1', version_id='2')"
    )
