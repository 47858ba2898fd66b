"""The face of API v2: arguments, defaults on the wire, and results as documented."""

from __future__ import annotations

import inspect
import json

import pytest
from training_cloud import ENGINE, FLAVOR, METRICS, TrainingCloud, session_of
from v2_service import JOB, Said, refused

from modelarts_magics import estimator, estimatorV2, train_params
from modelarts_magics.core import jobs, settling
from modelarts_magics.core.api.base import JobKind, JobRef
from modelarts_magics.core.backoff import Backoff
from modelarts_magics.core.logs import cadence
from modelarts_magics.errors import (
    ConflictError,
    InvalidArgumentError,
    OutcomeUnknownError,
    ServiceError,
    UnavailableError,
)
from modelarts_magics.estimatorV2 import JOB_STATE, Estimator, TrainingJob
from modelarts_magics.events import Finished, LogText
from modelarts_magics.sdk import logs
from modelarts_magics.train_params import InputData, OutputData, TrainingFiles

FILES = TrainingFiles("obs://bucket/code/", "train.py")
FRAMEWORK = {"framework_type": "PyTorch", "framework_version": "PyTorch-1.4.0-python3.6"}
LOST = {
    "gateway": Said(b"", 502),
    "page": Said(b"<html>"),
    "cut": Said(b'{"kind": "jo'),
    "no id": Said({"kind": "job"}),
}
PLACE = f"/v2/p/training-jobs/{JOB}"


@pytest.fixture
def cloud():
    return TrainingCloud()


@pytest.fixture
def session(cloud, monkeypatch):
    monkeypatch.setattr(settling, "BACKOFF", Backoff(first=0.0))
    with session_of(cloud.adapter) as made:
        yield made


class Clock:
    """Time that passes when somebody waits."""

    now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(cadence, "time", made)
    monkeypatch.setattr(logs, "time", made)
    return made


@pytest.fixture
def known(session):
    return Estimator(session, job_id=JOB)


def described(session, **changes):
    given = {"training_files": FILES, "train_instance_type": "modelarts.vm.cpu.2u", **FRAMEWORK}
    return Estimator(session, **{**given, **changes})


# ---- names, order and defaults: the tables of docs/api/v2-sdk.md --------------------------------

NONE = inspect.Parameter.empty
SIGNATURES = {
    (Estimator, "__init__"): "session job_id=None training_files=None framework_type=None "
    "framework_version=None user_image_url=None user_command=None outputs=None parameters=None "
    "train_instance_type=None train_instance_count=1 pool_id=None log_url=None "
    "job_description=None env_variables=None working_dir=None local_code_dir=None volumes=None "
    "annotations=None summary=None workspace_id=None **more",
    (Estimator, "fit"): "inputs=None wait=False job_name=None **more",
    (Estimator, "get_job_list"): "session offset=0 limit=50 sort_by='create_time' order='desc' "
    "group_by=None filters=None",
    (Estimator, "delete_job_by_id"): "session job_id",
    (Estimator, "control_job_by_id"): "session job_id",
    (Estimator, "get_train_instance_types"): "session",
    (Estimator, "get_framework_list"): "session",
    (TrainingJob, "get_job_info"): "",
    (TrainingJob, "update_job_configs"): "description",
    (TrainingJob, "delete_job"): "",
    (TrainingJob, "control_job"): "",
    (TrainingJob, "get_job_log"): "task_id='worker-0'",
    (TrainingJob, "get_job_metrics"): "task_id='worker-0'",
    (TrainingJob, "get_job_events"): "",
    (TrainingJob, "get_job_tasks"): "",
    (TrainingJob, "follow_job_log"): "task_id=None",
    (TrainingFiles, "__init__"): "code_dir boot_file",
    (InputData, "__init__"): "obs_path name local_path=None access_method=None",
    (OutputData, "__init__"): "obs_path name local_path=None access_method=None",
}
EXTENSIONS = ("annotations", "summary", "workspace_id")


def written(parameter):
    if parameter.kind is inspect.Parameter.VAR_KEYWORD:
        return f"**{parameter.name}"
    has_default = parameter.default is not NONE
    return f"{parameter.name}={parameter.default!r}" if has_default else parameter.name


