"""Every mistake with ``%ma_viz`` is one line that says what to do, and nothing is changed."""

from __future__ import annotations

import pytest
from fake_service import refusal
from visualization_service import Fault
from visualization_states import ALLOWED, OPERATIONS, WORDS
from viz_service import FOLDER

from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import ModelArtsError

# ---- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "names", "next_step"),
    [
        ("opne 197", "opne", "%ma_viz open"),
        ("lists", "lists", "%ma_viz list"),
        ("197", "197", "create, list, info"),
        ("create", "TRAIN_URL|JOB", "%ma_viz create --help"),
        (f"create {FOLDER} --descr x", "--descr", "--desc"),
        (f"create {FOLDER} --autostop 3", "--autostop", "--auto-stop"),
        (f"create {FOLDER} --auto-stop 25", "25", "24"),
        (f"create {FOLDER} --auto-stop -1", "-1", "%ma_viz create --help"),
        (f"create {FOLDER} --auto-stop soon", "soon", "%ma_viz create --help"),
        (f"create {FOLDER} --type tensorbord", "tensorbord", "tensorboard"),
        (f"create {FOLDER} --name no/name", "no/name", "1 to 20 letters"),
        (f"create {FOLDER} --name {'x' * 21}", "x" * 21, "1 to 20 letters"),
        (f"create {FOLDER} --name ''", "--name", "the value is empty"),
        (f"create {FOLDER} --desc {'训' * 257}", "257", "256"),
        (f"create {FOLDER} --no-wait --open", "--open", "--no-wait"),
        (f"create {FOLDER} --no-wait --wait", "--no-wait", "--wait"),
        (f"create {FOLDER} --as class", "class", "%ma_viz create --help"),
        (f"create {FOLDER} more", "more", "%ma_viz create --help"),
        ("create /bucket/", "/bucket/", "/bucket/folder/"),
        ("create obs://bucket", "obs://bucket", "/bucket/folder/"),
        ("create /Bucket/run", "Bucket", "/bucket/folder/"),
        ("create '/bucket/a b/'", "/bucket/a b/", "without spaces"),
        ("create /bucket//run/", "/bucket//run/", "doubled slash"),
        ("create $nowhere", "$nowhere", "Assign"),
        ("create $nowhere/run/", "$nowhere", "Assign"),
        ("list --status runing", "runing", "running"),
        ("list --sort naem", "naem", "name"),
        ("list --sort name:up", "up", "asc"),
        (f"list --search {'x' * 65}", "65", "64"),
        ("list curves", "curves", "%ma_viz list --help"),
        ("info", "JOB", "%ma_viz info --help"),
        ("info $nowhere", "$nowhere", "Assign"),
        ("update 197", "--desc", "%ma_viz update --help"),
        (f"update 197 --desc {'x' * 257}", "257", "256"),
        ("restart 197 --open --no-wait", "--open", "--no-wait"),
        ("delete 197 -y", "-y", "%ma_viz delete --help"),
        ("open 197 --height 20em", "--height", "--inline"),
        ("open 197 --inline --height tall", "tall", "32em"),
        ("open 197 --inline --height ''", "--height", "the value is empty"),
        ("--view htlm", "htlm", "html"),
        ("--view html create", "create", "--view"),
    ],
)
def test_a_wrong_word_is_named_with_the_next_step(viz_shell, viz, line, names, next_step):
    viz.add()
    mistake = viz_shell(f"%ma_viz {line}").mistake
    assert names in mistake
    assert next_step in mistake.replace(names, "", 1)
    assert viz.changes == []


@pytest.mark.parametrize(
    "flags", ["--name no/name", f"--desc {'x' * 257}", "--auto-stop 25", "--open --no-wait"]
)
def test_mistakes_in_flags_are_found_before_a_training_job_is_looked_for(viz_shell, viz, flags):
    assert viz_shell(f"%ma_viz create job {flags}").mistake
    assert viz.seen == []


@pytest.mark.parametrize("status", [JobStatus.RUNNING, JobStatus.KILLED])
@pytest.mark.parametrize("operation", ["info", "stop", "restart", "delete --yes", "open"])
def test_an_unknown_job_gets_a_near_name(viz_shell, viz, operation, status):
    viz.add(job_name="curves", status=int(status))
    name, *flags = operation.split()
    for word, hint in {
        "curve": "Did you mean curves?",
        "198": "%ma_viz list shows the jobs with their ids",
        "训练": "%ma_viz list shows the jobs with their ids",
    }.items():
        assert viz_shell(f"%ma_viz {name} {word} {' '.join(flags)}").mistake == (
            f"InvalidArgumentError: There is no visualization job {word}. {hint}"
        )
    assert viz.changes == []


def test_what_is_neither_a_folder_nor_a_training_job_says_so(viz_shell, viz):
    assert viz_shell("%ma_viz create jab").mistake == (
        "InvalidArgumentError: There is no training job jab."
        " Did you mean job? Or name an OBS folder: /bucket/folder/"
    )
    assert (
        "%ma_log lists the jobs. Or name an OBS folder" in viz_shell("%ma_viz create zzzzz").mistake
    )
    assert viz.changes == []


