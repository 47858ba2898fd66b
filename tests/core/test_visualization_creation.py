"""A visualization job is created exactly once, whatever happens on the way."""

from __future__ import annotations

import pytest
from fake_service import closed_port, refusal
from hypothesis import event, given, settings
from hypothesis import strategies as st
from visualization_service import (
    DENIED,
    FINE,
    GARBAGE,
    LOST,
    NOT_REPEATABLE,
    REPEATABLE,
    THROTTLED,
    Fault,
    VisualizationService,
    failing,
    jobs_of,
    no_wait,
)

from modelarts_magics.core.api.v1.status import JobStatus
from modelarts_magics.core.errors import (
    ConflictError,
    ConnectionFailedError,
    InvalidArgumentError,
    ModelArtsError,
    OutcomeUnknownError,
    QuotaExceededError,
    ServiceError,
    ThrottledError,
)
from modelarts_magics.core.http.transport import Limits
from modelarts_magics.core.visualization import How, NewVisualization, create, create_or_reuse

QUOTA = Fault(refusal("ModelArts.0106", "too many jobs"))
NEW = NewVisualization.checked("/bucket/run/", "curves", "d", stop_after_hours=2)
RUNNING = int(JobStatus.RUNNING)


@pytest.fixture
def api(viz_jobs):
    return viz_jobs


def look_of(viz):
    """How many lists were asked for after the first creation."""
    methods = viz.methods
    return methods[methods.index("POST") :].count("GET")


# ---- what is asked for -------------------------------------------------------------------------


def test_what_is_left_out_is_generated_empty_or_left_to_the_service(viz, api):
    new = NewVisualization.checked("obs://bucket/resnet50")
    assert new.train_url == "/bucket/resnet50/"
    assert new.job_name.startswith("resnet50-")
    assert new.is_name_generated
    create(api, new, no_wait)
    assert sorted(viz.creations[0].body) == ["job_desc", "job_name", "train_url"]
    assert viz.creations[0].body["job_desc"] == ""


def test_what_is_given_goes_to_the_service_in_its_form(viz, api):
    new = NewVisualization.checked("bucket/run", "curves", "新", "MindInsight", 24)
    assert not new.is_name_generated
    create(api, new, no_wait)
    assert viz.creations[0].body == {
        "job_name": "curves",
        "job_desc": "新",
        "train_url": "/bucket/run/",
        "job_type": "mindinsight",
        "schedule": [{"type": "stop", "time_unit": "HOURS", "duration": 24}],
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"train_url": "/bucket/"},
        {"train_url": None},
        {"job_name": "a b"},
        {"job_desc": "a" * 257},
        {"job_type": "other"},
        {"stop_after_hours": 0},
        {"stop_after_hours": 25},
    ],
)
def test_every_rule_is_applied(wrong):
    with pytest.raises(InvalidArgumentError) as caught:
        NewVisualization.checked(**{"train_url": "/bucket/run/", **wrong})
    assert len(str(caught.value).splitlines()) == 1


# ---- without trouble ----------------------------------------------------------------------------


def test_a_job_is_created_by_one_look_and_one_request(viz, api):
    outcome = create(api, NEW, no_wait)
    assert outcome.how is How.CREATED
    assert viz.methods == ["GET", "POST"]
    assert viz.creations[0].body == {
        "job_name": "curves",
        "job_desc": "d",
        "train_url": "/bucket/run/",
        "schedule": [{"type": "stop", "time_unit": "HOURS", "duration": 2}],
    }


def test_the_outcome_knows_what_the_answer_leaves_out(api):
    job = create(api, NEW, no_wait).job
    assert (job.job_id, job.job_name, job.job_desc) == ("197", "curves", "d")
    assert (job.train_url, job.status) == ("/bucket/run/", JobStatus.INIT)
    assert [(item.type, item.duration) for item in job.schedule] == [("stop", 2)]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (JobStatus.RUNNING, "use that job: %ma_viz open 197"),
        (JobStatus.WAITING, "use that job: %ma_viz open 197"),
        (JobStatus.KILLED, "start that job: %ma_viz restart 197"),
        (JobStatus.FAILED, "start that job: %ma_viz restart 197"),
        (JobStatus.KILLING, "look at that job: %ma_viz info 197"),
        (JobStatus.UNKNOWN, "look at that job: %ma_viz info 197"),
    ],
)
def test_a_name_that_is_taken_is_refused_with_the_job_that_has_it(viz, api, status, words):
    viz.add(job_name="curves", status=int(status))
    with pytest.raises(InvalidArgumentError) as caught:
        create(api, NEW, no_wait)
    assert str(caught.value) == (
        f"The name curves is taken by visualization job 197, which is {status.name}. "
        f"Choose another name, or {words}"
    )
    assert viz.creations == []


