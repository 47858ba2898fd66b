"""The rows of the list, in core widgets: made once, given to jobs as they come and go.

A row stays with its job as long as that is on the page, so that a half-typed description or a
question is not lost when the list changes; the order is one of the layout.

The buttons are made anew for each job: while the kernel is busy clicks wait, and one that was meant
for a job must not reach another one that has its row by then.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from html import escape
from typing import Any, Callable

import ipywidgets

from ....core.i18n import _
from ....core.visualization import VisualizationJob, rules
from ...panels.widget_tree import close_tree
from ...text import render
from .alike import Alike
from .facts import STYLE, WRONG, count_html, facts_html

Act = Callable[[str, Any], object]
Guard = Callable[[Callable[..., object]], Callable[..., None]]


class _Mode(Enum):
    """What the buttons of a row are for at the moment."""

    ACT = "act"
    EDIT = "edit"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class _Face:
    """How a button looks and whether it can be pressed; without a text it is not there."""

    text: str = ""
    is_on: bool = True
    style: str = ""


class _Parts:
    """Makes the widgets of all rows."""

    def __init__(self) -> None:
        self.shown = ipywidgets.Layout(width="72px", padding="0 4px")
        self.hidden = ipywidgets.Layout(display="none")
        self.facts = Alike(ipywidgets.HTML, {"flex": "1 1 26em", "min_width": "0"})
        self.actions = Alike(
            ipywidgets.HBox,
            {"flex": "0 0 304px", "margin": "0 0 0 auto", "justify_content": "flex-end"},
        )
        self.button = Alike(ipywidgets.Button, self.shown)
        self.editor = Alike(ipywidgets.Textarea, {"width": "calc(100% - 4px)"})

    def close(self) -> None:
        for part in vars(self).values():
            part.close()


class JobRow:
    """One row, for whichever job it is given.

    Args:
        act: carries out what a button says; it must not block.
        guard: makes callbacks safe.
        parts: makes the widgets.
    """

    def __init__(self, act: Act, guard: Guard, parts: _Parts) -> None:
        self._act = act
        self._guard = guard
        self._parts = parts
        self.job: VisualizationJob | None = None
        self._mode = _Mode.ACT
        self._is_saving = False
        self._facts = parts.facts()
        self._actions = parts.actions()
        self._editor: Any = None
        self.box = ipywidgets.HBox([self._facts, self._actions], layout={"display": "none"})
        self.box.add_class("modelarts-magics-row")

    # ---- whose it is ----------------------------------------------------------------------------

    def give(self, job: VisualizationJob | None, place: int = 0) -> None:
        """Show a job at a place of the list, or nothing."""
        before, self.job = self.job, job
        if job is None or before is None or job.job_id != before.job_id:
            self._change_hands(job)
        elif self._is_saving and job.job_desc != before.job_desc:
            self._is_saving = False
            self._switch(_Mode.ACT)
        self.box.layout.display = "none" if job is None else "flex"
        self.box.layout.order = str(place)
        self._dress()

    def _change_hands(self, job: VisualizationJob | None) -> None:
        before = self._actions.children
        self._mode = _Mode.ACT
        self._close_editor()
        self._actions.children = () if job is None else self._buttons(job)
        for button in before:
            button.close()

    def _buttons(self, job: VisualizationJob) -> tuple[Any, ...]:
        about = render.plain(job.name)  # for who hears a button without its row
        made = []
        for slot, face in enumerate(self._faces(job)):
            button = self._parts.button(
                description=face.text, disabled=not face.is_on, tooltip=about
            )
            button.on_click(self._guard(lambda _button, slot=slot: self._pressed(slot)))
            made.append(button)
        return tuple(made)

    # ---- how it looks ---------------------------------------------------------------------------

    def _switch(self, mode: _Mode) -> None:
        self._mode = mode
        if mode is not _Mode.EDIT:
            self._close_editor()
        self._dress()

    def _edit(self, job: VisualizationJob) -> None:
        self._is_saving = False
        self._editor = self._parts.editor(value=job.job_desc, placeholder=_("Description"), rows=2)
        self._editor.observe(self._guard(lambda _change: self._typed()), names="value")
        self.box.children = (*self.box.children, self._editor)
        self._switch(_Mode.EDIT)

    def _close_editor(self) -> None:
        if self._editor is not None:
            self.box.children = self.box.children[:2]
            self._editor.close()
            self._editor = None

    def _typed(self) -> None:
        self._is_saving = False
        self._dress()

    def _dress(self) -> None:
        if self.job is None:
            return
        self._facts.value = facts_html(self.job, self._words())
        for button, face in zip(self._actions.children, self._faces(self.job)):
            button.layout = self._parts.shown if face.text else self._parts.hidden
            button.description = face.text
            button.disabled = not face.is_on
            button.button_style = face.style

    def _words(self) -> str:
        """What is to be known in this mode, as HTML."""
        if self._mode is _Mode.EDIT:
            return count_html(self._editor.value)
        if self._mode is _Mode.CONFIRM:
            question = _("Delete this job for good? The files in its folder stay.")
            return f'<div role="alert" style="{WRONG}">{escape(question)}</div>'
        return ""

    def _faces(self, job: VisualizationJob) -> list[_Face]:
        if self._mode is _Mode.CONFIRM:
            return [_Face(), _Face(), _Face(_("Delete it"), style="danger"), _Face(_("Keep it"))]
        if self._mode is _Mode.EDIT:
            is_on = len(self._editor.value) <= rules.longest_description
            return [_Face(), _Face(), _Face(_("Save"), is_on, "primary"), _Face(_("Cancel"))]
        state = job.state
        restart = _Face(_("Restart"), state.can_restart)
        return [
            _Face(_("Open"), bool(job.service_url)),
            restart if state.is_final else _Face(_("Stop"), state.can_stop),
            _Face(_("Edit")),
            _Face(_("Delete"), state.can_delete),
        ]

    # ---- what its buttons do --------------------------------------------------------------------

    def _pressed(self, slot: int) -> None:
        """A button was pressed; what it is for depends on the mode."""
        if self.job is None or self._actions.children[slot].disabled:
            return  # a second click may be on its way already
        if self._mode is _Mode.ACT:
            self._act_by(slot, self.job)
        elif slot == 3:
            self._switch(_Mode.ACT)
        elif self._mode is _Mode.CONFIRM:
            self._act("delete", self.job)
            self._switch(_Mode.ACT)
        else:
            self._save(self.job)

    def _act_by(self, slot: int, job: VisualizationJob) -> None:
        if slot == 0:
            self._act("open", job)
        elif slot == 1:
            self._act("restart" if job.state.is_final else "stop", job)
        elif slot == 2:
            self._edit(job)
        else:
            self._switch(_Mode.CONFIRM)

    def _save(self, job: VisualizationJob) -> None:
        """What is typed stays until the service has taken it."""
        if self._editor.value == job.job_desc:
            self._switch(_Mode.ACT)
            return
        self._is_saving = True
        self._act("describe", (job, self._editor.value))


class JobRows:
    """All rows of a page.

    Args:
        count: how many.
        act, guard: as those of a row.
    """

    def __init__(self, count: int, act: Act, guard: Guard) -> None:
        self._parts = _Parts()
        self._rows = [JobRow(act, guard, self._parts) for _row in range(count)]
        style = ipywidgets.HTML(STYLE, layout=self._parts.hidden)
        self.box = ipywidgets.VBox([style, *(row.box for row in self._rows)])
        self.box.add_class("modelarts-magics-rows")

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

    def close(self) -> None:
        close_tree(self.box)
        self._parts.close()
