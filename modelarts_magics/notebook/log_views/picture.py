"""The compact picture of a panel: what the universal view shows, and what a notebook keeps."""

from __future__ import annotations

from html import escape
from typing import Any

from .. import render
from ..log_model import LogModel

LINES = 200


def bundle(model: LogModel, widget: Any = None) -> dict[str, Any]:
    """The display bundle of a panel; a widget view stands beside text and HTML."""
    made: dict[str, Any] = {"text/plain": as_text(model), "text/html": as_html(model)}
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
