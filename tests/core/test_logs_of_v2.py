"""The log of a task, whichever calls the service has: nothing lost, nothing twice."""

from __future__ import annotations

from itertools import product

import pytest
from log_services import Clock
from v2_service import JOB, Cloud, Said, client_of, job, refused

from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.api.v2.jobs import TrainingJobs
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.logs.download import download, read_whole
from modelarts_magics.core.logs.follow import Finished, LastLines, Trouble
from modelarts_magics.core.logs.job_logs import JobLogs
from modelarts_magics.core.logs.readers import LogBytes, open_log
from modelarts_magics.errors import (
    LogClearedError,
    NotOfferedError,
    UnexpectedAnswerError,
)

NEWEST_PART = "The service gives no lines of this log: its newest part is read"
REF = JobRef("v2", JOB)
TASK = "worker-0"


@pytest.fixture
def cloud():
    return Cloud()


@pytest.fixture
def jobs(cloud):
    with client_of(cloud.adapter) as client:
        yield TrainingJobs(client)


def lines(first: int, last: int) -> bytes:
    return b"".join(b"line %05d\n" % n for n in range(first, last))


def calls(cloud: Cloud, part: str) -> int:
    return sum(part in asked.path for asked in cloud.asked)


def all_of(log, cursor, *, is_final=False):
    """The text that there is by now, and the cursor behind it."""
    texts = []
    while True:
        part = log.after(cursor, is_final=is_final)
        cursor = part.cursor
        if part.goes_on or part.is_truncated:
            continue
        if not part.text.text:
            return "".join(texts), cursor
        texts.append(part.text.text)


PROFILES = [*product(["named", "v1"], [False, True])]


@pytest.mark.parametrize(("order", "has_base"), PROFILES)
def test_lines_come_once_and_in_order_whatever_their_order_means(cloud, jobs, order, has_base):
    cloud.lines, cloud.has_base = order, has_base
    cloud.logs[TASK] = lines(0, 1200)
    log = open_log(jobs.logs(REF, TASK), Reader(1))
    text, cursor = all_of(log, log.at(0))
    assert text.encode() == cloud.logs[TASK]
    for last in (1201, 1203, 3000):
        before = len(cloud.logs[TASK])
        cloud.logs[TASK] = lines(0, last)
        text, cursor = all_of(log, cursor)
        assert text.encode() == cloud.logs[TASK][before:]
    assert calls(cloud, "preview") == 0


@pytest.mark.parametrize(("order", "has_base"), PROFILES)
def test_what_follows_the_first_line_is_told_too(cloud, jobs, order, has_base):
    cloud.lines, cloud.has_base = order, has_base
    log, cursor = open_log(jobs.logs(REF, TASK), Reader(1)), ""
    for last in (1, 1, 1, 2, 2, 4):
        cloud.logs[TASK], before = lines(0, last), cloud.logs.get(TASK, b"")
        text = ""
        for _look in range(2):  # the second one asks in the other order
            more, cursor = all_of(log, cursor)
            text += more
        assert text.encode() == cloud.logs[TASK][len(before) :]


@pytest.mark.parametrize(("order", "has_base"), PROFILES)
def test_the_last_lines_and_what_follows_them(cloud, jobs, order, has_base):
    cloud.lines, cloud.has_base = order, has_base
    cloud.logs[TASK] = lines(0, 2000)
    log = open_log(jobs.logs(REF, TASK), Reader(1))
    part = log.tail(700)
    assert part.text.text.encode() == lines(1300, 2000)
    assert all_of(log, part.cursor)[0] == ""
    cloud.logs[TASK] = lines(0, 2010)
    assert all_of(log, part.cursor)[0].encode() == lines(2000, 2010)


@pytest.mark.parametrize("early", ["204", "2818", "2776"])
@pytest.mark.parametrize("order", ["named", "v1", "absent"])
def test_a_log_that_is_not_there_yet_is_waited_for(cloud, jobs, early, order):
    cloud.early, cloud.lines = early, order
    log = open_log(jobs.logs(REF, TASK), Reader(1))
    text, cursor = all_of(log, log.at(0))
    assert text == ""
    cloud.logs[TASK] = lines(0, 3)
    assert all_of(log, cursor)[0].encode() == lines(0, 3)


