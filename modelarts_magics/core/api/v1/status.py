"""The state of a training or visualization job, and what may be done in it.

Source: docs/api/v1-statuses.md (modelarts_03_0074).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from ..base import Phase
from ..fields import integer


class JobStatus(IntEnum):
    """The status code of a job, which is its state; one that is not documented stays what it is.

    What each means and allows is the table of docs/api/v1-statuses.md.

    >>> JobStatus(8).phase
    <Phase.RUNNING: 'running'>
    >>> JobStatus(77).name, int(JobStatus(77)), JobStatus(77).phase.is_final
    ('UNKNOWN_77', 77, False)
    """

    UNKNOWN = 0
    INIT = 1
    IMAGE_CREATING = 2
    IMAGE_FAILED = 3
    SUBMIT_TRYING = 4
    SUBMIT_FAILED = 5
    DELETE_FAILED = 6
    WAITING = 7
    RUNNING = 8
    KILLING = 9
    COMPLETED = 10
    FAILED = 11
    KILLED = 12
    CANCELED = 13
    LOST = 14
    SCALING = 15
    SUBMIT_MODEL_FAILED = 16
    DEPLOY_SERVICE_FAILED = 17
    CHECK_INIT = 18
    CHECK_RUNNING = 19
    CHECK_RUNNING_COMPLETED = 20
    CHECK_FAILED = 21
    MOUNT_FAILED = 22

    @classmethod
    def _missing_(cls, value: object) -> JobStatus | None:
        if not isinstance(value, int):
            return None
        unknown = int.__new__(cls, value)
        unknown._name_ = f"UNKNOWN_{value}"
        unknown._value_ = value
        return unknown

    @property
    def word(self) -> str:
        return self.name

    @property
    def phase(self) -> Phase:
        return _PHASES.get(self, Phase.UNKNOWN)

    @property
    def is_final(self) -> bool:
        """Nothing more will happen to the job by itself."""
        return self.phase.is_final

    @property
    def is_stopping(self) -> bool:
        return self is JobStatus.KILLING

    @property
    def starts(self) -> int:
        """The service does not tell."""
        return 0

    @property
    def can_stop(self) -> bool:
        return self.phase in {Phase.WAITING, Phase.RUNNING} and not self.is_stopping

    @property
    def can_restart(self) -> bool:
        """Only visualization jobs are restarted; a training job gets a new version instead."""
        return self.is_final and self is not JobStatus.DELETE_FAILED

    @property
    def can_delete(self) -> bool:
        return not self.is_stopping


_S = JobStatus
_PHASES = {
    **dict.fromkeys(
        [_S.INIT, _S.IMAGE_CREATING, _S.SUBMIT_TRYING, _S.WAITING, _S.CHECK_INIT], Phase.WAITING
    ),
    **dict.fromkeys([_S.RUNNING, _S.KILLING, _S.SCALING, _S.CHECK_RUNNING], Phase.RUNNING),
    **dict.fromkeys([_S.COMPLETED, _S.CHECK_RUNNING_COMPLETED], Phase.SUCCEEDED),
    **dict.fromkeys([_S.KILLED, _S.CANCELED], Phase.STOPPED),
    **dict.fromkeys(
        [
            _S.IMAGE_FAILED,
            _S.SUBMIT_FAILED,
            _S.DELETE_FAILED,
            _S.FAILED,
            _S.LOST,
            _S.SUBMIT_MODEL_FAILED,
            _S.DEPLOY_SERVICE_FAILED,
            _S.CHECK_FAILED,
            _S.MOUNT_FAILED,
        ],
        Phase.FAILED,
    ),
}


def status(value: Any) -> JobStatus:
    """A status code of an answer; a missing or unreadable one is UNKNOWN."""
    code = integer(value)
    return JobStatus.UNKNOWN if code is None else JobStatus(code)
