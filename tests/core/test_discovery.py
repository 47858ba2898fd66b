"""Log files that are not there yet are waited for, and join."""

from __future__ import annotations

import math

import pytest
from log_services import Clock, GrowingLog

from modelarts_magics.core.api.log import LogText
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import NotFoundError, PermissionDeniedError, UnavailableError
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.logs.ahead import RangeLog
from modelarts_magics.core.logs.cadence import QUIET, JobWatch
from modelarts_magics.core.logs.discovery import Discovery
from modelarts_magics.core.logs.follow import Finished, StatusChanged, Trouble
from modelarts_magics.core.logs.follow_job import JobFollower


class Job:
    """A job whose log files appear; ``changes`` happen at their time."""

    def __init__(self):
        self.clock = Clock()
        self.status = JobStatus.WAITING
        self.logs = {}
        self.trouble = None
        self.listed = []
        self.changes = {}
        self.follower = JobFollower((), lambda: self.status, clock=self.clock, files=self.files)

    def files(self):
        self.listed.append(self.clock.now)
        if self.trouble:
            raise self.trouble
        return [RangeLog(log, Reader(1)) for log in self.logs.values()]

    def write(self, name, text):
        log = self.logs.setdefault(name, GrowingLog(b"", "replaces a cut character", 64))
        log.name = name
        log.data += text.encode()

    def poll(self):
        self.clock.now += self.follower.due_in
        for moment in [at for at in sorted(self.changes) if at <= self.clock.now]:
            self.changes.pop(moment)()
        return self.follower.poll_due()

    def run_until(self, moment):
        events = []
        while self.clock.now + self.follower.due_in <= moment:
            events += self.poll()
        self.clock.now = moment
        return events

    def run_to_end(self):
        events = []
        while not self.follower.finished:
            events += self.poll()
        return events

    def end(self, status=JobStatus.COMPLETED):
        self.status = status


@pytest.fixture
def job():
    return Job()


def texts(events):
    found = {}
    for event in events:
        if isinstance(event, LogText):
            found[event.log_file] = found.get(event.log_file, "") + event.text
    return found


def test_a_job_that_waits_is_followed_once_it_has_a_log(job):
    events = job.run_until(200)
    assert events == [StatusChanged(JobStatus.WAITING)]
    job.status = JobStatus.RUNNING
    job.write("job-x.0", "第一行\n")
    events = job.run_until(220)
    assert events[0] == StatusChanged(JobStatus.RUNNING)
    assert texts(events) == {"job-x.0": "第一行\n"}
    job.end()
    assert job.run_to_end()[-1] == Finished(JobStatus.COMPLETED)


def test_a_job_without_a_log_is_asked_less_and_less_often(job):
    job.run_until(400)
    pauses = [round(after - before, 6) for before, after in zip(job.listed, job.listed[1:])]
    assert pauses == sorted(pauses)
    assert pauses[0] <= 2
    assert pauses[-1] == QUIET


def test_when_a_job_starts_to_run_its_log_is_looked_for_often(job):
    job.run_until(300)
    job.status = JobStatus.RUNNING
    job.listed.clear()
    job.run_until(310 + QUIET)
    assert job.listed[0] <= 300 + QUIET
    assert len(job.listed) >= 4


def test_workers_that_start_later_join(job):
    job.status = JobStatus.RUNNING
    job.write("job-x.0", "zero\n")
    job.changes = {130: lambda: job.write("job-x.1", "one\n")}
    assert texts(job.run_until(120)) == {"job-x.0": "zero\n"}
    assert texts(job.run_until(150)) == {"job-x.1": "one\n"}


def test_no_more_files_are_asked_for_once_a_job_is_no_longer_young(job):
    job.status = JobStatus.RUNNING
    job.write("job-x.0", "text\n")
    job.run_until(400)
    assert len(job.listed) <= 12
    job.listed.clear()
    job.run_until(4000)
    assert job.listed == []


