"""What can be drawn as charts, whatever its series are of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ....core.scalars.series import Jobs
from ...panels.outputs import Pictured


class Charted(Pictured, Protocol):
    """What can be drawn as charts.

    Attributes:
        columns: what a page is told of each point, see :mod:`.feed`.
    """

    columns: str

    @property
    def title(self) -> str:
        """What the charts are of."""

    @property
    def jobs(self) -> Jobs:
        """The series."""

    def words(self) -> Sequence[str]:
        """What stands beside the title."""

    def notes(self) -> Sequence[str]:
        """What stands below the charts."""

    def tell(self, message: str) -> None:
        """Show that something went wrong."""
