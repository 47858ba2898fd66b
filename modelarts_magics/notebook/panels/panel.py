"""What every panel shares: a thread, what its buttons ask for, its outputs, and its end.

A thread works and changes a model; views show the model. Which view a front end can show is not
known when the panel appears: :mod:`.views` decides which one is in sight.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Hashable, Iterator
from typing import Any, Callable

from ...core.errors import ModelArtsError
from ...core.i18n import _
from .outputs import Picture, Pictured
from .views import Event, PlainView, RichView, Views
from .worker import END_TIME, Worker

FIRST_LOOK = 0.2  # seconds of a cell's time for a first look, before anything is shown
_REFRESH = 0.25  # seconds between refreshes while there is something to show
_LOOK = "look"  # a request for nothing but to show what has changed


class Panel:
    """A panel in the output of the cell that shows it.

    Args:
        name: of the thread, for those who look at threads.
        key: what it shows; of two panels that a cell makes with the same key, the later one stays.
        summary: what can be drawn without widgets.
        view: ``auto``, or which one to show: ``core``, ``html``, ``text``, or one of its own.

    Attributes:
        key: see above.
        views: what shows the model.
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
        picture = Picture(summary, self.id, text_only=view == "text")
        self.views = Views(
            self.id, picture, self, self._lock, self.look, keeps_picture=self._keeps_picture
        )
        self._is_over = False  # the thread has nothing left to do

    def _ipython_display_(self) -> None:
        self.show()

    # ---- what a panel is made of ----------------------------------------------------------------

    @property
    def title(self) -> str:
        """What the panel is about."""
        raise NotImplementedError

    def _keeps_picture(self) -> bool:
        """Whether the picture is refreshed, too, while a live view hides it."""
        return False

    def _work(self) -> Iterator[float]:
        """Do a piece of work, yield the seconds until the next; the thread drains it."""
        raise NotImplementedError

    def _do(self, name: str, value: Any) -> None:
        """Carry out what a button says; an expected error is shown by :meth:`_tell`."""
        raise NotImplementedError

    def _tell(self, message: str) -> None:
        """Let the model say that something went wrong."""
        raise NotImplementedError

    def _over(self, why: str) -> None:
        """Let the model say why nothing more comes."""
        raise NotImplementedError

    def plain(self) -> PlainView | None:
        """Make the view of core widgets; ``None`` where there is none, and the picture stays."""
        raise NotImplementedError

    def rich(self, answered: Callable[[], object], box_id: str, hiding: str) -> RichView | None:
        """Make the view with a script of its own, where there is one; see :class:`.ViewMaker`."""
        return None

    # ---- life -----------------------------------------------------------------------------------

    def show(self) -> None:
        """Appear in the output of the running cell, and begin to work.

        It takes a first look before it appears, for a short time at most: who runs a notebook
        without a front end sees nothing but what the cell showed. A panel that has appeared before
        appears there, too; of one that is closed a picture does.
        """
        if self._worker is None and not self.is_closed:
            self._begin()
        else:
            self.views.happens(Event.SHOWN_AGAIN)

    def _begin(self) -> None:
        self._worker = Worker(self._name, self.steps(), self._failed)
        try:
            self._has_looked.wait(self.first_look)
            with self._lock:
                self._appear()
        except BaseException:  # an interrupt: nobody would see what goes on
            self.close()
            raise

    @property
    def may_be_live(self) -> bool:
        """Whether it may have a view of widgets."""
        return self._view not in ("html", "text")

    @property
    def is_running(self) -> bool:
        return self._worker is not None and self._worker.is_running

    @property
    def is_closed(self) -> bool:
        """Nothing more is begun."""
        return self._closing.is_set()

    def end(self, why: str = "") -> None:
        """Let the thread give up what it does; returns at once.

        Args:
            why: what the panel says where its output is still there, if more was to come.
        """
        was_at_work = not self.is_closed and (self._worker is None or self._worker.is_running)
        self._closing.set()
        if self._worker is not None:
            self._worker.stop()
        if why and was_at_work:
            self._over(why)

    def close(self) -> None:
        """End the thread, and let go of requests and widgets; the output stays."""
        self.end()
        if self._worker is not None:
            self._worker.join(END_TIME)
        self.views.happens(Event.CLOSED)

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
            self.views.refresh_picture()
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
            return self.views.refresh(is_last=is_last)

    def _failed(self, error: Exception) -> None:
        """The thread cannot go on: say so where the reader looks."""
        self._is_over = True
        self._over(_("The panel stopped: {error}", error=f"{type(error).__name__}: {error}"))
        self._has_looked.set()
        self._refresh(is_last=True)

    def _appear(self) -> None:
        from IPython import get_ipython

        self.views.appear(self._view, has_widgets=is_kernel(get_ipython()))


def is_kernel(shell: Any) -> bool:
    """Whether a shell has a front end that can show more than text."""
    return getattr(shell, "kernel", None) is not None