def test_what_an_endpoint_lacks_is_asked_for_once(cloud, jobs):
    cloud.lines = cloud.link = "absent"
    cloud.logs = {"worker-0": lines(0, 3), "worker-1": lines(0, 3)}
    for task in ("worker-0", "worker-1", "worker-0"):
        log = open_log(jobs.for_follower(Reader()).logs(REF, task), Reader(1))
        assert all_of(log, log.at(0))[0].encode() == lines(0, 3)
        assert LogBytes(jobs.logs(REF, task)).read(0, 5).text == "line "
    assert calls(cloud, "/logs/worker") == 1
    assert calls(cloud, "/logs/url") == 1


@pytest.mark.parametrize("is_from_beginning", [True, False])
def test_where_lines_fail_the_preview_goes_on(cloud, jobs, is_from_beginning):
    cloud.logs[TASK] = lines(0, 20)
    log = open_log(jobs.logs(REF, TASK), Reader(1))
    if is_from_beginning:
        text, cursor = all_of(log, log.at(0))
    else:
        part = log.tail(5)
        text, cursor = part.text.text, part.cursor
    cloud.answers["/logs/worker"] = lambda _asked: refused("2955", 500)
    for last in (25, 26, 40):
        cloud.logs[TASK] = lines(0, last)
        more, cursor = all_of(log, cursor)
        text += more
    assert text.encode() == lines(0 if is_from_beginning else 15, 40)


def lines_then_preview(cloud, jobs, first, *, last_lines=0):
    """A log of which some was told by lines, which then fail; and the cursor."""
    cloud.logs[TASK] = first
    log = open_log(jobs.logs(REF, TASK), Reader(1))
    part = log.tail(last_lines) if last_lines else None
    cursor = part.cursor if part else all_of(log, log.at(0))[1]
    cloud.answers["/logs/worker"] = lambda _asked: refused("2955", 500)
    return log, cursor


def test_where_lines_fail_and_the_newest_part_begins_later_the_gap_is_filled(cloud, jobs):
    log, cursor = lines_then_preview(cloud, jobs, lines(0, 20))
    cloud.logs[TASK], cloud.window = lines(0, 1000), 1100
    assert all_of(log, cursor)[0].encode() == lines(20, 1000)


def test_a_gap_after_lines_that_nobody_fills_is_told_with_its_bytes(cloud, jobs):
    log, cursor = lines_then_preview(cloud, jobs, lines(0, 20))
    cloud.logs[TASK], cloud.window, cloud.link = lines(0, 1000), 1100, "absent"
    text = all_of(log, cursor)[0]
    assert text.encode() == b"[9,680 bytes of the log are missing here]\n" + lines(900, 1000)


def test_a_gap_after_the_last_lines_is_told_with_the_most_that_it_can_be(cloud, jobs):
    log, cursor = lines_then_preview(cloud, jobs, lines(0, 20), last_lines=5)
    cloud.logs[TASK], cloud.window, cloud.link = lines(0, 1000), 1100, "absent"
    for _look in range(2):
        assert all_of(log, cursor)[0] == "", "it may lag behind"
    text = all_of(log, cursor)[0]
    assert text.encode() == b"[up to 9,856 bytes of the log are missing here]\n" + lines(901, 1000)


def test_a_newest_part_that_lags_behind_the_lines_is_waited_for(cloud, jobs):
    log, cursor = lines_then_preview(cloud, jobs, lines(0, 20), last_lines=15)
    for last in (18, 19, 20):
        cloud.logs[TASK] = lines(0, last)
        text, cursor = all_of(log, cursor)
        assert text == ""
    cloud.logs[TASK] = lines(0, 25)
    assert all_of(log, cursor)[0].encode() == lines(20, 25)


@pytest.mark.parametrize("link", ["query", "header"])
def test_a_whole_log_comes_by_its_link_and_a_new_one_when_it_expires(cloud, jobs, link, tmp_path):
    cloud.link = link
    cloud.logs[TASK] = ("训练 " * 100_000).encode()
    source = LogBytes(jobs.logs(REF, TASK))
    assert source.read(0, 6).text == "训练"
    cloud.links.clear()  # as if it had expired
    target = tmp_path / "log"
    assert download(source, target, Reader(4)) == len(cloud.logs[TASK])
    assert target.read_bytes() == cloud.logs[TASK]
    assert calls(cloud, "preview") == 0
    assert calls(cloud, "/logs/url") == (2 if link == "query" else 4)


def test_without_a_link_a_small_log_comes_by_the_preview(cloud, jobs):
    cloud.link = "absent"
    cloud.logs[TASK] = lines(0, 100)
    assert read_whole(LogBytes(jobs.logs(REF, TASK)), Reader(1)).part.text.encode() == lines(0, 100)