@pytest.mark.parametrize("change", [1, -1])
def test_when_the_status_changes_files_are_asked_for_again(job, change):
    job.status, then = [JobStatus.RUNNING, JobStatus.SCALING][::change]
    job.write("job-x.0", "text\n")
    job.run_until(1000)
    job.status = then
    job.write("job-x.1", "more\n")
    assert texts(job.run_until(1020)) == {"job-x.1": "more\n"}


def test_at_the_end_of_the_job_no_file_is_missed(job):
    job.status = JobStatus.RUNNING
    job.write("job-x.0", "text\n")
    job.run_until(1000)
    job.write("job-x.1", "last words\n")
    job.end(JobStatus.FAILED)
    events = job.run_to_end()
    assert texts(events) == {"job-x.1": "last words\n"}
    assert "FAILED" in events[-1].reason


def test_refreshing_looks_for_files_too(job):
    job.status = JobStatus.RUNNING
    job.write("job-x.0", "text\n")
    job.run_until(1000)
    job.write("job-x.1", "more\n")
    job.follower.hurry()
    assert texts(job.poll() + job.poll()) == {"job-x.1": "more\n"}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (JobStatus.COMPLETED, "The job wrote no log"),
        (JobStatus.KILLED, "The job was stopped. The job wrote no log"),
        (JobStatus.SUBMIT_FAILED, "The job failed: SUBMIT_FAILED. The job wrote no log"),
    ],
)
def test_a_job_that_ends_without_a_log_says_so(job, status, reason):
    job.changes = {150: lambda: job.end(status)}
    assert job.run_to_end()[-1] == Finished(status, reason)


def test_a_log_that_lags_behind_the_end_of_its_job_is_read(job):
    job.end()
    job.poll()
    job.write("job-x.0", "late\n")
    events = job.run_to_end()
    assert texts(events) == {"job-x.0": "late\n"}
    assert events[-1] == Finished(JobStatus.COMPLETED)


def test_a_job_that_has_ended_is_asked_for_its_files_once(job):
    job.write("job-x.0", "zero\n")
    job.write("job-x.1", "one\n")
    job.end()
    assert texts(job.run_to_end()) == {"job-x.0": "zero\n", "job-x.1": "one\n"}
    assert len(job.listed) == 1


def test_a_service_that_has_no_log_yet_may_say_so_by_an_error(job):
    job.trouble = NotFoundError("no such log", status=404)
    assert job.run_until(120) == [StatusChanged(JobStatus.WAITING)]
    job.trouble = None
    job.write("job-x.0", "text\n")
    assert texts(job.run_until(140)) == {"job-x.0": "text\n"}


def test_trouble_with_the_names_is_told_and_tried_again(job):
    job.trouble = UnavailableError("down", status=500)
    troubles = [event for event in job.run_until(110) if isinstance(event, Trouble)]
    assert len(troubles) >= 3
    job.trouble = None
    job.write("job-x.0", "text\n")
    assert texts(job.run_until(130)) == {"job-x.0": "text\n"}


def test_names_that_are_denied_end_the_following(job):
    job.trouble = PermissionDeniedError("not yours", status=403)
    last = job.run_to_end()[-1]
    assert (last.status, "not yours" in last.reason) == (JobStatus.WAITING, True)


def test_names_that_are_denied_later_do_not_harm_the_files_that_are_known(job):
    job.status = JobStatus.RUNNING
    job.write("job-x.0", "text\n")
    job.run_until(105)
    job.trouble = PermissionDeniedError("not yours", status=403)
    job.changes = {150: lambda: job.write("job-x.0", "more\n"), 160: job.end}
    events = job.run_to_end()
    assert texts(events) == {"job-x.0": "more\n"}
    assert events[-1] == Finished(JobStatus.COMPLETED)


