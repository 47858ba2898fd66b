"""``%ma_log JOB`` in a terminal: the log as it comes, until the job ends or somebody interrupts."""

from __future__ import annotations

import contextlib
import io
import re
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from job_service import BIG, CHINESE, COLOURS
from scripted_service import ChangingJob, one_job
from silent_service import once

from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.logs.follow import Finished
from modelarts_magics.notebook.log.stream import Printer
from modelarts_magics.notebook.text.safe_stream import SafeStream

STATUS = "/versions/70"  # of the scripted job


def followed(shell, line):
    """A cell that has followed a log to its end; what is no log text goes to standard error."""
    cell = shell(line)
    assert cell.success, cell.stdout
    return cell


def test_the_whole_log_is_printed_until_the_job_ends(local, service):
    cell = followed(local, "%ma_log chinese-job")
    assert cell.stdout.startswith(CHINESE)
    assert "COMPLETED" in cell.stderr
    assert "The job has completed" in cell.stderr
    assert cell.outputs == []


def test_a_long_log_arrives_byte_for_byte(local, service):
    assert followed(local, "%ma_log big-job").stdout.startswith(BIG)


def test_it_can_begin_with_the_last_lines(local, service):
    printed = followed(local, "%ma_log big-job --tail 3").stdout
    assert printed.splitlines()[:2] == BIG.splitlines()[-2:]


def test_colours_reach_the_terminal_and_workers_have_their_names(local, service):
    assert followed(local, "%ma_log colours-job").stdout.startswith(COLOURS)
    printed = followed(local, "%ma_log distributed-job").stdout
    for rank in range(3):
        assert f"[job-distributed-job.{rank}] I am worker {rank}\n" in printed
    only = followed(local, "%ma_log distributed-job --file job-distributed-job.1").stdout
    assert only.startswith("I am worker 1\n")


def test_the_result_tells_how_it_ended(local, service):
    followed(local, "%ma_log chinese-job --as ended")
    assert local.ip.user_ns["ended"].is_success


