"""A viewer that opens only with a token, in the output of a cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Callable

from ....core.api.base import VisualizationApi
from ....core.endpoints import is_loopback
from ....core.http.reader import Reader
from ....core.http.transport import run_directly
from ....core.visualization import VisualizationJob
from ...panels.live import live_panels
from ...panels.panel import Panel
from ...panels.views import PlainView, RichView
from .bare import BareAddress

if TYPE_CHECKING:
    from .door import Door

_DEADLINE = 15.0  # seconds of a request


class ViewerPanel(Panel):
    """Shows the bare address; where the front end has anywidget, a button that opens the viewer.

    Args:
        jobs: those of its session.
        job: the viewer, which runs.
        is_inline: whether its page is shown here, too, where it is on this machine.
        height: of the page here, a CSS length.
    """

    def __init__(
        self, jobs: VisualizationApi, job: VisualizationJob, *, is_inline: bool, height: str
    ) -> None:
        super().__init__("viewer", ("viewer", job.job_id), BareAddress.of(job))
        self._jobs = jobs.for_follower(Reader(), deadline=_DEADLINE, run=run_directly)
        self._job = job
        self._is_inline = is_inline and is_loopback(jobs.endpoint)
        self._height = height
        self._door: Door | None = None
        live_panels().add(self)

    @property
    def title(self) -> str:
        return self._job.name or self._job.job_id

    def __repr__(self) -> str:
        return f"ViewerPanel({self.title})"

    def close(self) -> None:
        super().close()
        self._door = None

    def _work(self) -> Iterator[float]:
        """There is nothing to do but to answer clicks."""
        yield from ()

    def _do(self, name: str, value: Any) -> None:
        from .door import address_for

        number, is_framed = value
        answer = address_for(self._jobs, self._job.job_id, is_framed=is_framed)
        with self._lock:
            if self._door is not None:
                self._door.tell(number, answer)

    def _tell(self, message: str) -> None:
        """What went wrong is told to the click."""

    def _over(self, why: str) -> None:
        """The button says so when it is pressed."""

    def plain(self) -> PlainView:
        return _BareView(self.summary.as_html())

    def rich(self, answered: Callable[[], object], box_id: str, hiding: str) -> RichView | None:
        try:
            from .door import Door
        except Exception:  # noqa: BLE001  # whatever is wrong with anywidget
            return None
        self._door = Door(
            self._job,
            lambda *asked: self.act("address", asked),
            answered,
            is_inline=self._is_inline,
            height=self._height,
            hiding=hiding,
        )
        return self._door


class _BareView:
    """The same as the picture, in a widget."""

    def __init__(self, html: str) -> None:
        import ipywidgets

        self.box = ipywidgets.HTML(html)

    def refresh(self, *, is_last: bool = False) -> bool:
        """Nothing changes."""
        return False

    def close(self) -> None:
        self.box.close()
