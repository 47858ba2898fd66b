"""The compact picture of a panel: what the universal view shows, and what a notebook keeps.

A live view stands above it, in an output of its own, and hides it. So the picture can be refreshed
without drawing the live view anew, which would lose the place of its reader, and it is what
remains where widgets are dead.
"""

from __future__ import annotations

from html import escape
from typing import Any

from .. import render
from ..log_model import LogModel

LINES = 200


def bundle(model: LogModel, panel_id: str) -> dict[str, str]:
    """The display bundle of a picture."""
    html = f'<div data-modelarts-panel="{panel_id}">{as_html(model)}</div>'
    return {"text/plain": as_text(model), "text/html": html}


def hidden(panel_id: str) -> str:
    """A style that hides a picture; it works as long as something live is there to carry it."""
    picture = f'[data-modelarts-panel="{panel_id}"]'
    row = f".jp-OutputArea-child:has({picture})"
    return f"<style>{picture} {{display: none}} {row} {{display: none}}</style>"


def place(widget: Any = None) -> dict[str, Any]:
    """The display bundle of the place above a picture: empty, or taken by a widget."""
    made: dict[str, Any] = {"text/plain": "", "text/html": ""}
    if widget is not None:
        made["application/vnd.jupyter.widget-view+json"] = {
            "version_major": 2,
            "version_minor": 0,
            "model_id": widget.model_id,
        }
    return made


def as_text(model: LogModel) -> str:
    heading = " · ".join(map(render.plain, model.words()))
    return f"{heading}\n{render.log_text(model.last_lines(LINES))}"


def as_html(model: LogModel) -> str:
    name, _status, *rest = map(escape, map(render.plain, model.words()))
    status = render.status_html(model.status)
    return render.log_html(model.last_lines(LINES), " · ".join([f"<b>{name}</b>", status, *rest]))
