"""The panel of visualization jobs without a browser: what its thread asks, does and says.

Most tests take the steps of the thread themselves, with a clock of their own, so that nothing is
waited for; the others let it run.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from fake_service import Hang, Reply, Then
from visualization_service import DENIED, FINE, JOBS, LOST, Fault, failing
from viz_service import FOLDER, ONE_TRY, OUTPUT

from modelarts_magics.core.api.base import VisualizationQuery
from modelarts_magics.core.api.v1.models.visualization import VisualizationJob
from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.backoff import Backoff
from modelarts_magics.notebook.viz.panel.form_values import FormValues
from modelarts_magics.notebook.viz.panel.model import ROWS, Stage
from modelarts_magics.notebook.viz.panel.viz_panel import VizPanel

TIME_LIMIT = 30.0  # seconds
VALUES = FormValues(FOLDER)
AT_ONCE = [name for name in LOST if "time-out" not in name]


def asking(**wanted):
    """A page of the panel's size."""
    return VisualizationQuery(per_page=ROWS, **wanted)


class Hand:
    """Takes the steps of a panel's thread."""

    def __init__(self, shell):
        self.now = 0.0
        jobs = shell.context.visualizations()
        self.panel = VizPanel(shell.context, jobs, "text", clock=lambda: self.now)
        self.model = self.panel.model
        self._taken = self.panel.steps()

    def step(self, *asked_for):
        """Carry out a request if there is one, and what is due; the seconds until the next step."""
        if asked_for:
            self.panel.act(*asked_for)
        return next(self._taken)

    def wait(self):
        """Take the next step when it is due."""
        pause = self.step()
        self.now += pause
        return pause

    def until(self, is_so):
        for _step in range(100):
            if is_so():
                return
            self.wait()
        pytest.fail(f"{self.model}")


@pytest.fixture
def hand(viz_shell):
    return Hand(viz_shell)


def job_of(viz, number=197):
    return VisualizationJob.from_json(viz.jobs[number])


def lists(viz):
    return [seen.query for seen in viz.seen if (seen.method, seen.path) == ("GET", JOBS)]


def wait_for(is_so):
    end = time.monotonic() + TIME_LIMIT
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


# ---- the list -----------------------------------------------------------------------------------


def test_it_shows_a_page_of_the_newest_jobs(hand, viz):
    for _job in range(12):
        viz.add()
    hand.step()
    assert [job.job_id for job in hand.model.jobs] == [str(n) for n in range(208, 198, -1)]
    assert (hand.model.total, hand.model.pages) == (12, 2)
    assert "1-10 of 12" in hand.model.words()
    assert lists(viz)[0]["per_page"] == "10"


def test_jobs_of_others_appear_by_themselves(hand, viz):
    hand.step()
    assert hand.model.jobs == ()
    viz.add(job_name="from-the-console")
    hand.until(lambda: hand.model.jobs)
    assert hand.model.jobs[0].job_name == "from-the-console"


def test_it_looks_each_second_while_a_state_changes_and_ever_less_often_when_none_does(hand, viz):
    viz.starts = False
    viz.add(status=int(JobStatus.WAITING))
    assert [round(hand.wait(), 1) for _look in range(3)] == [1.0, 1.0, 1.0]
    viz.jobs[197]["status"] = int(JobStatus.RUNNING)
    pauses = [hand.wait() for _look in range(7)]
    assert pauses[0] == 5.0
    assert pauses == sorted(pauses)
    assert pauses[-2:] == [30.0, 30.0]
    viz.jobs[197]["status"] = int(JobStatus.KILLING)
    assert [hand.wait() for _look in range(2)] == [1.0, 1.0]


def test_a_pause_ends_the_looks_until_it_is_over(hand, viz):
    hand.step()
    hand.step("pause", True)
    before = len(lists(viz))
    hand.now += 1000
    assert hand.step() == 3600.0
    assert len(lists(viz)) == before
    assert "paused" in hand.model.words()
    hand.step("pause", False)
    assert len(lists(viz)) == before + 1


