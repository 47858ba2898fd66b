"""The form for a new visualization job, in core widgets.

What is wrong stands beside its field as it is typed; Create is off until all is right and while
a job is being made. A failure leaves everything as it was typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets

from ....core.i18n import _
from ...text import render
from .alike import Alike
from .facts import FAINT, WRONG, count_html
from .form_values import FormValues
from .model import Creation, Stage, VizModel
from .rows import Act, Guard

_MOST_HOURS = 24


class Form:
    """The widgets of the form.

    Args:
        defaults: what it begins with.
        act: carries out what a button says; it must not block.
        guard: makes callbacks safe.
    """

    def __init__(self, defaults: FormValues, act: Act, guard: Guard) -> None:
        self._act = act
        self._creation = Creation()
        self._rules = defaults.rules
        self._fields = _fields(defaults)
        note = Alike(ipywidgets.HTML, {"flex": "1 1 16em", "min_width": "0"})
        line = Alike(ipywidgets.HBox, {"flex_flow": "row wrap", "align_items": "center"})
        self._notes = {name: note() for name in self._fields}
        lines = [line([field, self._notes[name]]) for name, field in self._fields.items()]
        for field in self._fields.values():
            field.observe(guard(lambda _change: self._check()), names="value")
        self._create = ipywidgets.Button(
            description=_("Create"), button_style="primary", layout={"width": "auto"}
        )
        self._create.on_click(guard(lambda _button: self._submit()))
        self._open = ipywidgets.Button(
            description=_("Open"), layout={"display": "none", "width": "auto"}
        )
        self._open.on_click(guard(lambda _button: self._act("open", self._creation.job)))
        self._progress = note()
        ending = line([self._create, self._open, self._progress])
        self.box = ipywidgets.VBox([*lines, ending], layout={"display": "none"})
        self.box.add_class("modelarts-magics-form")
        self._check()

    @property
    def values(self) -> FormValues:
        """What is typed."""
        typed = {name: field.value for name, field in self._fields.items()}
        hours = typed.pop("stop_after_hours") or None
        return FormValues(**typed, stop_after_hours=hours, rules=self._rules)

    def show(self, model: VizModel) -> None:
        """What the panel's thread found out."""
        folder = self._fields["folder"]
        if list(folder.options) != model.folders:
            folder.options = tuple(model.folders)
        if model.creation is not self._creation:
            self._creation = model.creation
            self._show_progress()
            self._check()

    def toggle(self) -> bool:
        """Show or hide it; whether it is there then."""
        is_hidden: bool = self.box.layout.display == "none"
        self.box.layout.display = "flex" if is_hidden else "none"
        if is_hidden and hasattr(self._fields["folder"], "focus"):  # since ipywidgets 8
            self._fields["folder"].focus()
        return is_hidden

    def _submit(self) -> None:
        if not self._create.disabled:  # a second click may be on its way already
            self._create.disabled = True
            self._act("create", self.values)

    def _check(self) -> None:
        values = self.values
        notes = {"description": count_html(values.description), **_hints(values)}
        for name, problem in values.problems().items():
            notes[name] = f'<span role="status" style="{WRONG}">{escape(problem)}</span>'
        for name, note in self._notes.items():
            note.value = notes.get(name, "")
        self._create.disabled = not values.is_complete or self._creation.is_under_way

    def _show_progress(self) -> None:
        runs = self._creation.stage is Stage.RUNNING
        self._open.layout.display = "" if runs else "none"
        self._progress.value = _progress(self._creation, self._rules.steps)
        if runs and self._creation.job:
            self._forget_what_was_made(self._creation.job.name, self._creation.job.job_desc)

    def _forget_what_was_made(self, *values: str) -> None:
        """A name is good for one job; what somebody types meanwhile stays."""
        for name, value in zip(("name", "description"), values):
            if self._fields[name].value == value:
                self._fields[name].value = ""


def _fields(defaults: FormValues) -> dict[str, Any]:
    """The inputs, by the attributes of :class:`FormValues`; their labels are theirs, for readers
    of the screen, too.
    """
    alike = {"layout": ipywidgets.Layout(width="36em", max_width="calc(100% - 4px)")}
    label = {"description_width": "8em"}
    rules = defaults.rules
    types = [(name, name) for name in rules.types]
    never = _("never") if rules.may_run_for_ever else _("as the service does")
    hours = [(never, 0), *((_("after {n} h", n=n), n) for n in range(1, _MOST_HOURS + 1))]
    return {
        "folder": ipywidgets.Combobox(
            value=defaults.folder,
            description=_("Folder") if rules.has_folders else _("Training job"),
            placeholder="/bucket/folder/" if rules.has_folders else "",
            ensure_option=False,
            continuous_update=True,
            style=label,
            **alike,
        ),
        "name": ipywidgets.Text(
            description=_("Name"),
            placeholder=_("made from the folder's name when empty") if rules.has_folders else "",
            style=label,
            **alike,
        ),
        "description": ipywidgets.Textarea(
            description=_("Description"), rows=2, style=label, **alike
        ),
        "job_type": ipywidgets.Dropdown(
            description=_("Type"), options=types, value=defaults.job_type, style=label, **alike
        ),
        "stop_after_hours": ipywidgets.Dropdown(
            description=_("Auto-stop"),
            options=hours,
            value=defaults.stop_after_hours or 0,
            style=label,
            **alike,
        ),
    }


def _hints(values: FormValues) -> dict[str, str]:
    """What to type where nothing is typed, as HTML."""
    if values.folder.strip():
        return {}
    is_folder = values.rules.has_folders
    words = escape(_("OBS folder with event files") if is_folder else _("Its id or its name"))
    return {"folder": f'<span style="{FAINT}">{words}</span>'}


def _progress(creation: Creation, usual: Sequence[str]) -> str:
    """How far a creation is, as HTML."""
    if creation.stage is Stage.FAILED:
        return f'<span role="alert" style="{WRONG}">{render.safe(creation.trouble)}</span>'
    if creation.stage is Stage.SUBMITTING:
        return f'<span role="status">{escape(_("Creating…"))}</span>'
    if creation.job is None:
        return ""
    reached = creation.job.state.word
    steps = [
        render.status_html(creation.job.state)
        if step == reached
        else f'<span style="{FAINT}">{step}</span>'
        for step in usual
    ]
    if reached not in usual:
        steps.append(render.status_html(creation.job.state))
    words = f"{render.safe(creation.note)} {' → '.join(steps)} {render.safe(creation.trouble)}"
    return f'<span role="status">{words}</span>'
