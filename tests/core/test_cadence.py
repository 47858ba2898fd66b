"""When something of a job is looked at again, and how often its status is asked for."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from log_services import Clock

from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import UnavailableError
from modelarts_magics.core.logs.cadence import (
    IN_TIME,
    LONGEST,
    Crowd,
    JobWatch,
    Pace,
    until_more_files,
)


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
    assert pauses(pace, clock, count=9) == [7] * 9
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


def test_halfway_is_half_of_the_pause_that_it_came_to():
    pace = Pace(None, clock := Clock())
    pauses(pace, clock, count=2)
    clock.now += 2.1
    assert not pace.joins
    clock.now += 0.03
    assert pace.joins


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


def test_of_many_a_quiet_one_is_looked_at_in_time_although_it_may_wait_for_those_with_news():
    pace = Pace(None, clock := Clock(), Crowd(logs=200, busy=1))
    pauses(pace, clock, count=3)
    assert pauses(pace, clock, count=1) == [IN_TIME]
    clock.now += IN_TIME + 1
    assert pauses(pace, clock, count=1, taken=0.25) == [IN_TIME - 1.25]


def test_moments_are_told_from_each_other_from_the_start_of_the_clock():
    clock = Clock()
    clock.now = 0.25
    assert pauses(Pace(None, clock), clock, count=1, is_news=True, taken=0.5) == [0.5]
    clock.now = 0.25
    pace = Pace(None, clock, Crowd(logs=200))
    pace.is_led = True
    assert pauses(pace, clock, count=1) == [LONGEST]
    clock.now += 2 * LONGEST + 2
    assert pauses(pace, clock, count=1) == [0]


@pytest.mark.parametrize(("interval", "pause"), [(None, 0.75), (30.0, 30)])
def test_no_other_pause_is_shorter_because_the_last_one_was_longer(interval, pause):
    pace = Pace(interval, clock := Clock(), Crowd(2))
    pauses(pace, clock, count=1, is_news=True)
    clock.now += 60
    assert pauses(pace, clock, count=1, is_news=True, taken=0.25) == [pause]


def test_who_would_be_late_first_is_looked_at_first_and_before_all_who_is_chosen():
    clock, crowd = Clock(), Crowd(logs=200)
    noisy, quiet, woken, chosen = (Pace(None, clock, crowd) for _pace in range(4))
    pauses(quiet, clock, count=4)
    clock.now += LONGEST - 0.5
    for pace in (noisy, chosen):
        pauses(pace, clock, count=1, is_news=True)
    pauses(woken, clock, count=4)
    woken.wait(0)
    chosen.is_chosen = True
    clock.now += 2
    every = sorted([woken, noisy, quiet, chosen], key=lambda pace: pace.rank)
    assert every == [chosen, quiet, noisy, woken], "who was looked at just now can wait"


def test_only_what_is_quiet_gives_way():
    pace = Pace(None, clock := Clock())
    assert not pace.give_way()
    pauses(pace, clock, count=3)
    assert not pace.give_way()
    pauses(pace, clock, count=1)
    clock.now += 10
    assert pace.give_way()
    assert (round(pace.due_in, 3), pace.joins) == (15, False)


# ---- a job of many logs --------------------------------------------------------------------------


def test_each_of_many_logs_becomes_quiet_sooner_and_then_waits_for_half_a_minute():
    assert pauses(Pace(None, clock := Clock(), Crowd(1)), clock, count=3) == [1.7, 4.25, 10.625]
    pace = Pace(None, clock := Clock(), Crowd(2))
    assert pauses(pace, clock, count=4, taken=0.25) == [2.5, 10, 29.75, 29.75]
    assert not pace.give_way(), "it waits long enough"
    clock.now += 29.5
    assert not pace.joins, "nor does it come sooner than that"
    clock.now += 0.25
    assert pace.joins
    assert pauses(pace, clock, count=2, is_news=True, taken=0.25) == [0.75, 0.75]


@pytest.mark.parametrize(
    ("busy", "with_news", "without"), [(40, 1, 4), (100, 2.5, 4), (200, 5, 5), (9999, 30, 30)]
)
def test_logs_with_news_are_looked_at_forty_times_a_second_in_all(busy, with_news, without):
    pace = Pace(None, clock := Clock(), Crowd(busy, busy))
    assert pauses(pace, clock, count=1, is_news=True) == [with_news]
    assert pauses(pace, clock, count=1) == [without]


def test_the_log_that_somebody_looks_at_waits_for_no_other():
    pace = Pace(None, clock := Clock(), Crowd(9999, 9999))
    pace.is_chosen = True
    assert pauses(pace, clock, count=2, is_news=True) == [1, 1]
    assert pauses(pace, clock, count=3) == [4, 15, 15]
    clock.now += 8
    assert pace.joins


def test_who_is_led_is_taken_for_quiet_until_it_has_news():
    pace = Pace(None, clock := Clock(), Crowd(2))
    pace.is_led = True
    assert pauses(pace, clock, count=2) == [30, 30]
    assert pauses(pace, clock, count=1, is_news=True) == [1]
    assert pauses(pace, clock, count=2) == [4, 30]


def test_a_log_is_busy_while_it_has_news():
    pace = Pace(None, clock := Clock())
    assert not pace.is_busy
    pauses(pace, clock, count=1, is_news=True)
    assert pace.is_busy
    pauses(pace, clock, count=1)
    assert not pace.is_busy


def test_a_look_that_took_long_puts_nothing_before_what_was_due_already():
    clock = Clock()
    slow, quick = Pace(None, clock), Pace(None, clock)
    clock.now += 8.5
    quick.looked(is_news=True, started=clock.now)
    clock.now += 1.5
    slow.looked(is_news=True, started=clock.now - 9)
    assert quick.rank < slow.rank


# ---- files and status ----------------------------------------------------------------------------


def test_more_files_are_looked_for_while_a_job_is_young():
    assert [until_more_files(age) for age in (0, 60, 119)] == [15, 45, 74.5]
    assert until_more_files(120) == until_more_files(1000) == math.inf


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


@pytest.mark.parametrize(("logs", "asked"), [(1, [*range(12)]), (2, [0, 5, 10])])
def test_where_there_are_several_logs_a_status_holds_for_five_seconds(logs, asked):
    clock = Clock()
    clock.now, moments = 1.0, []

    def ask():
        moments.append(clock.now - 1)
        return JobStatus.RUNNING

    watch = JobWatch(ask, clock=clock)
    watch.crowd.logs = logs
    for _second in range(12):
        watch.begin_poll()
        assert watch.look() is JobStatus.RUNNING
        clock.now += 1
    assert moments == asked


def test_who_hurries_asks_for_the_status_though_it_would_hold():
    watch = JobWatch(job := Job(), clock=(clock := Clock()), last_status=JobStatus.WAITING)
    watch.crowd.logs, clock.now = 2, 1.0
    for _poll in range(3):
        watch.begin_poll()
        watch.look()
    assert job.asked == 0
    watch.hurry()
    watch.begin_poll()
    assert (watch.look(), job.asked) == (JobStatus.RUNNING, 1)


def test_nobody_looks_before_a_poll_begins():
    with pytest.raises(AssertionError, match="begin_poll"):
        JobWatch(Job()).look()


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
