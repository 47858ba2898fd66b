"""``%ma_viz`` while the service, or the way to it, is in trouble: one job, one message."""

from __future__ import annotations

import pytest
from fake_service import Reset, closed_port
from visualization_service import DENIED, FINE, LOST, THROTTLED, Fault, failing
from viz_service import FOLDER, ONE_TRY

from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import OutcomeUnknownError

LOOKS = 2  # for the job of an id: the job itself, and another that has the id as its name
ENDINGS = {**LOST, "429": THROTTLED.ending}
STEPS = {
    "the look for a job to use again": 0,
    "the look for the name": 1,
    "the creation": 2,
    "the first look at the new job": 3,
    "the second look at the new job": 4,
}


def last_line(cell):
    """What a cell said at last that failed after it had waited."""
    assert cell.outputs == []
    assert cell.stderr == ""
    return cell.stdout.splitlines()[-1]


def give_up_soon_on(shell, ending):
    if "time-out" in ending:
        shell.context.session.client.transport.limits = ONE_TRY


# ---- create -------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_effect", [True, False], ids=["with effect", "without effect"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", ENDINGS)
def test_trouble_at_any_step_of_create_makes_one_job_at_most_and_again_exactly_one(
    viz_shell, viz, name, step, with_effect
):
    give_up_soon_on(viz_shell, name)
    fault = THROTTLED if name == "429" else Fault(ENDINGS[name], effect=with_effect)
    viz.faults = [FINE] * STEPS[step] + [fault]
    cell = viz_shell(f"%ma_viz create {FOLDER}")
    viz.land_all()
    if cell.success:
        assert "· RUNNING" in cell.text
        assert len(viz.jobs) == 1
    else:
        assert last_line(cell).startswith(type(cell.error).__name__)
        assert len(viz.jobs) <= 1
    assert "· RUNNING" in viz_shell.ok(f"%ma_viz create {FOLDER}").text
    assert len(viz.jobs) == 1


@pytest.mark.parametrize("name", ["connection cut", "half an answer", "500", "502", "504"])
def test_trouble_that_passes_is_survived_at_every_step(viz_shell, viz, name):
    for step in STEPS.values():
        viz.jobs.clear()
        viz.faults = [FINE] * step + [Fault(LOST[name], effect=True)]
        cell = viz_shell.ok(f"%ma_viz create {FOLDER} --name curves")
        assert "· RUNNING" in cell.text
        assert ("its answer was lost, and it was found again" in cell.text) is (step == 2)
        assert len(viz.jobs) == 1


def test_a_request_without_effect_is_said_to_be_made_again(viz_shell, viz):
    viz.faults = [FINE, FINE, Fault(Reset())]
    cell = viz_shell.ok(f"%ma_viz create {FOLDER} --no-wait")
    assert "an earlier request had no effect" in cell.text
    assert len(viz.creations) == 2


def test_too_many_requests_are_waited_for(viz_shell, viz):
    viz.faults = [THROTTLED, FINE, THROTTLED, FINE, THROTTLED, THROTTLED]
    assert "Created" in viz_shell.ok(f"%ma_viz create {FOLDER}").text
    assert len(viz.jobs) == 1


@pytest.mark.parametrize("effect", [True, False])
@pytest.mark.parametrize("ending", [Reset(), failing(503)], ids=["cut", "503"])
def test_an_outcome_that_is_not_found_out_says_how_to_find_it(viz_shell, viz, ending, effect):
    viz.faults = [FINE, FINE, Fault(ending, effect=effect), *[Fault(failing(503))] * 40]
    cell = viz_shell(f"%ma_viz create {FOLDER} --name curves")
    assert "Whether visualization job curves was made is not known" in cell.mistake
    assert "%ma_viz list --search curves" in cell.mistake
    assert isinstance(cell.error, OutcomeUnknownError)
    viz.faults = []
    words = "curves" if effect else "There are no such"
    assert words in viz_shell.ok("%ma_viz list --search curves").text


def test_a_service_that_is_not_there_is_told_at_once(viz_shell, monkeypatch):
    client = viz_shell.context.session.client
    monkeypatch.setattr(client.transport, "endpoint", f"http://127.0.0.1:{closed_port()}")
    assert "does not answer" in viz_shell(f"%ma_viz create {FOLDER}").mistake


