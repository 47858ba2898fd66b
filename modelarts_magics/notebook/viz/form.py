"""The form for a new visualization job, in core widgets.

What is wrong stands beside its field as it is typed; Create is off until all is right and while
a job is being made. A failure leaves everything as it was typed.
"""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets

from ...core import rules
from ...core.i18n import _
from .. import render
from .form_values import FormValues
from .model import Creation, Stage, VizModel
from .rows import Act, Guard

_WIDE = {"width": "28em", "max_width": "100%"}
_LABEL = {"width": "8em", "flex": "0 0 auto"}
_WRONG = "color:var(--jp-error-color1,#d3453c)"
_FAINT = "opacity:.7"
_STEPS = ("INIT", "WAITING", "RUNNING")


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
        self._folder = ipywidgets.Combobox(
            value=defaults.folder,
            placeholder="/bucket/folder/",
            ensure_option=False,
            continuous_update=True,
            layout=_WIDE,
        )
        self._name = ipywidgets.Text(
            placeholder=_("made from the folder's name when empty"), layout=_WIDE
        )
        self._description = ipywidgets.Textarea(rows=2, layout=_WIDE)
        types = [(name, name) for name in rules.VISUALIZATION_TYPES]
        self._type = ipywidgets.Dropdown(options=types, value=defaults.job_type, layout=_WIDE)
        hours = [(_("never"), 0)] + [(_("after {n} h", n=n), n) for n in range(1, 25)]
        self._hours = ipywidgets.Dropdown(
            options=hours, value=defaults.stop_after_hours or 0, layout=_WIDE
        )
        fields = {
            "folder": (_("Folder"), self._folder),
            "name": (_("Name"), self._name),
            "description": (_("Description"), self._description),
            "type": (_("Type"), self._type),
            "auto-stop": (_("Auto-stop"), self._hours),
        }
        self._notes = {name: ipywidgets.HTML() for name in fields}
        lines = [self._line(name, *field, guard) for name, field in fields.items()]
        self._create = ipywidgets.Button(
            description=_("Create"), button_style="primary", layout={"width": "auto"}
        )
        self._create.on_click(guard(lambda _button: self._submit()))
        self._open = ipywidgets.Button(
            description=_("Open"),
            button_style="success",
            layout={"display": "none", "width": "auto"},
        )
        self._open.on_click(guard(lambda _button: self._act("open", self._creation.job)))
        self._progress = ipywidgets.HTML(layout={"flex": "1 1 auto"})
        ending = ipywidgets.HBox(
            [self._create, self._open, self._progress], layout={"align_items": "center"}
        )
        self.box = ipywidgets.VBox(
            [*lines, ending],
            layout={
                "border": "1px solid rgba(128,128,128,.35)",
                "padding": "8px 10px",
                "margin": "4px 0 8px",
                "display": "none",
            },
        )
        self.box.add_class("modelarts-magics-form")
        self._check()

    def _line(self, name: str, label: str, widget: Any, guard: Guard) -> Any:
        widget.observe(guard(lambda _change: self._check()), names="value")
        words = ipywidgets.Label(label, layout=_LABEL)
        return ipywidgets.HBox(
            [words, widget, self._notes[name]],
            layout={"flex_flow": "row wrap", "align_items": "center"},
        )

    @property
    def values(self) -> FormValues:
        """What is typed."""
        return FormValues(
            self._folder.value,
            self._name.value,
            self._description.value,
            self._type.value,
            self._hours.value or None,
        )

    def show(self, model: VizModel) -> None:
        """What the panel's thread found out."""
        if list(self._folder.options) != model.folders:
            self._folder.options = tuple(model.folders)
        if model.creation is not self._creation:
            self._creation = model.creation
            self._show_progress()
            self._check()

    def toggle(self) -> bool:
        """Show or hide it; whether it is there then."""
        is_hidden: bool = self.box.layout.display == "none"
        self.box.layout.display = "flex" if is_hidden else "none"
        return is_hidden

    def _submit(self) -> None:
        if not self._create.disabled:  # a second click may be on its way already
            self._create.disabled = True
            self._act("create", self.values)

    def _check(self) -> None:
        values = self.values
        problems = values.problems()
        for name, note in self._notes.items():
            note.value = f'<span style="{_WRONG}">{escape(problems.get(name, ""))}</span>'
        if "description" not in problems:
            count = f"{len(values.description)} / {rules.LONGEST_DESCRIPTION}"
            self._notes["description"].value = f'<span style="{_FAINT}">{count}</span>'
        self._create.disabled = not values.is_complete or self._creation.is_under_way

    def _show_progress(self) -> None:
        creation = self._creation
        runs = creation.stage is Stage.RUNNING
        self._open.layout.display = "" if runs else "none"
        self._progress.value = _progress(creation)


def _progress(creation: Creation) -> str:
    """How far a creation is, as HTML."""
    if creation.stage is Stage.FAILED:
        return f'<span role="alert" style="{_WRONG}">{render.safe(creation.trouble)}</span>'
    if creation.stage is Stage.SUBMITTING:
        return f'<span role="status">{escape(_("Creating…"))}</span>'
    if creation.job is None:
        return ""
    reached = creation.job.status.name
    steps = [
        render.status_html(creation.job.status)
        if step == reached
        else f'<span style="{_FAINT}">{step}</span>'
        for step in _STEPS
    ]
    if reached not in _STEPS:
        steps.append(render.status_html(creation.job.status))
    words = f"{render.safe(creation.note)} {' → '.join(steps)} {render.safe(creation.trouble)}"
    return f'<span role="status">{words}</span>'
