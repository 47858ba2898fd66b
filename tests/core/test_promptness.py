"""A copy of a log is read in its place where it keeps up, and where it is late nothing is."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from bucket import Bucket
from log_services import Clock
from v2_service import JOB, Cloud, Said, client_of, job

from modelarts_magics.core.api.base import JobRef
from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v2.jobs import TrainingJobs
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.logs.job_logs import JobLogs
from modelarts_magics.core.logs.promptness import Promptness
from modelarts_magics.core.obs.object_bytes import ObjectsBytes

REF = JobRef("v2", JOB)
TASK = "worker-0"
KEY = f"logs/modelarts-job-{JOB}-{TASK}.log"

# how much of a log its copy has, by the seconds since it began
COPIES: dict[str, Callable[[float], float]] = {
    "at once": lambda at: at,
    "every 5 s": lambda at: math.floor((at + 1.3) / 5) * 5 - 1.3,
    "every 30 s": lambda at: math.floor((at + 1.3) / 30) * 30 - 1.3,
    "2 s late": lambda at: at - 2,
    "only of its first 5 s": lambda at: min(at, 5.0),
}


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr("time.monotonic", made)
    return made


def followed(
    clock: Clock, copied: Callable[[float], float] | None, line: int, a_second: float, count: int
) -> tuple[float, list[float]]:
    """Bytes that were fetched for each of a log, and how long after it was written each line came.

    The log comes from the first look on, and by its newest part; all bodies of its calls count.
    """
    lines = [f"{number:07} ".ljust(line - 1, "x").encode() + b"\n" for number in range(count)]
    cloud, bucket, began = Cloud([job()]), Bucket(), clock.now
    cloud.lines = cloud.link = "absent"
    of_status = len(Said(cloud.jobs[0]).content)
    if copied:
        cloud.jobs[0]["spec"]["log_export_path"] = {"obs_url": "obs://bucket/logs/"}

    def by(seconds: float) -> bytes:
        return b"".join(lines[: max(0, int(seconds * a_second + 1e-6))])

    told, delays = b"", []
    with client_of(cloud.adapter) as client, bucket.opened() as store:
        jobs = TrainingJobs(client, lambda *_place: ObjectsBytes(store, "bucket", KEY[:-12], TASK))
        follower = JobLogs(jobs, REF, Reader(1)).follow(names=[TASK])
        while len(told) < count * line:
            now = clock.now - began
            assert now < count / a_second + 100
            cloud.logs[TASK] = by(now)
            bucket.objects = {KEY: by(copied(now))} if copied and by(copied(now)) else {}
            texts = [one.text for one in follower.poll_due() if isinstance(one, LogText)]
            told += "".join(texts).encode()
            while len(delays) < len(told) // line:
                delays.append(now - (len(delays) + 1) / a_second)
            clock.now += max(0.05, min(1.0, follower.due_in))
    assert told == b"".join(lines)
    calls = sum("/logs/" not in asked.path for asked in cloud.asked)
    fetched = cloud.adapter.sent - calls * of_status + bucket.adapter.sent
    return fetched / len(told), delays


@pytest.mark.parametrize(
    ("line", "a_second", "count"),
    [(109, 10, 100), (100_000, 10, 60)],
    ids=["100 lines in 10 s", "6 MB, 1 MB a second"],
)
def test_following_by_a_copy_that_keeps_up_fetches_little_more_than_the_log(
    clock, line, a_second, count
):
    ratio, delays = followed(clock, COPIES["at once"], line, a_second, count)
    assert ratio <= 1.3
    assert max(delays) <= 2.6


@pytest.mark.parametrize(
    ("copy", "a_second", "count"),
    [("every 5 s", 0.2, 20), *((copy, 10, 100) for copy in COPIES)],
)
def test_no_text_is_shown_later_than_by_the_newest_part_alone(clock, copy, a_second, count):
    """But where a copy that kept up no longer does: the newest part is looked at 20 s later."""
    copied = COPIES[copy]
    ratio, delays = followed(clock, copied, 109, a_second, count)
    alone, soonest = followed(clock, None, 109, a_second, count)
    assert max(delays) <= max(soonest) + (30 if copy.startswith("only") else 0.2)
    assert ratio <= 1.1 * alone


def test_others_are_proven_by_three_looks_and_by_more_where_text_may_be_old():
    promptness = Promptness(clock := Clock())
    promptness.looked(is_news=True)
    for _look in range(3):
        assert (promptness.is_proven, promptness.is_on_trial) == (False, True)
        clock.now += 1.0
        promptness.passed()
    assert promptness.is_proven
    promptness.failed()
    assert (promptness.is_proven, promptness.is_on_trial) == (False, False)
    clock.now += 10
    assert promptness.is_on_trial
    promptness.looked(is_news=False)
    for _look in range(6):
        assert not promptness.is_proven
        clock.now += 5.0
        promptness.passed()
    assert promptness.is_proven


def test_others_are_asked_while_text_comes_and_ever_more_seldom_where_they_are_late():
    promptness = Promptness(clock := Clock())
    assert not promptness.is_on_trial
    promptness.looked(is_news=False)
    assert not promptness.is_on_trial
    for rest in (10, 20, 40, 80, 160, 160):
        promptness.looked(is_news=True)
        promptness.failed()
        clock.now += rest - 0.5
        promptness.looked(is_news=True)
        assert not promptness.is_on_trial
        clock.now += 0.5
        assert promptness.is_on_trial
    clock.now += 60
    assert not promptness.is_on_trial, "a quiet log costs no other requests"
