"""Tab on the line of a magic: what fits there, and nothing else; no trouble on other lines."""

from __future__ import annotations

import json
import socket
from types import SimpleNamespace

import pytest
from IPython.core.completer import CompletionContext
from scripted_service import one_job

from modelarts_magics.core import config
from modelarts_magics.estimator import VisualizationJob
from modelarts_magics.notebook.shell.completion import Completion
from modelarts_magics.notebook.viz.commands import subcommands as viz_command

LOG_FLAGS = {
    "--help",
    "--file",
    "--task",
    "--events",
    "--resources",
    "--log-folder",
    "--tail",
    "--no-follow",
    "--plain",
    "--view",
    "--height",
    "--interval",
    "--metric",
    "--at",
    "--notify",
    "--start-byte",
    "--offset",
    "--save",
    "--wait",
    "--no-fail",
    "--timeout",
    "--since",
    "--grep",
    "--level",
    "--search",
    "--status",
    "--all",
    "--list",
    "--stop",
    "--as",
}
VIZ_SUBCOMMANDS = set(viz_command.SUBCOMMANDS)
SESSION_FLAGS = {
    "--help",
    "--region",
    "--project",
    "--api",
    "--profile",
    "--user",
    "--account",
    "--root",
    "--json",
}


@pytest.fixture
def namespace(local, service):
    local.ip.user_ns["job_instance"] = service.jobs["distributed"]
    local.ip.user_ns["first_run"] = service.jobs["twice-V0001"]
    local.ip.user_ns["_hidden"] = service.jobs["big"]
    local.ip.user_ns["number"] = 7
    return local


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("%ma_log -", LOG_FLAGS),
        ("%ma_log --", LOG_FLAGS),
        ("%ma_log --s", {"--start-byte", "--save", "--stop", "--since", "--search", "--status"}),
        ("%ma_log job --ta", {"--tail", "--task"}),
        ("%ma_log job V0001 --off", {"--offset"}),
        ("%ma_log job --tail 5 --", LOG_FLAGS),
        ("  %ma_log --fi", {"--file"}),
        ("%ma_log job --level ", {"error", "warning"}),
        ("%ma_log --status s", {"succeeded", "stopped"}),
        ("ma_log --fi", {"--file"}),
        ("%ma_session --", SESSION_FLAGS),
        ("%ma_session login --us", {"--user"}),
        ("%ma_session ", {"local", "login", "logout", "doctor"}),
        ("%ma_session lo", {"local", "login", "logout"}),
        ("%ma_session log", {"login", "logout"}),
        ("%ma_viz ", VIZ_SUBCOMMANDS),
        ("ma_viz re", {"restart", "reveal"}),
        ("%ma_viz --", {"--help", "--view"}),
        ("%ma_viz --view ", {"auto", "core", "html", "text"}),
        ("%ma_viz list --", {"--help", "--as", "--status", "--search", "--sort", "--all"}),
        ("%ma_viz list --status RU", set()),
        ("%ma_viz list --status run", {"running"}),
        ("%ma_viz list --sort na", {"name"}),
        ("%ma_viz create /bucket/ --type mi", {"mindinsight", "mindstudio-insight"}),
        ("%ma_viz create /bucket/ --au", {"--auto-stop"}),
        ("%ma_viz open curves --", {"--help", "--as", "--inline", "--height"}),
        ("%ma_viz nonsense --", set()),
    ],
)
def test_flags_and_actions_need_no_service(shell, line, offered):
    assert set(shell.complete(line)) == offered


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("%ma_log big", {"big-job"}),
        ("%ma_log tw", {"twice"}),
        ("%ma_log --tail 5 bi", {"big-job"}),
        ("%ma_log --tail=5 bi", {"big-job"}),
        ("%ma_log twice ", {"V0001", "V0002"}),
        ("%ma_log twice V0001", {"V0001"}),
        ("%ma_log --tail 5 twice V", {"V0001", "V0002"}),
        ("%ma_log twice --tail 5 V", {"V0001", "V0002"}),
        ("%ma_log job_instance V", {"V0001"}),
        ("%ma_log twice --file ", {"job-twice.0"}),
        (
            "%ma_log distributed-job --file job",
            {f"job-distributed-job.{index}" for index in range(3)},
        ),
        ("%ma_log distributed-job --file job-distributed-job.2", {"job-distributed-job.2"}),
        ("%ma_log job_instance --file job-d", {f"job-distributed-job.{i}" for i in range(3)}),
        ("%ma_log twice V0001 --tail 3 --file j", {"job-twice.0"}),
        ("%ma_log job_", {"job_instance"}),
        ("%ma_viz scalars big-job tw", {"twice"}),
        ("%ma_viz scalars big-job twice V", {"V0001", "V0002"}),
        ("%ma_log first", {"first_run"}),
        ("%ma_log _hid", set()),
        ("%ma_log numb", set()),
    ],
)
def test_jobs_versions_files_and_variables_are_offered(namespace, line, offered):
    assert set(namespace.complete(line)) - {"number", "_hidden"} == offered