def test_who_searches_or_turns_pages_in_a_paused_panel_sees_what_he_asked_for(hand, viz):
    for _job in range(25):
        viz.add()
    hand.step("pause", True)
    hand.step("query", asking(page=3))
    assert "21-25 of 25" in hand.model.words()
    hand.step("query", asking(search="job-201"))
    assert [job.job_name for job in hand.model.jobs] == ["job-201"]
    viz.add(job_name="job-201-again")
    hand.step("refresh")
    assert len(hand.model.jobs) == 2


def test_the_service_searches_filters_and_sorts(hand, viz):
    viz.add(job_name="curves", status=int(JobStatus.KILLED))
    viz.add(job_name="losses")
    query = asking(search="r", status=12, sort="job_name", order="asc")
    hand.step("query", query)
    assert [job.job_name for job in hand.model.jobs] == ["curves"]
    asked = lists(viz)[-1]
    assert (asked["search_content"], asked["status"]) == ("r", "12")
    assert (asked["sortBy"], asked["order"]) == ("job_name", "asc")


def test_when_the_last_page_is_gone_the_one_before_is_shown_at_once(hand, viz):
    for _job in range(21):
        viz.add()
    hand.step("query", asking(page=3))
    assert "21-21 of 21" in hand.model.words()
    hand.step("delete", job_of(viz, 197))
    assert hand.model.query.page == 2
    assert "11-20 of 20" in hand.model.words()


def test_trouble_is_said_beside_what_was_seen_last_and_passes(hand, viz):
    for _job in range(11):
        viz.add()
    hand.step()
    viz.faults = [Fault(failing(503)), Fault(failing(503))]
    assert hand.step("query", asking(page=2)) >= 5.0
    assert "backend trouble" in hand.model.trouble
    assert "1-10 of 11" in hand.model.words()  # what is shown, not what was asked for
    hand.now += 100
    assert hand.step() > 5.0
    hand.now += 100
    hand.step()
    assert hand.model.trouble == ""
    assert "11-11 of 11" in hand.model.words()


@pytest.mark.parametrize("name", AT_ONCE)
def test_any_trouble_is_one_line_and_the_panel_goes_on(hand, viz, name):
    viz.add()
    hand.step()
    viz.faults = [Fault(LOST[name])]
    hand.now += 100
    hand.step()
    assert len(hand.model.trouble.splitlines()) == 1
    hand.now += 100
    hand.step()
    assert (len(hand.model.jobs), hand.model.trouble) == (1, "")


def test_a_silent_service_is_said_and_asked_again(viz_shell, viz):
    viz_shell.context.session.client.transport.limits = ONE_TRY
    hand = Hand(viz_shell)
    viz.add()
    viz.faults = [Fault(Hang())]
    hand.until(lambda: hand.model.trouble)
    hand.until(lambda: hand.model.jobs and not hand.model.trouble)


def test_the_pause_that_the_service_asks_for_is_kept(hand, viz):
    viz.faults = [Fault(Reply({"error_code": "APIGW.0308"}, 429, {"Retry-After": "77"}))]
    assert hand.step() == 77.0
    assert hand.model.trouble


# ---- what buttons ask for -----------------------------------------------------------------------


def test_stop_restart_describe_and_delete_are_carried_out_and_said(hand, viz):
    viz.add(job_name="curves")
    for asked_for, words in [
        (("stop", job_of(viz)), "Stopping visualization job curves (197)."),
        (("restart", job_of(viz)), "Restarted visualization job curves (197)."),
        (("describe", (job_of(viz), "new")), "The description is changed."),
        (("delete", job_of(viz)), "Deleted visualization job curves (197)."),
    ]:
        hand.step(*asked_for)
        assert (hand.model.message, hand.model.is_refusal) == (words, False)
    assert [method for method, _path in viz.changes] == ["POST", "POST", "PUT", "DELETE"]
    assert hand.model.jobs == ()


