"""The state of a job of API v2, and what may be done in it.

Source: docs/api/v2-endpoints.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..base import Phase
from ..fields import text

PHASES = {
    "Creating": Phase.WAITING,
    "Pending": Phase.WAITING,
    "Running": Phase.RUNNING,
    "Terminating": Phase.RUNNING,
    "Completed": Phase.SUCCEEDED,
    "Terminated": Phase.STOPPED,
    "Failed": Phase.FAILED,
    "Abnormal": Phase.FAILED,
}


@dataclass(frozen=True)
class PhaseState:
    """What the service says of a job.

    Attributes:
        name: its phase; one that is not documented stays what it is.
        detail: its second phase, which is documented as unstable: only people read it.
        starts: how often it was started; 0 before, and where the service does not tell.

    >>> PhaseState("Pending", "Queuing").word, PhaseState("Running", "Running").word
    ('Pending (Queuing)', 'Running')
    >>> PhaseState("Evicted").phase.is_final
    False
    """

    name: str = ""
    detail: str = ""
    starts: int = field(default=0, compare=False)

    @classmethod
    def from_json(cls, status: Any) -> PhaseState:
        data = status if isinstance(status, Mapping) else {}
        records = data.get("running_records")
        starts = len(records) if isinstance(records, list) else 0
        return cls(text(data.get("phase")), text(data.get("secondary_phase")), starts)

    @property
    def word(self) -> str:
        name = self.name or "Unknown"
        return f"{name} ({self.detail})" if self.detail not in ("", name) else name

    @property
    def phase(self) -> Phase:
        return PHASES.get(self.name, Phase.UNKNOWN)

    @property
    def is_final(self) -> bool:
        return self.phase.is_final

    @property
    def is_stopping(self) -> bool:
        return self.name == "Terminating"

    @property
    def can_stop(self) -> bool:
        return self.phase in {Phase.WAITING, Phase.RUNNING} and not self.is_stopping

    @property
    def can_restart(self) -> bool:
        """The service has such an action, but tells nobody what it needs."""
        return False

    @property
    def can_delete(self) -> bool:
        """What the deletion of a job that runs does is not documented."""
        return self.is_final
