"""All log files of a job are polled together: what is due, at once, and each thing told once."""

from __future__ import annotations

import threading

import pytest
from log_services import Clock, Service

from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import (
    LogClearedError,
    PermissionDeniedError,
    ThrottledError,
    UnavailableError,
)
from modelarts_magics.core.http.reader import CONNECTIONS, Reader
from modelarts_magics.core.logs.ahead import RangeLog
from modelarts_magics.core.logs.cadence import LONGEST, QUIET
from modelarts_magics.core.logs.follow import Finished, Trouble
from modelarts_magics.core.logs.follow_job import JobFollower, at_once


@pytest.mark.parametrize("count", [2, 3])
def test_several_polls_are_made_at_once_and_their_results_are_in_order(count):
    all_of_them = threading.Barrier(count, timeout=5)

    def poll(number):
        all_of_them.wait()
        return [number]

    polls = [lambda number=number: poll(number) for number in range(count)]
    assert at_once(polls) == [[number] for number in range(count)]


def test_one_poll_is_made_where_it_is_asked_for():
    assert at_once([lambda: [threading.get_ident()]]) == [[threading.get_ident()]]
    assert at_once([]) == []


class Job:
    """A job with some log files, which are listed when they are asked for."""

    def __init__(self, count=1, *, is_listed=True):
        self.clock = Clock()
        self.services = [Service() for _file in range(count)]
        for number, service in enumerate(self.services):
            service.name = f"job-x.{number}"
        self.logs = [RangeLog(service, Reader(1)) for service in self.services]
        self.status = JobStatus.RUNNING
        self.asked, self.listed, self.trouble, self.refusal = 0, 0, None, None
        files = self._files if is_listed else None
        self.follower = JobFollower(self.logs, self._status, clock=self.clock, files=files)

    def _status(self):
        self.asked += 1
        if self.trouble:
            raise self.trouble
        return self.status

    def _files(self):
        self.listed += 1
        if self.refusal:
            raise self.refusal
        return self.logs

    @property
    def reads(self):
        return [service.calls for service in self.services]

    def poll(self):
        self.clock.now += self.follower.due_in
        return self.follower.poll_due()

    def run_for(self, seconds):
        end, events = self.clock.now + seconds, []
        while not self.follower.finished and self.clock.now + self.follower.due_in <= end:
            events += self.poll()
        self.clock.now = end
        return events


def test_nothing_is_asked_before_it_is_due():
    job = Job(is_listed=False)
    job.poll()
    job.services[0].data = b"news\n"
    asked, reads = job.asked, job.reads
    job.clock.now += job.follower.due_in - 0.25
    assert job.follower.poll_due() == []
    assert (job.asked, job.reads) == (asked, reads)
    job.clock.now += 0.25
    assert [type(event) for event in job.follower.poll_due()] == [LogText]


def test_a_quiet_log_is_not_read_each_time_that_another_has_news():
    lively, quiet = (job := Job(2, is_listed=False)).services
    job.run_for(60)
    before = lively.calls, quiet.calls
    for _second in range(60):
        lively.data += b"news\n"
        job.run_for(1)
    assert lively.calls - before[0] >= 40
    assert quiet.calls - before[1] <= 9


def test_a_status_that_cannot_be_told_is_one_trouble_of_all_and_no_error():
    job = Job(3)
    job.run_for(60)
    reads, job.trouble = job.reads, UnavailableError("down", status=500)
    assert job.follower.is_in_trouble is False
    assert job.poll() == [Trouble("down", 1.0)]
    assert job.follower.is_in_trouble is True
    assert job.reads == reads, "none goes on without it"
    job.trouble = None
    assert job.poll() == []
    assert job.follower.is_in_trouble is False


def polls_that_list(job, seconds):
    """For each poll that asked for the files: how often each log was read in it."""
    found, end = [], job.clock.now + seconds
    while job.clock.now + job.follower.due_in <= end:
        before, listed = job.reads, job.listed
        job.poll()
        if job.listed > listed:
            found.append([after - then for after, then in zip(job.reads, before)])
    job.clock.now = end
    return found


def test_a_look_for_more_files_takes_the_place_of_one_at_quiet_logs_only():
    job = Job()
    job.run_for(60)
    found = polls_that_list(job, 100)
    assert found
    assert set(map(tuple, found)) == {(0,)}


def test_a_log_with_news_is_read_when_more_files_are_looked_for():
    job, found = Job(), []
    for _second in range(100):
        job.services[0].data += b"news\n"
        found += polls_that_list(job, 1)
    assert len(found) >= 3
    assert all(reads >= 1 for [reads] in found)


def test_names_that_cannot_be_told_keep_no_log_from_being_read():
    job = Job()
    job.run_for(60)
    job.refusal = UnavailableError("down", status=500)
    before = sum(job.reads)
    job.run_for(120)
    assert sum(job.reads) - before >= 120 / QUIET - 2


def test_the_first_log_that_says_why_it_ended_says_why_all_did():
    job = Job(3, is_listed=False)
    for service, words in zip(job.services[1:], ("not yours", "nor this one")):
        service.troubles = [PermissionDeniedError(words, status=403)]
    job.poll()
    assert job.follower.finished is None
    job.status = JobStatus.COMPLETED
    job.run_for(60)
    assert job.follower.finished == Finished(JobStatus.RUNNING, "not yours [HTTP 403]")
    assert job.follower.due_in == 0, "nothing is left to wait for"
    assert job.follower.poll_due() == []