def test_jobs_are_offered_by_name_id_and_variable_newest_first(namespace, service):
    offered = namespace.complete("%ma_log ")
    names = [name for name in offered if name.endswith("job")]
    assert names[0] == "distributed-job"
    ids = {job.job_id for job in service.jobs.values()}
    assert set(offered) == {*names, "twice", *ids, "job_instance", "first_run"}


def test_a_name_of_digits_is_offered_with_the_word_that_says_so(viz_shell, viz):
    viz.add(job_name="curves")
    viz.add(job_name="12345")
    assert viz_shell.complete("%ma_viz info ") == ["name:12345", "curves", "198", "197"]
    assert viz_shell.complete("%ma_viz info 1") == ["198", "197"]
    assert viz_shell.complete("%ma_viz info name:") == ["name:12345", "name:curves"]
    assert viz_shell.complete("%ma_viz info id:") == ["id:198", "id:197"]


@pytest.mark.parametrize("name", ["info", "update", "stop", "restart", "delete", "open"])
def test_visualization_jobs_are_offered_by_name_id_and_variable(viz_shell, viz, name):
    viz.add(job_name="curves")
    viz_shell.ok("%ma_viz info curves --as card")
    viz_shell.ip.user_ns["run"] = type("Job", (), {"job_id": "7", "version_id": "70"})
    job = VisualizationJob(viz_shell.context.session, "197")
    viz_shell.ip.user_ns["of_the_sdk"] = job
    assert set(viz_shell.complete(f"%ma_viz {name} ")) == {"curves", "197", "card", "of_the_sdk"}
    assert viz_shell.complete(f"%ma_viz {name} cur") == ["curves"]
    assert "197" not in viz_shell.complete(f"%ma_viz {name} curves ")


@pytest.mark.parametrize("line", ["%ma_viz --view html ", "%ma_viz list ", "%ma_viz create x "])
def test_where_no_word_may_stand_none_is_offered(viz_shell, viz, line):
    viz.add(job_name="curves")
    assert not set(viz_shell.complete(line)) & {"create", "curves", "job", "197"}


def test_training_jobs_are_offered_to_create_from(namespace):
    offered = namespace.complete("%ma_viz create ")
    assert {"big-job", "job_instance", "first_run"} <= set(offered)


def test_nothing_of_others_is_mixed_in(namespace):
    namespace.ip.user_ns["big_number"] = 1
    assert namespace.complete("%ma_log big") == ["big-job"]


def test_where_a_path_is_wanted_files_are_offered(shell, tmp_path):
    (tmp_path / "my_own_log.txt").touch()
    assert "my_own_log.txt" in shell.complete("%ma_log job --save my_ow")


@pytest.mark.parametrize("line", ["%ma_log --tail 1", "%ma_log job --as x", "%ma_log a b c"])
def test_where_anything_may_stand_nothing_of_ours_is_offered(namespace, line):
    offered = set(namespace.complete(line))
    assert not offered & {"big-job", "V0001", "--tail", "local"}


@pytest.mark.parametrize(
    "line",
    [
        "job_ins",
        "print(job_ins",
        "%timeit job_ins",
        "x = job_ins",
        "%ma_logger job_ins",
        "# %ma_log job_ins",
    ],
)
def test_other_lines_are_untouched(namespace, line):
    before = namespace.complete(line)
    namespace.ok("%unload_ext modelarts_magics")
    assert namespace.complete(line) == before
    namespace.ok("%load_ext modelarts_magics")
    assert "job_instance" in before or line.startswith(("%ma_logger", "#"))


@pytest.mark.parametrize("line", ["ma_log = job_ins", "ma_log + job_ins", "ma_log == job_ins"])
def test_a_variable_of_the_name_of_a_magic_completes_as_python(namespace, line):
    namespace.ip.user_ns["ma_log"] = 1
    assert "job_instance" in namespace.complete(line)
    assert "big-job" not in namespace.complete("ma_log ")


def test_only_the_line_of_the_cursor_counts(namespace):
    code = "%ma_log big\njob_ins"
    assert "job_instance" in namespace.complete(code)
    assert namespace.complete("x = 1\n%ma_log big") == ["big-job"]


# ---- trouble ------------------------------------------------------------------------------------


@pytest.fixture
def no_trouble(capsys):
    """Nothing is printed about whatever went wrong."""
    yield
    shown = capsys.readouterr()
    assert shown.err == ""
    assert shown.out == ""


def ours(names):
    return [name for name in names if name in ("job", "V0001", "a.log", "7")]


LINES = ["%ma_log jo", "%ma_log ", "%ma_log job V", "%ma_log job --file a", "%ma_log zzz --file "]