@pytest.mark.parametrize(
    ("method", "words"),
    SIGNATURES.items(),
    ids=[f"{owner.__name__}.{n}" for owner, n in SIGNATURES],
)
def test_arguments_order_and_defaults_are_the_documented_ones(method, words):
    owner, name = method
    parameters = inspect.signature(getattr(owner, name)).parameters.values()
    assert [written(one) for one in parameters if one.name != "self"] == words.split()


def test_what_is_beyond_the_vendors_sdk_is_given_by_name_only():
    parameters = inspect.signature(Estimator).parameters
    assert {parameters[name].kind for name in EXTENSIONS} == {inspect.Parameter.KEYWORD_ONLY}


def test_the_public_modules_have_the_vendors_names():
    assert estimatorV2.__all__ == ["JOB_STATE", "Estimator", "TrainingJob"]
    assert train_params.__all__ == ["InputData", "OutputData", "TrainingFiles"]
    assert estimator.JOB_STATE is estimatorV2.JOB_STATE
    assert (JOB_STATE[8], JOB_STATE[10], JOB_STATE[12]) == ("RUNNING", "COMPLETED", "KILLED")


def test_a_made_job_and_a_handle_have_the_same_methods():
    methods = {name for name in vars(TrainingJob) if not name.startswith("_")}
    assert {name for name in methods if hasattr(Estimator, name)} == methods


# ---- fit ----------------------------------------------------------------------------------------


def test_fit_sends_all_that_was_described(cloud, session):
    made = described(
        session,
        outputs=[OutputData("obs://bucket/out", "train_url", "/home/ma-user/out", "env")],
        parameters=[{"name": "epochs", "value": 5}, {"name": "fast", "value": True}],
        train_instance_count=2,
        pool_id="pool-1",
        log_url="/bucket/logs",
        job_description="d",
        env_variables={"SEED": 1},
        working_dir="/home/w",
        local_code_dir="/home/c",
        volumes=[{"nfs": {"local_path": "/a", "nfs_server_path": "s:/", "read_only": False}}],
        annotations={"tensorboard/enable": True},
        summary={"log_type": "tensorboard"},
        workspace_id="w1",
    ).fit(inputs=[InputData("obs://bucket/data/", "data_url")], job_name="resnet-1")
    assert cloud.created == [
        {
            "kind": "job",
            "metadata": {
                "name": "resnet-1",
                "description": "d",
                "workspace_id": "w1",
                "annotations": {"tensorboard/enable": "true"},
            },
            "algorithm": {
                "code_dir": "obs://bucket/code/",
                "boot_file": "obs://bucket/code/train.py",
                "engine": {
                    "engine_name": "PyTorch",
                    "engine_version": "PyTorch-1.4.0-python3.6",
                },
                "parameters": [
                    {"name": "epochs", "value": "5"},
                    {"name": "fast", "value": "true"},
                ],
                "inputs": [
                    {"name": "data_url", "remote": {"obs": {"obs_url": "obs://bucket/data/"}}}
                ],
                "outputs": [
                    {
                        "name": "train_url",
                        "local_dir": "/home/ma-user/out",
                        "access_method": "env",
                        "remote": {"obs": {"obs_url": "obs://bucket/out/"}},
                    }
                ],
                "environments": {"SEED": "1"},
                "working_dir": "/home/w",
                "local_code_dir": "/home/c",
                "summary": {"log_type": "tensorboard"},
            },
            "spec": {
                "resource": {
                    "flavor_id": "modelarts.vm.cpu.2u",
                    "node_count": 2,
                    "pool_id": "pool-1",
                },
                "log_export_path": {"obs_url": "obs://bucket/logs/"},
                "volumes": [
                    {"nfs": {"local_path": "/a", "nfs_server_path": "s:/", "read_only": False}}
                ],
            },
        }
    ]
    assert type(made) is TrainingJob
    assert (made.job_id, made.job_name) == (cloud.jobs[0]["metadata"]["id"], "resnet-1")
    assert made.session is session


