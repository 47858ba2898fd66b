"""Which view of a panel is in sight: one table of states.

=============== ===================== ==================== ====================
what happens    the picture is in     the plain view is    the rich view is
=============== ===================== ==================== ====================
asked           the questions go out  whether there is a   it takes its place
                                      rich view            in the frame itself
plain answered  the plain view is     nothing              nothing
                made, and shown
rich answered   the rich view is      it takes the place   the picture needs
                shown                 of the plain one     nothing any more
shown again     the picture, again    both, again          both, again
closed          a last picture        a last picture       a last picture
=============== ===================== ==================== ====================

What a front end can show is not known when a panel appears. The picture works everywhere, and
nothing of a live view but small questions goes out before they are answered: the plain view, which
is many widgets, is made then. What the kernel knows by earlier panels is used at once, so that the
rich view is there while all cells run and no answer comes through. Until a panel has its own
answer its picture goes on, since the front end may be another one by now.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from enum import Enum
from typing import Any, Callable, Protocol

from . import probe
from .outputs import Picture, Place, hiding_css
from .widget_tree import close_tree

_GRACE = 0.5  # seconds for the rich view to answer, after the plain one


class Sight(Enum):
    """What a reader sees of a panel."""

    PICTURE = "picture"
    PLAIN = "plain"
    RICH = "rich"


class Event(Enum):
    """What happens to the views of a panel."""

    ASKED = "asked"
    PLAIN_ANSWERED = "plain answered"
    RICH_ANSWERED = "rich answered"
    SHOWN_AGAIN = "shown again"
    CLOSED = "closed"


class View(Protocol):
    """Shows a model; its methods are called with the panel's lock held."""

    def refresh(self, *, is_last: bool = False) -> bool:
        """Show what changed; whether there is more to show soon."""

    def close(self) -> None:
        """Let go of the widgets."""


class PlainView(View, Protocol):
    """A view of core widgets."""

    box: Any


class RichView(View, Protocol):
    """A view with a script of its own; it shows nothing where the front end has no anywidget."""

    widget: Any


class ViewMaker(Protocol):
    """What makes the live views of a panel, each when it is wanted."""

    def plain(self) -> PlainView | None:
        """The view; ``None`` where there is none, so that the picture stays."""

    def rich(self, answered: Callable[[], object], box_id: str, hiding: str) -> RichView | None:
        """The view, which is to be shown once it has answered; ``None`` where there is none.

        Args:
            answered: is called when the front end says that it can show the view.
            box_id: of a box that is in sight and takes the view in; empty for none.
            hiding: CSS that hides the picture as long as the view is there.
        """