def test_of_a_large_log_without_a_link_it_is_said_what_can_be_had(cloud, jobs):
    cloud.link, cloud.window = "absent", 100
    cloud.logs[TASK] = lines(0, 100)
    cloud.lines = "absent"
    source = LogBytes(jobs.logs(REF, TASK))
    for _time in range(2):
        with pytest.raises(NotOfferedError, match="only the newest 100 bytes can be had"):
            source.read(0, 10)


def test_without_a_link_a_large_log_comes_by_its_lines(cloud, jobs, tmp_path):
    cloud.link, cloud.window = "absent", 100
    cloud.logs[TASK] = lines(0, 3000)
    target = tmp_path / "log"
    assert download(LogBytes(jobs.logs(REF, TASK)), target, Reader(4)) == len(cloud.logs[TASK])
    assert target.read_bytes() == cloud.logs[TASK]


def test_a_link_that_would_be_unsafe_is_not_opened(cloud, jobs):
    cloud.answers["/logs/url"] = lambda _asked: Said({"obs_url": "http://obs.example/x"})
    with pytest.raises(UnexpectedAnswerError, match="not safe"):
        LogBytes(jobs.logs(REF, TASK)).read(0, 10)


def test_a_log_that_was_cleared_names_its_copy(cloud, jobs):
    cloud.jobs[0]["spec"]["log_export_path"] = {"obs_url": "obs://ma-logs/logs/"}
    cloud.answers["/logs/"] = lambda _asked: refused("2819", message="log file cleared")
    with pytest.raises(LogClearedError, match="Its copy is in obs://ma-logs/logs/"):
        open_log(jobs.logs(REF, TASK), Reader(1)).tail(10)


class Copy:
    """A copy in OBS."""

    name = TASK
    origin = ("obs", "ma-logs", "logs/x.log")
    longest_slice = 100

    def __init__(self, client, cloud):
        self._link = LogBytes(TrainingJobs(client).logs(REF, TASK))

    def read(self, start_byte, length):
        return self._link.read(start_byte, length)


def test_a_log_that_was_cleared_is_read_from_its_copy(cloud):
    cloud.jobs[0]["spec"]["log_export_path"] = {"obs_url": "obs://ma-logs/logs/"}
    cloud.logs[TASK] = lines(0, 100)
    cloud.answers["preview|/logs/worker"] = lambda _asked: refused("2819")
    asked = []
    with client_of(cloud.adapter) as client:

        def copy_of(*place):
            asked.append(place)
            return Copy(client, cloud)

        log = open_log(TrainingJobs(client, copy_of).logs(REF, TASK), Reader(1))
        assert log.tail(3).text.text.encode() == lines(97, 100)
    assert asked[0] == (f"/ma-logs/logs/modelarts-job-{JOB}-", TASK, (TASK,))


# ---- a follower of the job -----------------------------------------------------------------------


def follow(jobs, clock, start=0, seconds=60.0, act=lambda: None):
    """All that a follower tells in some seconds."""
    logs = JobLogs(jobs, REF, Reader(1))
    follower = logs.follow(start, names=logs.names())
    events, end = [], clock.now + seconds
    while follower.finished is None and clock.now < end:
        act()
        events += follower.poll_due()
        clock.now += max(0.01, follower.due_in)
    return events


def text_of(events, task=TASK):
    return "".join(one.text for one in events if getattr(one, "log_file", None) == task)


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr("time.monotonic", made)
    return made


@pytest.mark.parametrize("order", ["named", "absent"])
def test_a_job_is_followed_to_its_end(cloud, jobs, clock, order):
    cloud.lines, cloud.jobs = order, [job(tasks=["worker-0", "server-0"])]
    cloud.logs = {"worker-0": lines(0, 5), "server-0": lines(0, 2)}
    steps = iter(range(1000))

    def act():
        step = next(steps)
        if step == 3:
            cloud.logs["worker-0"] = lines(0, 900)
        if step == 6:
            cloud.jobs[0]["status"]["phase"] = "Completed"

    events = follow(jobs, clock, act=act, seconds=1000)
    assert text_of(events).encode() == lines(0, 900)
    assert text_of(events, "server-0").encode() == lines(0, 2)
    assert isinstance(events[-1], Finished)
    assert events[-1].is_success
    told = [one.message for one in events if isinstance(one, Trouble)]
    assert told == ([] if order == "named" else [NEWEST_PART])


