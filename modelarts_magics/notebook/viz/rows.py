"""The rows of the list, in core widgets: made once, given to jobs as they come and go.

A row stays with its job as long as that is on the page, so that a half-typed description or a
question is not lost when the list changes; the order is one of the layout.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Callable

import ipywidgets

from ...core.i18n import _
from ...core.models import VisualizationJob
from .. import render
from .results import age, anchor, auto_stop

Act = Callable[[str, Any], object]
Guard = Callable[[Callable[..., object]], Callable[..., None]]

_CELL = "flex:{flex};min-width:0;overflow-wrap:anywhere;padding-right:10px"
_FAINT = "opacity:.7"


class _Mode(Enum):
    """What the buttons of a row are for at the moment."""

    ACT = "act"
    EDIT = "edit"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class _Face:
    """How a button looks and whether it can be pressed."""

    text: str
    is_on: bool = True
    style: str = ""


class JobRow:
    """One row, for whichever job it is given.

    Args:
        act: carries out what a button says; it must not block.
        guard: makes callbacks safe.
        layout, style: shared by the buttons of all rows.
    """

    def __init__(self, act: Act, guard: Guard, layout: Any, style: Any) -> None:
        self._act = act
        self.job: VisualizationJob | None = None
        self._mode = _Mode.ACT
        self._facts = ipywidgets.HTML(layout={"flex": "1 1 34em", "min_width": "0"})
        self._text = ipywidgets.Text(
            layout={"display": "none", "width": "auto", "flex": "1 1 100%"},
            placeholder=_("description"),
        )
        self._buttons = [ipywidgets.Button(layout=layout, style=style) for _slot in range(4)]
        for slot, button in enumerate(self._buttons):
            button.on_click(guard(lambda _button, slot=slot: self._pressed(slot)))
        actions = ipywidgets.HBox(self._buttons, layout={"flex": "0 0 auto"})
        self.box = ipywidgets.HBox(
            [self._facts, actions, self._text],
            layout={
                "display": "none",
                "flex_flow": "row wrap",
                "align_items": "center",
                "border_top": "1px solid rgba(128,128,128,.35)",
                "padding": "3px 0",
            },
        )
        self.box.add_class("modelarts-magics-row")

    def give(self, job: VisualizationJob | None, place: int = 0) -> None:
        """Show a job at a place of the list, or nothing."""
        if job is None or self.job is None or job.job_id != self.job.job_id:
            self._switch(_Mode.ACT)
        self.job = job
        _change(self.box.layout, display="none" if job is None else "flex", order=str(place))
        if job is not None:
            _change(self._facts, value=_facts(job))
            self._dress()

    def _switch(self, mode: _Mode) -> None:
        self._mode = mode
        is_edited = mode is _Mode.EDIT
        if is_edited and self.job is not None:
            self._text.value = self.job.job_desc
        _change(self._text.layout, display="" if is_edited else "none")
        self._dress()

    def _dress(self) -> None:
        for button, face in zip(self._buttons, self._faces()):
            _change(
                button,
                description=face.text,
                disabled=not face.is_on,
                button_style=face.style,
            )

    def _faces(self) -> list[_Face]:
        if self._mode is _Mode.CONFIRM:
            return [
                _Face(_("Open"), is_on=False),
                _Face(_("Really delete?"), is_on=False),
                _Face(_("Delete it"), style="danger"),
                _Face(_("Keep it")),
            ]
        if self._mode is _Mode.EDIT:
            return [
                _Face(_("Open"), is_on=False),
                _Face(_("Stop"), is_on=False),
                _Face(_("Save"), style="primary"),
                _Face(_("Cancel")),
            ]
        return self._usual_faces()

    def _usual_faces(self) -> list[_Face]:
        job = self.job or VisualizationJob()
        status = job.status
        restart = _Face(_("Restart"), is_on=status.can_restart)
        return [
            _Face(_("Open"), is_on=bool(job.service_url)),
            _Face(_("Stop"), is_on=status.can_stop) if not status.is_final else restart,
            _Face(_("Edit")),
            _Face(_("Delete"), is_on=status.can_delete),
        ]

    def _pressed(self, slot: int) -> None:
        """A button was pressed; what it is for depends on the mode."""
        if self.job is None:
            return
        if self._mode is _Mode.ACT:
            self._act_by(slot, self.job)
            return
        if slot == 2 and self._mode is _Mode.CONFIRM:
            self._act("delete", self.job)
        elif slot == 2:
            self._act("describe", (self.job, self._text.value))
        self._switch(_Mode.ACT)

    def _act_by(self, slot: int, job: VisualizationJob) -> None:
        if slot == 0:
            self._act("open", job)
        elif slot == 1:
            self._act("restart" if job.status.is_final else "stop", job)
        else:
            self._switch(_Mode.EDIT if slot == 2 else _Mode.CONFIRM)


class JobRows:
    """All rows of a page.

    Args:
        count: how many.
        act, guard: as those of a row.
    """

    def __init__(self, count: int, act: Act, guard: Guard) -> None:
        self._layout = ipywidgets.Layout(width="auto", min_width="5.5em")
        self._style = ipywidgets.ButtonStyle()
        self._rows = [JobRow(act, guard, self._layout, self._style) for _row in range(count)]
        self.box = ipywidgets.VBox([row.box for row in self._rows])

    def show(self, jobs: tuple[VisualizationJob, ...]) -> None:
        """Each job keeps the row that it has."""
        wanted = {job.job_id for job in jobs}
        free = [row for row in self._rows if row.job is None or row.job.job_id not in wanted]
        held = {row.job.job_id: row for row in self._rows if row.job and row not in free}
        for place, job in enumerate(jobs):
            row = held.get(job.job_id) or free.pop(0)
            row.give(job, place)
        for row in free:
            row.give(None)


def _change(widget: Any, **values: Any) -> None:
    """Set what is different: each setting is a message, even of the same value."""
    for name, value in values.items():
        if getattr(widget, name) != value:
            setattr(widget, name, value)


def _facts(job: VisualizationJob) -> str:
    """A job as HTML: its state, what it is, where it looks, and its times."""
    name = f"<b>{render.safe(job.job_name)}</b> <span style='{_FAINT}'>{render.safe(job.job_id)}"
    outside = "" if _is_of_this_machine(job) else anchor(job.service_url, _("console"))
    times = [
        (_("created {time} ago", time=age(job)) if age(job) else ""),
        (_("ran {time}", time=render.duration(job.duration)) if job.duration else ""),
        (_("stops {time}", time=auto_stop(job)) if auto_stop(job) else ""),
    ]
    about = [render.safe(job.job_desc), render.safe(job.failure_reason), outside]
    cells = [
        ("0 0 11em", render.status_html(job.status)),
        ("1 1 10em", f"{name}</span>"),
        ("2 1 14em", "<br>".join(filter(None, [render.safe(job.train_url), *about]))),
        ("1 0 100%", f"<span style='{_FAINT}'>{' · '.join(filter(None, times))}</span>"),
    ]
    parts = [f'<div style="{_CELL.format(flex=flex)}">{html}</div>' for flex, html in cells]
    return (
        '<div style="display:flex;flex-wrap:wrap;line-height:1.4;align-items:baseline">'
        f"{''.join(parts)}</div>"
    )


def _is_of_this_machine(job: VisualizationJob) -> bool:
    """Its address is to be corrected by the page, which a link in a widget cannot do."""
    from ...core.config import is_loopback

    return not job.service_url or is_loopback(job.service_url)
