"""The panel of visualization jobs in core widgets: a head, a form, the list, and its pages."""

from __future__ import annotations

import time
from dataclasses import replace
from html import escape
from typing import Any, Callable

import ipywidgets

from ....core.i18n import _
from ...panels.widget_tree import close_tree
from ...text import render
from .alike import Alike
from .facts import FAINT, WRONG
from .form import Form
from .form_values import FormValues
from .model import ROWS, VizModel
from .rows import Act, Guard, JobRows

_INTERVAL = 0.25  # seconds between refreshes
_AGES = 10.0  # seconds after which ages are told anew
_NARROW = {"width": "auto"}


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
        self._rules = defaults.rules
        html = Alike(ipywidgets.HTML, {"width": "auto"})
        self._head, self._note = html(), html()
        self._form = Form(defaults, act, guard)
        self._rows = JobRows(ROWS, act, guard)
        self._new, *tools = self._make_tools(guard)
        query = self._make_query(guard)
        toolbar = ipywidgets.HBox([self._new, *query, *tools], layout={"flex_flow": "row wrap"})
        self._pager = self._make_pager(guard)
        above = [self._head, toolbar, self._form.box, self._note]
        self.box = ipywidgets.VBox([*above, self._rows.box, self._pager, self._hide])
        self.box.add_class("modelarts-magics-viz")

    # ---- parts ----------------------------------------------------------------------------------

    def _make_tools(self, guard: Guard) -> list[Any]:
        """Buttons around the list."""
        make = Alike(ipywidgets.Button, dict(_NARROW))
        new = self._button(make, guard, _("New job…"), self._toggle_form)
        new.button_style = "primary"
        self._pause = self._button(make, guard, _("Pause"), self._toggle_pause)
        refresh = self._button(make, guard, _("Refresh"), lambda: self._act("refresh", None))
        # Its page is shown below the panel.
        own = Alike(ipywidgets.Button, {**_NARROW, "display": "none", "align_self": "flex-end"})
        self._hide = self._button(
            own, guard, _("Hide TensorBoard"), lambda: self._act("hide", None)
        )
        return [new, refresh, self._pause]

    def _make_pager(self, guard: Guard) -> Any:
        make = Alike(ipywidgets.Button, dict(_NARROW))
        self._before = self._button(make, guard, _("‹ Previous"), lambda: self._turn(-1))
        self._after = self._button(make, guard, _("Next ›"), lambda: self._turn(1))
        self._page = ipywidgets.Label()
        parts = [self._before, self._page, self._after]
        return ipywidgets.HBox(parts, layout={"display": "none", "align_items": "center"})

    def _button(self, make: Alike, guard: Guard, text: str, pressed: Callable[[], object]) -> Any:
        button = make(description=text)
        button.on_click(guard(lambda _button: pressed()))
        return button

    def _make_query(self, guard: Guard) -> list[Any]:
        """Search, filter and sort; the service does them."""
        style = {"description_width": "initial"}
        self._search = ipywidgets.Text(
            description=_("Search"),
            placeholder=_("part of a name"),
            layout={"width": "15em"},
            style=style,
        )
        choice = Alike(ipywidgets.Dropdown, dict(_NARROW))
        states: list[tuple[str, Any]] = [(_("all states"), "")]
        states += [(render.status_word(state), state) for state in self._rules.usual_states]
        self._state = choice(description=_("State"), options=states, value="")
        sorts = [
            (_("newest first"), ("create_time", "desc")),
            (_("oldest first"), ("create_time", "asc")),
            (_("by name"), ("job_name", "asc")),
            (_("by state"), ("status", "asc")),
        ]
        sorts = [(words, sort) for words, sort in sorts if sort[0] in self._rules.sorts]
        self._sort = choice(description=_("Sort"), options=sorts, value=sorts[0][1])
        self._state.style.description_width = "initial"
        made = [self._search, self._state, self._sort]
        for widget in made:
            widget.observe(guard(lambda _change: self._ask()), names="value")
        return made

    def _ask(self) -> None:
        sort, order = self._sort.value
        self._act(
            "query",
            replace(
                self._model.query,
                search=self._search.value.strip()[: self._rules.longest_search],
                status=self._state.value or None,
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
        self._rows.close()
        close_tree(self.box)

    def _show(self) -> None:
        model = self._model
        first, *rest = model.words()
        self._head.value = " · ".join([f"<b>{escape(first)}</b>", *map(escape, rest)])
        self._note.value = _note(model)
        self._form.show(model)
        self._rows.show(model.jobs)
        self._pause.description = _("Resume") if model.paused else _("Pause")
        self._hide.layout.display = "" if model.opened else "none"
        page = _("page {page} of {pages}", page=model.query.page, pages=model.pages)
        self._page.value = page
        self._pager.layout.display = "flex" if model.pages > 1 else "none"
        self._before.disabled = model.query.page <= 1
        self._after.disabled = model.query.page >= model.pages


def _note(model: VizModel) -> str:
    """What is to be said above the list, as HTML."""
    lines = [(WRONG, model.trouble), (WRONG if model.is_refusal else "", model.message)]
    if model.updated_ms and not model.jobs:
        is_narrow = model.query.search or model.query.status is not None
        words = _("No visualization job matches") if is_narrow else _("There are no jobs yet")
        lines.append((FAINT, words))
    return "".join(
        f'<div role="status" style="{style}">{render.safe(words)}</div>'
        for style, words in lines
        if words
    )