@pytest.mark.parametrize(
    ("asked_for", "status", "words"),
    [
        ("stop", JobStatus.KILLED, "it has ended already"),
        ("restart", JobStatus.RUNNING, "stop it before you restart it"),
        ("delete", JobStatus.KILLING, "delete it when it has stopped"),
        ("open", JobStatus.KILLED, "has no address"),
    ],
)
def test_what_a_state_does_not_allow_is_said_in_the_panel(hand, viz, asked_for, status, words):
    viz.starts = False
    viz.add(status=int(status))
    hand.step(asked_for, job_of(viz))
    assert words in hand.model.message
    assert hand.model.is_refusal
    assert viz.changes == []
    hand.step("refresh")
    assert hand.model.message == ""


def test_a_lost_answer_to_a_change_is_said_and_nothing_is_sent_again(hand, viz):
    viz.add()
    viz.faults = [FINE, Fault(LOST["connection cut"], effect=True)]
    hand.step("stop", job_of(viz))
    assert hand.model.is_refusal
    assert len(viz.changes) == 1
    assert hand.model.jobs[0].status is JobStatus.KILLED  # the list tells the truth


def test_the_page_of_a_job_is_hidden_when_it_stops(hand, viz):
    viz.add()
    hand.step("open", job_of(viz))
    assert hand.model.opened == "197"
    hand.step("stop", job_of(viz))
    assert hand.model.opened == ""


@pytest.mark.parametrize("end", ["killed", "deleted"])
def test_the_page_of_a_job_that_the_list_does_not_show_is_hidden_too(hand, viz, end):
    viz.add()
    hand.step("open", job_of(viz))
    hand.step("query", asking(search="something else"))
    assert (hand.model.jobs, hand.model.opened) == ((), "197")
    viz.jobs[197].update(status=int(JobStatus.KILLED))
    if end == "deleted":
        viz.jobs.clear()
    hand.wait()
    hand.step()
    assert hand.model.opened == ""


@pytest.mark.parametrize("status", [JobStatus.SCALING, JobStatus.UNKNOWN])
def test_the_page_stays_while_the_job_may_run(hand, viz, status):
    viz.add()
    hand.step("open", job_of(viz))
    viz.jobs[197]["status"] = int(status)
    hand.step("refresh")
    assert hand.model.opened == "197"
    hand.step("hide")
    assert hand.model.opened == ""


# ---- the form -----------------------------------------------------------------------------------


def stages(hand):
    """All stages that the model goes through from now on."""
    seen = []
    create = hand.model.create

    def noting(creation):
        if not seen or seen[-1] is not creation.stage:
            seen.append(creation.stage)
        create(creation)

    hand.model.create = noting
    return seen


def test_a_job_is_created_and_watched_until_it_runs(hand, viz):
    seen = stages(hand)
    hand.step("create", replace(VALUES, description="训练", stop_after_hours=2))
    hand.until(lambda: not hand.model.creation.is_under_way)
    assert seen == [Stage.SUBMITTING, Stage.STARTING, Stage.RUNNING]
    [made] = viz.creations
    assert (made.body["train_url"], made.body["job_desc"]) == (FOLDER, "训练")
    assert made.body["schedule"][0]["duration"] == 2
    creation = hand.model.creation
    assert creation.note.startswith("Created visualization job run-")
    assert creation.job.service_url


def test_the_next_form_begins_with_what_was_used_last_but_a_line_does_not(hand, viz, viz_shell):
    hand.step("create", FormValues(FOLDER, job_type="mindinsight", stop_after_hours=2))
    next_one = FormValues.from_defaults(viz_shell.context.visualization_defaults)
    assert next_one == FormValues(FOLDER, job_type="mindinsight", stop_after_hours=2)
    viz_shell.ok("%ma_viz create /bucket/else/ --no-wait")
    body = viz.creations[-1].body
    assert (body["job_type"], "schedule" in body) == ("tensorboard", False)


def test_pressing_create_twice_makes_one_job(hand, viz):
    hand.panel.act("create", VALUES)
    hand.panel.act("create", VALUES)
    hand.step()
    hand.step("create", VALUES)
    assert len(viz.jobs) == len(viz.creations) == 1


