"""Only some lines of a log: ``--since``, ``--grep`` and ``--level``, in a picture and a stream."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_service import ChangingJob, one_job

from modelarts_magics.core.api.log import LogText, Part
from modelarts_magics.core.api.v1.models.training import JobVersion
from modelarts_magics.notebook.log.moments import Since, Zone, moment_of
from modelarts_magics.notebook.log.results import LogPicture
from modelarts_magics.notebook.log.sieve import Begun, Sieve, Wanted, begin
from modelarts_magics.notebook.text.pattern import Pattern

NOW = 1_767_323_045.0  # 2026-01-02 03:04:05 UTC
ERRORS = """\
step 1 loss 0.5
WARNING slow disk
Traceback (most recent call last):
  File "a.py", line 1
ValueError: bad
step 2 Loss 0.4
"""


def stamped(seconds, text, zone=0, form="%Y-%m-%d %H:%M:%S"):
    at = datetime.fromtimestamp(NOW - seconds, timezone.utc) + timedelta(hours=zone)
    return f"{at.strftime(form)} {text}"


def job(status=8, **fields):
    return JobVersion.from_json({"job_id": 7, "version_id": 70, "status": status, **fields})


def tail_of(lines, asked=None):
    def tail(count):
        if asked is not None:
            asked.append(count)
        text = "".join(f"{line}\n" for line in lines[-count:])
        return Part(LogText(text, 0, len(text), "a"), len(text))

    return tail


# ---- when a line was written --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("[ModelArts Service Log]2026/01/02 03:04:05 preparing", NOW),
        ("2026-01-02T03:04:05.123Z go", NOW),
        ("2026-01-02T11:04:05+08:00 go", NOW),
        ("2026-01-01 22:04:05 -0500 go", NOW),
        ("2026-02-30 03:04:05 never", None),
        ("2026-01-02 24:04:05", None),
        ("loss 0.5", None),
        ("x" * 200 + "2026-01-02 03:04:05", None),
    ],
)
def test_the_time_of_a_line(line, seconds):
    found = moment_of(line)
    assert (found and found.seconds) == seconds


@given(st.text(max_size=150))
def test_no_line_is_too_odd_to_look_for_a_time(line):
    assert moment_of(line) is None or line


@pytest.mark.parametrize("zone", [0, 8])
def test_times_without_a_zone_are_read_in_the_one_that_makes_them_latest(zone):
    found = Zone.of([stamped(90, "a", zone), stamped(30, "b", zone)], NOW)
    assert found.at(stamped(30, "b", zone)) == NOW - 30


def test_those_of_a_job_that_has_ended_are_not_later_than_its_end():
    ended = job(10, start_time=int((NOW - 7200) * 1000), duration=600_000)  # 110 minutes ago
    lines = [stamped(6700, "a"), stamped(6650, "b")]
    assert begin(tail_of(lines), "a", ended, Since(6660), NOW).count == 1
    assert begin(tail_of(lines), "a", ended, Since(600), NOW).count == 0


def test_lines_are_looked_for_farther_and_farther_back():
    lines = [stamped(20_000 - n, f"step {n}") for n in range(20_000)]
    asked = []
    assert begin(tail_of(lines, asked), "a", job(), Since(30), NOW).count == 30
    assert asked == [1000]
    assert begin(tail_of(lines, asked), "a", job(), Since(5000), NOW).count == 5000
    assert asked == [1000, 1000, 10_000]


def test_what_is_between_lines_with_times_belongs_to_the_one_before():
    lines = [stamped(90, "old"), "  of old", stamped(30, "new"), "  of new", stamped(10, "last")]
    assert begin(tail_of(lines), "a", job(), Since(60), NOW).count == 3
    sieve = Sieve(Wanted(Since(60)), {"a": Begun(3, Zone(), NOW - 60)})
    passed = sieve.passed("a", lines, str)
    assert [one.text for one in passed] == lines[2:]


def test_lines_that_come_later_pass_though_they_tell_no_time():
    sieve = Sieve(Wanted(Since(60)), {"a": Begun(0, Zone(), NOW - 60)})
    old = [stamped(900, "old")] * sieve.reach
    assert [*sieve.passed("a", old, str)] == []
    assert [one.text for one in sieve.passed("a", ["new"], str)] == ["new"]


# ---- which lines --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "lines"),
    [
        ("--grep 'loss 0.\\d'", [0, 5]),
        ("--grep nothing", []),
        ("--level error", [2, 3, 4]),
        ("--level warning", [1, 2, 3, 4]),
        ("--level error --grep Value", [4]),
        ("--tail 2 --grep loss", [5]),
    ],
)
def test_a_picture_has_the_lines_that_are_wanted(scripted_shell, scripted, flags, lines):
    scripted.script = one_job(ERRORS, status=8)
    cell = scripted_shell.ok(f"%ma_log job --no-follow {flags} --as kept")
    assert cell.stdout == ""
    wanted = [ERRORS.splitlines()[n] for n in lines]
    assert scripted_shell.ip.user_ns["kept"].text.splitlines() == wanted
    assert f"{len(lines)} of " in cell.text


def test_a_stream_has_them_too_and_waiting_has(scripted_shell, scripted):
    scripted.script = one_job(ERRORS)
    found = scripted_shell("%ma_log job --grep loss")
    assert found.stdout == "step 1 loss 0.5\nstep 2 Loss 0.4\n"
    assert "No line" not in found.stderr
    assert "── No line matches\n" in scripted_shell("%ma_log job --grep nothing").stderr
    waited = scripted_shell("%ma_log job --wait --level error").stdout
    assert waited.splitlines() == ERRORS.splitlines()[2:5]


def test_of_a_time_are_those_of_all_files(scripted_shell, scripted):
    now = time.time()
    at = [datetime.fromtimestamp(now - s, timezone.utc).isoformat("T", "seconds") for s in (900, 9)]
    logs = {name: f"{at[0]} old {name}\n{at[1]} new {name}\n  more\n" for name in ("w0", "w1")}
    scripted.script = ChangingJob(status=10, logs=logs)
    shown = scripted_shell.ok("%ma_log job --no-follow --since 10m").text
    assert "old" not in shown
    assert "new w0\n  more" in shown
    streamed = scripted_shell("%ma_log job --wait --since 10m").stdout.splitlines()
    assert sorted(line.rpartition(" ")[2] for line in streamed) == ["more", "more", "w0", "w1"]
    assert not any("old" in line for line in streamed)


@pytest.mark.parametrize(("zone", "count"), [("UTC", 1), ("+08:00", 0), ("-3", 1)])
def test_whoever_knows_the_zone_of_a_log_says_so(scripted_shell, scripted, zone, count):
    at = datetime.fromtimestamp(time.time() - 60, timezone.utc).isoformat(" ", "seconds")[:19]
    scripted.script = one_job(f"{at} go\n", status=8)
    shown = scripted_shell.ok(f"%ma_log job --no-follow --since 10m@{zone}").text
    assert f"{count} of {count} lines: since 10 min" in shown
    assert "read as of" not in shown


def test_a_zone_that_was_guessed_is_said(scripted_shell, scripted):
    at = datetime.fromtimestamp(time.time() - 60, timezone.utc).isoformat(" ", "seconds")[:19]
    scripted.script = one_job(f"{at} go\n")
    shown = scripted_shell.ok("%ma_log job --no-follow --since 10m").text
    assert "times read as of UTC" in shown
    waited = scripted_shell("%ma_log job --wait --since 10m")
    assert "── times read as of UTC" in waited.stderr + waited.stdout
    assert "no time zone such as" in scripted_shell("%ma_log job --since 10m@Mars").mistake


def test_a_log_that_tells_no_times_is_named(scripted_shell, scripted):
    scripted.script = one_job("step 1\n", status=8)
    assert (
        "No line of a.log tells when it was written"
        in scripted_shell("%ma_log job --since 10m --no-follow").mistake
    )


def test_a_pattern_that_takes_too_long_or_is_none_is_one_line(scripted_shell, scripted):
    scripted.script = one_job("a" * 40 + "!\n", status=8)
    assert "takes too long" in scripted_shell("%ma_log job --no-follow --grep '(a+)+$'").mistake
    assert "no regular expression" in scripted_shell("%ma_log job --no-follow --grep '('").mistake


# ---- how much of it -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["\x1b[31mx\x1b[32my\n" * 3000, f"{'<&>' * 30}\n" * 2000, f"{'错' * 99}\n" * 3000]
)
def test_no_picture_holds_more_than_a_megabyte(text):
    picture = LogPicture(job(), "a", ["a"], LogText(text, 0, len(text), "a"))
    stored = json.dumps(picture.bundle(), ensure_ascii=False).encode()
    assert len(stored) < 2**20
    assert len(stored) > 400_000


def test_what_is_left_out_of_a_picture_is_told():
    text = "".join(f"line {n} {'x' * 300}\n" for n in range(2000))
    picture = LogPicture(job(), "a", ["a"], LogText(text, 0, len(text), "a"))
    assert "lines are not shown here" in picture.as_text()
    assert "line 1999 " in picture.as_text()
    picked = picture.picked(Wanted(pattern=Pattern("line 19")), "with line 19")
    assert "111 of 2,000 lines: with line 19" in picked.as_text()
