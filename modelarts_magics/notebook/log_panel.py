"""The live panel of a training log.

A thread follows the log and changes the model; views show the model. Which view a front end can
show is not known when the panel appears: it starts with the one that works everywhere, and is
replaced in place when the front end has shown that it can do more.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..core.budget import Budget
from ..core.client import Client
from ..core.errors import ModelArtsError
from ..core.follow import Finished, Tail, Trouble
from ..core.follow_job import JobFollower
from ..core.i18n import _
from ..core.log_sources import ByteEndpoint, open_log
from ..core.logs import read_forward
from ..core.models import JobStatus
from ..core.runs import choose_log_file
from ..core.transport import run_directly
from ..session import Session
from . import probe
from .log_model import LogModel
from .log_views import RICH_BUNDLE, picture
from .log_views.html import HtmlView
from .widget_tree import close_tree
from .worker import Worker

HEIGHT = "32em"
TAIL = 1000  # lines
VIEWS = ("auto", "rich", "core", "html", "text")
_REFRESH = 0.25  # seconds between refreshes while there is something to show


class LogPanel:
    """Follows the log of one run, and shows it until it is closed.

    Making a panel asks the service for the run and its log files; :meth:`show` puts it into the
    output of the running cell. As the last value of a cell it shows itself.

    Args:
        job: a training job: anything with ``job_id``, ``version_id`` and ``modelarts_session``.
        file: one log file only; all of a distributed job by default.
        tail: begin with the last lines; ``None`` for the whole log.
        view: one of ``auto``, ``rich``, ``core``, ``html``, ``text``.
        height: CSS length of the log.
        interval: seconds between polls, in place of a cadence that adapts.

    Raises:
        ServiceError: the service refused, or could not be reached.
    """

    def __init__(
        self,
        job: Any,
        *,
        file: str | None = None,
        tail: int | None = TAIL,
        view: str = "auto",
        height: str = HEIGHT,
        interval: float | None = None,
    ) -> None:
        asked = Session.of(job.modelarts_session).client
        ids = (str(job.job_id), str(job.version_id))
        version = asked.get_version(*ids)
        names = asked.list_log_files(*ids).names
        first = choose_log_file(names, file, version.job_name)
        files = (first,) if file else names
        self._client = client = _patient_client(asked)
        self.model = LogModel(version, files)
        self._view = view
        self._height = height
        self._display_id = uuid.uuid4().hex
        self._lock = threading.RLock()
        self._wishes: list[tuple[str, Any]] = []
        budget = Budget()
        logs = [open_log(client, *ids, name, budget) for name in files]
        self._sources = {name: ByteEndpoint(client, *ids, name, budget) for name in files}
        start = 0 if tail is None else Tail(tail)
        self._follower = JobFollower(logs, self._status, start, interval=interval)
        self._views: list[Any] = []
        self._picture = HtmlView(self.model, self._display_id, text_only=view == "text")
        self._shows_widgets = False
        self._frame: Any = None
        self._core: Any = None
        self._rich: Any = None
        self._worker: Worker | None = None

    def __repr__(self) -> str:
        return f"LogPanel({' · '.join(self.model.words())})"

    def _ipython_display_(self) -> None:
        self.show()

    @property
    def text(self) -> str:
        """What has been read so far, of all files; a lot of text for a long log."""
        return "".join(spool.read(0, spool.end)[2] for spool in self.model.spools.values())

    # ---- life -----------------------------------------------------------------------------------

    def show(self) -> None:
        """Appear in the output of the running cell, and follow; returns at once."""
        self._show_first_view()
        self._worker = Worker("modelarts-magics-log", self._steps(), self._failed)

    @property
    def is_running(self) -> bool:
        return self._worker is not None and self._worker.is_running

    def stop_following(self) -> None:
        """Leave the panel as it is; the job goes on."""
        self.act("stop_following")

    def close(self) -> None:
        """Stop following, and let go of thread, requests and widgets; the output stays."""
        if self._worker is not None:
            self._worker.stop()
            self._worker.join(10)
        probe.forget(self._core_answered)
        with self._lock:
            if self._shows_widgets:
                self._picture.publish(update=True)
                self._display_place(None, update=True)
            for view in self._both():
                view.close()
            if self._frame is not None:
                close_tree(self._frame)
            self._core = self._rich = self._frame = None
            self._views.clear()
        self.model.close()

    def act(self, name: str, value: Any = None) -> None:
        """Carry out what a button says, on the panel's thread; safe on any thread."""
        with self._lock:
            self._wishes.append((name, value))
            worker = self._worker
            if worker is not None and not worker.is_running:
                self._worker = Worker("modelarts-magics-log", self._afterwards(), self._failed)
        if worker is not None:
            worker.wake()

    # ---- the thread -----------------------------------------------------------------------------

    def _steps(self) -> Iterator[float]:
        while self.model.following:
            self._carry_out_wishes()
            if not self.model.paused and self.model.following:
                for event in self._follower.poll_due():
                    self.model.apply(event)
            is_more = self._refresh()
            due = 3600.0 if self.model.paused else self._follower.due_in
            yield min(due, _REFRESH) if is_more else due
        yield from self._afterwards()

    def _afterwards(self) -> Iterator[float]:
        """Show the rest, then leave the final picture in the notebook."""
        self._carry_out_wishes()
        while self._refresh(is_last=True):
            yield _REFRESH
        self._picture.publish(update=True)

    def _carry_out_wishes(self) -> None:
        with self._lock:
            wishes, self._wishes = self._wishes, []
        for name, value in wishes:
            self._carry_out(name, value)

    def _carry_out(self, name: str, value: Any) -> None:
        """Do what was asked for; a refusal is shown in the panel."""
        try:
            self._do(name, value)
        except ModelArtsError as error:
            self.model.apply(Trouble(str(error), 0.0))
        self.model.changes += 1

    def _do(self, name: str, value: Any) -> None:
        if name in ("pause", "resume"):
            self.model.paused = name == "pause"
            self._follower.hurry()
        elif name == "refresh":
            self._follower.hurry()
        elif name == "stop_following" and self.model.following:
            self.model.apply(Finished(self.model.status, _("No longer followed")))
        elif name == "stop_job":
            self._client.stop_version(self.model.version.job_id, self.model.version.version_id)
            self._follower.hurry()
        elif name == "older":
            self._send_older(value)

    def _send_older(self, need: dict[str, Any]) -> None:
        """Text from before what was followed, for a reader who scrolls up."""
        source = self._sources.get(need["file"])
        if source is None or self._rich is None:
            return
        text = "".join(p.text for p in read_forward(source, need["start"], need["end"]))
        self._rich.send_older(need["file"], need["start"], text)

    def _refresh(self, *, is_last: bool = False) -> bool:
        with self._lock:
            more = [view.refresh(is_last=is_last) for view in self._views]
            return any(more)

    def _failed(self, error: Exception) -> None:
        """The thread cannot go on: say so where the reader looks."""
        reason = _("The panel stopped: {error}", error=f"{type(error).__name__}: {error}")
        self.model.apply(Finished(self.model.status, reason))
        self._refresh(is_last=True)

    def _status(self) -> JobStatus:
        version = self.model.version
        self.model.version = described = self._client.get_version(
            version.job_id, version.version_id
        )
        return described.status

    # ---- views ----------------------------------------------------------------------------------

    def _show_first_view(self) -> None:
        """What works everywhere, in two outputs: the place of a live view, and a picture."""
        from IPython import get_ipython

        knows_widgets = self._view in ("rich", "core")
        asks = self._view == "auto" and is_kernel(get_ipython())
        if knows_widgets or (asks and probe.knows_core()):
            self._make_widgets(with_rich=self._view != "core")
            self._show_widgets(update=False)
            self._picture.show()
            return
        if asks:
            self._display_place(None, update=False)
        self._picture.show()
        self._views = [self._picture]
        if asks:
            self._make_widgets(with_rich=True)
            probe.ask_core(self._core_answered)

    def _make_widgets(self, *, with_rich: bool) -> None:
        import ipywidgets

        from .log_views.core import CoreView

        self._core = CoreView(self.model, self.act, self._height)
        hiding = ipywidgets.HTML(picture.hidden(self._display_id), layout={"display": "none"})
        self._frame = ipywidgets.VBox([hiding, self._core.box])
        if not with_rich or not RICH_BUNDLE.is_file():
            return
        from .log_views.rich import RichView

        self._rich = RichView(
            self.model, self.act, self._rich_answered, self._height, self._core.box.model_id
        )

    def _core_answered(self) -> None:
        """The front end can show core widgets: they take the place above the picture."""
        with self._lock:
            if self._core is not None:
                self._show_widgets(update=True)

    def _rich_answered(self) -> None:
        """The front end has the rich view: it takes the place of the core widgets in their box."""
        probe.remember("rich")
        probe.remember("core")
        with self._lock:
            if self._core is not None:
                self._core.box.children = [self._rich.widget]
                self._show_widgets(update=True)

    def _show_widgets(self, *, update: bool) -> None:
        is_rich = self._rich is not None and probe.knows_rich()
        self._views = [self._rich] if is_rich else self._both()
        if not self._shows_widgets:  # drawn once: to draw them anew would lose the reader's place
            self._shows_widgets = True
            self._display_place(self._frame, update=update)
        if self._worker is not None:
            self._worker.wake()

    def _both(self) -> list[Any]:
        return [view for view in (self._core, self._rich) if view is not None]

    def _display_place(self, widget: Any, *, update: bool) -> None:
        from IPython.display import display

        place_id = f"{self._display_id}-live"
        display(picture.place(widget), raw=True, display_id=place_id, update=update)  # type: ignore[no-untyped-call]


def _patient_client(client: Client) -> Client:
    """The same for the panel's thread: it tries once, and the follower says when it tries again."""
    limits = replace(client.transport.limits, connect=5.0, read=10.0, deadline=15.0, tries=1)
    return Client(client.transport.with_limits(limits, run_directly), client.project_id)


def is_kernel(shell: Any) -> bool:
    """Whether a shell has a front end that can show more than text."""
    return getattr(shell, "kernel", None) is not None