def test_a_name_that_is_taken_for_another_folder_tells_which(viz, api):
    viz.add(job_name="curves", train_url="/bucket/other/")
    with pytest.raises(
        InvalidArgumentError, match="Choose another name; that job shows /bucket/oth"
    ):
        create(api, NEW, no_wait)


def test_a_name_that_is_a_part_of_others_is_free(viz, api):
    for name in ("curves-2", "my-curves", "Curves"):
        viz.add(job_name=name)
    assert create(api, NEW, no_wait).how is How.CREATED


def test_what_the_service_refuses_comes_through_as_it_is(viz, api):
    viz.faults = [FINE, QUOTA]
    with pytest.raises(QuotaExceededError, match="too many jobs"):
        create(api, NEW, no_wait)
    assert viz.methods == ["GET", "POST"]


def test_a_name_that_somebody_took_in_between_is_the_services_refusal(viz, api):
    viz.add(job_name="curves")
    viz.faults = [Fault(stale=True)]
    with pytest.raises(ConflictError, match="curves is existed"):
        create(api, NEW, no_wait)


def test_too_many_requests_have_no_effect_and_say_so(viz, api):
    viz.faults = [FINE, THROTTLED]
    with pytest.raises(ThrottledError):
        create(api, NEW, no_wait)
    assert viz.methods == ["GET", "POST"]


def test_where_listing_is_not_allowed_creating_may_be(viz, api):
    viz.faults = [DENIED]
    assert create(api, NEW, no_wait).how is How.CREATED


def test_a_service_that_is_not_there_is_told_at_once():
    nobody = pytest.raises(ConnectionFailedError, match="Start it with %ma_session local")
    with jobs_of(f"http://127.0.0.1:{closed_port()}") as api, nobody:
        create(api, NEW, pytest.fail)


# ---- lost answers -------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", LOST.values(), ids=LOST)
def test_the_job_of_a_lost_answer_is_adopted(viz, api, ending):
    viz.faults = [FINE, Fault(ending, effect=True)]
    outcome = create(api, NEW, no_wait)
    assert (outcome.how, outcome.job.job_id) == (How.ADOPTED, "197")
    assert outcome.job.train_url == "/bucket/run/"
    assert viz.methods == ["GET", "POST", "GET"]
    assert list(viz.jobs) == [197]


@pytest.mark.parametrize("ending", REPEATABLE.values(), ids=REPEATABLE)
def test_a_request_without_effect_is_made_again(viz, api, ending):
    viz.faults = [FINE, Fault(ending)]
    outcome = create(api, NEW, no_wait)
    assert (outcome.how, outcome.job.job_id) == (How.CREATED_AGAIN, "197")
    assert viz.methods == ["GET", "POST", "GET", "POST"]
    assert list(viz.jobs) == [197]


@pytest.mark.parametrize("ending", NOT_REPEATABLE.values(), ids=NOT_REPEATABLE)
def test_what_must_not_be_repeated_is_not(viz, api, ending):
    viz.faults = [FINE, Fault(ending)]
    with pytest.raises(OutcomeUnknownError):
        create(api, NEW, no_wait)
    assert viz.methods == ["GET", "POST", "GET"]


@pytest.mark.parametrize("late", [1, 2])
def test_a_request_that_arrives_before_or_at_the_look_is_adopted(viz, api, late):
    viz.faults = [FINE, Fault(LOST["connection cut"], late=late)]
    outcome = create(api, NEW, no_wait)
    assert outcome.how is How.ADOPTED
    assert list(viz.jobs) == [197]
    assert len(viz.creations) == late  # the second one is told that the name exists


def test_a_request_that_arrives_after_the_second_one_makes_no_second_job(viz, api):
    viz.faults = [FINE, Fault(LOST["connection cut"], late=9)]
    outcome = create(api, NEW, no_wait)
    viz.land_all()
    assert outcome.how is How.CREATED_AGAIN
    assert [str(number) for number in viz.jobs] == [outcome.job.job_id]


def test_a_list_that_lags_behind_is_looked_at_again(viz, api):
    viz.faults = [FINE, Fault(LOST["504"], effect=True), Fault(stale=True), FINE, Fault(stale=True)]
    outcome = create(api, NEW, no_wait)
    assert outcome.how is How.ADOPTED
    assert viz.methods == ["GET", "POST", "GET", "POST", "GET", "POST", "GET"]
    assert list(viz.jobs) == [197]


PASSING = {**REPEATABLE, "503": failing(503), "another page": GARBAGE, "429": THROTTLED.ending}


@pytest.mark.parametrize("ending", PASSING.values(), ids=PASSING)
def test_a_look_in_trouble_is_made_again(viz, api, ending):
    viz.faults = [FINE, Fault(LOST["500"], effect=True), Fault(ending), Fault(ending)]
    assert create(api, NEW, no_wait).how is How.ADOPTED
    assert len(viz.creations) == 1