@pytest.mark.parametrize("effect", [True, False])
@pytest.mark.parametrize("name", AT_ONCE)
def test_submitting_again_after_a_lost_answer_makes_one_job(hand, viz, name, effect):
    viz.faults = [FINE, Fault(LOST[name], effect=effect), *[Fault(failing(503))] * 20]
    hand.step("create", VALUES)
    assert hand.model.creation.stage is Stage.FAILED
    assert "is not known" in hand.model.creation.trouble
    viz.faults = []
    hand.step("create", VALUES)
    assert hand.model.creation.stage is Stage.STARTING
    hand.until(lambda: hand.model.creation.stage is Stage.RUNNING)
    assert len(viz.jobs) == 1


def test_other_values_after_a_lost_answer_are_another_job(hand, viz):
    viz.faults = [FINE, Fault(LOST["503"], effect=True), *[Fault(failing(503))] * 20]
    hand.step("create", VALUES)
    viz.faults = []
    hand.step("create", FormValues("/bucket/else/"))
    assert sorted(job["train_url"] for job in viz.jobs.values()) == ["/bucket/else/", FOLDER]


def test_after_one_job_the_same_values_make_another(hand, viz):
    for _time in range(2):
        hand.step("create", VALUES)
        hand.until(lambda: hand.model.creation.stage is Stage.RUNNING)
    assert len(viz.jobs) == 2


def test_a_refusal_and_a_job_that_ends_are_told_in_the_form(hand, viz):
    viz.faults = [FINE, DENIED]
    hand.step("create", VALUES)
    assert "denied" in hand.model.creation.trouble
    hand.step("create", FormValues("/bucket/"))
    assert "does not name a folder" in hand.model.creation.trouble
    viz.starts = False
    hand.step("create", VALUES)
    next(iter(viz.jobs.values())).update(status=int(JobStatus.FAILED), failure_reason="no space")
    hand.until(lambda: hand.model.creation.stage is Stage.FAILED)
    assert "is FAILED: no space" in hand.model.creation.trouble


def test_trouble_while_it_starts_is_said_and_waited_for(hand, viz):
    viz.starts = False
    hand.step("create", VALUES)
    viz.faults = [Fault(failing(503))] * 2
    hand.now += 10
    hand.step()
    assert "backend trouble" in hand.model.creation.trouble
    assert hand.model.creation.stage is Stage.STARTING
    viz.starts, viz.faults = True, []
    hand.until(lambda: hand.model.creation.stage is Stage.RUNNING)
    assert hand.model.creation.trouble == ""


def test_the_form_has_nothing_to_open_when_its_job_has_stopped(hand, viz):
    hand.step("create", VALUES)
    hand.until(lambda: hand.model.creation.stage is Stage.RUNNING)
    hand.step("stop", hand.model.creation.job)
    assert hand.model.creation.stage is Stage.EMPTY


# ---- suggestions --------------------------------------------------------------------------------


def test_folders_used_before_and_of_recent_trainings_are_suggested(viz_shell, viz):
    viz_shell.context.remember_folder("/bucket/last/")
    viz.add(train_url="obs://bucket/listed")
    viz.add(train_url="no folder at all")
    hand = Hand(viz_shell)
    hand.until(lambda: OUTPUT in hand.model.folders)
    assert hand.model.folders == ["/bucket/last/", "/bucket/listed/", OUTPUT]
    assert "%ma_viz create /bucket/last/ --auto-stop 2 --open" in hand.panel.summary.as_text()


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}),
        (403, {"error_code": "ModelArts.0112"}),
        (200, []),
        (200, {"jobs": [{"job_id": "../x", "version_id": None}]}),
        (200, {"jobs": 7}),
    ],
)
def test_trouble_with_suggestions_is_nobodys_trouble(hand, viz, answer):
    viz.training = lambda *_request: answer
    viz.add()
    for _step in range(5):
        hand.wait()
    assert (len(hand.model.jobs), hand.model.trouble, hand.model.message) == (1, "", "")
    assert hand.model.folders == [FOLDER]


def test_the_line_to_copy_works_as_it_stands(hand, viz):
    viz.add(train_url='/bucket/$HOME/"x/')
    hand.step()
    line = hand.panel.summary.as_text().splitlines()[-1]
    assert line == "%ma_viz create /bucket/folder/ --auto-stop 2 --open"


