"""What the service tells of a job beside its log, above the log of the core view."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets

from .....core.api.base import JobEvent
from .....core.i18n import _
from ....text import render
from ...events import html_rows

_HEIGHT = "12em"


class EventStrip:
    """A table of events that comes and goes; its end is in sight."""

    def __init__(self) -> None:
        self.box = ipywidgets.HTML(layout={"display": "none", "margin": "2px 0"})
        self._shown: Sequence[JobEvent] | None = None

    def show(self, events: Sequence[JobEvent] | None) -> None:
        """Show some events, or nothing."""
        if events == self._shown:
            return
        self._shown = events
        self.box.value = _html(events) if events is not None else ""
        self.box.layout.display = "none" if events is None else ""


def _html(events: Sequence[JobEvent]) -> str:
    table = render.html_table([_("time"), _("level"), _("event")], html_rows(events))
    shown = table if events else render.safe(_("Nothing is told of the job yet"))
    style = (
        f"max-height:{_HEIGHT};overflow:auto;display:flex;flex-direction:column-reverse;"
        "border:1px solid rgba(128,128,128,.4);padding:2px 8px;line-height:1.4"
    )
    label = _("Events")
    return f'<div role="region" aria-label="{label}" tabindex="0" style="{style}">{shown}</div>'
