"""Lines between the buttons and the log of the core view that come and go, each with a button."""

from __future__ import annotations

import base64
from html import escape
from typing import Callable

import ipywidgets

from .....core.i18n import _
from ....text import render
from ...save import SavedLog, Saving

_LINE = "line-height:1.5;overflow-wrap:anywhere;padding:2px 0"


class Strip:
    """A line of HTML with a button.

    Args:
        button: what stands on it.
        pressed: is called by it.
    """

    def __init__(self, button: str, pressed: Callable[[], object]) -> None:
        self._words = ipywidgets.HTML()
        made = ipywidgets.Button(description=button, layout={"width": "auto"})
        made.on_click(lambda _button: pressed())
        layout = {"display": "none", "flex_flow": "row wrap"}
        self.box = ipywidgets.HBox([self._words, made], layout=layout)

    def show(self, html: str) -> None:
        """Show it, or nothing."""
        self._words.value = f'<div style="{_LINE}">{html}</div>' if html else ""
        self.box.layout.display = "flex" if html else "none"


class SavedStrip(Strip):
    """How far the saving of a log is, and what came of it."""

    _shown: tuple[str, tuple[SavedLog, ...]] = ("", ())

    def follow(self, saving: Saving) -> None:
        now = saving.said, saving.saved
        if now != self._shown:
            self._shown = now
            self.show(render.safe(saving.said) or "<br>".join(map(_saved_html, saving.saved)))


def _saved_html(saved: SavedLog) -> str:
    return " ".join([_link(saved), *map(render.safe, saved.remarks)])


def _link(saved: SavedLog) -> str:
    """The file itself, or where it is."""
    size = _("{n:,} bytes", n=saved.size)
    if saved.data is None:
        words = _("Written on the machine of the kernel: {path}", path=saved.path)
        return render.safe(f"{words} ({size})")
    content = base64.b64encode(saved.data).decode()
    return (
        f'<a download="{escape(saved.name)}" '
        f'href="data:text/plain;charset=utf-8;base64,{content}" '
        'style="color:var(--modelarts-accent,inherit);text-decoration:underline">'
        f"{escape(_('Save {file}', file=saved.name))}</a> ({escape(size)})"
    )