def test_that_the_logs_of_a_job_were_cleared_is_told_once(cloud, jobs, clock):
    cloud.jobs = [job(phase="Completed", tasks=["worker-0", "worker-1"])]
    cloud.answers["/logs/"] = lambda _asked: refused("2819", message="log file cleared")
    events = follow(jobs, clock)
    told = [one.message for one in events if isinstance(one, Trouble)]
    assert len(told) == 1
    assert "log file cleared" in told[0]
    assert isinstance(events[-1], Finished)


@pytest.mark.parametrize("order", ["named", "absent"])
def test_a_log_that_is_written_anew_by_a_restart_is_told_again(cloud, jobs, clock, order):
    cloud.lines = "absent"
    cloud.logs[TASK] = lines(0, 5)
    steps = iter(range(1000))

    def act():
        if next(steps) == 3:
            cloud.logs[TASK] = lines(100, 102)

    events = follow(jobs, clock, act=act)
    assert text_of(events).encode() == lines(0, 5) + lines(100, 102)
    assert [one for one in events if isinstance(one, Trouble)]


@pytest.mark.parametrize("is_anew", [False, True])
def test_after_a_restart_it_is_told_which_start_the_text_is_of(cloud, jobs, clock, is_anew):
    cloud.lines, cloud.jobs = "absent", [job(running_records=[{"start_at": 1}])]
    cloud.logs[TASK] = lines(0, 5)
    steps = iter(range(1000))

    def act():
        if next(steps) == 3:
            cloud.jobs[0]["status"]["running_records"].append({"start_at": 2})
            cloud.logs[TASK] = lines(100, 102) if is_anew else lines(0, 7)

    events = follow(jobs, clock, act=act)
    told = [one.message for one in events if isinstance(one, Trouble)]
    again = "The job was started again: what follows is of start 2"
    anew = ["The log was written anew by start 2 of the job"] if is_anew else []
    assert told == [NEWEST_PART, again, *anew]
    position = events.index(Trouble(again, 0.0))
    assert text_of(events[:position]).encode() == lines(0, 5)
    assert text_of(events[position:]).encode() == (lines(100, 102) if is_anew else lines(5, 7))


@pytest.mark.parametrize(
    ("order", "size", "count"),
    [
        *product(["named", "absent"], [5], [1, 2, 3, 16, 100]),
        *product(["named"], [3000], [1, 2, 20]),
        *product(["absent"], [30_000], [1, 2, 20]),
    ],
)
def test_what_a_quiet_job_costs(cloud, jobs, clock, order, size, count):
    """A later minute takes 2N + 8 requests, of one task 8. The first one may take twice as many, as
    it may of one task: it reads the last lines of each log, and finds out what the service has.
    """
    tasks = [f"worker-{n}" for n in range(count)]
    cloud.lines, cloud.jobs = order, [job(tasks=tasks)]
    cloud.logs = dict.fromkeys(tasks, lines(0, size))
    logs = JobLogs(jobs, REF, Reader(1))
    begun = LastLines(1000 if count <= 20 else 20_000 // count, is_frugal=count > 4)  # as a panel
    follower = logs.follow(begun, names=logs.names(), last_status=logs.status())
    minutes = []
    for _minute in range(4):
        end, before = clock.now + 60, len(cloud.asked)
        while clock.now + follower.due_in < end:
            clock.now += follower.due_in
            follower.poll_due()
            clock.now += 0.001
        clock.now = end
        minutes.append(len(cloud.asked) - before)
    most = 8 if count == 1 else 2 * count + 8
    assert minutes[0] <= 2 * most
    assert max(minutes[1:]) <= most
    assert min(minutes[1:]) >= 2 * count, "each is looked at every half a minute"


@pytest.mark.parametrize(
    ("line", "a_second", "count"),
    [(100, 10, 100), (2000, 500, 5000)],
    ids=["100 lines in 10 s", "10 MB, 1 MB a second"],
)
@pytest.mark.parametrize("order", ["named", "v1"])
def test_following_by_lines_fetches_little_more_than_the_log(
    cloud, jobs, clock, order, line, a_second, count
):
    cloud.lines = order
    written, began = b"", clock.now
    of_status = len(Said(cloud.jobs[0]).content)

    def act():
        nonlocal written
        lines_now = min(count, int((clock.now - began) * a_second) + 1)
        written += (b"x" * (line - 1) + b"\n") * (lines_now - len(written) // line)
        cloud.logs[TASK] = written

    events = follow(jobs, clock, act=act, seconds=count / a_second + 10)
    assert text_of(events).encode() == written
    of_log = cloud.adapter.sent - of_status * (len(cloud.asked) - calls(cloud, "/logs/"))
    assert of_log <= 1.3 * len(written)
