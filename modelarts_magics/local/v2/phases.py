"""The states of a job in the words of API v2."""

from __future__ import annotations

from ..storage.records import STATE, Ending, LifePhase

PHASES = {
    LifePhase.ACCEPTED.value: ("Creating", "Creating"),
    LifePhase.STARTING.value: ("Pending", "Queuing"),
    LifePhase.RUNNING.value: ("Running", "Running"),
    LifePhase.ENDING.value: ("Terminating", "Terminating"),
    Ending.COMPLETED.value: ("Completed", "Completed"),
    Ending.FAILED.value: ("Failed", "Failed"),
    Ending.NOT_STARTED.value: ("Abnormal", "CreateFailed"),
    Ending.STOPPED.value: ("Terminated", "Terminated"),
    Ending.LOST.value: ("Abnormal", "Lost"),
}
"""Phase and secondary phase, by ``StoredJob.state``."""

_CASES = " ".join(f"WHEN '{state}' THEN '{phase}'" for state, (phase, _) in PHASES.items())
PHASE = f"CASE {STATE} {_CASES} END"
"""SQL of the phase."""
