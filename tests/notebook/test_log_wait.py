"""``%ma_log JOB --wait``: for a run without a person; it ends with the job, and as the job did."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from itertools import count

import pytest
from isolation import environment
from job_service import BIG
from scripted_service import ChangingJob, one_job

from modelarts_magics.core.errors import JobEndedError, NotEndedError
from modelarts_magics.notebook.log.excerpt import HEAD, TAIL, Excerpt

STATUS = "/versions/70"  # of the scripted job
LONG = [f"step {n}\n" for n in range(5000)]


def excerpt_of(lines, tail=TAIL, error="ERROR"):
    shown = []
    excerpt = Excerpt(shown.append, tail)
    for line in lines:
        excerpt.add(line, is_error=error in line)
    excerpt.end()
    return shown


def test_a_log_is_printed_by_head_and_tail_with_a_count(local, service):
    cell = local("%ma_log big-job --wait --tail 3 --as ended")
    assert cell.success
    assert "The job has completed" in cell.stderr
    assert local.ip.user_ns["ended"].is_success
    last = local.ok("%ma_log big-job --plain --tail 3").text.splitlines()[-3:]
    gap = f"… {1201 - HEAD - 3:,} lines are left out here …"
    assert cell.stdout.splitlines() == [*BIG.splitlines()[:HEAD], gap, *last]


def test_errors_between_head_and_tail_are_printed_where_they_stand():
    lines = [f"line {n}" for n in range(1000)]
    lines[500] = "ERROR in the middle"
    assert excerpt_of(lines) == [
        *lines[:HEAD],
        f"… {500 - HEAD:,} lines are left out here …",
        lines[500],
        f"… {1000 - 501 - TAIL:,} lines are left out here …",
        *lines[-TAIL:],
    ]


@pytest.mark.parametrize(
    "line", ["x" * 10**5, "\x1b[31mred\x1b[0m" * 10**3, "ERROR " + "错" * 5000, "ERROR"]
)
def test_no_output_holds_more_than_a_megabyte_by_default(line):
    shown = excerpt_of([line] * 3000)
    assert len(json.dumps("\n".join(shown), ensure_ascii=False).encode()) < 2**20
    assert sum(1 for one in shown if "left out here" in one) >= 1


def test_a_job_that_fails_fails_the_cell_by_its_last_error(scripted_shell, scripted):
    log = "".join([*LONG, "ValueError: bad shape\n", *LONG])
    scripted.script = one_job(log, status=11)
    cell = scripted_shell("%ma_log job --wait --tail all")
    assert isinstance(cell.error, JobEndedError)
    assert cell.stdout.startswith(log)
    said = str(cell.error)
    assert "job (7) V0001: The job failed: FAILED · last error: ValueError: bad shape" in said


def test_it_waits_for_one_that_has_not_begun_and_saves_all_that_it_wrote(
    scripted_shell, scripted, tmp_path
):
    scripted.script = job = ChangingJob(status=7, at=STATUS)
    job.steps = [job.to(14, worker0="".join(LONG))]
    cell = scripted_shell("%ma_log job --wait --save whole.log --no-fail")
    assert cell.success
    assert "LOST" in cell.stderr
    assert (tmp_path / "whole.log").read_text() == "".join(LONG)
    assert cell.stdout.count("\n") < 400


def test_a_file_that_cannot_be_written_is_refused_before_the_waiting(scripted_shell, scripted):
    scripted.script = one_job("working\n", status=8)
    assert "no/where" in scripted_shell("%ma_log job --wait --save no/where/it.log").mistake


def test_a_job_that_goes_on_after_the_time_is_named(scripted_shell, scripted):
    scripted.script = one_job("working\n", status=8)
    cell = scripted_shell("%ma_log job --wait --timeout 1s")
    assert isinstance(cell.error, NotEndedError)
    assert "job (7) V0001 goes on after 1.0 s" in str(cell.error)
    assert cell.stdout.startswith("working\n")


def test_that_time_holds_while_the_service_does_not_answer(scripted_shell, scripted):
    job, calls = one_job("working\n", status=8), count()

    def script(method, path, query):
        hangs = path.endswith("/log") and next(calls) > 0
        return scripted.hang() if hangs else job(method, path, query)

    scripted.script = script
    cell = scripted_shell("%ma_log job --wait --interval 1 --timeout 2s")
    assert isinstance(cell.error, NotEndedError)
    assert not scripted.released.is_set()


@pytest.mark.parametrize("time", ["0", "-1", "soon", "1x", "1h30", "1 h", "9999999d"])
def test_what_is_no_time_is_refused(scripted_shell, time):
    mistake = scripted_shell(f"%ma_log job --wait --timeout '{time}'").mistake
    assert "--timeout" in mistake or time in mistake


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_script_that_waits_at_once(scripted, tmp_path, number):
    scripted.script = one_job("working\n", status=8)
    command = "%load_ext modelarts_magics\n%ma_log job --wait"
    process = subprocess.Popen(
        [sys.executable, "-m", "IPython", "--quick", "--no-banner", "-c", command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**environment(tmp_path), **scripted.environment, "TERM": "dumb"},
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"working\n"
        os.kill(process.pid, number)
        started = time.monotonic()
        process.wait(timeout=30)
        assert time.monotonic() - started < 10
        assert process.returncode != 0
