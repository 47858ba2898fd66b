"""What each phase of a job of API v2 means, and what may be done in it."""

from __future__ import annotations

import pytest

from modelarts_magics.core.api.base import Phase
from modelarts_magics.core.api.v2.state import PHASES, PhaseState

STATES = {  # phase: meaning, is final, is stopping, can be stopped
    "Creating": (Phase.WAITING, False, False, True),
    "Pending": (Phase.WAITING, False, False, True),
    "Running": (Phase.RUNNING, False, False, True),
    "Terminating": (Phase.RUNNING, False, True, False),
    "Completed": (Phase.SUCCEEDED, True, False, False),
    "Terminated": (Phase.STOPPED, True, False, False),
    "Failed": (Phase.FAILED, True, False, False),
    "Abnormal": (Phase.FAILED, True, False, False),
    "Unheard": (Phase.UNKNOWN, False, False, False),
    "": (Phase.UNKNOWN, False, False, False),
}


@pytest.mark.parametrize("name", STATES)
def test_what_may_be_done_follows_from_the_phase(name):
    state = PhaseState(name)
    assert (state.phase, state.is_final, state.is_stopping, state.can_stop) == STATES[name]
    assert state.can_delete == state.is_final
    assert state.can_restart is False, "nobody knows how"
    assert set(PHASES) == set(STATES) - {"Unheard", ""}


def test_a_state_stays_the_same_when_the_job_is_started_again():
    assert PhaseState("Running").starts == 0
    assert PhaseState("Running", starts=1) == PhaseState("Running", starts=2)
    assert PhaseState("Running") != PhaseState("Running", "Pulling")


@pytest.mark.parametrize(
    ("status", "state", "starts"),
    [
        ({"phase": "Running", "secondary_phase": "Pulling"}, PhaseState("Running", "Pulling"), 0),
        ({"phase": "Running", "running_records": [{}, {}]}, PhaseState("Running"), 2),
        ({"phase": "Running", "running_records": "many"}, PhaseState("Running"), 0),
        ({"phase": None}, PhaseState(), 0),
        (None, PhaseState(), 0),
        ("Running", PhaseState(), 0),
    ],
)
def test_what_the_service_says_of_a_job_is_read(status, state, starts):
    assert (PhaseState.from_json(status), PhaseState.from_json(status).starts) == (state, starts)


@pytest.mark.parametrize(
    ("name", "detail", "word"),
    [
        ("Pending", "Queuing", "Pending (Queuing)"),
        ("Running", "Running", "Running"),
        ("Running", "", "Running"),
        ("", "", "Unknown"),
        ("", "Queuing", "Unknown (Queuing)"),
    ],
)
def test_a_state_is_a_word_with_what_people_may_want_to_know(name, detail, word):
    assert PhaseState(name, detail).word == word
