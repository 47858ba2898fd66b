"""The live view of scalars: a thread reads event files, and draws anew what has grown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...panels.live import live_panels
from .chart_panel import ChartPanel
from .compared import Compared
from .followed import Followed
from .scalars import Scalars

SLICE = 1.0  # seconds of reading between refreshes
_INTERVAL = 2.0  # seconds between looks at the event files


class ScalarPanel(ChartPanel):
    """Draws scalars anew when there are more, until the jobs have ended and all is read.

    Args:
        scalars: what to draw.
        followed: what is read for that.
    """

    def __init__(self, scalars: Scalars | Compared, followed: Sequence[Followed]) -> None:
        key = ("scalars", scalars.title, scalars.pattern)
        super().__init__("scalars", key, scalars)
        self.scalars = scalars
        self._followed = followed
        live_panels().add(self)

    def __repr__(self) -> str:
        return f"ScalarPanel({self.title!r})"

    @property
    def title(self) -> str:
        return f"%ma_viz scalars {self.scalars.title} {self.scalars.pattern}".rstrip()

    def _work(self) -> Iterator[float]:
        while True:
            going = [one for one in self._followed if not one.is_done]
            for one in going:
                one.step(SLICE / len(going))
            if all(one.is_done for one in going):
                return
            yield self._pause(0.0 if self.scalars.is_behind else _INTERVAL)
