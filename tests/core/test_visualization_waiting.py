"""Watching a visualization job until it runs, or until it is clear that it will not."""

from __future__ import annotations

import pytest
from fake_service import Reply
from visualization_service import DENIED, FINE, LOST, THROTTLED, Fault

from modelarts_magics.core import visualization
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import JobEndedError, PermissionDeniedError

RUNNING_STATES = [JobStatus.RUNNING, JobStatus.SCALING, JobStatus.CHECK_RUNNING]


class Clock:
    """Time that passes only by waiting, and what happens meanwhile."""

    def __init__(self, job=None, *states):
        self.now = 0.0
        self.pauses = []
        self._job, self._states = job, list(states)

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds
        self.pauses.append(seconds)
        if self._states:
            self._job["status"] = int(self._states.pop(0))


@pytest.fixture
def api(viz_jobs):
    return viz_jobs


def waited(api, clock):
    return visualization.wait_until_running(api, "197", clock.wait, clock)


@pytest.mark.parametrize("state", RUNNING_STATES)
def test_a_job_that_runs_is_returned_at_once(viz, api, state):
    viz.add(status=int(state))
    assert waited(api, Clock()).status is state
    assert viz.methods == ["GET"]


def test_a_job_is_watched_from_its_creation_until_it_runs(viz, api):
    clock = Clock(viz.add(status=1), JobStatus.WAITING, JobStatus.WAITING, JobStatus.RUNNING)
    looks = []
    for look in visualization.progress(api, "197", clock):
        looks.append(look)
        clock.wait(look.next_look_in_s)
    assert [look.job.status.name for look in looks] == ["INIT", "WAITING", "WAITING", "RUNNING"]
    assert [look.trouble for look in looks] == [""] * 4
    assert looks[-1].next_look_in_s == 0


def test_the_looks_become_rarer_but_not_rare(viz, api):
    clock = Clock(viz.add(status=7), *[JobStatus.WAITING] * 20, JobStatus.RUNNING)
    waited(api, clock)
    assert clock.pauses[0] < 0.5
    assert clock.pauses == sorted(clock.pauses)
    assert clock.pauses[-1] == 5


def test_a_job_may_wait_for_its_turn_as_long_as_it_takes(viz, api):
    clock = Clock(viz.add(status=7), *[JobStatus.WAITING] * 200, JobStatus.RUNNING)
    assert waited(api, clock).status is JobStatus.RUNNING
    assert clock.now > 900


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        (
            11,
            "TensorBoard ended with exit code 1.\nNo dashboards\x1b[31m",
            "TensorBoard ended with",
        ),
        (11, None, "the service does not say why. Start it again: %ma_viz restart 197"),
        (14, None, "the service does not say why. Start it again: %ma_viz restart 197"),
        (6, None, "the service does not say why. Delete it again: %ma_viz delete 197"),
        (12, None, "it was stopped. Start it again: %ma_viz restart 197"),
        (13, None, "it was stopped. Start it again: %ma_viz restart 197"),
        (10, None, "it has ended already. Start it again: %ma_viz restart 197"),
    ],
)
def test_a_job_that_ends_instead_says_why_in_one_line(viz, api, state, reason, words):
    clock = Clock(viz.add(status=7, failure_reason=reason), JobStatus.KILLING, state)
    with pytest.raises(JobEndedError) as caught:
        waited(api, clock)
    told = str(caught.value)
    assert told.startswith(f"Visualization job 197 is {JobStatus(state).name}: {words}")
    assert len(told.splitlines()) == 1
    assert "\x1b" not in told


def test_a_job_that_is_deleted_meanwhile_is_told(viz, api):
    viz.add(status=7)
    with pytest.raises(JobEndedError, match="Visualization job 197 was deleted"):
        visualization.wait_until_running(api, "197", lambda _seconds: viz.jobs.clear())


@pytest.mark.parametrize("name", [*sorted(LOST.keys() - {"no id"}), "429"])
def test_trouble_that_passes_is_told_and_waited_for(viz, api, name):
    ending = LOST.get(name, THROTTLED.ending)
    viz.add(status=7)
    viz.faults = [FINE, Fault(ending), FINE]
    looks = visualization.progress(api, "197")
    seen, troubled, again = next(looks), next(looks), next(looks)
    assert troubled.trouble
    assert troubled.job == seen.job == again.job
    assert again.trouble == ""


def test_trouble_from_the_start_leaves_the_state_unknown(viz, api):
    viz.add(status=8)
    viz.faults = [Fault(LOST["502"])]
    looks = visualization.progress(api, "197")
    first = next(looks)
    assert (first.job.job_id, first.job.status) == ("197", JobStatus.UNKNOWN)
    assert next(looks).job.status is JobStatus.RUNNING


def test_the_pause_that_the_service_asks_for_is_kept(viz, api):
    viz.add(status=7)
    viz.faults = [Fault(Reply({}, 429, {"Retry-After": "17"})), THROTTLED]
    looks = visualization.progress(api, "197")
    assert next(looks).next_look_in_s == 17
    assert next(looks).next_look_in_s < 1


@pytest.mark.parametrize("trouble", [None, Fault(LOST["503"])])
def test_nobody_is_waited_for_whom_nobody_knows_for_ten_minutes(viz, api, trouble):
    viz.add(status=0)
    viz.faults = [trouble] * 300 if trouble else []
    clock = Clock()
    with pytest.raises(JobEndedError, match="%ma_viz info 197"):
        waited(api, clock)
    assert 600 < clock.now < 620


def test_a_state_that_is_unknown_now_and_then_is_waited_for(viz, api):
    unknown = [JobStatus.UNKNOWN] * 100
    clock = Clock(viz.add(status=7), *unknown, JobStatus.WAITING, *unknown, JobStatus.RUNNING)
    assert waited(api, clock).status is JobStatus.RUNNING


def test_a_refusal_ends_the_waiting(viz, api):
    viz.add(status=7)
    viz.faults = [FINE, DENIED]
    with pytest.raises(PermissionDeniedError):
        waited(api, Clock())


def test_an_interrupt_ends_the_waiting_and_not_the_job(viz, api):
    def interrupt(_seconds):
        raise KeyboardInterrupt

    viz.add(status=7)
    with pytest.raises(KeyboardInterrupt):
        visualization.wait_until_running(api, "197", interrupt)
    assert viz.methods == ["GET"]