@pytest.mark.usefixtures("no_trouble")
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {"error_code": "APIGW.0301", "error_msg": "no"}),
        (404, {}),
        (500, b"<html>"),
        (200, b"[]"),
        (200, {"is_success": False, "error_code": "ModelArts.0104"}),
    ],
)
def test_a_service_in_trouble_offers_nothing(scripted_shell, scripted, line, status, body):
    scripted.script = lambda *_request: (status, body)
    assert ours(scripted_shell.complete(line)) == []


@pytest.mark.usefixtures("no_trouble")
@pytest.mark.parametrize("line", LINES)
def test_without_credentials_nothing_is_offered(shell, line):
    assert ours(shell.complete(line)) == []


@pytest.mark.usefixtures("no_trouble")
def test_an_unreadable_profile_offers_nothing(shell, tmp_path):
    (tmp_path / "home/.huaweicloud").mkdir()
    (tmp_path / "home/.huaweicloud/credentials").write_bytes(b"\xff\xfe[")
    assert ours(shell.complete("%ma_log ")) == []


@pytest.fixture
def hurried(scripted_shell):
    """What Tab offers somebody who waits for 0.2 seconds only."""
    magics = SimpleNamespace(shell=scripted_shell.ip, context=scripted_shell.context)
    completion = Completion(magics, deadline=0.2)

    def complete(line):
        context = CompletionContext("", line, len(line), 0, None)
        return [found.text for found in completion.complete(context)["completions"]]

    return complete


@pytest.mark.usefixtures("no_trouble")
def test_a_silent_service_is_not_waited_for_and_not_asked_again_at_once(hurried, scripted):
    scripted.script = scripted.hang
    assert ours(hurried("%ma_log ")) == []
    assert not scripted.released.is_set()
    asked = len(scripted.requests)
    for _press in range(5):
        assert ours(hurried("%ma_log ")) == []
    assert len(scripted.requests) == asked


@pytest.mark.usefixtures("no_trouble")
def test_a_silent_identity_service_is_not_waited_for(hurried, scripted, monkeypatch):
    monkeypatch.delenv("HUAWEICLOUD_SDK_PROJECT_ID")
    monkeypatch.setenv("HUAWEICLOUD_SDK_IAM_ENDPOINT", scripted.url)
    scripted.script = scripted.hang
    assert ours(hurried("%ma_log ")) == []
    assert not scripted.released.is_set()


@pytest.mark.usefixtures("no_trouble")
def test_a_name_that_is_looked_up_for_ever_is_not_waited_for(hurried, scripted, monkeypatch):
    monkeypatch.setenv("MODELARTS_MAGICS_ENDPOINT", "https://silent.example")

    def silent(host, *_rest, **_options):
        assert host == "silent.example"
        scripted.released.wait()
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    assert ours(hurried("%ma_log ")) == []
    assert not scripted.released.is_set()
    scripted.released.set()


@pytest.mark.usefixtures("no_trouble")
def test_variables_that_break_when_they_are_looked_at_are_left_out(namespace):
    class Broken:
        def __getattr__(self, name):
            raise RuntimeError(name)

    namespace.ip.user_ns["broken"] = Broken()
    offered = namespace.complete("%ma_log ")
    assert "big-job" in offered
    assert "broken" not in offered


def test_answers_are_remembered_for_a_moment(scripted_shell, scripted):
    scripted.script = one_job("log\n")
    scripted_shell.complete("%ma_log jo")
    asked = len(scripted.requests)
    assert ours(scripted_shell.complete("%ma_log job")) == ["job"]
    assert len(scripted.requests) == asked


def test_answers_of_a_former_session_are_not_offered(scripted_shell, scripted, service):
    scripted.script = one_job("log\n")
    assert "job" in scripted_shell.complete("%ma_log ")
    scripted_shell.ok(f"%ma_session local --root {service.root}")
    offered = scripted_shell.complete("%ma_log ")
    assert "big-job" in offered
    assert "job" not in offered


def test_completion_chooses_nothing(namespace):
    before = config.context()
    for line in ("%ma_session lo", "%ma_session logout ", "%ma_log big"):
        namespace.complete(line)
    assert config.context() == before


# ---- a real kernel ------------------------------------------------------------------------------


@pytest.mark.kernel
def test_a_front_end_gets_the_same_completions(kernel, service):
    kernel.run(f"%ma_session local --root {service.root}")
    reply = kernel.complete("x = 1\n%ma_log distributed-job --file job-distributed-job.")
    assert reply["matches"] == [f"job-distributed-job.{index}" for index in range(3)]
    start, end = reply["cursor_start"], reply["cursor_end"]
    assert "x = 1\n%ma_log distributed-job --file job-distributed-job."[start:end] == (
        "job-distributed-job."
    )
    reply = kernel.complete("%ma_log big")
    assert reply["matches"] == ["big-job"]
    assert kernel.complete("%ma_log job --star")["matches"] == ["--start-byte"]
    assert json.dumps(reply)
