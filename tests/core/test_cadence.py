"""When something of a job is looked at again, and how often its status is asked for."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from log_services import Clock

from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import UnavailableError
from modelarts_magics.core.logs.cadence import LONGEST, Crowd, JobWatch, Pace, until_more_files


def pauses(pace, clock, *, count, is_news=False, taken=0.0):
    found = []
    for _look in range(count):
        clock.now += pace.due_in
        started = clock.now
        clock.now += taken
        pace.looked(is_news=is_news, started=started)
        found.append(round(pace.due_in, 3))
    return found


def test_without_news_looks_become_rare_and_with_news_they_are_a_second_apart():
    pace = Pace(None, clock := Clock())
    assert (pace.due_in, pace.joins) == (0, True)
    assert pauses(pace, clock, count=6, taken=0.25) == [1.7, 4.25, 10.625, 15, 15, 15]
    assert pauses(pace, clock, count=2, is_news=True) == [1, 1]
    assert pauses(pace, clock, count=2) == [2.5, 6.25]


@pytest.mark.parametrize(("taken", "pause"), [(0, 1), (0.25, 0.75), (1, 0), (9, 0)])
def test_the_time_of_a_look_that_brought_news_is_a_part_of_its_pause(taken, pause):
    assert pauses(Pace(None, clock := Clock()), clock, count=1, is_news=True, taken=taken) == [
        pause
    ]


def test_an_interval_that_was_chosen_is_always_waited():
    pace = Pace(7.0, clock := Clock())
    assert pauses(pace, clock, count=9, taken=0.25) == [7] * 9
    assert pauses(pace, clock, count=2, is_news=True, taken=0.25) == [7, 7]
    assert not pace.give_way()
    assert pace.due_in == 7


def test_whoever_is_halfway_joins_a_look_at_something_else():
    pace = Pace(8.0, clock := Clock())
    pauses(pace, clock, count=1)
    assert not pace.joins
    clock.now += 3.9
    assert not pace.joins
    clock.now += 0.1
    assert pace.joins
    pace.wait(3)
    clock.now += 2.9
    assert (round(pace.due_in, 3), pace.joins) == (0.1, False)
    clock.now += 1
    assert (pace.due_in, pace.joins) == (0, True)


def test_who_hurries_looks_at_once_and_often_again():
    pace = Pace(None, clock := Clock())
    pauses(pace, clock, count=9)
    pace.hurry()
    assert pace.due_in == 0
    assert pauses(pace, clock, count=1) == [2.5]


def test_of_many_a_quiet_one_that_waited_for_others_does_not_wait_so_long_once_more():
    pace = Pace(None, clock := Clock(), Crowd(logs=200))
    pauses(pace, clock, count=3)
    assert pauses(pace, clock, count=1) == [LONGEST]
    clock.now += LONGEST + 2
    assert pauses(pace, clock, count=1, taken=0.5) == [LONGEST - 2.5]
    clock.now += 90
    assert pauses(pace, clock, count=2) == [0, LONGEST], "but it does not catch up on looks"


def test_who_is_due_the_longest_is_looked_at_first_and_before_all_who_is_chosen():
    clock, crowd = Clock(), Crowd(logs=200)
    noisy, quiet, chosen = (Pace(None, clock, crowd) for _pace in range(3))
    pauses(quiet, clock, count=4)
    clock.now += LONGEST - 0.5
    for pace in (noisy, chosen):
        pauses(pace, clock, count=1, is_news=True)
    chosen.is_chosen = True
    clock.now += 2
    assert sorted([noisy, quiet, chosen], key=lambda pace: pace.rank) == [chosen, quiet, noisy]


def test_only_what_is_quiet_gives_way():
    pace = Pace(None, clock := Clock())
    assert not pace.give_way()
    pauses(pace, clock, count=3)
    assert not pace.give_way()
    pauses(pace, clock, count=1)
    clock.now += 10
    assert pace.give_way()
    assert (round(pace.due_in, 3), pace.joins) == (15, False)


def test_more_files_are_looked_for_while_a_job_is_young():
    assert [until_more_files(age) for age in (0, 60, 119)] == [15, 45, 74.5]
    assert until_more_files(120) == math.inf


class Job:
    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0

    def __call__(self):
        self.asked += 1
        answer = self.answers.pop(0) if self.answers else JobStatus.RUNNING
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_all_that_look_in_a_poll_share_one_question_and_its_answer():
    down = UnavailableError("down", status=500)
    job = Job(JobStatus.RUNNING, down, JobStatus.KILLING, JobStatus.KILLED)
    watch = JobWatch(job)

    def look():
        with suppress(UnavailableError):
            return watch.look()
        return watch.status, down

    found = []
    for _poll in range(6):
        watch.begin_poll()
        found.append([look() for _look in range(3)])
    each = [JobStatus.RUNNING, (JobStatus.RUNNING, down), JobStatus.KILLING]
    assert found == [[one] * 3 for one in (*each, *[JobStatus.KILLED] * 3)]
    assert job.asked == 4, "a final one stays"


def test_a_status_that_was_told_just_now_is_not_asked_for_in_the_first_poll():
    job = Job(JobStatus.COMPLETED)
    watch = JobWatch(job, last_status=JobStatus.RUNNING)
    watch.begin_poll()
    assert (watch.look(), job.asked) == (JobStatus.RUNNING, 0)
    watch.begin_poll()
    assert (watch.look(), job.asked) == (JobStatus.COMPLETED, 1)


def test_a_status_is_unknown_for_long_after_ten_minutes():
    job = Job(*[JobStatus.UNKNOWN] * 3, JobStatus.RUNNING, JobStatus.UNKNOWN)
    watch = JobWatch(job, clock=(clock := Clock()))

    def look(later):
        clock.now += later
        watch.begin_poll()
        watch.look()
        return watch.is_unknown_for_long

    assert [look(later) for later in (0, 600, 1, 0, 600)] == [False, False, True, False, False]


def test_the_interval_and_the_clock_are_those_of_all_that_look():
    watch = JobWatch(Job(), 7.0, clock := Clock())
    assert pauses(watch.pace(), clock, count=1) == [7]