def minute_of_reads(job, writing=(), every=1.0):
    """How often each log is read in a minute in which some get a line every so many seconds."""
    before, end, at = job.reads, job.clock.now + 60, job.clock.now
    while job.clock.now < end:
        if job.clock.now >= at:
            at += every
            for service in writing:
                service.data += b"news\n"
        job.clock.now += max(0.01, min(job.follower.due_in, at - job.clock.now))
        job.follower.poll_due()
    return [after - then for after, then in zip(job.reads, before)]


def test_of_many_logs_the_noisy_are_read_often_and_the_quiet_every_half_minute():
    job = Job(200, is_listed=False)
    job.run_for(120)
    reads = minute_of_reads(job, job.services[5:8])
    assert min(reads[5:8]) >= 20
    assert max(reads[:5] + reads[8:]) <= 3, "once more when the first of all has news"
    reads = minute_of_reads(job, job.services[5:8])
    assert set(reads[:5] + reads[8:]) <= {1, 2}


def test_the_more_logs_have_news_the_longer_each_waits_and_who_is_chosen_does_not():
    job = Job(200, is_listed=False)
    minute_of_reads(job, job.services)
    job.follower.choose(job.services[7].name)
    reads = minute_of_reads(job, job.services)
    others = sorted(reads[:7] + reads[8:])
    assert others[0] >= 60 / LONGEST
    assert others[-1] < reads[7] / 2
    assert sum(reads) < 60 * 100


def test_no_text_of_many_logs_is_told_later_than_half_a_minute_after_it_appeared():
    job, delays, written = Job(200, is_listed=False), [], {}
    job.run_for(120)
    for number in range(400):
        service = job.services[number * 37 % 200]
        if service.name not in written:
            service.data += b"one\n"
            written[service.name] = job.clock.now
        told = [event for event in job.run_for(0.7) if isinstance(event, LogText)]
        delays += [job.clock.now - written.pop(event.log_file) for event in told]
    assert len(delays) > 200
    assert max(delays) <= LONGEST + 0.7  # the clock stands where the step ends


def test_a_poll_of_many_logs_takes_few_of_them_and_the_first_goes_ahead():
    job = Job(200, is_listed=False)
    read = []
    while sum(job.reads) < 200:
        before = sum(job.reads)
        job.poll()
        read.append(sum(job.reads) - before)
    assert read[0] <= 2
    assert max(read) <= 100


def test_when_the_job_has_ended_all_logs_are_read_soon():
    job = Job(50)
    job.run_for(60)
    for service in job.services:
        service.data += b"last words\n"
    job.status = JobStatus.COMPLETED
    job.follower.hurry()
    texts = [event.text for event in job.run_for(6) if isinstance(event, LogText)]
    assert len(texts) == 50
    assert job.follower.finished == Finished(JobStatus.COMPLETED, "")


# ---- who is looked at when -----------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 5])
def test_of_many_logs_the_first_one_is_looked_at_alone(count):
    job = Job(count, is_listed=False)
    job.poll()
    assert [reads > 0 for reads in job.reads] == [True] + [False] * (count - 1)


def test_all_are_looked_at_once_when_the_first_of_all_has_news():
    job = Job(5, is_listed=False)
    job.run_for(60)
    for is_first in (True, False):
        job.services[0].data += b"news\n"
        while not any(isinstance(event, LogText) for event in job.poll()):
            pass
        assert (job.follower.due_in == 0) is is_first
        before = job.reads
        job.poll()
        assert all(now > then for now, then in zip(job.reads[1:], before[1:])) is is_first
        job.run_for(60)


def test_news_of_another_log_cut_no_pause_short_that_a_service_asked_for():
    job = Job(3, is_listed=False)
    job.run_for(60)
    throttled = ThrottledError("slow down", status=429)
    throttled.retry_after = 40.0
    job.services[2].troubles = [throttled]
    while job.services[2].troubles:
        job.poll()
    before = job.reads[2]
    job.services[0].data = b"news\n"
    job.run_for(30)
    assert job.reads[2] == before
    job.run_for(30)
    assert job.reads[2] > before


def test_all_are_looked_at_at_once_when_the_job_has_ended():
    job = Job(4, is_listed=False)
    job.run_for(60)
    job.status, before = JobStatus.COMPLETED, job.reads
    job.poll()
    job.run_for(0)
    assert all(now > then for now, then in zip(job.reads, before))


def test_who_is_chosen_is_looked_at_at_once_and_alone():
    job = Job(3, is_listed=False)
    job.run_for(60)
    before = job.reads
    for _again in range(2):
        job.follower.choose(job.services[1].name)
        job.run_for(0)
    assert [now > then for now, then in zip(job.reads, before)] == [False, True, False]
    assert job.follower.due_in > 0


def test_one_poll_takes_three_looks_for_each_connection_and_the_files_before_them():
    job = Job(60)
    job.run_for(60)
    job.follower.hurry()
    listed, before = job.listed, sum(job.reads)
    job.poll()
    assert job.listed == listed + 1
    assert sum(job.reads) - before == 3 * CONNECTIONS - 1


def test_what_a_service_says_of_every_log_is_told_once():
    job = Job(2, is_listed=False)
    job.run_for(60)
    told = []
    for service in job.services:
        service.troubles = [LogClearedError("the logs were cleared")]
        told += [event for event in job.run_for(60) if isinstance(event, Trouble)]
    assert [trouble.message for trouble in told] == ["the logs were cleared"]
