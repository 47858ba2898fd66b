"""Every mistake that a person may make is one line that says what to do, and the cell fails."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from job_service import start_service
from kernel_client import Manager
from magic_shell import Shell
from scripted_service import one_job

from modelarts_magics.core.errors import ModelArtsError
from modelarts_magics.session import Session

# ---- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "names", "next_step"),
    [
        ("%ma_log job --tial 5", "--tial", "--tail"),
        ("%ma_log job --tail=5 --ofset=5", "--ofset", "--offset"),
        ("%ma_log job --zzz", "--zzz", "%ma_log --help"),
        ("%ma_log job V0001 too-much", "too-much", "%ma_log --help"),
        ("%ma_log job --tai 5", "--tai", "--tail"),
        ("%ma_log job --tail", "--tail", "%ma_log --help"),
        ("%ma_log job --tail ten", "ten", "%ma_log --help"),
        ("%ma_log job --tail -1", "-1", "%ma_log --help"),
        ("%ma_log job --tail 1.5", "1.5", "%ma_log --help"),
        ("%ma_log job --tail ''", "--tail", "%ma_log --help"),
        ("%ma_log job --start-byte -2", "-2", "%ma_log --help"),
        ("%ma_log job --start-byte x", "x", "%ma_log --help"),
        ("%ma_log job --offset long", "long", "%ma_log --help"),
        ("%ma_log job --notify loss", "loss", "NAME > NUMBER"),
        ("%ma_log job --at line0", "line0", "line12"),
        ("%ma_log job --at -1", "-1", "%ma_log --help"),
        ("%ma_log job --at 10%", "10%", "4096"),
        ("%ma_log job --as not-a-name", "not-a-name", "%ma_log --help"),
        ("%ma_log job --as class", "class", "%ma_log --help"),
        ("%ma_log 'job", "'", "Close"),
        ('%ma_log job --save "a b', '"', "Close"),
        ("%ma_log -h=", "-h=", "%ma_log --help"),
        ("%ma_log jobs[0", "[", "Close"),
        ("%ma_log $nowhere", "$nowhere", "Assign"),
        ("%ma_log ${nowhere}", "nowhere", "Assign"),
        ("%ma_log job --save $nowhere/out.log", "$nowhere", "Assign"),
        ("%ma_log job --save=$nowhere", "$nowhere", "Assign"),
        ("%ma_log job-$nowhere", "$nowhere", "Assign"),
        ("%ma_log {nowhere}", "{nowhere}", "Assign"),
        ("%ma_log job --save {nowhere}.log", "{nowhere}", "Assign"),
        ("%ma_log --save out.log", "no job", "%ma_log"),
        ("%ma_log --file a.log", "no job", "%ma_log"),
        ("%ma_log --start-byte 0", "no job", "%ma_log"),
        ("%ma_log --offset 5", "no job", "%ma_log"),
        ("%ma_session lokal", "lokal", "local"),
        ("%ma_session nothing-like-it", "nothing-like-it", "login"),
        ("%ma_session local extra", "extra", "%ma_session --help"),
        ("%ma_session --regoin x", "--regoin", "--region"),
        ("%ma_session --root /tmp/x", "--root", "%ma_session local"),
        ("%ma_session --user me", "--user", "%ma_session login"),
        ("%ma_session --account me", "--account", "%ma_session login"),
    ],
)
def test_a_wrong_word_is_named_with_the_next_step(shell, line, names, next_step):
    mistake = shell(line).mistake
    assert names in mistake
    assert next_step in mistake.replace(names, "", 1)


def test_flags_that_exclude_each_other_leave_everything_as_it_was(
    scripted_shell, scripted, tmp_path
):
    for flags in ("--list", "--stop", "--plain", "--no-follow"):
        mistake = scripted_shell(f"%ma_log job --save out.log {flags}").mistake
        assert mistake == (
            f"InvalidArgumentError: --save and {flags} do not go together. Leave out one of them"
        )
    assert scripted.requests == []
    assert {path.name for path in tmp_path.iterdir()} == {"home"}


def test_mistakes_in_words_are_found_before_anything_is_sent(scripted_shell, scripted):
    for line in ("job --tial 5", "job --offset 5000", "job --start-byte -5", "$nowhere"):
        assert scripted_shell(f"%ma_log {line}").mistake
    assert scripted.requests == []


@pytest.mark.parametrize("offset", [2049, -2049, 10**30])
def test_a_slice_that_is_too_long_says_how_long_it_may_be(local, offset):
    mistake = local(f"%ma_log big-job --offset {offset}").mistake
    assert str(offset) in mistake
    assert "2048" in mistake


# ---- jobs, versions and files -------------------------------------------------------------------


def test_an_unknown_job_gets_a_near_name(local):
    assert local("%ma_log bigjob").mistake == (
        "InvalidArgumentError: There is no training job bigjob. Did you mean big-job?"
    )


@pytest.mark.parametrize("word", ["zzzzzz", "424242", "训练"])
def test_an_unknown_job_is_named_and_the_list_offered(local, word):
    mistake = local(f"%ma_log {word}").mistake
    assert f"There is no training job {word}" in mistake
    assert "%ma_log lists the jobs" in mistake


@pytest.mark.parametrize("version", ["V0009", "nonsense", "99"])
def test_an_unknown_version_is_named_with_those_there_are(local, version):
    mistake = local(f"%ma_log twice {version}").mistake
    assert version in mistake
    assert "V0001" in mistake
    assert "V0002" in mistake


def test_an_unknown_file_is_named_with_those_there_are(local):
    mistake = local("%ma_log distributed-job --file worker-9").mistake
    assert "worker-9" in mistake
    assert "job-distributed-job.2" in mistake


def test_a_job_without_log_files_says_so(scripted_shell, scripted):
    one = one_job("")

    def script(method, path, query):
        if path.endswith("file-names"):
            return 200, {"is_success": True, "log_file_list": []}
        return one(method, path, query)

    scripted.script = script
    assert "has no log yet" in scripted_shell("%ma_log job --no-follow").mistake


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ({"a": 1}, "thing['b']"),
        ([1], "thing[7]"),
        (None, "thing.job"),
        (object(), "thing.job"),
        ([None], "thing[0]"),
        ([{}], "thing[0]"),
        ([True], "thing[0]"),
        ([""], "thing[0]"),
    ],
)
def test_an_expression_that_is_no_job_says_what_it_is(local, value, word):
    local.ip.user_ns["thing"] = value
    mistake = local(f"%ma_log {word}").mistake
    assert word in mistake
    assert "Name a job by its id" in mistake


def test_an_unknown_variable_in_an_expression_is_named(local):
    assert "no_such_list" in local("%ma_log no_such_list[0]").mistake


@pytest.mark.parametrize("word", ["print(1)", "__import__('os').getcwd()", "[1,2][0]", "a+b"])
def test_only_references_are_evaluated(local, word):
    called = []
    local.ip.user_ns["print"] = called.append
    assert "There is no training job" in local(f"%ma_log {word}").mistake
    assert called == []


def test_an_estimator_that_has_not_run_says_so(local, service):
    local.ip.push({"session": service.session})
    local.ok("from modelarts_magics.estimator import Estimator\nestimator = Estimator(session)")
    mistake = local("%ma_log estimator").mistake
    assert "estimator" in mistake
    assert "fit" in mistake


def test_an_object_that_breaks_when_it_is_looked_at_is_no_job(local):
    local.ok(
        "class Broken:\n"
        "    @property\n"
        "    def job_id(self): raise RuntimeError('no\\nnetwork')\n"
        "broken = Broken()"
    )
    assert "broken" in local("%ma_log broken").mistake


# ---- session ------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["%ma_log", "%ma_log job", "%ma_session"])
def test_without_credentials_it_names_all_places_and_what_to_do(shell, line):
    mistake = shell(line).mistake
    assert mistake.startswith("CredentialsNotFoundError: ")
    for place in ("HUAWEICLOUD_SDK_AK", ".huaweicloud/credentials", "%ma_session login"):
        assert place in mistake


def test_half_a_key_says_which_half_is_missing(shell, monkeypatch):
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", "ONLYTHEACCESSKEY")
    mistake = shell("%ma_log").mistake
    assert "secret key is missing" in mistake
    assert "ONLYTHEACCESSKEY" not in mistake


def test_without_a_region_it_says_how_to_name_one(shell, monkeypatch):
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", "SOMEACCESSKEY")
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", "some-secret-key")
    assert "%ma_session --region" in shell("%ma_log").mistake
    assert "%ma_session --region" in shell.ok("%ma_session").text


@pytest.mark.parametrize("word", ["file", "file/inside", "~nobody-of-this-name"])
def test_a_folder_that_cannot_be_used_is_named(shell, tmp_path, word):
    (tmp_path / "file").touch()
    assert word in shell(f"%ma_session local --root {word}").mistake


def test_a_service_that_cannot_start_says_why_in_its_own_words(shell, tmp_path):
    other = tmp_path / "other"
    other.mkdir(mode=0o755)
    (other / "thesis.tex").touch()
    mistake = shell(f"%ma_session local --root {other}").mistake
    assert "holds other things" in mistake
    assert {path.name for path in other.iterdir()} >= {"thesis.tex"}


def test_a_service_that_was_killed_says_how_to_start_it(shell, tmp_path):
    root, home = tmp_path / "root", tmp_path / "home"
    process = start_service(root, home)
    shell.ok(f"%ma_session local --root {root}")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    mistake = shell("%ma_log").mistake
    assert "does not answer" in mistake
    assert "%ma_session local" in mistake
    cell = shell.ok(f"%ma_session local --root {root}")
    assert str(root) in cell.text
    assert shell.ok("%ma_log").text == "There are no training jobs"


# ---- refusals -----------------------------------------------------------------------------------


def _refusing(status, **body):
    return lambda *_request: (status, {"is_success": False, **body})


@pytest.mark.parametrize(
    ("status", "code", "kind", "hint"),
    [
        (401, "APIGW.0301", "AuthenticationError", "%ma_session login"),
        (403, "ModelArts.0109", "PermissionDeniedError", "modelarts:trainJob:list"),
        (429, "APIGW.0308", "ThrottledError", "Wait"),
        (503, "", "UnavailableError", "Try again later"),
        (400, "ModelArts.0104", "InvalidParameterError", ""),
        (200, "ModelArts.0010", "UnavailableError", "Try again"),
    ],
)
def test_a_refusal_is_one_line_with_code_and_hint(
    scripted_shell, scripted, status, code, kind, hint
):
    scripted.script = _refusing(status, error_code=code, error_msg="Not like this.")
    scripted.headers = {"Retry-After": "86400"}  # too long to be waited for
    mistake = scripted_shell("%ma_log").mistake
    assert mistake.startswith(f"{kind}: Not like this.")
    assert code in mistake
    assert f"HTTP {status}" in mistake
    assert hint in mistake


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[2J\x1b[31mred\x1b]0;title\x07",
        "one\ntwo\r\nthree",
        "a\u202eb\u2066c\u200bd\u2028e",
        "\x9b31mC1\x00\x7f",
        "x" * 100_000,
        "\ud800",
        {"nested": ["\x1b[0m\n"]},
    ],
)
@pytest.mark.parametrize("field", ["error_msg", "error_code", "request_id"])
def test_a_hostile_refusal_stays_one_line_of_plain_text(scripted_shell, scripted, text, field):
    body = {"error_msg": "no", "error_code": "ModelArts.0104", field: text}
    scripted.script = _refusing(400, **body)
    mistake = scripted_shell("%ma_log").mistake
    assert len(mistake) < 3000


@pytest.mark.parametrize(
    "body", [b"", b"<html>captive portal</html>", b"[1, 2]", b"\xff\xfe", b"{"]
)
@pytest.mark.parametrize("status", [200, 404, 302])
def test_an_answer_of_something_else_is_one_line(scripted_shell, scripted, status, body):
    scripted.script = lambda *_request: (status, body)
    assert scripted_shell("%ma_log").mistake


def test_an_answer_with_lone_surrogates_is_no_crash(scripted_shell, scripted, tmp_path):
    scripted.script = one_job(
        lambda start, length: {
            "is_success": True,
            "log": "\ud800 and text\n" if start <= 0 else "",
            "end_byte": 16,
            "log_byte_count": 16 if start <= 0 else 0,
        }
    )
    for line in ("%ma_log job", "%ma_log job --tail all", "%ma_log job --start-byte 0"):
        cell = scripted_shell(line)
        assert cell.success or cell.mistake
    cell = scripted_shell("%ma_log job --save out.log")
    assert cell.success or cell.mistake


def test_a_log_that_is_given_by_lines_only_is_read_by_lines(scripted_shell, scripted):
    page = {"content": "line\n", "lines": 1, "start_line": "1", "end_line": "1"}
    other = one_job(lambda *_slice: page)

    def script(method, path, query):
        if not path.endswith("/aom-log"):
            return other(method, path, query)
        return 200, page if "base_line" not in query else {"content": "", "lines": 0}

    scripted.script = script
    assert "Saved 5 bytes of a.log" in scripted_shell.ok("%ma_log job --save out.log").stdout
    assert Path("out.log").read_text() == "line\n"
    assert "line" in scripted_shell.ok("%ma_log job --start-byte 0").text


# ---- how it is shown ----------------------------------------------------------------------------


def test_the_error_can_still_be_caught_and_inspected(local):
    cell = local("%ma_log nowhere")
    assert isinstance(cell.error, ModelArtsError)
    assert isinstance(cell.error, ValueError)
    assert cell.stdout.rstrip("\n") == cell.error._render_traceback_()[0]


def test_tb_shows_the_same_line(local):
    first = local("%ma_log nowhere").stdout
    assert local("%tb").stdout.strip() == first.strip()


def test_the_session_of_another_kind_of_job_object_is_refused(local):
    local.ok("class Job: job_id, version_id, session = '7', '1', 'not a session'\njob = Job()")
    assert "is no session" in local("%ma_log job").mistake


def test_a_session_given_by_a_job_object_is_used(shell: Shell, service):
    shell.ip.user_ns["job"] = service.jobs["chinese"]
    assert "训练结束" in shell.ok("%ma_log job --no-follow").text
    assert isinstance(service.jobs["chinese"].modelarts_session, Session)


@pytest.mark.kernel
def test_in_a_kernel_a_mistake_is_an_error_output_of_one_line(kernel, service):
    kernel.run(f"%ma_session local --root {service.root}")
    cell = kernel.run("%ma_log nowhere")
    assert cell.mistake == (
        "InvalidArgumentError: There is no training job nowhere. %ma_log lists the jobs"
    )
    assert cell.reply["ename"] == "InvalidArgumentError"
    assert cell.outputs == cell.errors  # no stream beside it


@pytest.mark.kernel
def test_a_notebook_that_is_executed_stops_at_the_mistake(front_end, service, tmp_path):
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    cells = [
        "%load_ext modelarts_magics",
        f"%ma_session local --root {service.root}",
        "%ma_log nowhere",
        "1 / 0",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    client = NotebookClient(notebook, timeout=60, kernel_manager_class=Manager)
    with pytest.raises(CellExecutionError, match="There is no training job nowhere"):
        client.execute(cwd=str(tmp_path))
    [output] = notebook.cells[2].outputs
    assert output.output_type == "error"
    assert len(output.traceback) == 1
    assert notebook.cells[3].outputs == []
