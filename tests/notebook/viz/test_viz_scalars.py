"""``%ma_viz scalars`` as a person meets it: in a shell, on an embedded service and on the cloud."""

from __future__ import annotations

import re
import sys
from itertools import count
from pathlib import Path

import pytest
from event_files import Writer
from fake_service import FakeService, Reply
from magic_shell import Page
from scripted_service import one_job

from modelarts_magics.core.api.v1.models.training import JobVersion
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import NotFoundError, UnavailableError
from modelarts_magics.core.logs.cadence import QUIET, JobWatch
from modelarts_magics.notebook.viz.scalars import command as scalars_command
from modelarts_magics.notebook.viz.scalars.followed import Followed
from modelarts_magics.notebook.viz.scalars.scalar_panel import ScalarPanel
from modelarts_magics.notebook.viz.scalars.scalars import Scalars


@pytest.fixture
def logs(tmp_path):
    folder = tmp_path / "logs"
    with Writer(folder / "a") as one, Writer(folder / "b") as other:
        for step in (1, 2, 3):
            one.scalars(step, loss=1 / step, accuracy=step / 4)
            other.scalars(step, loss=2 / step)
    return folder


def drawn(shell, line):
    cell = shell.ok(f"%ma_viz scalars {line} --as drawn")
    return cell, shell.ip.user_ns["drawn"]


def mistake(shell, line):
    return shell(f"%ma_viz scalars {line}").mistake


# ---- a folder ------------------------------------------------------------------------------------


def test_a_folder_is_drawn_once(shell, logs):
    cell, scalars = drawn(shell, "logs")
    assert cell.html.count("<svg") == 2
    assert {"svg", "path"} <= Page(cell.html).tags
    assert "script" not in Page(cell.html).tags
    rows = [line.split()[:2] for line in cell.text.split("\n")[3:]]
    assert rows == [["accuracy", "a"], ["loss", "a"], ["loss", "b"]]
    assert repr(scalars) == cell.text


@pytest.mark.parametrize(
    "line", ["./logs", "{folder}", "~/../logs", "name", "path", '"logs"', "logs/", "logs --follow"]
)
def test_a_folder_is_named_in_any_way(shell, logs, line):
    shell.ip.user_ns["name"] = str(logs)
    shell.ip.user_ns["path"] = Path(logs)
    _cell, scalars = drawn(shell, line.format(folder=logs))
    assert [run.name for run in scalars.runs] == ["a", "b"]


def test_the_result_is_data(shell, logs):
    _cell, scalars = drawn(shell, "logs")
    assert [point.step for point in scalars.series("loss").points] == [1, 2, 3]
    assert scalars.series("loss", "b").last.value == pytest.approx(2 / 3)
    assert scalars.to_dict()["a"]["accuracy"] == {
        "step": [1, 2, 3],
        "wall_time": [1e9, 1e9, 1e9],
        "value": [0.25, 0.5, 0.75],
    }


def test_a_series_that_is_not_there_is_named_with_a_near_one(shell, logs):
    drawn(shell, "logs")
    assert shell("drawn.series('lose')").mistake == (
        "InvalidArgumentError: There is no scalar lose. Did you mean loss?"
    )
    assert "There are accuracy, loss" in shell("drawn.series('xyz')").mistake
    assert "There is no scalar accuracy" in shell("drawn.series('accuracy', 'b')").mistake


@pytest.mark.parametrize("pattern", ["acc", "ACC", "^acc.*y$", "'a|c'"])
def test_tags_are_chosen_by_a_regular_expression(shell, logs, pattern):
    cell, _scalars = drawn(shell, f"logs --tags {pattern}")
    assert cell.html.count("<svg") == 1
    assert "accuracy" in cell.text


def test_a_pattern_that_no_tag_has_names_those_that_are_there(shell, logs):
    cell, _scalars = drawn(shell, "logs --tags lr")
    assert cell.text.split("\n")[-1] == "No tag has lr: there are accuracy, loss"


def test_a_bad_pattern_is_one_line(shell, logs):
    assert mistake(shell, "logs --tags (loss").startswith(
        "InvalidArgumentError: %ma_viz scalars: --tags: (loss is no regular expression: missing )"
    )


def test_a_pattern_that_takes_too_long_is_one_line(shell, tmp_path):
    with Writer(tmp_path / "long") as writer:
        writer.scalars(1, **{"a" * 40 + "!": 1.0})
    assert mistake(shell, "long --tags '(a+)+$'").startswith(
        "InvalidArgumentError: The regular expression (a+)+$ takes too long"
    )


def test_a_folder_without_event_files_says_so(shell, tmp_path):
    (tmp_path / "empty").mkdir()
    cell, scalars = drawn(shell, "empty")
    assert cell.text.split("\n")[-1] == "There are no event files in empty"
    assert scalars.runs == ()


def test_a_damaged_file_is_one_line_beside_the_others(shell, logs):
    (logs / "events.out.tfevents.1.x<b>").write_bytes(b"x" * 50)
    cell, _scalars = drawn(shell, "logs")
    assert cell.text.split("\n")[-1] == "events.out.tfevents.1.x<b>: a record is damaged"
    assert "x&lt;b&gt;: a record is damaged" in cell.html
    assert cell.html.count("<svg") == 2