def test_a_training_job_without_an_output_folder_says_so(viz_shell, viz):
    training = viz.training
    viz.training = lambda *request: (200, {**training(*request)[1], "train_url": ""})
    assert "Training job job has no output folder" in viz_shell("%ma_viz create job").mistake


@pytest.mark.parametrize(
    ("value", "word"),
    [({"a": 1}, "thing['b']"), ([1.5], "thing[0]"), (None, "thing.job"), ([None], "thing[0]")],
)
@pytest.mark.parametrize("name", ["create", "info", "delete --yes"])
def test_an_expression_that_is_no_job_says_what_it_is(viz_shell, viz, name, value, word):
    viz_shell.ip.user_ns["thing"] = value
    mistake = viz_shell(f"%ma_viz {name} {word}").mistake
    assert word in mistake
    assert "Name a job by its id" in mistake
    assert "training" not in mistake
    assert viz.seen == []


# ---- states -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "status", "words"),
    [
        pytest.param(operation, status, words, id=f"{operation} {status.name}")
        for status, row in WORDS.items()
        for operation, words in zip(OPERATIONS, row)
        if words is not ALLOWED
    ],
)
def test_what_a_state_does_not_allow_is_refused_with_its_words(
    viz_shell, viz, operation, status, words
):
    viz.starts = False
    viz.add(job_name="curves", status=int(status))
    for word in ("curves", "197"):
        assert viz_shell(f"%ma_viz {operation} {word}").mistake == (
            f"WrongStateError: Visualization job 197 is {status.name}: {words}"
        )
    assert viz.changes == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_refusal_reads_in_the_language_of_the_reader(viz_shell, viz, language):
    viz.add()
    viz_shell.ok(f"%config ModelArtsMagics.language = '{language}'")
    mistake = viz_shell("%ma_viz restart 197").mistake
    viz_shell.ok("%config ModelArtsMagics.language = ''")
    assert "%ma_viz stop 197" in mistake
    assert ("stop it before" in mistake) is (language == "en")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (JobStatus.KILLED, "is KILLED and has no address. Start it: %ma_viz restart 197"),
        (JobStatus.WAITING, "is WAITING and has no address. See %ma_viz info 197"),
    ],
)
def test_a_job_that_does_not_run_is_not_opened(viz_shell, viz, status, words):
    viz.starts = False
    viz.add(status=int(status))
    assert words in viz_shell("%ma_viz open 197").mistake


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://user:pass@console.example/",
        "//console.example/",
        "http://console.example/\nx",
        "https://",
    ],
)
@pytest.mark.parametrize("flags", ["", "--inline"])
def test_only_http_addresses_are_opened(viz_shell, viz, url, flags):
    viz.add(service_url=url)
    mistake = viz_shell(f"%ma_viz open 197 {flags}").mistake
    assert "is not opened" in mistake
    assert "pass" not in mistake.replace("passwd", "")


def test_a_front_end_that_cannot_ask_wants_it_said(viz_shell, viz, monkeypatch):
    viz.add(job_name="curves")
    refusal = (
        "InvalidArgumentError: Nobody can be asked here whether it is meant."
        " Say so: %ma_viz delete curves --yes"
    )
    monkeypatch.setattr("builtins.input", pytest.fail)
    assert viz_shell("%ma_viz delete curves").mistake == refusal  # there is no terminal
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    for trouble in (EOFError, NotImplementedError):

        def ask(_question, trouble=trouble):
            raise trouble

        monkeypatch.setattr("builtins.input", ask)
        assert viz_shell("%ma_viz delete curves").mistake == refusal
    assert viz.changes == []


def test_nobody_is_asked_about_what_cannot_be_deleted(viz_shell, viz, monkeypatch):
    viz.starts = False
    viz.add(status=int(JobStatus.KILLING))
    monkeypatch.setattr("builtins.input", pytest.fail)
    assert "delete it when it has stopped" in viz_shell("%ma_viz delete 197").mistake


# ---- the service has the last word --------------------------------------------------------------

LINES = [
    f"create {FOLDER}",
    f"create {FOLDER} --new --name curves",
    "create job",
    "list",
    "list --all",
    "info 197",
    "info curves",
    "update 197 --desc x",
    "stop 197",
    "restart 198",
    "delete 197 --yes",
    "open 197",
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize(
    ("code", "status"),
    [("ModelArts.0112", 403), ("APIGW.0301", 401), ("ModelArts.0010", 500), ("Odd.1", 418)],
)
def test_a_refusal_of_the_service_is_one_line(viz_shell, viz, line, code, status):
    viz.add()
    viz.add(status=int(JobStatus.KILLED))
    viz.training = lambda *_request: (status, {"error_code": code, "error_msg": "because"})
    viz.faults = [Fault(refusal(code, "because", status))] * 50
    cell = viz_shell(f"%ma_viz {line}")
    assert "because" in cell.mistake
    assert code in cell.mistake
    assert isinstance(cell.error, ModelArtsError)


@pytest.mark.parametrize("line", ["", *LINES])
def test_without_credentials_it_names_all_places_and_what_to_do(shell, line):
    mistake = shell(f"%ma_viz {line}").mistake
    assert mistake.startswith("CredentialsNotFoundError: ")
    assert "%ma_session login" in mistake
