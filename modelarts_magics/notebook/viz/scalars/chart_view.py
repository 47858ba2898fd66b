"""Scalars as charts one works with: an anywidget, which is told what is new."""

from __future__ import annotations

from typing import Any, Callable

import anywidget
import traitlets

from ....core.i18n import language
from ...panels import probe
from ...panels.shelf import CHARTS, LOADER, on_shelf
from ...panels.widget_tree import close_tree
from .charted import Charted
from .feed import ScalarFeed


class _ChartWidget(anywidget.AnyWidget):
    """The model that the front end sees; the names are those of ``js/``."""

    _esm = LOADER
    shelf = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    options = traitlets.Dict().tag(sync=True)
    box_id = traitlets.Unicode("").tag(sync=True)
    kept = traitlets.Dict().tag(sync=True)  # how one looks at them, by the front end


class ScalarChartView:
    """The widget of one panel of charts.

    Args:
        charted: what to draw.
        ready: is called when the front end says that it can show the widget.
        look: lets the panel refresh this view soon.
        box_id: of a box that is in sight, which the front end fills with this widget by itself.
        hiding: CSS that hides the picture as long as the widget is there.
    """

    def __init__(
        self,
        charted: Charted,
        ready: Callable[[], object],
        look: Callable[[], object],
        box_id: str,
        hiding: str,
    ) -> None:
        self._charted = charted
        self._ready = ready
        self._look = look
        self._feed = ScalarFeed(charted.columns)
        self._is_heard = bool(box_id) and probe.knows_rich()
        self._asked: int | None = None  # a page wants what is new since this look
        self._seen = -1
        self.widget = _ChartWidget(
            shelf=on_shelf(CHARTS),
            state=self._state(),
            options={"language": language(), "hiding": hiding},
            box_id=box_id,
        )
        self.widget.on_msg(self._received)

    def refresh(self, *, is_last: bool = False) -> bool:
        """Send what is new to a front end that has said that it has the view."""
        if not self._is_heard:
            return False
        asked, self._asked = self._asked, None
        if self._seen == self._charted.changes and asked is None:
            return False
        self._seen = self._charted.changes
        told = self._feed.now
        self._feed.take(self._charted.jobs)
        self.widget.state = self._state()
        since = told if asked is None else min(asked, told)
        if since < self._feed.now or asked is not None:
            message, data = self._feed.since(since)
            self.widget.send(message, [data])
        return False

    def close(self) -> None:
        close_tree(self.widget)

    def _state(self) -> dict[str, Any]:
        charted = self._charted
        return {"title": charted.title, "words": charted.words(), "notes": charted.notes()}

    def _received(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """A message of the front end; it may come on any thread."""
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind == "ready":
            self._is_heard = True
            self._ready()
        elif kind == "kept" and isinstance(content.get("kept"), dict):
            self.widget.kept = {**self.widget.kept, **content["kept"]}
        elif kind == "metrics" and isinstance(content.get("since"), int):
            self._asked = content["since"]
            self._look()
