"""The live view of scalars: a thread reads event files, and draws anew what has grown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable

from ....core.errors import ModelArtsError, NotFoundError
from ....core.logs.cadence import JobWatch
from ...panels.live import live_panels
from ...panels.panel import Panel
from ...panels.views import RichView
from .scalars import Scalars

SLICE = 1.0  # seconds of reading between refreshes
_INTERVAL = 2.0  # seconds between looks at the event files


class ScalarPanel(Panel):
    """Draws scalars anew when there are more, until the job has ended and all is read.

    Args:
        scalars: what to draw.
        watch: the job that writes them; ``None`` where there is none.
        goes_on: whether more may be written; without a job nothing says when that ends.
    """

    first_look = 0.0  # the scalars have been read before

    def __init__(self, scalars: Scalars, watch: JobWatch | None, goes_on: bool) -> None:
        key = ("scalars", scalars.title, str(scalars.pattern))
        super().__init__("scalars", key, scalars, view="auto")
        self.scalars = scalars
        self._watch = watch
        self._pace = watch.pace() if watch else None
        self._seen = scalars.changes
        self._goes_on = goes_on
        live_panels().add(self)

    def __repr__(self) -> str:
        return f"ScalarPanel({self.title!r})"

    @property
    def title(self) -> str:
        return f"%ma_viz scalars {self.scalars.title} {self.scalars.pattern}".rstrip()

    def _work(self) -> Iterator[float]:
        """The status comes before the reading, so that after the last status all is read."""
        while True:
            self._look_at_job()
            try:
                self.scalars.read(SLICE)
            except ModelArtsError as error:
                self._over(str(error))
                return
            if self.scalars.is_behind:
                yield self._pause(0.0)
            elif self._goes_on and not self.scalars.is_final:
                yield self._pause(_INTERVAL)
            else:
                return

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
        return ScalarChartView(self.scalars, answered, self.look, box_id, hiding)

    def _look_at_job(self) -> None:
        if self._watch is None or self._pace is None or self._pace.due_in > 0:
            return
        started, is_news = self._pace.clock(), self._seen != self.scalars.changes
        self._watch.begin_poll()
        try:
            self.scalars.told(self._watch.look())
        except NotFoundError as error:  # the job was deleted: nothing more is written
            self._goes_on = False
            self._tell(str(error))
        except ModelArtsError as error:
            self._tell(str(error))
        self._seen = self.scalars.changes
        self._pace.looked(is_news=is_news, started=started)

    def _tell(self, message: str) -> None:
        self.scalars.tell(message)

    def _over(self, why: str) -> None:
        self.scalars.tell(why)
