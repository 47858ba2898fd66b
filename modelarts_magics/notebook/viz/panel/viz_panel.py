"""The panel of visualization jobs: a list that refreshes itself, and a form for a new one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable

from ....core import visualization
from ....core.api.base import VisualizationApi
from ....core.backoff import Backoff
from ....core.endpoints import is_loopback
from ....core.errors import ModelArtsError, NotFoundError
from ....core.http.reader import Reader
from ....core.http.transport import run_directly
from ....core.i18n import _
from ....core.paging import Page
from ....core.visualization import VisualizationJob, VisualizationQuery, VisualizationRules
from ...panels.live import live_panels
from ...panels.outputs import Place
from ...panels.panel import Panel, is_kernel
from ...panels.views import PlainView
from ...shell.context import ShellContext
from ...text import render
from ..results import VisualizationTable
from ..tensorboard.bare import BareAddress
from ..tensorboard.frame import HEIGHT, open_job
from .creating import Creating
from .form_values import FormValues
from .model import ROWS, VizModel, may_run
from .suggestions import output_folders
from .summary import VizSummary

if TYPE_CHECKING:
    from ..tensorboard.door import Door

_MOVING = 1.0  # seconds between looks while a state changes
_QUIET = Backoff(first=5.0, factor=1.6, longest=30.0)  # the same when nothing moves
_DEADLINE = 15.0  # seconds for a request


def open_panel(context: ShellContext, view: str) -> VizPanel | VisualizationTable:
    """Show the panel in the running cell; in a terminal, where nothing refreshes, the jobs."""
    jobs = context.visualizations()
    if not is_kernel(context.shell):
        page = jobs.list(VisualizationQuery(per_page=ROWS))
        return context.show(VisualizationTable(tuple(page.items), page.total))
    return context.open(VizPanel(context, jobs, view))


class VizPanel(Panel):
    """Lists visualization jobs until it is closed, and does what its buttons say.

    Args:
        context: remembers what a form was used for.
        jobs: those that are shown.
        view: one of ``auto``, ``core``, ``html``, ``text``.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        context: ShellContext,
        jobs: VisualizationApi,
        view: str = "auto",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.model = VizModel()
        self.model.suggest([context.visualization_defaults.folder])
        super().__init__("viz", "viz", VizSummary(self.model), view)
        self._context = context
        reader = Reader()
        self._jobs = jobs.for_follower(reader, deadline=_DEADLINE, run=run_directly)
        self._clock = clock
        trainings = context.jobs().for_follower(reader, deadline=_DEADLINE, run=run_directly)
        self._creating = Creating(self.model, self._jobs, trainings, clock)
        self._suggestions = output_folders(trainings)
        self._page_place = Place(self.id, "page")
        self._door: Door | None = None
        self._interval = _MOVING
        self._due_at = 0.0
        live_panels().add(self)

    @property
    def rules(self) -> VisualizationRules:
        """What a new job may be."""
        return self._jobs.rules

    @property
    def title(self) -> str:
        return "%ma_viz"

    def _keeps_picture(self) -> bool:
        """The list never ends, and the notebook may be saved at any time."""
        return True

    def __repr__(self) -> str:
        return f"VizPanel({' · '.join(self.model.words())})"

    def _begin(self) -> None:
        super()._begin()
        self._page_place.make()

    def close(self) -> None:
        """End the thread, and let go of requests and widgets; the list stays as a picture."""
        super().close()
        self._close_door()
        self._page_place.clear()

    # ---- the thread -----------------------------------------------------------------------------

    def _work(self) -> Iterator[float]:
        while not self.is_closed:
            self._carry_out_requests()
            self._go_on()
            yield self._pause(min(self._due_in(), self._creating.due_in))
            for folder in self._suggestions:  # one for each look at the requests
                self.model.suggest([folder])
                break

    def _go_on(self) -> None:
        """Do what is due; the panel may have been closed during any request."""
        if not self.is_closed:
            self._creating.go_on()
        is_due = not self.model.paused and self._clock() >= self._due_at
        if is_due and not self.is_closed:
            self._look()

    def _due_in(self) -> float:
        return 3600.0 if self.model.paused else max(0.0, self._due_at - self._clock())

    def _hurry(self) -> None:
        self._interval = _MOVING
        self._due_at = 0.0

    def _look(self) -> None:
        """Ask for the page that is shown; trouble is said, and it is asked again later."""
        started, asked = self._clock(), None
        try:
            page = self._jobs.list(self.model.query)
        except ModelArtsError as error:
            self.model.lack(str(error))
            asked = getattr(error, "retry_after", None)
        else:
            self._take(page)
        self._pace(started, asked)

    def _take(self, page: Page[VisualizationJob]) -> None:
        self.model.take(page)
        if self.model.opened and not self._may_run(self.model.opened):
            self._hide_page()

    def _may_run(self, job_id: str) -> bool:
        """Whether a job may run; one that is not on the page of the list is looked at."""
        listed = next((job for job in self.model.jobs if job.job_id == job_id), None)
        try:
            return may_run(listed or self._jobs.get(job_id))
        except NotFoundError:
            return False
        except ModelArtsError:
            return True

    def _pace(self, started: float, asked: float | None) -> None:
        """Pages may have gone with their jobs; then the last one is asked for at once."""
        if self.model.query.page > self.model.pages:
            self._ask_for(replace(self.model.query, page=self.model.pages))
            return
        is_quiet = self.model.trouble or not self.model.is_in_motion
        self._interval = _QUIET.longer(self._interval, asked) if is_quiet else _MOVING
        self._due_at = started + self._interval

    # ---- what buttons ask for -------------------------------------------------------------------

    def act(self, name: str, value: Any = None) -> None:
        """As in any panel; of queries, such as each key of a search is, the last one counts."""
        with self._lock:
            if name == "query":
                self._requests = [one for one in self._requests if one[0] != "query"]
            super().act(name, value)

    def _do(self, name: str, value: Any) -> None:
        self.model.say("")
        _ACTS[name](self, value)

    def _set_paused(self, paused: bool) -> None:
        self.model.paused = paused
        self._hurry()

    def _ask_for(self, query: VisualizationQuery) -> None:
        """Show other jobs at once, also in a panel that is paused."""
        self.model.ask_for(query)
        self._refresh_now()

    def _refresh_now(self, _value: Any = None) -> None:
        self._hurry()
        self._look()

    def _create(self, values: FormValues) -> None:
        if self.model.creation.is_under_way:  # the button was pressed twice
            return
        self._creating.begin()
        self._refresh()
        if self._creating.submit(values):
            self._context.visualization_defaults = values.as_defaults()
            self._hurry()

    def _stop(self, job: VisualizationJob) -> None:
        visualization.stop(self._jobs, job)
        self._done(_("Stopping visualization job {name} ({job}).", **_names(job)))

    def _restart(self, job: VisualizationJob) -> None:
        visualization.restart(self._jobs, job)
        self._done(_("Restarted visualization job {name} ({job}).", **_names(job)))

    def _delete(self, job: VisualizationJob) -> None:
        visualization.delete(self._jobs, job)
        self.model.forget(job)
        if self.model.opened == job.job_id:
            self._hide_page()
        self._done(_("Deleted visualization job {name} ({job}).", **_names(job)))

    def _describe(self, value: tuple[VisualizationJob, str]) -> None:
        job, description = value
        visualization.describe(self._jobs, job, description)
        self._done(_("The description is changed."))

    def _done(self, words: str) -> None:
        self.model.say(words)
        self._refresh_now()

    def _open(self, job: VisualizationJob) -> None:
        """Show the way to its page, and the page where it can be, below the panel."""
        fresh = self._jobs.get(job.job_id)
        frame = open_job(fresh, is_embedded=is_loopback(self._jobs.endpoint))
        self._close_door()
        self._page_place.show((BareAddress.of(fresh) if fresh.needs_token else frame).bundle())
        self.model.opened = job.job_id
        if fresh.needs_token:
            self._offer_door(fresh)

    def _offer_door(self, job: VisualizationJob) -> None:
        """A button takes the place of the bare address, where the page can have one."""
        try:
            from ..tensorboard.door import Door
        except Exception:  # noqa: BLE001  # whatever is wrong with anywidget
            return

        def show() -> None:
            with self._lock:
                if self._door is door:
                    self._page_place.show_widget(door.widget)

        is_embedded = is_loopback(self._jobs.endpoint)
        ask = lambda *asked: self.act("address", asked)  # noqa: E731
        self._door = door = Door(job, ask, show, is_inline=is_embedded, height=HEIGHT)

    def _tell_address(self, asked: tuple[str, bool]) -> None:
        """Answer a click of the door; its address stands nowhere else."""
        from ..tensorboard.door import address_for

        number, is_framed = asked
        answer = address_for(self._jobs, self.model.opened, is_framed=is_framed)
        with self._lock:
            if self._door is not None:
                self._door.tell(number, answer)

    def _close_door(self) -> None:
        with self._lock:
            door, self._door = self._door, None
        if door is not None:
            door.close()

    def _hide_page(self, _value: Any = None) -> None:
        self._close_door()
        self._page_place.clear()
        self.model.opened = ""
        self.model.changes += 1

    # ---- showing --------------------------------------------------------------------------------

    def _tell(self, message: str) -> None:
        self.model.say(message, is_refusal=True)

    def _over(self, why: str) -> None:
        self.model.say(why, is_refusal=True)

    def plain(self) -> PlainView:
        from .core_view import VizCoreView

        defaults = FormValues.from_defaults(self._context.visualization_defaults, self.rules)
        return VizCoreView(self.model, defaults, self.act, self.guarded)


def _names(job: VisualizationJob) -> dict[str, str]:
    return {"name": render.plain(job.name), "job": job.job_id}


_ACTS: Mapping[str, Callable[[VizPanel, Any], None]] = {
    "pause": VizPanel._set_paused,
    "query": VizPanel._ask_for,
    "refresh": VizPanel._refresh_now,
    "create": VizPanel._create,
    "stop": VizPanel._stop,
    "restart": VizPanel._restart,
    "delete": VizPanel._delete,
    "describe": VizPanel._describe,
    "open": VizPanel._open,
    "address": VizPanel._tell_address,
    "hide": VizPanel._hide_page,
}
