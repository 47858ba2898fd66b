"""The view of core widgets: buttons, and the last lines in a ring of HTML pages.

The pages are made once. The oldest one is filled anew and put at the end by its ``layout.order``,
so that only the page that changes travels. ``column-reverse`` keeps the end in sight, and leaves a
reader alone who scrolled up.
"""

from __future__ import annotations

import time
from typing import Any, Callable

import ipywidgets

from ....core.i18n import _
from ... import render
from ...widget_tree import close_tree
from ..model import LogModel

PAGES = 5
LINES_A_PAGE = 200
_INTERVAL = 0.5  # seconds between refreshes
_PAGE_STYLE = (
    "margin:0;padding:0 8px;white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;"
    "line-height:1.35"
)

Act = Callable[[str, Any], object]


class LogCoreView:
    """The widgets of one panel.

    Args:
        model: what to show.
        act: carries out what a button says; it must not block.
        height: CSS length of the log.
    """

    def __init__(self, model: LogModel, act: Act, height: str) -> None:
        self._model = model
        self._act = act
        self._refreshed_at = 0.0
        self._seen: dict[str, int] = {}
        self._epoch = model.epoch
        self._rest = ""
        self._lines: list[str] = []
        self._newest = 0
        self._head = ipywidgets.HTML()
        self._pages = [
            ipywidgets.HTML(layout={"order": str(order), "flex": "0 0 auto", "margin": "0"})
            for order in range(PAGES)
        ]
        # A log shorter than the reel begins at its top: what is free is taken at its end.
        free = ipywidgets.Box(layout={"order": "-1", "flex": "1 1 auto"})
        reel = ipywidgets.Box(
            [free, *self._pages],
            layout={
                "flex_flow": "column-reverse",
                "height": height,
                "overflow": "auto",
                "border": "1px solid rgba(128,128,128,.4)",
                "padding": "4px 0",
            },
        )
        reel.add_class("modelarts-magics-reel")
        self._file = self._file_choice()
        self._confirm = ipywidgets.HBox(layout={"display": "none"})
        self._buttons = self._make_buttons()
        files = [self._file] if len(model.files) > 1 else []
        controls = ipywidgets.HBox([*files, *self._buttons.values(), self._confirm])
        controls.layout.flex_flow = "row wrap"
        self._parts = [self._head, controls, reel]
        self.box = ipywidgets.VBox(self._parts)

    # ---- parts ----------------------------------------------------------------------------------

    def _make_buttons(self) -> dict[str, Any]:
        texts = {
            "pause": _("Pause"),
            "refresh": _("Refresh"),
            "stop_following": _("Stop following"),
            "clear": _("Clear"),
            "stop_job": _("Stop the job"),
        }
        buttons = {}
        for name, text in texts.items():
            button = ipywidgets.Button(description=text, layout={"width": "auto"})
            button.on_click(lambda _button, name=name: self._clicked(name))
            buttons[name] = button
        narrow = {"width": "auto"}
        yes = ipywidgets.Button(description=_("Stop it"), button_style="danger", layout=narrow)
        no = ipywidgets.Button(description=_("Keep it"), layout=narrow)
        yes.on_click(lambda _button: self._confirmed(True))
        no.on_click(lambda _button: self._confirmed(False))
        self._confirm.children = [ipywidgets.Label(_("Stop the training job?")), yes, no]
        return buttons

    def _file_choice(self) -> Any:
        options = [(_("all files"), ""), *((name, name) for name in self._model.files)]
        choice = ipywidgets.Dropdown(options=options, value="", layout={"width": "auto"})
        choice.observe(lambda _change: self._start_over(), names="value")
        return choice

    def _clicked(self, name: str) -> None:
        if name == "clear":
            self._lines, self._rest = [], ""
            self._clear_pages()
        elif name == "stop_job":
            self._ask(True)
        elif name == "pause" and self._model.paused:
            self._act("resume", None)
        else:
            self._act(name, None)

    def _ask(self, is_asked: bool) -> None:
        """The question takes the place of the button."""
        self._confirm.layout.display = "flex" if is_asked else "none"
        self._buttons["stop_job"].layout.display = "none" if is_asked else ""

    def _confirmed(self, really: bool) -> None:
        self._ask(False)
        if really:
            self._act("stop_job", None)

    # ---- showing --------------------------------------------------------------------------------

    def refresh(self, *, is_last: bool = False) -> bool:
        """Show what changed; whether there is more to show soon."""
        now = time.monotonic()
        if not is_last and now - self._refreshed_at < _INTERVAL:
            return True
        self._refreshed_at = now
        self._show_head()
        self._show_text()
        return False

    def close(self) -> None:
        for widget in (*self._parts, self._file, self.box):
            close_tree(widget)

    def _show_head(self) -> None:
        model = self._model
        name, _status, *rest = model.words()
        shown = [f"<b>{render.safe(name)}</b>", render.status_html(model.status)]
        self._head.value = " · ".join(shown + [render.safe(word) for word in rest])
        self._buttons["pause"].description = _("Resume") if model.paused else _("Pause")
        is_over = model.finished is not None
        for button in ("pause", "refresh", "stop_following"):
            self._buttons[button].disabled = is_over
        if not model.status.can_stop:
            self._ask(False)
            self._buttons["stop_job"].layout.display = "none"

    def _show_text(self) -> None:
        if self._epoch != self._model.epoch:
            self._epoch = self._model.epoch
            self._start_over()
        text = self._rest + self._model.text_since(self._seen, self._file.value)
        *lines, self._rest = text.split("\n")
        if not lines and not self._rest:
            return
        for line in lines[-PAGES * LINES_A_PAGE :]:
            if len(self._lines) >= LINES_A_PAGE:
                self._turn_page()
            self._lines.append(line)
        self._write_page()

    def _turn_page(self) -> None:
        """The oldest page becomes the newest one; with ``column-reverse`` order 0 is the end."""
        self._write_page(with_rest=False)
        self._newest = (self._newest + 1) % PAGES
        for distance in range(PAGES):
            page = self._pages[(self._newest - distance) % PAGES]
            page.layout.order = str(distance)
        self._lines = []

    def _write_page(self, with_rest: bool = True) -> None:
        rest = [self._rest] if with_rest and self._rest else []
        text = "\n".join(self._lines + rest)
        body = render.lines_html(text)
        self._pages[self._newest].value = f'<pre style="{_PAGE_STYLE}">{body}</pre>'

    def _start_over(self) -> None:
        self._seen.clear()
        self._lines, self._rest = [], ""
        self._clear_pages()

    def _clear_pages(self) -> None:
        for page in self._pages:
            page.value = ""