def test_what_was_not_given_is_not_sent(cloud, session):
    image = {"user_image_url": "org/x:1", "user_command": "run"}
    Estimator(session, train_instance_type="f", **image).fit()
    (body,) = cloud.created
    assert body.pop("metadata")["name"].startswith("job-")
    assert body == {
        "kind": "job",
        "algorithm": {"engine": {"image_url": "org/x:1"}, "command": "run"},
        "spec": {"resource": {"flavor_id": "f", "node_count": 1}},
    }


def test_a_generated_name_costs_no_look(cloud, session):
    described(session).fit()
    assert [one.method for one in cloud.asked] == ["POST"]


WRONG = {
    "no framework": {"framework_type": None, "framework_version": None},
    "half a framework": {"framework_version": None},
    "the other half": {"framework_type": None},
    "an image without a command": {"user_image_url": "org/x:1"},
    "no code": {"training_files": None},
    "code in a bucket that is none": {"training_files": TrainingFiles("", "train.py")},
    "code by its folder alone": {"training_files": "obs://bucket/code/"},
    "no script": {"training_files": TrainingFiles("obs://bucket/code/", "")},
    "no flavor": {"train_instance_type": None},
    "no machines": {"train_instance_count": 0},
    "half a machine": {"train_instance_count": 0.5},
    "outputs by their paths": {"outputs": ["obs://bucket/out/"]},
    "an output without a name": {"outputs": [OutputData("obs://bucket/out/", "")]},
    "another access": {"outputs": [OutputData("obs://bucket/out/", "o", None, "mount")]},
    "parameters of v1": {"parameters": [{"label": "epochs", "value": 5}]},
    "parameters as a text": {"parameters": "epochs=5"},
    "variables as a list": {"env_variables": [("A", "1")]},
    "volumes as a text": {"volumes": "/a"},
    "a long description": {"job_description": "d" * 257},
    "logs nowhere": {"log_url": "obs://"},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_what_makes_no_sense_is_refused_before_anything_is_sent(cloud, session, changes):
    with pytest.raises(InvalidArgumentError):
        described(session, **changes).fit(job_name="resnet-1")
    assert cloud.asked == []


@pytest.mark.parametrize("name", ["", "a b", "é", "a" * 65, 7])
def test_a_name_that_cannot_be_is_refused(cloud, session, name):
    with pytest.raises(InvalidArgumentError):
        described(session).fit(job_name=name)
    assert cloud.asked == []


def test_arguments_of_other_editions_are_named_and_not_sent(cloud, session):
    with pytest.warns(UserWarning, match="Estimator does not know cpu_limit"):
        estimator = described(session, cpu_limit=3)
    with pytest.warns(UserWarning, match="fit does not know tags"):
        estimator.fit(tags=["a"])
    assert "cpu_limit" not in json.dumps(cloud.created)


def test_a_refused_creation_is_raised(cloud, session):
    cloud.refused = [refused("2781")]
    with pytest.raises(ServiceError) as caught:
        described(session).fit()
    assert (caught.value.code, cloud.created) == ("ModelArts.2781", [])


# ---- exactly once -------------------------------------------------------------------------------


@pytest.mark.parametrize("has_names", [True, False])
@pytest.mark.parametrize("said", LOST.values(), ids=LOST)
@pytest.mark.parametrize("name", [None, "resnet-1"])
def test_a_lost_answer_makes_one_job_which_is_found_by_its_name(
    cloud, session, said, name, has_names
):
    cloud.lost, cloud.has_names = [said], has_names
    made = described(session).fit(job_name=name)
    assert len(cloud.created) == 1
    assert (made.job_id, made.job_name) == (
        cloud.jobs[0]["metadata"]["id"],
        cloud.created[0]["metadata"]["name"],
    )


def test_a_creation_that_had_no_effect_is_made_again(cloud, session):
    cloud.refused = [Said(b"", 502)]
    described(session).fit(job_name="resnet-1")
    assert len(cloud.created) == 1


def test_a_name_that_is_taken_after_a_lost_answer_is_the_same_job(cloud, session):
    """The first request arrives while its job is looked for."""
    body = []

    def late(asked):
        if not body:
            body.append(asked)
            return Said(b"", 502)
        cloud.make(body[0])
        return cloud.make(asked)

    cloud.answers = {"POST .*/training-jobs$": late, **cloud.answers}
    cloud.answers["POST .*/training-jobs$"] = late
    made = described(session).fit(job_name="resnet-1")
    assert (len(cloud.created), made.job_id) == (1, cloud.jobs[0]["metadata"]["id"])


@pytest.mark.parametrize("has_names", [True, False])
def test_a_job_that_was_there_before_is_not_taken_for_the_new_one(cloud, session, has_names):
    cloud.has_names = has_names
    with pytest.raises(ConflictError) as caught:
        described(session).fit(job_name="resnet")
    assert caught.value.code == "ModelArts.2751"
    cloud.refused = [Said(b"", 502)]
    with pytest.raises(UnavailableError):
        described(session).fit(job_name="resnet")
    assert cloud.created == []


def test_what_nobody_knows_says_how_to_find_out(cloud, session):
    cloud.refused = [Said(b"", 502)] * 9
    with pytest.raises(OutcomeUnknownError, match=r"job resnet-1 was made is not known.*%ma_log"):
        described(session).fit(job_name="resnet-1")


def test_who_may_create_but_not_list_creates(cloud, session):
    cloud.answers["GET .*/training-job-names$"] = lambda _asked: refused("2771")
    described(session).fit(job_name="resnet-1")
    assert len(cloud.created) == 1


# ---- jobs that are there ------------------------------------------------------------------------


def test_a_job_is_described_as_the_service_does(cloud, known):
    info = known.get_job_info()
    assert type(info) is dict
    assert info == cloud.jobs[0]
    assert info["status"]["phase"] == "Running"


def test_a_list_is_the_answer_and_asks_what_was_asked(cloud, session):
    filters = [{"key": "name", "operator": "like", "value": ["res"]}]
    listed = Estimator.get_job_list(
        session=session, offset=0, limit=2, order="asc", filters=filters
    )
    assert (listed["count"], listed["total"], len(listed["items"])) == (1, 5000, 1)
    assert cloud.asked[-1].json == {
        "offset": 0,
        "limit": 2,
        "sort_by": "create_time",
        "order": "asc",
        "filters": filters,
    }
    Estimator.get_job_list(session)
    assert cloud.asked[-1].json["limit"] == 50


@pytest.mark.parametrize(
    "arguments",
    [
        {"limit": 0},
        {"limit": 51},
        {"offset": -1},
        {"order": "up"},
        {"filters": "name"},
        {"filters": ["name"]},
        {"filters": [{"key": "name", "value": 7}]},
        {"filters": [{"key": "name", "value": ["a"] * 11}]},
    ],
)
def test_a_list_that_cannot_be_is_refused(cloud, session, arguments):
    with pytest.raises(InvalidArgumentError):
        Estimator.get_job_list(session, **arguments)
    assert cloud.asked == []


def test_changes_return_nothing_or_the_job(cloud, known, session, capsys):
    assert known.update_job_configs(description="new") is None
    assert cloud.jobs[0]["metadata"]["description"] == "new"
    assert known.control_job()["status"]["phase"] == "Terminating"
    assert Estimator.control_job_by_id(session, JOB)["metadata"]["id"] == JOB
    assert capsys.readouterr().out == f"Job {JOB} is told to stop\n" * 2
    assert cloud.asked[-1].json == {"action_type": "terminate"}
    assert known.delete_job() is None
    assert cloud.jobs == []


def test_a_job_is_deleted_by_its_id(cloud, session):
    assert Estimator.delete_job_by_id(session=session, job_id=JOB) is None
    assert (cloud.asked[-1].method, cloud.asked[-1].path) == ("DELETE", PLACE)


def test_what_jobs_run_on(session):
    assert Estimator.get_train_instance_types(session) == [FLAVOR]
    assert Estimator.get_framework_list(session) == [
        {"framework_type": ENGINE["engine_name"], "framework_version": ENGINE["engine_version"]}
    ]


def test_the_newest_part_of_a_log(cloud, known):
    empty = {"content": "", "current_size": 0, "full_size": 0}
    assert known.get_job_log() == empty
    cloud.early = "2818"
    assert known.get_job_log("worker-0") == empty
    cloud.logs["worker-0"], cloud.window = b"epoch 1\nepoch 2\n", 8
    assert known.get_job_log() == {"content": "epoch 2\n", "current_size": 8, "full_size": 16}


def test_metrics_are_the_answer_and_none_before_the_first(cloud, known):
    assert known.get_job_metrics() == {"metrics": METRICS}
    for early in (Said(status=204), refused("2777")):
        cloud.metrics = early
        assert known.get_job_metrics() == {"metrics": []}


REFUSED = {
    "get_job_info": lambda job: job.get_job_info(),
    "get_job_log": lambda job: job.get_job_log(),
    "get_job_metrics": lambda job: job.get_job_metrics(),
    "update_job_configs": lambda job: job.update_job_configs("d"),
    "control_job": lambda job: job.control_job(),
    "control_job_by_id": lambda job: Estimator.control_job_by_id(job.session, JOB),
    "delete_job": lambda job: job.delete_job(),
    "delete_job_by_id": lambda job: Estimator.delete_job_by_id(job.session, JOB),
    "get_job_list": lambda job: Estimator.get_job_list(job.session),
}
RAISED = {
    "get_job_events": lambda job: job.get_job_events(),
    "get_job_tasks": lambda job: job.get_job_tasks(),
    "get_train_instance_types": lambda job: Estimator.get_train_instance_types(job.session),
    "get_framework_list": lambda job: Estimator.get_framework_list(job.session),
}
REFUSAL = {
    "error_msg": "log file cleared",
    "error_code": "ModelArts.2819",
    "error_solution": "export logs to OBS",
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_the_documented_dict(cloud, known, call):
    cloud.answers = {"": lambda _asked: Said(REFUSAL, 400)}
    assert call(known) == REFUSAL


@pytest.mark.parametrize("call", RAISED.values(), ids=RAISED)
def test_methods_that_return_lists_raise(cloud, known, call):
    cloud.answers = {"": lambda _asked: Said(REFUSAL, 400)}
    with pytest.raises(ServiceError, match="log file cleared"):
        call(known)


def test_a_refusal_without_a_solution_has_ours(cloud, known):
    cloud.answers = {"": lambda _asked: refused("2799", 429)}
    assert known.get_job_info()["error_solution"] == "Wait a moment before the next request"


@pytest.mark.parametrize("name", [name for name in REFUSED if "_by_id" not in name][:-1])
def test_a_description_is_no_job(cloud, session, name):
    with pytest.raises(InvalidArgumentError, match="job_id is not set"):
        REFUSED[name](described(session))
    assert cloud.asked == []


@pytest.mark.parametrize("task", ["../x", "", 7, "a/b"])
def test_a_task_that_cannot_be_is_refused(cloud, known, task):
    for call in (known.get_job_log, known.get_job_metrics, known.follow_job_log):
        with pytest.raises(InvalidArgumentError):
            call(task)
    assert cloud.asked == []


# ---- beyond the vendor's SDK --------------------------------------------------------------------


def test_events_are_all_there_the_oldest_first(cloud, known):
    cloud.events = [
        {"time": "2026-01-02T11:05:00+08:00", "level": "Info", "message": str(n), "source": "K8S"}
        for n in range(230)
    ]
    assert known.get_job_events() == cloud.events


def test_tasks_are_named_also_where_there_is_no_call_for_them(cloud, known):
    assert known.get_job_tasks() == [{"task": "worker-0", "ip": "10.0.0.1"}]
    cloud.answers["/tasks$"] = lambda _asked: refused("2836", 404)
    assert known.get_job_tasks() == [{"task": "worker-0"}]


def test_a_log_is_followed_and_written_whole(cloud, known, tmp_path):
    text = "".join(f"第 {n} 轮，损失：0.{n}\n" for n in range(2000))
    cloud.jobs[0]["status"].update(phase="Completed", secondary_phase="Completed")
    cloud.logs["worker-0"] = text.encode()
    assert known.download_job_log("worker-0", tmp_path / "a.log") == len(text.encode())
    assert (tmp_path / "a.log").read_text("utf-8") == text
    followed = known.follow_job_log()
    events = [*followed]
    assert "".join(one.text for one in events if isinstance(one, LogText)) == text
    assert followed.metrics["损失"].steps[:3] == (0, 1, 2)
    assert set(followed.metrics["损失"].files) == {"worker-0"}
    assert {one.log_file for one in events if isinstance(one, LogText)} == {"worker-0"}
    assert isinstance(events[-1], Finished)
    assert events[-1].is_success


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_each_face_asks_its_own_generation_whatever_was_chosen(cloud, tmp_path, api):
    version = {"job_id": 7, "version_id": 70, "status": 10, "log_file_list": ["f.0"], "log": ""}
    cloud.answers["/v1/"] = lambda _asked: Said({"is_success": True, **version})
    cloud.logs["worker-0"] = b"a\n"
    with session_of(cloud.adapter, api=api) as session:
        assert Estimator(session, JOB).get_job_tasks() == [{"task": "worker-0", "ip": "10.0.0.1"}]
        assert Estimator(session, JOB).download_job_log("worker-0", tmp_path / "a") == 2
        asked = len(cloud.asked)
        [*estimator.Estimator(session, job_id="7", version_id="70").follow_job_log()]
        assert {one.path.split("/")[1] for one in cloud.asked[asked:]} == {"v1"}


def test_the_magics_take_a_job_of_this_face(session, known):
    assert jobs.ref_of(known) == JobRef("v2", JOB)
    assert jobs.kind_of(known) is JobKind.TRAINING
    assert jobs.ref_of(described(session)).job == ""  # there is none yet


def test_the_magics_take_a_job_of_the_vendors_own_sdk():
    class Vendors:
        job_id = JOB

    assert jobs.ref_of(Vendors()) == JobRef("v2", JOB)


def test_waiting_prints_the_log_and_how_the_job_goes(cloud, session, capsys):
    cloud.lines, cloud.logs["worker-0"] = (
        "absent",
        b"10 %\r20 %\n\x1b]0;title\x07\x1b[31mred\n\tend",
    )

    def make(asked):
        said = cloud.make(asked)
        cloud.jobs[0]["status"].update(phase="Completed", secondary_phase="")
        return said

    cloud.answers["POST .*/training-jobs$"] = make
    made = described(session).fit(wait=True)
    told = capsys.readouterr()
    assert told.out == "20 %\nred\n\tend\n"
    first, *_notes, last = told.err.splitlines()
    assert (first, last) == ("── Completed", "── The job has completed")
    assert made.job_id


def test_waiting_names_the_task_of_each_line_where_there_are_several(cloud, session, capsys):
    cloud.logs = {"worker-0": b"a\n", "worker-1": b"b\n"}

    def make(asked):
        said = cloud.make(asked)
        tasks = {"phase": "Failed", "secondary_phase": "", "tasks": ["worker-0", "worker-1"]}
        cloud.jobs[0]["status"].update(tasks)
        return said

    cloud.answers["POST .*/training-jobs$"] = make
    described(session, train_instance_count=2).fit(wait=True)
    assert sorted(capsys.readouterr().out.splitlines()) == ["[worker-0] a", "[worker-1] b"]


def test_interrupting_the_wait_says_how_to_go_on(cloud, session, capsys):
    def interrupt(_asked):
        raise KeyboardInterrupt

    cloud.answers["GET .*/logs"] = interrupt
    with pytest.raises(KeyboardInterrupt):
        described(session).fit(wait=True)
    job_id = cloud.jobs[0]["metadata"]["id"]
    assert f"Job {job_id} goes on: Estimator(session, job_id='{job_id}'), %ma_log" in (
        capsys.readouterr().out
    )


def test_a_job_shows_its_id_and_name_and_no_secret(cloud, session, known):
    assert repr(known) == f"Estimator(job_id='{JOB}')"
    made = described(session, env_variables={"PASSWORD": "hunter2"}).fit(job_name="resnet-1")
    assert repr(made) == f"TrainingJob(job_id='{made.job_id}', job_name='resnet-1')"
    assert "hunter2" not in repr(described(session, env_variables={"PASSWORD": "hunter2"}))
