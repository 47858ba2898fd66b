"""What stands in place of the log for a while: earlier lines, lines to be copied, last errors."""

from __future__ import annotations

from html import escape
from typing import Callable

import ipywidgets

from .....core.i18n import _
from ....text import render
from ...model import LogModel
from .page_before import PageBefore
from .reel import LOOKS, shown_text


class Aside:
    """A part of the log that does not change while it is looked at.

    Args:
        height: CSS length.
        back: is called by the button that brings the log back.
    """

    def __init__(self, height: str, back: Callable[[], object]) -> None:
        self._height = height
        self._heading = ipywidgets.HTML()
        button = ipywidgets.Button(description=_("Back to the log"), layout={"width": "auto"})
        button.on_click(lambda _button: back())
        self._body = ipywidgets.HTML(
            layout={
                "height": height,
                "overflow": "auto",
                "border": "1px solid rgba(128,128,128,.4)",
                "padding": "4px 0",
                "margin": "0",
            }
        )
        self._body.add_class(LOOKS)
        head = ipywidgets.HBox([button, self._heading], layout={"flex_flow": "row wrap"})
        self.box = ipywidgets.VBox([head, self._body], layout={"display": "none"})

    def show_errors(self, model: LogModel, file: str) -> None:
        errors = model.last_errors(file)
        heading = _("The last error, with the lines around it")
        self._heading.value = render.safe(
            heading if errors else _("No error found in what was read")
        )
        is_named = len(model.files) > 1
        self._body.value = "".join(
            (f"<pre><b>{render.safe(name)}</b></pre>" if is_named else "")
            + f"<pre>{shown_text(error.text)}</pre>"
            for name, error in errors
        )
        self._open()

    def show_page(self, page: PageBefore) -> None:
        self._heading.value = render.safe(page.heading)
        self._body.value = f"<pre>{shown_text(page.text)}</pre>"
        self._open()

    def show_text(self, text: str) -> None:
        """A widget cannot write to the clipboard of the browser, the reader can."""
        lines = text.count("\n") + 1 if text else 0
        self._heading.value = render.safe(
            _("The last {n:,} lines as text: click into it, Ctrl+A, Ctrl+C", n=lines)
        )
        self._body.value = (
            f'<textarea readonly data-lm-suppress-shortcuts="true" spellcheck="false" wrap="off" '
            f'aria-label="{escape(_("Lines of the log as text"))}" style="{_AREA}">'
            f"\n{escape(text)}</textarea>"
        )
        self._open()

    def close(self) -> None:
        self.box.layout.display = "none"
        self._body.value = ""

    def _open(self) -> None:
        self.box.layout.display = ""


_AREA = (
    "box-sizing:border-box;width:100%;height:calc(100% - 2px);border:0;padding:0 8px;resize:none;"
    "background:var(--modelarts-page);color:var(--modelarts-ink);"
    "font:12px/1.35 var(--jp-code-font-family,monospace)"
)
