"""The words above the log in the core view: how the job stands, what is wrong, how it ended."""

from __future__ import annotations

import time
from typing import Any, Callable

import ipywidgets

from .....core.api.base import Phase
from ....text import colors, render
from ...model import LogModel

_AMBER, _RED, _GREY = map(colors.variable, ("warning", "error", "quiet"))
_INTERVAL = 60.0  # seconds until numbers that only go on are told, which takes a message
_LINE = "line-height:1.5;overflow-wrap:anywhere"


class Head:
    """Two texts: the facts, and notes that come and go.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._facts = ipywidgets.HTML()
        self._notes = ipywidgets.HTML()
        self.parts = (self._facts, self._notes)
        self._told: dict[str, Any] = {}
        self._told_at = 0.0

    def show(self, model: LogModel, *, is_now: bool) -> None:
        """Bring it up to date; numbers that only go on wait a while, unless ``is_now``."""
        standing = model.standing()
        now = self._clock()
        if not is_now and standing == self._told and now - self._told_at < _INTERVAL:
            return
        self._told, self._told_at = standing, now
        name, _status, *rest = model.facts()
        shown = [f"<b>{render.safe(name)}</b>", render.status_html(model.status)]
        words = " · ".join(shown + [render.safe(word) for word in rest])
        self._facts.value = f'<div style="{_LINE}">{words}</div>'
        notes = [_note(text, _AMBER) for text in (model.trouble, model.note) if text]
        if model.ending:
            is_bad = model.status.phase is Phase.FAILED
            notes.append(_note(model.ending, _RED if is_bad else _GREY))
        if model.failure:
            notes.append(_block(model.failure, _RED))
        if model.hint:
            notes.append(_note(model.hint, _GREY))
        self._notes.value = "".join(notes)
        self._notes.layout.display = "" if notes else "none"


def _block(text: str, color: str) -> str:
    style = f"border-left:3px solid {color};padding:0 8px;margin:2px 0"
    return f'<div style="{style}">{render.lines_html(text)}</div>'


def _note(text: str, color: str) -> str:
    style = f"{_LINE};border-left:3px solid {color};padding:0 8px;margin:2px 0"
    return f'<div role="status" style="{style}">{render.safe(text)}</div>'