def test_there_are_never_too_many_suggestions(hand):
    hand.model.suggest(f"/bucket/run-{n}/" for n in range(1000))
    assert len(hand.model.folders) == 50


# ---- a thread of its own ------------------------------------------------------------------------


@pytest.fixture
def panel(viz_shell):
    made = VizPanel(viz_shell.context, viz_shell.context.visualizations(), "text")
    yield made
    made.close()


def threads():
    return [t for t in threading.enumerate() if t.name == "modelarts-magics-viz"]


def test_callbacks_do_not_wait_for_a_silent_service(panel, viz):
    viz.add()
    wanted = job_of(viz)
    let_go = threading.Event()
    viz.faults = [Fault(Reply({"jobs": []}, wait_for=let_go))]
    panel.show()
    for one in (
        ("stop", wanted),
        ("query", asking(search="x")),
        ("refresh",),
        ("pause", True),
    ):
        panel.act(*one)
    assert not panel.model.updated_ms  # the service has not said a word
    let_go.set()
    wait_for(lambda: panel.model.paused)
    assert viz.jobs[197]["status"] == JobStatus.KILLED


def test_showing_it_again_starts_no_second_thread(panel, viz):
    panel.show()
    panel.show()
    panel._ipython_display_()
    wait_for(lambda: panel.model.updated_ms)
    assert len(threads()) == 1
    panel.close()
    panel.show()
    assert threads() == []


def test_nothing_is_sent_after_the_end(panel, viz):
    viz.add()
    wanted = job_of(viz)
    panel.show()
    wait_for(lambda: panel.model.updated_ms)
    panel.close()
    before = len(viz.seen)
    panel.act("stop", wanted)
    panel.close()
    assert threads() == []
    assert not panel.is_running
    assert len(viz.seen) == before


@pytest.mark.parametrize("busy_with", ["the list", "another request"])
def test_requests_that_were_not_begun_are_dropped_with_the_panel(panel, viz, busy_with):
    viz.add()
    wanted = job_of(viz)
    reached, let_go = threading.Event(), threading.Event()
    viz.faults = [Fault(Then(reached.set, Reply({"status": 8}, wait_for=let_go)))]
    if busy_with == "another request":
        panel.act("open", wanted)
        panel.act("delete", wanted)
    panel.show()
    assert reached.wait(TIME_LIMIT)
    panel.act("delete", wanted)
    closer = threading.Thread(target=panel.close)
    closer.start()
    wait_for(lambda: panel.is_closed)
    let_go.set()
    closer.join()
    assert viz.changes == []


def test_a_mistake_of_ours_is_said_and_a_closed_panel_stays_without_a_thread(panel, viz, caplog):
    viz.add()
    wanted = job_of(viz)
    panel.show()
    panel.act("something nobody knows")
    wait_for(lambda: not panel.is_running)
    assert panel.model.message.startswith("The panel stopped: KeyError")
    assert "failed" in caplog.text
    panel.close()
    panel.act("delete", wanted)
    panel.close()
    assert (threads(), viz.changes) == ([], [])


def test_closing_while_a_lost_creation_is_looked_for_says_how_to_find_it(
    viz_shell, viz, monkeypatch
):
    from modelarts_magics.core import settling

    monkeypatch.setattr(settling, "BACKOFF", Backoff(59.0))
    panel = VizPanel(viz_shell.context, viz_shell.context.visualizations(), "text")
    lost = threading.Event()
    viz.faults = [FINE, Fault(Then(lost.set, failing(503)), effect=True)]
    panel.act("create", replace(VALUES, name="curves"))
    panel.show()
    assert lost.wait(TIME_LIMIT)
    wait_for(lambda: viz.jobs)
    panel.close()
    trouble = panel.model.creation.trouble
    assert "closed before it was known whether visualization job curves was made" in trouble
    assert "%ma_viz list --search curves" in trouble
    assert (threads(), len(viz.jobs)) == ([], 1)
