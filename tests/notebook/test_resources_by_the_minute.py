"""The charts of what a task uses are drawn anew each minute, by the clock that is given."""

from __future__ import annotations

import struct
from contextlib import closing

import pytest
from v2_service import JOB, Cloud, Said, client_of, job

from modelarts_magics.core.api.base import JobRef, ResourceUsage
from modelarts_magics.core.api.v2.jobs import TrainingJobs
from modelarts_magics.core.api.v2.models.job import TrainingJob
from modelarts_magics.notebook.log.resources import ResourcePanel, Resources
from modelarts_magics.notebook.viz.scalars.feed import ScalarFeed

_MINUTE = 60_000  # ms
JOB_OF_ITS = TrainingJob.from_json(job(phase="Running"))


class Minutes:
    """A service that measures once a minute; the time is that of both."""

    def __init__(self) -> None:
        self.now = 1_767_322_800.0
        self.measured = [10.0]
        self.trouble = False
        self.cloud = Cloud([job(phase="Running")])
        self.cloud.answers["/metrics/"] = lambda _asked: self._said()

    def _said(self) -> Said:
        if self.trouble:
            return Said({"error_msg": "down for a while"}, 500)
        return Said({"metrics": [{"metric": "cpuUsage", "value": [*self.measured]}]})

    def pass_one(self) -> None:
        self.now += 60
        self.measured.append(self.measured[-1] + 10)


@pytest.fixture
def minutes():
    return Minutes()


def test_each_minute_adds_a_point_and_the_end_of_the_job_ends_it(minutes):
    ref = JobRef("v2", JOB)
    with client_of(minutes.cloud.adapter) as client:
        jobs = TrainingJobs(client, clock=lambda: minutes.now)
        shown = Resources(jobs.get(ref), "worker-0", jobs.resource_usage(ref, "worker-0"))
        with closing(ResourcePanel(jobs, shown)) as panel:
            steps = panel.steps()
            assert next(steps) == 60, "seconds until the next look"
            for count in (2, 3):
                minutes.pass_one()
                assert next(steps) == 60
                [usage] = shown.usage
                assert [value for _at, value in usage.points] == minutes.measured
                assert len(usage.points) == count
                assert usage.points[-1][0] == int(minutes.now * 1000)
                assert usage.points[-1][0] - usage.points[-2][0] == _MINUTE
                assert "<svg" in shown.as_html()
            minutes.trouble = True
            assert next(steps) == 60
            assert "down for a while" in shown.as_text()
            assert len(shown.usage[0].points) == 3, "what was known stays"
            minutes.trouble = False
            minutes.pass_one()
            minutes.cloud.jobs[0]["status"]["phase"] = "Completed"
            asked = len(minutes.cloud.asked)
            assert list(steps) == []
            assert "down for a while" not in shown.as_text()
            assert "Completed" in shown.as_text()
            assert len(shown.usage[0].points) == 4, "all there is was read after the last state"
            assert len(minutes.cloud.asked) == asked + 2


def test_a_page_is_told_each_minute_once_by_its_time():
    """The service tells no times, and leaves out what is old."""
    resources = Resources(JOB_OF_ITS, "worker-0", [usage(0, [7.0] * 4)])
    told = ScalarFeed(resources.columns)
    told.take(resources.jobs)
    message, _data = told.since(0)
    assert [part[2:4] for part in message["parts"]] == [[4, "vw"]]
    assert message["added"][0][1] == "Memory (%)"
    assert message["added"][0][5] == "memUsage"
    for values, since_then in (([7.0] * 4, 1), ([7.0, 7.0, 7.0, 9.0], 2)):  # a minute passed
        look = told.now
        resources.take(JOB_OF_ITS, [usage(since_then, values)])
        told.take(resources.jobs)
        message, data = told.since(look)
        assert [part[1:3] for part in message["parts"]] == [[3 + since_then, 1]]
        assert struct.unpack("<2d", data) == (values[-1], resources.usage[0].points[-1][0] / 1000)
    assert len(resources.usage[0].points) == 6
    resources.take(JOB_OF_ITS, [usage(9, [1.0, 2.0])])
    assert [value for _at, value in resources.usage[0].points] == [1.0, 2.0], "another task's"


def usage(minute: int, values: list[float]) -> ResourceUsage:
    """The values up to a minute, of which each answer is a little late."""
    last = 1_767_322_800_000 + minute * (_MINUTE + 40)
    first = last - (len(values) - 1) * _MINUTE
    points = [(first + n * _MINUTE, value) for n, value in enumerate(values)]
    return ResourceUsage("memUsage", "%", points)