@pytest.mark.parametrize("effect", [True, False])
@pytest.mark.parametrize("look", ["connection cut", "503", "denied"])
def test_when_looking_stays_in_trouble_the_error_says_how_to_find_out(viz, api, look, effect):
    trouble = DENIED if look == "denied" else Fault(LOST[look])
    viz.faults = [FINE, Fault(failing(502), effect=effect), *[trouble] * 9]
    with pytest.raises(OutcomeUnknownError) as caught:
        create(api, NEW, no_wait)
    told = str(caught.value)
    assert told.startswith("Whether visualization job curves was made is not known: ")
    assert "Look for it: %ma_viz list --search curves" in told
    assert len(viz.creations) == 1
    assert look_of(viz) == (1 if look == "denied" else 4)


def test_a_service_without_an_end_of_trouble_gets_a_few_requests_and_growing_pauses(viz, api):
    viz.faults = [FINE, *[Fault(LOST["500"]), FINE] * 9]
    pauses = []
    with pytest.raises(OutcomeUnknownError, match="backend trouble"):
        create(api, NEW, pauses.append)
    assert pauses == [1, 2, 4, 8]
    assert len(viz.creations) == 4
    assert viz.methods[-1] == "GET"
    assert viz.jobs == {}


def test_a_refusal_after_a_lost_answer_does_not_settle_what_became_of_the_first(viz, api):
    viz.faults = [FINE, Fault(LOST["504"], late=3), FINE, QUOTA]
    assert create(api, NEW, no_wait).how is How.ADOPTED  # it took the last of the quota itself
    assert len(viz.creations) == 2


def test_a_refusal_after_a_lost_answer_is_told_with_the_doubt(viz, api):
    viz.faults = [FINE, Fault(LOST["504"]), FINE, QUOTA]
    with pytest.raises(OutcomeUnknownError, match="not known: too many jobs") as caught:
        create(api, NEW, no_wait)
    assert caught.value.code == "ModelArts.0106"


def test_somebody_else_who_takes_the_name_for_another_folder_is_not_adopted(viz, api):
    viz.faults = [FINE, Fault(LOST["500"])]
    taken = {"job_name": "curves", "train_url": "/bucket/other/"}
    with pytest.raises(InvalidArgumentError, match="that job shows /bucket/other/"):
        create(api, NEW, lambda _seconds: viz.add(**taken))
    assert len(viz.creations) == 1


def test_an_interrupt_ends_the_waiting(viz, api):
    def interrupt(_seconds):
        raise KeyboardInterrupt

    viz.faults = [FINE, Fault(LOST["504"], effect=True)]
    with pytest.raises(KeyboardInterrupt):
        create(api, NEW, interrupt)
    assert list(viz.jobs) == [197]


def test_after_an_interrupt_the_same_request_under_a_generated_name_finds_its_job(viz, api):
    new = NewVisualization.checked("/bucket/run/")
    first = create(api, new, no_wait)
    again = create(api, new, no_wait)
    assert (again.how, again.job.job_id) == (How.ADOPTED, first.job.job_id)
    assert len(viz.creations) == 1


def test_a_generated_name_that_exists_is_that_of_an_earlier_attempt(viz, api):
    new = NewVisualization.checked("/bucket/run/")
    first = create(api, new, no_wait)
    viz.faults = [Fault(stale=True)]  # the list lags behind, so that the request is made
    again = create(api, new, no_wait)
    assert (again.how, again.job.job_id) == (How.ADOPTED, first.job.job_id)


@pytest.mark.parametrize("train_url", ["obs://bucket/run", "bucket/run/", ""])
def test_a_folder_is_recognised_in_any_form(viz, api, train_url):
    def name_otherwise(_seconds):
        viz.jobs[197]["train_url"] = train_url

    viz.faults = [FINE, Fault(LOST["500"], effect=True)]
    outcome = create(api, NEW, name_otherwise)
    assert outcome.how is How.ADOPTED
    assert outcome.job.train_url == (train_url or "/bucket/run/")


# ---- any sequence of faults ---------------------------------------------------------------------

QUICK = {name: ending for name, ending in LOST.items() if "time-out" not in name}
FAULTS = [
    FINE,
    Fault(stale=True),
    DENIED,
    THROTTLED,
    QUOTA,
    *(Fault(ending) for ending in QUICK.values()),
    *(Fault(ending, effect=True) for ending in QUICK.values()),
    *(Fault(ending, late=late) for ending in QUICK.values() for late in (1, 2, 3, 5)),
]
LOST_FAULTS = [fault for fault in FAULTS if fault.ending in QUICK.values()]
NAMES = [None, "curves"]
SEQUENCES = {
    "any": st.lists(st.sampled_from(FAULTS), max_size=12),
    "the first answer is lost": st.builds(
        lambda lost, more: [FINE, lost, *more],
        st.sampled_from(LOST_FAULTS),
        st.lists(st.sampled_from(FAULTS), max_size=10),
    ),
}