def test_a_folder_needs_no_credentials(shell, logs, monkeypatch):
    monkeypatch.setenv("MODELARTS_MAGICS_METADATA_URL", "http://127.0.0.1:1")
    drawn(shell, "logs")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("./nothing", "There is no folder ./nothing"),
        ("logs V0001", "logs has no versions. Leave out V0001"),
        ("", "the following arguments are required: JOB|FOLDER"),
        ("logs --tag x", "%ma_viz scalars does not know --tag. Did you mean --tags?"),
    ],
)
def test_mistakes_are_one_line(shell, logs, line, words):
    assert words in mistake(shell, line)


def test_the_help_tells_all_flags():
    words = scalars_command.parser().format_help().split()
    assert {"JOB|FOLDER", "--tags", "--follow"} <= set(words)


def test_without_tensorboard_one_line_says_how_to_get_it(shell, logs, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto.event_pb2", None)
    assert mistake(shell, "logs").endswith('Install it: pip install "modelarts-magics[local]"')


def test_chinese_words(shell, logs):
    shell.ok("%config ModelArtsMagics.language = 'zh'")
    cell, _scalars = drawn(shell, "logs")
    shell.ok("%config ModelArtsMagics.language = ''")
    assert "第 3 步" in cell.html
    assert "标签" in cell.text


def watched(ask):
    """A job whose status is due whenever its panel looks."""
    return JobWatch(ask, clock=count(step=QUIET).__next__)


def test_a_panel_says_what_goes_wrong_and_reads_on(tmp_path):
    answers = iter([UnavailableError("the service is away"), JobStatus.RUNNING, JobStatus.FAILED])

    def ask():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    scalars = Scalars(tmp_path, "/bucket/out/", job=JobVersion.from_json({"status": 8}))
    work = ScalarPanel(scalars, [Followed(scalars, watched(ask), goes_on=True)]).steps()
    with Writer(tmp_path) as writer:
        next(work)
        assert scalars.as_text().endswith("\nthe service is away")
        writer.scalars(1, loss=1.0)
        next(work)
        assert "the service is away" not in scalars.as_text()
        writer.scalars(2, loss=0.5)
        assert list(work) == []
    assert "FAILED" in scalars.as_text()
    assert scalars.series("loss").last.step == 2


def test_a_job_that_was_deleted_is_read_to_its_end(tmp_path):
    def ask():
        raise NotFoundError("no such job")

    scalars = Scalars(tmp_path, "/bucket/out/", job=JobVersion.from_json({"status": 8}))
    with Writer(tmp_path) as writer:
        writer.scalars(1, loss=1.0)
        followed = Followed(scalars, watched(ask), goes_on=True)
        assert list(ScalarPanel(scalars, [followed]).steps()) == []
    assert scalars.series("loss").last.step == 1
    assert scalars.as_text().endswith("\nno such job")


# ---- several -------------------------------------------------------------------------------------


def test_several_are_drawn_over_each_other_and_what_one_lacks_is_said(shell, logs, tmp_path):
    with Writer(tmp_path / "other/a") as writer:
        writer.scalars(1, loss=0.25, lr=0.1)
    cell, compared = drawn(shell, "logs ./other")
    rows = [line.split()[:3] for line in cell.text.split("\n")[4:9]]
    assert rows == [
        ["accuracy", "logs", "a"],
        ["loss", "./other", "a"],
        ["loss", "logs", "a"],
        ["loss", "logs", "b"],
        ["lr", "./other", "a"],
    ]
    assert cell.text.split("\n")[9:] == [
        "./other has no run b",
        "logs has no lr",
        "./other has no accuracy",
    ]
    assert "Not in ./other" in cell.html
    assert "./other has no run b" in cell.html
    colors = set(re.findall(r'<g stroke="(#\w+)"', cell.html))
    assert len(colors) == 2, "one for each"
    assert compared.parts["./other"].series("lr").last.value == pytest.approx(0.1)
    assert [*compared.to_dict()] == ["logs", "./other"]


def test_one_of_several_may_have_nothing_yet(shell, logs, tmp_path):
    (tmp_path / "empty").mkdir()
    cell, _compared = drawn(shell, "logs empty logs")
    assert cell.text.split("\n")[-1] == "empty: There are no event files in empty"
    assert cell.html.count("<svg") == 2
    assert "Not in empty" in cell.html


def test_too_many_are_refused(shell, tmp_path):
    for n in range(9):
        (tmp_path / f"d{n}").mkdir()
    line = " ".join(f"d{n}" for n in range(9))
    assert mistake(shell, line) == (
        "InvalidArgumentError: 9 are too many to be compared. Name 8 at most"
    )


# ---- a job ---------------------------------------------------------------------------------------


@pytest.fixture
def output(service):
    """The folder that the jobs of the service write to."""
    folder = service.root / "obs/test-bucket/output"
    with Writer(folder) as writer:
        for step in (1, 2):
            writer.scalars(step, loss=1 / step)
    yield folder
    writer.path.unlink()


def test_a_job_stands_for_its_output_folder(local, output, service):
    job = service.jobs["chinese"]
    local.ip.user_ns["job"] = job
    for line in (
        "chinese-job",
        job.job_id,
        "job",
        "/test-bucket/output/",
        "obs://test-bucket/output",
    ):
        cell, scalars = drawn(local, line)
        assert scalars.series("loss").last.value == 0.5
        assert cell.html.count("<svg") == 1
    cell, _scalars = drawn(local, "chinese-job V0001")
    assert cell.text.startswith("chinese-job V0001 · COMPLETED · /test-bucket/output/ · read ")


def test_jobs_versions_and_folders_are_compared(local, output, service, tmp_path):
    job = service.jobs["chinese"]
    other = service.jobs["empty"].job_id
    cell, compared = drawn(local, f"chinese-job V0001 {other} V0001 /test-bucket/output/")
    assert [*compared.parts] == ["chinese-job", "empty-job", "/test-bucket/output/"]
    assert "chinese-job · COMPLETED · /test-bucket/output/" in cell.text.split("\n")[0]
    assert [line.split()[1] for line in cell.text.split("\n")[5:]] == [
        "/test-bucket/output/",
        "chinese-job",
        "empty-job",
    ]
    assert cell.html.count("<svg") == 1
    _cell, same = drawn(local, f"chinese-job V0001 {job.job_id} id:{job.job_id}")
    assert [*same.to_dict()] == ["."], "one job, in whichever words"


def test_a_job_that_wrote_nothing_says_so(local):
    cell, _scalars = drawn(local, "empty-job")
    words = "There are no event files in /test-bucket/output/. Curves that the log tells: %ma_log "
    assert cell.text.split("\n")[-1].startswith(words)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("chines-job", "There is no training job chines-job. Did you mean chinese-job?"),
        ("chinese-job V0009", "has no version V0009"),
        ("chinese-job 999999999", "has no version 999999999"),
        ("/test-bucket/nothing/", "There is no folder /test-bucket/nothing/"),
        ("/test-bucket/../x/", "There is no folder /test-bucket/../x/"),
    ],
)
def test_a_job_or_folder_that_is_not_there_is_one_line(local, line, words):
    assert words in mistake(local, line)