class Views:
    """The views of one panel.

    Args:
        panel_id: of the panel.
        picture: what every front end can show.
        make: makes the live views.
        lock: of the panel.
        look: lets the panel's thread refresh what is in sight.
        keeps_picture: whether the picture is refreshed, too, while a live view hides it.

    Attributes:
        sight: what is in sight.
    """

    def __init__(
        self,
        panel_id: str,
        picture: Picture,
        make: ViewMaker,
        lock: AbstractContextManager[Any],
        look: Callable[[], object],
        *,
        keeps_picture: Callable[[], bool] = lambda: False,
    ) -> None:
        self.sight = Sight.PICTURE
        self._picture = picture
        self._place = Place(panel_id, "live")
        self._hiding = hiding_css(panel_id)
        self._make = make
        self._lock = lock
        self._look = look
        self._keeps_picture = keeps_picture
        self._asks = False
        self._frame: Any = None  # what the place shows, once something live can be shown
        self._plain: PlainView | None = None
        self._rich: RichView | None = None
        self._is_rich_answered = False
        self._is_closed = False
        self._plain_due: float | None = None

    def appear(self, view: str, *, has_widgets: bool) -> None:
        """Appear in the running cell for the first time.

        Args:
            view: ``auto``, or which one to show.
            has_widgets: whether there is a front end that may know widgets.
        """
        self._asks = has_widgets and view in ("auto", "rich")
        is_framed = view in ("core", "rich") or (self._asks and probe.knows_core())
        if is_framed:
            self._show_frame()
        elif self._asks:
            self._place.make()
        self._picture.show()
        if view == "core" or (is_framed and not probe.knows_rich() and view == "auto"):
            self._show_plain()
        elif is_framed and self._offer_rich(self._frame.model_id):
            self.sight = Sight.RICH
        if self._asks:
            self.happens(Event.ASKED)

    def happens(self, event: Event) -> None:
        """Do what the table says."""
        with self._lock:
            _TABLE[event][self.sight](self)

    def refresh(self, *, is_last: bool = False) -> bool:
        """Bring what is in sight up to date; whether there is more to show soon."""
        if self._plain_due is not None and time.monotonic() >= self._plain_due:
            self._show_plain()
        more = [view.refresh(is_last=is_last) for view in self._in_sight()]
        return any(more) or self._plain_due is not None

    def refresh_picture(self) -> None:
        """What stays where widgets are dead."""
        self._picture.refresh(is_last=True)

    def _in_sight(self) -> list[View]:
        views: list[View] = []
        if self.sight is Sight.PLAIN and self._plain is not None:
            views.append(self._plain)
        if self.sight is Sight.RICH and self._rich is not None:
            views.append(self._rich)
        is_sure = self.sight is Sight.PLAIN or self._is_rich_answered
        return views if is_sure and not self._keeps_picture() else [*views, self._picture]

    # ---- what the table does --------------------------------------------------------------------

    def _nothing(self) -> None:
        """It is so already."""

    def _ask_both(self) -> None:
        self._offer_rich()
        probe.ask_core(self._plain_answered)

    def _ask_for_rich(self) -> None:
        self._offer_rich()

    def _wait_for_plain(self) -> None:
        """Make the plain view soon, unless the rich one answers first: it takes a little longer."""
        is_awaited = self._rich is not None
        self._plain_due = time.monotonic() + (_GRACE if is_awaited else 0.0)
        self._look()

    def _show_rich(self) -> None:
        self._is_rich_answered = True
        self._plain_due = None
        if self._rich is None:
            return
        self._show_frame(update=True)
        self._frame.children = [self._rich.widget]
        self._close_plain()
        self.sight = Sight.RICH
        self._look()

    def _show_picture_again(self) -> None:
        if self._asks:
            self._place.make()
        self._picture.show_again(is_closed=self._is_closed)

    def _show_frame_again(self) -> None:
        self._place.show_widget(self._frame, update=False)
        self._picture.show_again()

    def _close(self) -> None:
        probe.forget(self._plain_answered)
        self._plain_due = None
        if self._frame is not None:
            self._picture.publish(update=True)
            self._place.clear()
        else:
            self._picture.refresh(is_last=True)
        if self._rich is not None:
            self._rich.close()
        self._close_plain()
        if self._frame is not None:
            close_tree(self._frame)
        self._frame = self._rich = None
        self._asks = False
        self._is_closed = True
        self.sight = Sight.PICTURE

    # ---- parts ----------------------------------------------------------------------------------

    def _offer_rich(self, box_id: str = "") -> bool:
        if self._rich is None:
            self._rich = self._make.rich(self._rich_answered, box_id, self._hiding)
        return self._rich is not None

    def _plain_answered(self) -> None:
        self.happens(Event.PLAIN_ANSWERED)

    def _rich_answered(self) -> None:
        probe.remember("rich")
        probe.remember("core")
        self.happens(Event.RICH_ANSWERED)

    def _show_plain(self) -> None:
        import ipywidgets

        self._plain_due = None
        self._plain = self._make.plain()
        if self._plain is None:
            return
        self._show_frame(update=True)
        style = f"<style>{self._hiding}</style>"
        hiding = ipywidgets.HTML(style, layout={"display": "none"})
        self._frame.children = [hiding, self._plain.box]
        self.sight = Sight.PLAIN
        self._look()

    def _show_frame(self, *, update: bool = False) -> None:
        """Once: to draw it anew would lose the place of a reader."""
        if self._frame is None:
            import ipywidgets

            self._frame = ipywidgets.VBox()
            self._place.show_widget(self._frame, update=update)

    def _close_plain(self) -> None:
        if self._plain is not None:
            self._plain.close()
            self._plain = None


_TABLE: Mapping[Event, Mapping[Sight, Callable[[Views], None]]] = {
    Event.ASKED: {
        Sight.PICTURE: Views._ask_both,
        Sight.PLAIN: Views._ask_for_rich,
        Sight.RICH: Views._nothing,
    },
    Event.PLAIN_ANSWERED: {
        Sight.PICTURE: Views._wait_for_plain,
        Sight.PLAIN: Views._nothing,
        Sight.RICH: Views._nothing,
    },
    Event.RICH_ANSWERED: dict.fromkeys(Sight, Views._show_rich),
    Event.SHOWN_AGAIN: {
        Sight.PICTURE: Views._show_picture_again,
        Sight.PLAIN: Views._show_frame_again,
        Sight.RICH: Views._show_frame_again,
    },
    Event.CLOSED: dict.fromkeys(Sight, Views._close),
}