@settings(max_examples=200)
@pytest.mark.parametrize("sequence", SEQUENCES)
@given(data=st.data(), name=st.sampled_from(NAMES), tries=st.sampled_from([1, 2]))
def test_whatever_happens_there_is_at_most_one_job_and_the_outcome_is_true(
    sequence, data, name, tries
):
    faults = data.draw(SEQUENCES[sequence], "faults")
    new = NewVisualization.checked("obs://bucket/run", name)
    with VisualizationService(faults) as viz, jobs_of(viz.url, Limits(tries=tries)) as api:
        try:
            outcome = create(api, new, no_wait)
        except ModelArtsError as error:
            viz.land_all()
            event(type(error).__name__)
            assert_error_is_true(viz, error)
        else:
            viz.land_all()
            event(outcome.how.value)
            assert_outcome_is_true(viz, outcome, new)


def assert_outcome_is_true(viz, outcome, new):
    assert [str(number) for number in viz.jobs] == [outcome.job.job_id]
    assert (outcome.job.job_name, outcome.job.train_url) == (new.job_name, "/bucket/run/")
    (made,) = [creation for creation in viz.creations if creation.job_id]
    if outcome.how is How.CREATED:
        assert viz.creations == [made]
        assert made.is_answered
    elif outcome.how is How.CREATED_AGAIN:
        assert viz.creations[-1] is made
        assert len(viz.creations) > 1
        assert made.is_answered
    else:
        assert outcome.how is How.ADOPTED
        assert not made.is_answered


def assert_error_is_true(viz, error):
    assert isinstance(error, ServiceError)
    if isinstance(error, OutcomeUnknownError):
        assert viz.creations
        assert len(viz.jobs) <= 1
    else:
        assert viz.jobs == {}


# ---- reuse --------------------------------------------------------------------------------------

ANY_NAME = NewVisualization.checked("/bucket/run/")


def test_the_newest_job_of_the_folder_that_starts_or_runs_is_used_again(viz, api):
    viz.add(status=RUNNING)
    newest = viz.add(status=int(JobStatus.WAITING), train_url="obs://bucket/run")
    viz.add(status=RUNNING, train_url="/bucket/other/")
    viz.add(status=int(JobStatus.KILLED))
    viz.add(status=int(JobStatus.KILLING))
    outcome = create_or_reuse(api, ANY_NAME, no_wait)
    assert (outcome.how, outcome.job.job_id) == (How.REUSED, str(newest["job_id"]))
    assert viz.creations == []


@pytest.mark.parametrize(
    "other",
    [
        {"train_url": "/bucket/other/"},
        {"train_url": ""},
        {"status": int(JobStatus.KILLED)},
        {"status": int(JobStatus.UNKNOWN)},
        {"job_type": "mindinsight"},
    ],
)
def test_a_job_that_is_not_the_like_is_not_used_again(viz, api, other):
    viz.add(**other)
    assert create_or_reuse(api, ANY_NAME, no_wait).how is How.CREATED


@pytest.mark.parametrize("told", ["mindinsight", None])
def test_the_type_counts_as_far_as_the_service_tells_it(viz, api, told):
    viz.add(job_type=told)
    new = NewVisualization.checked("/bucket/run/", job_type="mindinsight")
    assert create_or_reuse(api, new, no_wait).how is How.REUSED


def test_when_a_name_is_given_only_a_job_of_this_name_is_used_again(viz, api):
    named = viz.add(job_name="curves")
    viz.add(job_name="curves-2")
    outcome = create_or_reuse(api, NEW, no_wait)
    assert (outcome.how, outcome.job.job_id) == (How.REUSED, str(named["job_id"]))


def test_a_job_of_another_name_is_not_used_for_a_given_one(viz, api):
    viz.add(job_name="curves-2")
    outcome = create_or_reuse(api, NEW, no_wait)
    assert (outcome.how, outcome.job.job_name) == (How.CREATED, "curves")


def test_a_job_of_the_given_name_that_has_ended_is_named(viz, api):
    viz.add(job_name="curves", status=int(JobStatus.KILLED))
    with pytest.raises(InvalidArgumentError, match="%ma_viz restart 197"):
        create_or_reuse(api, NEW, no_wait)


def test_a_job_on_a_later_page_is_used_again(viz, api):
    viz.add(job_name="the-one")
    for _ in range(230):
        viz.add(train_url="/bucket/other/")
    assert create_or_reuse(api, ANY_NAME, no_wait).job.job_name == "the-one"
    assert [seen.query["page"] for seen in viz.seen] == ["1", "2", "3"]