# ---- waiting ------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", [f"create {FOLDER} --name curves", "restart 197"])
def test_trouble_while_waiting_is_said_in_the_line_that_rewrites_itself(viz_shell, viz, line):
    looks = 4
    if line.startswith("restart"):
        viz.add(job_name="curves", status=int(JobStatus.KILLED))
    viz.faults = [FINE] * looks + [Fault(failing(503))] * 2
    cell = viz_shell.ok(f"%ma_viz {line}")
    assert "backend trouble" in cell.stdout
    assert "· RUNNING" in cell.text


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (JobStatus.FAILED, "no space", "is FAILED: no space. Start it again: %ma_viz restart 197"),
        (JobStatus.KILLED, "", "is KILLED: it was stopped. Start it again: %ma_viz restart 197"),
    ],
)
def test_a_job_that_ends_instead_of_running_is_one_line(viz_shell, viz, status, reason, words):
    created = viz._create

    def ends(creation):
        answer = created(creation)
        viz.jobs[197].update(status=int(status), failure_reason=reason)
        return answer

    viz._create = ends
    cell = viz_shell(f"%ma_viz create {FOLDER} --as made")
    assert cell.mistake == f"JobEndedError: Visualization job 197 {words}"
    assert "made" not in viz_shell.ip.user_ns


def test_who_may_create_but_not_look_is_told_that_the_job_is_there(viz_shell, viz):
    viz.faults = [FINE, FINE, FINE, *[DENIED] * 5]
    cell = viz_shell(f"%ma_viz create {FOLDER} --name curves")
    note, error = cell.stdout.splitlines()
    assert note == "Created visualization job curves (197)."
    assert error.startswith("PermissionDeniedError: denied. Ask the administrator")
    assert len(viz.jobs) == 1


def test_who_may_stop_but_not_look_is_told_that_the_job_is_being_stopped(viz_shell, viz):
    viz.add(job_name="curves")
    viz.faults = [FINE] * (LOOKS + 2) + [DENIED] * 5
    note, error = viz_shell("%ma_viz stop 197").stdout.splitlines()
    assert note == "Stopping visualization job curves (197)."
    assert error.startswith("PermissionDeniedError: denied.")


def test_trouble_while_a_job_ends_is_waited_for(viz_shell, viz):
    viz.add(job_name="curves")
    viz.faults = [FINE] * (LOOKS + 2) + [Fault(failing(503))] * 3
    cell = viz_shell.ok("%ma_viz stop 197")
    assert "backend trouble" in cell.stdout
    assert "· KILLED" in cell.text


# ---- changes ------------------------------------------------------------------------------------

CHANGES = {
    "update 197 --desc new": "The description is changed.",
    "stop 197 --no-wait": "Stopping visualization job curves (197).",
    "restart 197 --no-wait": "Restarted visualization job curves (197).",
}


@pytest.mark.parametrize("line", CHANGES)
def test_a_change_that_was_accepted_is_not_denied_by_trouble_after_it(viz_shell, viz, line):
    status = JobStatus.KILLED if line.startswith("restart") else JobStatus.RUNNING
    viz.add(job_name="curves", status=int(status))
    requests = 1 if line.startswith("update") else 2
    viz.faults = [FINE] * (LOOKS + requests) + [Fault(failing(503))] * 5
    text = viz_shell.ok(f"%ma_viz {line}").text
    assert CHANGES[line] in text
    known = {"update": "new", "stop": "KILLING", "restart": "WAITING"}
    assert known[line.split()[0]] in text


@pytest.mark.parametrize("line", [*CHANGES, "delete 197 --yes"])
@pytest.mark.parametrize("name", ["connection cut", "time-out", "500"])
def test_a_lost_answer_to_a_change_is_one_line_and_nothing_is_sent_again(
    viz_shell, viz, line, name
):
    give_up_soon_on(viz_shell, name)
    status = JobStatus.KILLED if line.startswith("restart") else JobStatus.RUNNING
    viz.add(job_name="curves", status=int(status))
    looks = LOOKS if line.startswith("update") else LOOKS + 1
    viz.faults = [FINE] * looks + [Fault(LOST[name], effect=True)]
    assert viz_shell(f"%ma_viz {line}").mistake
    assert len(viz.changes) == 1
