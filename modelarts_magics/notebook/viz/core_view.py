"""The panel of visualization jobs in core widgets: a head, a form, the list, and its pages."""

from __future__ import annotations

import time
from dataclasses import replace
from html import escape
from typing import Any

import ipywidgets

from ...core.i18n import _
from ...core.models import JobStatus
from .. import render
from ..widget_tree import close_tree
from .form import Form
from .form_values import FormValues
from .model import ROWS, VizModel
from .results import none_found
from .rows import Act, Guard, JobRows

_INTERVAL = 0.25  # seconds between refreshes
_AGES = 10.0  # seconds after which ages are told anew
_NARROW = {"width": "auto"}
_STATUSES = (
    JobStatus.INIT,
    JobStatus.WAITING,
    JobStatus.RUNNING,
    JobStatus.KILLING,
    JobStatus.COMPLETED,
    JobStatus.FAILED,
    JobStatus.KILLED,
    JobStatus.CANCELED,
    JobStatus.LOST,
)


class VizCoreView:
    """The widgets of one panel.

    Args:
        model: what to show.
        defaults: what the form begins with.
        act: carries out what a button says; it must not block.
        guard: makes callbacks safe.
    """

    def __init__(self, model: VizModel, defaults: FormValues, act: Act, guard: Guard) -> None:
        self._model = model
        self._act = act
        self._shown = (-1, 0.0)
        self._head = ipywidgets.HTML()
        self._message = ipywidgets.HTML()
        self._form = Form(defaults, act, guard)
        self._rows = JobRows(ROWS, act, guard)
        self._empty = ipywidgets.HTML()
        self._new = self._button(guard, _("New job…"), self._toggle_form)
        self._pause = self._button(guard, _("Pause"), self._toggle_pause)
        self._refresh_now = self._button(guard, _("Refresh"), lambda: self._act("refresh", None))
        self._hide = self._button(guard, _("Hide TensorBoard"), lambda: self._act("hide", None))
        self._before = self._button(guard, "‹", lambda: self._turn(-1))
        self._after = self._button(guard, "›", lambda: self._turn(1))
        self._before.tooltip, self._after.tooltip = _("Newer page"), _("Older page")
        self._page = ipywidgets.Label()
        wishes = self._make_query(guard)
        tools = [self._new, *wishes, self._pause, self._refresh_now, self._hide]
        toolbar = ipywidgets.HBox(tools, layout={"flex_flow": "row wrap"})
        self._pager = ipywidgets.HBox([self._before, self._page, self._after])
        self.box = ipywidgets.VBox(
            [
                self._head,
                toolbar,
                self._form.box,
                self._message,
                self._rows.box,
                self._empty,
                self._pager,
            ]
        )
        self.box.add_class("modelarts-magics-viz")
        self._new.button_style = "primary"

    # ---- parts ----------------------------------------------------------------------------------

    def _button(self, guard: Guard, text: str, pressed: Any) -> Any:
        button = ipywidgets.Button(description=text, layout=_NARROW)
        button.on_click(guard(lambda _button: pressed()))
        return button

    def _make_query(self, guard: Guard) -> list[Any]:
        """Search, filter and sort; the service does them."""
        self._search = ipywidgets.Text(
            placeholder=_("part of a name"), continuous_update=False, layout={"width": "12em"}
        )
        statuses = [(_("all states"), -1)]
        statuses += [(render.status_word(status), int(status)) for status in _STATUSES]
        self._status = ipywidgets.Dropdown(options=statuses, value=-1, layout=_NARROW)
        sorts = [
            (_("newest first"), ("create_time", "desc")),
            (_("oldest first"), ("create_time", "asc")),
            (_("by name"), ("job_name", "asc")),
            (_("by state"), ("status", "asc")),
        ]
        self._sort = ipywidgets.Dropdown(options=sorts, value=sorts[0][1], layout=_NARROW)
        made = [self._search, self._status, self._sort]
        for widget in made:
            widget.observe(guard(lambda _change: self._ask()), names="value")
        return made

    def _ask(self) -> None:
        sort, order = self._sort.value
        self._act(
            "query",
            replace(
                self._model.query,
                search=self._search.value.strip()[:64],
                status=None if self._status.value < 0 else self._status.value,
                sort=sort,
                order=order,
                page=1,
            ),
        )

    def _turn(self, pages: int) -> None:
        query = self._model.query
        page = min(max(1, query.page + pages), self._model.pages)
        self._act("query", replace(query, page=page))

    def _toggle_form(self) -> None:
        self._new.description = _("Hide the form") if self._form.toggle() else _("New job…")

    def _toggle_pause(self) -> None:
        self._act("pause", not self._model.paused)

    # ---- showing --------------------------------------------------------------------------------

    def refresh(self, *, is_last: bool = False) -> bool:
        """Show what changed; whether there is more to show soon."""
        changes, shown_at = self._shown
        age = time.monotonic() - shown_at
        if changes == self._model.changes and age < _AGES:
            return False
        if not is_last and age < _INTERVAL:
            return True
        self._shown = (self._model.changes, time.monotonic())
        self._show()
        return False

    def close(self) -> None:
        close_tree(self.box)

    def _show(self) -> None:
        model = self._model
        first, *rest = model.words()
        self._head.value = " · ".join([f"<b>{escape(first)}</b>", *map(escape, rest)])
        self._message.value = _messages(model)
        self._form.show(model)
        self._rows.show(model.jobs)
        is_empty = bool(model.updated_ms) and not model.jobs
        self._empty.value = f"<p>{escape(none_found())}</p>" if is_empty else ""
        self._pause.description = _("Resume") if model.paused else _("Pause")
        self._hide.layout.display = "" if model.opened else "none"
        page = _("page {page} of {pages}", page=model.query.page, pages=model.pages)
        self._page.value = page
        self._pager.layout.display = "" if model.pages > 1 else "none"
        self._before.disabled = model.query.page <= 1
        self._after.disabled = model.query.page >= model.pages


def _messages(model: VizModel) -> str:
    wrong = "color:var(--jp-error-color1,#d3453c)"
    style = wrong if model.is_refusal else ""
    lines = [(wrong, model.trouble), (style, model.message)]
    return "".join(
        f'<div role="status" style="{style}">{render.safe(words)}</div>'
        for style, words in lines
        if words
    )
