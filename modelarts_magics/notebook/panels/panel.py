"""What every panel shares: a thread, what its buttons ask for, its outputs, and its end.

A thread works and changes a model; views show the model. Which view a front end can show is not
known when the panel appears: it starts with a picture, which works everywhere, and core widgets
take the place above it when the front end has shown that it can do that. A panel may have a better
view still, which takes the place of the core widgets in their box.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Hashable, Iterator
from typing import Any, Callable, Protocol

from ...core.errors import ModelArtsError
from ...core.i18n import _
from . import probe
from .outputs import Picture, Pictured, Place, hiding_style
from .widget_tree import close_tree
from .worker import END_TIME, Worker

FIRST_LOOK = 0.2  # seconds of a cell's time for a first look, before anything is shown
_REFRESH = 0.25  # seconds between refreshes while there is something to show
_LOOK = "look"  # a request for nothing but to show what has changed


class View(Protocol):
    """Shows a model; its methods are called with the panel's lock held."""

    def refresh(self, *, is_last: bool = False) -> bool:
        """Show what changed; whether there is more to show soon."""

    def close(self) -> None:
        """Let go of the widgets."""


class CoreView(View, Protocol):
    """A view of core widgets."""

    box: Any


class Panel:
    """A panel in the output of the cell that shows it.

    Args:
        name: of the thread, for those who look at threads.
        key: what it shows; of two panels that a cell makes with the same key, the later one stays.
        summary: what can be drawn without widgets.
        view: ``auto``, or which one to show: ``core``, ``html``, ``text``, or one of its own.

    Attributes:
        key: see above.
        summary: see above.
    """

    first_look = FIRST_LOOK  # seconds

    def __init__(self, name: str, key: Hashable, summary: Pictured, view: str = "auto") -> None:
        self.id = uuid.uuid4().hex
        self.key = key
        self._name = f"modelarts-magics-{name}"
        self._view = view
        self._lock = threading.RLock()
        self._requests: list[tuple[str, Any]] = []
        self._worker: Worker | None = None
        self._closing = threading.Event()
        self._has_looked = threading.Event()
        self.summary = summary
        self._picture = Picture(summary, self.id, text_only=view == "text")
        self._place = Place(self.id, "live")
        self._views: list[View] = []
        self._core: CoreView | None = None
        self._frame: Any = None
        self._is_drawn = False
        self._is_over = False  # the thread has nothing left to do

    def _ipython_display_(self) -> None:
        self.show()

    # ---- what a panel is made of ----------------------------------------------------------------

    @property
    def title(self) -> str:
        """What the panel is about."""
        raise NotImplementedError

    def _work(self) -> Iterator[float]:
        """Do a piece of work, yield the seconds until the next; the thread drains it."""
        raise NotImplementedError

    def _do(self, name: str, value: Any) -> None:
        """Carry out what a button says; an expected error is shown by :meth:`_tell`."""
        raise NotImplementedError

    def _tell(self, message: str) -> None:
        """Let the model say that something went wrong."""
        raise NotImplementedError

    def _broken(self, message: str) -> None:
        """Let the model say that the thread has ended by a mistake of ours."""
        raise NotImplementedError

    def _new_core_view(self) -> CoreView:
        """Make the view of core widgets."""
        raise NotImplementedError

    # ---- life -----------------------------------------------------------------------------------

    def show(self) -> None:
        """Appear in the output of the running cell, and begin to work.

        It takes a first look before it appears, for a short time at most: who runs a notebook
        without a front end sees nothing but what the cell showed. A panel that has appeared before
        appears there, too.
        """
        if self._worker is None:
            self._begin()
        else:
            self._show_again()

    def _begin(self) -> None:
        self._worker = Worker(self._name, self.steps(), self._failed)
        try:
            self._has_looked.wait(self.first_look)
            with self._lock:
                self._show_first_view()
        except BaseException:  # an interrupt: nobody would see what goes on
            self.close()
            raise

    @property
    def is_running(self) -> bool:
        return self._worker is not None and self._worker.is_running

    @property
    def is_closed(self) -> bool:
        """Nothing more is begun."""
        return self._closing.is_set()

    def end(self) -> None:
        """Let the thread give up what it does; returns at once."""
        self._closing.set()
        if self._worker is not None:
            self._worker.stop()

    def close(self) -> None:
        """End the thread, and let go of requests and widgets; the output stays."""
        self.end()
        if self._worker is not None:
            self._worker.join(END_TIME)
        probe.forget(self._core_answered)
        with self._lock:
            if self._is_drawn:
                self._picture.publish(update=True)
                self._place.clear()
            for view in self._live_views():
                view.close()
            if self._frame is not None:
                close_tree(self._frame)
            self._core = self._frame = None
            self._views.clear()

    def act(self, name: str, value: Any = None) -> None:
        """Carry out what a button says, on the panel's thread; safe on any thread.

        A panel that is closed does nothing any more.
        """
        if self.is_closed:
            return
        with self._lock:
            self._requests.append((name, value))
            worker = self._worker
            if worker is not None and self._is_over:
                self._is_over = False
                self._worker = Worker(self._name, self._ending(), self._failed)
        if worker is not None:
            worker.wake()

    def look(self) -> None:
        """Show what has changed, as soon as can be; safe on any thread."""
        self.act(_LOOK)

    def guarded(self, callback: Callable[..., object]) -> Callable[..., None]:
        """A callback for a widget, which may come on any thread: with the panel's lock.

        Widgets swallow what a callback raises; here it is shown in the panel.
        """

        def careful(*arguments: Any) -> None:
            with self._lock:
                try:
                    callback(*arguments)
                except Exception as error:  # noqa: BLE001  # nobody else would hear of it
                    self._tell(f"{type(error).__name__}: {error}")

        return careful

    # ---- the thread -----------------------------------------------------------------------------

    def steps(self) -> Iterator[float]:
        """All the work, a piece at a time, and the seconds until the next; the thread drains it."""
        yield from self._work()
        yield from self._ending()

    def _ending(self) -> Iterator[float]:
        """Show the rest, then leave the final picture in the notebook."""
        self._has_looked.set()
        while not self._is_over:
            self._carry_out_requests()
            while self._refresh(is_last=True):
                yield _REFRESH
            self._picture.refresh(is_last=True)
            with self._lock:  # what is asked for from here on starts another thread
                self._is_over = not self._requests

    def _pause(self, due: float) -> float:
        """Show what there is; seconds until the thread has something to do again."""
        self._has_looked.set()
        return min(due, _REFRESH) if self._refresh() else due

    def _carry_out_requests(self) -> None:
        with self._lock:
            requests, self._requests = self._requests, []
        for name, value in requests:
            if not self.is_closed:
                self._carry_out(name, value)

    def _carry_out(self, name: str, value: Any) -> None:
        """Do what was asked for; a refusal is shown in the panel."""
        if name == _LOOK:
            return
        try:
            self._do(name, value)
        except ModelArtsError as error:
            self._tell(str(error))

    def _refresh(self, *, is_last: bool = False) -> bool:
        with self._lock:
            more = [view.refresh(is_last=is_last) for view in self._views]
            return any(more)

    def _failed(self, error: Exception) -> None:
        """The thread cannot go on: say so where the reader looks."""
        self._is_over = True
        self._broken(_("The panel stopped: {error}", error=f"{type(error).__name__}: {error}"))
        self._has_looked.set()
        self._refresh(is_last=True)

    # ---- views ----------------------------------------------------------------------------------

    def _show_first_view(self) -> None:
        from IPython import get_ipython

        asks = self._view == "auto" and is_kernel(get_ipython())
        if self._view not in ("auto", "html", "text") or (asks and probe.knows_core()):
            self._make_widgets()
            self._show_widgets(update=False)
            self._picture.show()
            return
        if asks:
            self._place.make()
        self._picture.show()
        self._views = [self._picture]
        if asks:
            self._make_widgets()
            probe.ask_core(self._core_answered)

    def _show_again(self) -> None:
        with self._lock:
            if self._is_drawn and self._frame is not None:
                self._place.show_widget(self._frame, update=False)
            elif self._frame is not None:
                self._place.make()
            self._picture.show_again()

    def _make_widgets(self) -> None:
        import ipywidgets

        self._core = self._new_core_view()
        hiding = ipywidgets.HTML(hiding_style(self.id), layout={"display": "none"})
        self._frame = ipywidgets.VBox([hiding, self._core.box])

    def _live_views(self) -> list[View]:
        """The views of widgets that may be in sight."""
        return [] if self._core is None else [self._core]

    def _core_answered(self) -> None:
        """The front end can show core widgets: they take the place above the picture."""
        with self._lock:
            if self._core is not None:
                self._show_widgets(update=True)

    def _show_widgets(self, *, update: bool) -> None:
        self._views = self._live_views()
        if not self._is_drawn:  # once: to draw them anew would lose the reader's place
            self._is_drawn = True
            self._place.show_widget(self._frame, update=update)
        self.look()


def is_kernel(shell: Any) -> bool:
    """Whether a shell has a front end that can show more than text."""
    return getattr(shell, "kernel", None) is not None
