"""The states of a job as the numbers of API v1 (docs/api has the whole table)."""

from __future__ import annotations

from collections.abc import Collection

from ...core.api.v1.status import JobStatus
from ..storage.records import STATE, Ending, LifePhase

STATUSES = {
    LifePhase.ACCEPTED.value: JobStatus.INIT,
    LifePhase.STARTING.value: JobStatus.WAITING,
    LifePhase.RUNNING.value: JobStatus.RUNNING,
    LifePhase.ENDING.value: JobStatus.KILLING,
    Ending.COMPLETED.value: JobStatus.COMPLETED,
    Ending.FAILED.value: JobStatus.FAILED,
    Ending.NOT_STARTED.value: JobStatus.FAILED,
    Ending.STOPPED.value: JobStatus.KILLED,
    Ending.LOST.value: JobStatus.LOST,
}
"""By ``StoredJob.state``."""

_CASES = " ".join(f"WHEN '{state}' THEN {status.value}" for state, status in STATUSES.items())
STATUS_ORDER = f"CASE {STATE} {_CASES} END"
"""SQL by which a listing is sorted."""


def states_of(status: int) -> Collection[str]:
    """The states that a number stands for; none for those that the service does not use."""
    return [state for state, number in STATUSES.items() if number == status]
