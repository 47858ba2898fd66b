"""``%ma_log`` on jobs of API v2: by id and by name, on a real embedded service."""

from __future__ import annotations

from typing import Any

import pytest
from job_service import Service
from magic_shell import Page, Shell
from v2_jobs import ended, submit

from modelarts_magics.core.api.base import ResourceUsage
from modelarts_magics.core.api.v2.models.job import TrainingJob
from modelarts_magics.notebook.log.resources import Resources

NOT_HERE = ("gpuUtil", "gpuMemUsage", "npuUtil", "npuMemUsage")
PAIR = "echo I am worker $RANK; echo 损失 0.25"
FAILING = """
if [ $RANK = 0 ]; then sleep 60; fi
echo reading batch 7
printf 'Traceback (most recent call last):\\n  File "a.py", line 1\\nValueError: bad <shape>\\n'
exit 3
"""
COPIED = {"spec": {"log_export_path": {"obs_url": "obs://test-bucket/ascend/"}}}
RETRIED = {"metadata": {"annotations": {"fault-tolerance/job-retry-num": "1"}}}


@pytest.fixture(scope="module")
def jobs(service: Service) -> dict[str, TrainingJob]:
    """A distributed job, one of which a task failed, one that was restarted."""
    made = {
        "pair": submit(service, "v2-pair", PAIR, nodes=2),
        "failed": submit(service, "v2-failed", FAILING, nodes=2),
        "again": submit(service, "v2-again", "echo once more; exit 4", **RETRIED),
        "copied": submit(service, "v2-copied", "echo copied", **COPIED),
    }
    return {name: ended(service, job) for name, job in made.items()}


@pytest.fixture(params=["by id", "by name"])
def word(request: Any, local: Shell, jobs: dict[str, TrainingJob]) -> Any:
    """How a person names a job of API v2: by its id, or by its name where v2 is chosen."""
    if request.param == "by id":
        return lambda name: jobs[name].ref.job
    local.ok("%ma_session --api v2")
    return lambda name: jobs[name].name


def test_a_still_picture_has_state_tasks_and_the_log_of_the_first_task(local, word):
    cell = local.ok(f"%ma_log {word('pair')} --no-follow")
    head, *text = cell.text.split("\n")
    assert "v2-pair (" in head
    assert "Completed" in head
    assert "2 tasks" in head
    assert "other files: worker-1" in head
    assert "I am worker 0" in text
    assert "损失 0.25" in Page(cell.html).text


@pytest.mark.parametrize("flag", ["--file", "--task"])
def test_one_task_is_chosen_by_either_name_of_the_flag(local, word, flag):
    text = local.ok(f"%ma_log {word('pair')} {flag} worker-1 --plain").text
    assert "I am worker 1" in text
    assert "I am worker 0" not in text


def test_a_task_that_is_not_there_is_one_line_with_those_that_are(local, word):
    mistake = local(f"%ma_log {word('pair')} --task worker-9 --no-follow").mistake
    assert "no log file worker-9" in mistake
    assert "worker-0, worker-1" in mistake


def test_a_version_is_refused_clearly(local, word):
    assert "have no versions" in local(f"%ma_log {word('pair')} V0001 --no-follow").mistake


def test_all_tasks_are_printed_each_line_under_its_task(local, word):
    lines = local.ok(f"%ma_log {word('pair')} --tail all --no-follow").text
    assert "I am worker 0" in lines
    cell = local(f"%ma_log {word('pair')}")  # a shell without a kernel prints until the end
    assert cell.success
    assert "[worker-0] I am worker 0\n" in cell.stdout
    assert "[worker-1] I am worker 1\n" in cell.stdout


def test_the_log_is_saved_byte_for_byte(local, word, tmp_path):
    local.ok(f"%ma_log {word('pair')} --task worker-1 --save {tmp_path}/one.log")
    assert (tmp_path / "one.log").read_text("utf-8").startswith("I am worker 1\n损失 0.25\n")


@pytest.mark.parametrize(("flags", "wanted"), [("--start-byte 2 --offset 4", "am w")])
def test_a_slice_is_what_stands_at_its_bytes(local, word, flags, wanted):
    local.ok(f"%ma_log {word('pair')} {flags} --as part")
    assert local.ip.user_ns["part"].text == wanted


def test_the_last_lines_are_those_that_were_asked_for(local, word):
    local.ok(f"%ma_log {word('pair')} --tail 1 --no-follow --as part")
    assert local.ip.user_ns["part"].text.count("\n") == 1


def test_a_failed_job_begins_with_what_its_task_says(local, word):
    cell = local.ok(f"%ma_log {word('failed')} --no-follow")
    head, task, *rest = cell.text.split("\n")
    assert "Failed" in head
    assert task == "worker-1 · exit code 3"
    assert rest[:3] == [
        "Traceback (most recent call last):",
        '  File "a.py", line 1',
        "ValueError: bad <shape>",
    ]
    assert "ValueError: bad <shape>" in Page(cell.html).text


