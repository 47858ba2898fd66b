"""What a panel of charts shows: a picture, and charts one works with where a script runs."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Callable

from ...panels.panel import Panel
from ...panels.views import RichView
from .charted import Charted


class ChartPanel(Panel):
    """Draws charts anew when there is more to draw.

    Args:
        name: of the thread.
        key: see :class:`.Panel`.
        charted: what to draw; it has been read before.
    """

    first_look = 0.0

    def __init__(self, name: str, key: Hashable, charted: Charted) -> None:
        super().__init__(name, key, charted)
        self._charted = charted

    def plain(self) -> None:
        """There is none: where no script runs the picture stays."""

    def rich(self, answered: Callable[[], object], box_id: str, hiding: str) -> RichView | None:
        try:
            from ...panels.shelf import CHARTS
            from .chart_view import ScalarChartView
        except Exception:  # noqa: BLE001  # whatever is wrong with anywidget: the picture stays
            return None
        if not CHARTS.is_file():
            return None
        return ScalarChartView(self._charted, answered, self.look, box_id, hiding)

    def _tell(self, message: str) -> None:
        self._charted.tell(message)

    def _over(self, why: str) -> None:
        self._charted.tell(why)