def test_logs_that_are_all_denied_end_the_following_of_a_running_job(job):
    job.status = JobStatus.RUNNING
    job.write("job-x.0", "text\n")
    job.run_until(300)

    def denied(_start, _length):
        raise PermissionDeniedError("not yours", status=403)

    job.logs["job-x.0"].read = denied
    assert "not yours" in job.run_to_end()[-1].reason


def test_a_status_that_nobody_documented_is_told_once(job):
    job.status = JobStatus(77)
    job.write("job-x.0", "text\n")
    job.changes = {moment: lambda: setattr(job, "status", JobStatus(77)) for moment in (110, 130)}
    events = job.run_until(300)
    assert [event.status.name for event in events if isinstance(event, StatusChanged)] == [
        "UNKNOWN_77"
    ]


# ---- by itself -----------------------------------------------------------------------------------


class Alone:
    """A discovery that nobody else shares a poll with.

    Args:
        known: names of log files.
        status: of the job, told just now and whenever it is asked for.
    """

    def __init__(self, known=(), status=JobStatus.RUNNING, *, is_listed=True):
        self.clock = Clock()
        self.clock.now = 16.0  # since when, so that no sum or quotient of moments is a pause
        self.there, self.trouble = [], None
        for name in known:
            self.appears(name)
        self.watch = JobWatch(lambda: self.status, None, self.clock, status)
        self.status = status
        self.discovery = Discovery(self.files, known, self.watch, is_listed=is_listed)

    def files(self):
        if self.trouble:
            raise self.trouble
        return [RangeLog(log, Reader(1)) for log in self.there]

    def appears(self, name):
        self.there.append(log := GrowingLog(b"", "drops cut bytes", 64))
        log.name = name

    def joins(self, later):
        """Whether it takes part in a poll that comes so many seconds later."""
        self.clock.now += later
        return self.discovery.joins

    def poll(self):
        self.discovery.poll_once()
        return [log.name for log in self.discovery.take()]


def test_files_that_were_all_a_moment_ago_are_not_asked_for_again_at_once():
    assert round(Alone().discovery.due_in, 3) == 1.7
    assert Alone(is_listed=False).discovery.due_in == 0
    assert Alone(["f.0"], is_listed=False).joins(0) is False
    assert Alone(["f.0"]).joins(0) is False
    assert Alone(status=JobStatus.COMPLETED).discovery.due_in == 0, "once more at its end"


def test_more_files_are_looked_for_ever_more_seldom_when_others_are_polled():
    job = Alone(["f.0"])
    for pause in (15, 22.5, 33.75, 50.625):  # by the age of the newest one
        assert job.discovery.due_in == math.inf
        assert job.joins(pause - 0.5) is False
        assert job.joins(0.5) is True
        assert job.poll() == []
    assert job.joins(100_000) is False


def test_a_file_that_appears_makes_the_job_young_again():
    job = Alone(["f.0"])
    assert job.joins(100) is True
    job.appears("f.1")
    assert job.poll() == ["f.1"]
    assert job.poll() == [], "they are told once"
    assert job.joins(14.5) is False
    assert job.joins(0.5) is True


@pytest.mark.parametrize("status", [JobStatus.SCALING, JobStatus.INIT, JobStatus.COMPLETED])
def test_another_status_makes_a_look_at_the_files_due(status):
    job = Alone(["f.0"])
    assert (job.discovery.is_routine, job.discovery.due_in) == (True, math.inf)
    job.status = status
    job.watch.begin_poll()
    job.watch.begin_poll()
    job.watch.look()  # as a tail does
    assert (job.discovery.is_routine, job.discovery.due_in) == (False, 0)
    assert job.discovery.joins
    job.poll()
    assert job.discovery.finished or job.discovery.due_in == math.inf


def test_after_trouble_it_does_not_wait_for_others():
    job = Alone(["f.0"])
    assert job.joins(15)
    job.trouble = UnavailableError("down", status=500)
    job.poll()
    assert (job.discovery.is_routine, job.discovery.due_in) == (False, 1)