def test_a_restart_is_told_in_the_head(local, word):
    head = local.ok(f"%ma_log {word('again')} --no-follow").text.split("\n")[0]
    assert "restarts: 1 · last restart: Training failed, exit code 4." in head


def test_events_are_told_with_time_and_level(local, word):
    cell = local.ok(f"%ma_log {word('failed')} --events --as told")
    told = local.ip.user_ns["told"]
    assert [one.level for one in told if "Exit code 3" in one.message] == ["Error"]
    assert told[0].message == "Job created."
    assert cell.text.split("\n")[0].split() == ["time", "level", "event"]
    page = Page(cell.html)
    assert "[worker-1] ended. Exit code 3." in page.text
    assert page.tags <= {"style", "table", "thead", "tbody", "tr", "th", "td", "b"}


def test_what_a_task_uses_is_told_or_that_nothing_is_known(local, word):
    cell = local.ok(f"%ma_log {word('pair')} --resources --task worker-1 --as used")
    assert "· worker-1" in cell.text
    used = local.ip.user_ns["used"].usage
    assert {one.resource for one in used} <= {"cpuUsage", "memUsage", *NOT_HERE}
    if not any(one.points for one in used):
        assert "Nothing has been measured yet" in cell.text


def test_resource_usage_is_by_the_minute_and_grows(jobs):
    usage = [ResourceUsage("npuMemUsage", "%", [(1767322800000, 12.5), (1767322920000, 40.0)])]
    shown = Resources(jobs["pair"], "worker-0", usage)
    assert "NPU memory (%)" in shown.as_text()
    assert 'title="npuMemUsage"' in shown.as_html()
    assert Page(shown.as_html()).tags >= {"svg"}
    assert "40" in shown.as_text()
    assert all("A step is a minute" in form for form in (shown.as_text(), shown.as_html()))
    before = shown.changes
    shown.take(jobs["pair"], [])
    assert shown.changes > before
    assert "Nothing has been measured yet" in shown.as_text()


def test_what_a_job_wrote_beside_its_logs_is_listed_and_fetched(local, service, jobs, tmp_path):
    job = jobs["copied"].ref.job
    folder = service.root / "obs/test-bucket/ascend"
    names = f"modelarts-job-{job}-proc-rank-0-device-0.txt", f"npu/{job}/plog/rank_0/a.log"
    for name in (*names, f"npu/{jobs['pair'].ref.job}/b.log"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"of {name}\n", "utf-8")
    cell = local.ok(f"%ma_log {job} --log-folder --as beside")
    assert [one.name for one in local.ip.user_ns["beside"]] == [*names]
    assert cell.text.split("\n")[0].split() == ["file", "bytes"]
    assert names[1] in Page(cell.html).text
    local.ok(f"%ma_log {job} --log-folder --save {tmp_path}/all")
    for name in names:
        assert (tmp_path / "all" / name).read_text("utf-8") == f"of {name}\n"
    assert "copies no logs to OBS" in local(f"%ma_log {jobs['pair'].ref.job} --log-folder").mistake


@pytest.mark.parametrize("flag", ["--events", "--resources", "--log-folder"])
def test_what_the_older_generation_does_not_tell_is_one_line(local, flag):
    mistake = local(f"%ma_log twice {flag}").mistake
    assert "API v1 does not offer" in mistake
    assert "%ma_session --api v2" in mistake


def test_the_list_shows_jobs_by_which_a_log_is_opened(local, jobs):
    local.ok("%ma_session --api v2")
    local.ok("%ma_log --as recent")
    recent = local.ip.user_ns["recent"]
    assert {"v2-pair", "v2-failed", "v2-again"} <= {one.name for one in recent}
    index = [one.name for one in recent].index("v2-pair")
    assert "I am worker 0" in local.ok(f"%ma_log recent[{index}] --no-follow").text


@pytest.mark.parametrize("flag", ["--file", "--task"])
def test_tab_completes_the_tasks(local, jobs, flag):
    assert local.complete(f"%ma_log {jobs['pair'].ref.job} {flag} wor") == ["worker-0", "worker-1"]


@pytest.mark.parametrize("api", ["v1", "v2"])
def test_a_job_that_both_generations_see_is_no_clash(local, jobs, api):
    local.ok(f"%ma_session --api {api}")
    listed = [one.name for one in local.ok("%ma_log --as recent") and local.ip.user_ns["recent"]]
    assert listed.count("v2-pair") == 1
    cell = local.ok("%ma_log v2-pair --no-follow")
    assert "I am worker 0" in cell.text
    assert cell.stderr == "", "no word of another job of that name"


def test_tab_completes_the_flags(local):
    assert {"--task", "--events"} <= set(local.complete("%ma_log --"))