def test_a_link_out_of_the_object_store_is_refused(local, service, logs):
    link = service.root / "obs/test-bucket/away"
    link.symlink_to(logs, target_is_directory=True)
    words = mistake(local, "/test-bucket/away/")
    link.unlink()
    assert "/test-bucket/away/ leads out of the object store" in words


@pytest.fixture
def store(monkeypatch, tmp_path):
    """An object store with an event file in ``/bucket/out/``."""
    with Writer(tmp_path) as writer:
        writer.scalars(1, loss=0.5)
    data = writer.path.read_bytes()
    name = writer.path.name
    listing = f"<Contents><Key>out/{name}</Key><Size>{len(data)}</Size></Contents>"
    with FakeService() as running:
        running.on("GET", "/bucket/", Reply(f"<ListBucketResult>{listing}</ListBucketResult>"))
        running.on("GET", f"/bucket/out/{name}", Reply(data))
        monkeypatch.setenv("MODELARTS_MAGICS_OBS_ENDPOINT", running.url)
        yield running


@pytest.mark.parametrize("line", ["job", "7", "obs://bucket/out/", "/bucket/out/"])
def test_a_folder_of_the_cloud_is_read_where_it_is(scripted_shell, scripted, store, line):
    scripted.script = one_job("", train_url="/bucket/out/")
    _cell, scalars = drawn(scripted_shell, line)
    (point,) = scalars.series("loss").points
    assert (point.step, point.value) == (1, 0.5)


def test_a_number_behind_a_job_is_its_version_if_it_has_one(scripted_shell, scripted, store):
    one = one_job("", train_url="/bucket/out/")
    other = one_job("", job_id=70, job_name="other", train_url="/bucket/out/")

    def script(method, path, query):
        return (other if "/training-jobs/70" in path else one)(method, path, query)

    scripted.script = script
    cell, scalars = drawn(scripted_shell, "job 70")
    assert scalars.title == "job V0001"
    assert cell.stdout == (
        "70 is taken for a version of job, but means job other too: id:70 or name:70\n"
    )
    cell, compared = drawn(scripted_shell, "job id:70")
    assert [*compared.parts] == ["job", "other"]
    assert cell.stdout == ""


def test_a_bucket_that_is_not_there_is_one_line(scripted_shell, store):
    words = "<Error><Code>NoSuchBucket</Code><Message>The bucket does not exist</Message></Error>"
    store.on("GET", "/bucket/", Reply(words, 404))
    assert "The bucket does not exist" in mistake(scripted_shell, "obs://bucket/out")


def test_a_job_without_an_output_folder_is_one_line(scripted_shell, scripted):
    scripted.script = one_job("")
    assert "Training job job has no output folder" in mistake(scripted_shell, "job")