def test_an_interrupt_ends_the_printing_with_one_line(scripted_shell, scripted, monkeypatch):
    scripted.script = one_job("working\n", status=8)

    def interrupt(_seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr("modelarts_magics.notebook.log.stream.time.sleep", interrupt)
    cell = scripted_shell("%ma_log job")
    assert "Interrupted" in cell.stdout.splitlines()[-1]
    assert not any("/stop" in path for _method, path in scripted.requests)


def test_a_job_that_waits_is_followed_once_it_has_a_log(scripted_shell, scripted):
    scripted.script = job = ChangingJob(status=7, at=STATUS)
    wait = job.to(7)
    job.steps = [wait, wait, wait, job.to(8, worker0="第一行\n"), job.to(10)]
    cell = followed(scripted_shell, "%ma_log job --interval 1")
    assert cell.stdout == "第一行\n"
    told = [line for line in cell.stderr.splitlines() if line.startswith("──")]
    assert "WAITING" in told[0]
    assert "COMPLETED" in cell.stderr
    assert "The job has completed" in told[-1]


def test_a_file_that_is_not_there_yet_is_waited_for_while_there_is_none(scripted_shell, scripted):
    scripted.script = job = ChangingJob(status=7, at=STATUS)
    logs = {"worker0": "zero\n", "worker1": "one\n"}
    job.steps = [job.to(7), job.to(7), job.to(8, **logs), job.to(10)]
    cell = followed(scripted_shell, "%ma_log job --file worker1 --interval 1")
    assert cell.stdout == "one\n"


def test_a_file_that_is_not_there_is_refused_when_there_are_others(scripted_shell, scripted):
    scripted.script = ChangingJob(status=8, logs={"worker0": "zero\n"})
    refusal = scripted_shell("%ma_log job --file worker7").mistake
    assert "no log file worker7" in refusal
    assert "worker0" in refusal


def test_a_still_picture_of_a_job_without_a_log_is_refused(scripted_shell, scripted):
    scripted.script = ChangingJob(status=7)
    assert "has no log yet" in scripted_shell("%ma_log job --no-follow").mistake


def test_a_job_that_ends_without_a_log_says_so(scripted_shell, scripted):
    scripted.script = ChangingJob(status=12)
    cell = followed(scripted_shell, "%ma_log job --interval 1 --as ended")
    assert cell.stdout == ""
    assert "The job was stopped. The job wrote no log" in cell.stderr
    assert not scripted_shell.ip.user_ns["ended"].is_success


def test_a_worker_that_starts_later_joins_and_lines_stay_whole(scripted_shell, scripted):
    scripted.script = job = ChangingJob(status=8, logs={"worker0": "begun"}, at=STATUS)
    scaling = job.to(15, worker1="one\n", worker0=" and ended\nlast")
    job.steps = [job.to(8), scaling, job.to(10)]
    cell = followed(scripted_shell, "%ma_log job --interval 1")
    assert cell.stdout == "begun and ended\nlast\n[worker1] one\n"


@given(st.lists(st.tuples(st.sampled_from(["w0", "w1"]), st.text("ab\n", max_size=8)), max_size=20))
def test_lines_of_several_files_are_printed_whole_wherever_pieces_end(pieces):
    printer, printed = Printer(["w0", "w1"]), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        for name, text in pieces:
            printer.tell(LogText(text, 0, 0, name))
        printer.tell(Finished(JobStatus.COMPLETED))
    for name in ("w0", "w1"):
        text = "".join(piece for owner, piece in pieces if owner == name)
        shown = [line for line in printed.getvalue().split("\n") if line.startswith(f"[{name}]")]
        assert shown == [f"[{name}] {line}" for line in text.split("\n") if line]


def test_panels_are_listed_and_stopped_only_where_there_are_some(local, service):
    assert local.ok("%ma_log --list").text == "No panel follows a log"
    assert "%ma_log --list" in local("%ma_log --stop").mistake


_pieces = st.lists(
    st.one_of(
        st.text(max_size=6),
        st.sampled_from(
            ["\x1b", "[31m", "\x1b[0m", "\x1b]8;;http://x\x07", "\x1b[2J", "\x1b]0;t", "\r", "\x9b"]
        ),
    )
)


@given(_pieces)
def test_a_terminal_is_never_told_anything_but_colours_and_returns(pieces):
    safe = SafeStream()
    printed = "".join(map(safe.feed, pieces))
    bare = re.sub(r"\x1b\[[0-9;:]*m", "", printed)
    assert not re.search(r"[\x00-\x07\x0b-\x0c\x0e-\x1f\x7f-\x9f]", bare)


@given(st.text(alphabet="ab\n中\x1b[3;1m]0\x07\r", max_size=60), st.integers(0, 60))
def test_where_a_piece_ends_does_not_matter(text, cut):
    whole, parts = SafeStream(), SafeStream()
    assert parts.feed(text[:cut]) + parts.feed(text[cut:]) == whole.feed(text)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("10%\r20%", "10%\r20%"),
        ("\x1b]0;title\x07name", "name"),
        ("\x1b[6nquery", "query"),
        ("\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m"),
        ("nul\x00 bell\x07", "nul␀ bell␇"),
    ],
)
def test_what_a_terminal_is_given(text, printed):
    assert SafeStream().feed(text) == printed


def test_an_interrupt_ends_the_following_of_many_files_while_the_service_holds_them(
    scripted_shell, scripted, interrupt
):
    files = {f"worker{number}": "one line\n" for number in range(6)}
    job, lock, held = ChangingJob(status=8, logs=files), threading.Lock(), []

    def script(method, path, query):
        if not path.endswith("/log") or query["log_file"] == "worker0":  # it goes ahead
            return job(method, path, query)
        with lock:
            held.append(query["log_file"])
        if len(held) == len(files) - 1:
            interrupt()
        return scripted.hang()

    scripted.script = script
    cell = scripted_shell("%ma_log job")
    assert cell.stdout.endswith("Interrupted. Jobs are not affected.\n")
    once(lambda: not [t for t in threading.enumerate() if t.name.startswith("modelarts-magics")])
    assert not scripted.released.is_set()
