"""The compact picture of a log panel: its state, and the last lines."""

from __future__ import annotations

from html import escape

from ....core.i18n import _
from ...text import render, terminal
from ...text.row import Line
from ..model import LogModel

LINES = 200
MOST = 12_000  # bytes of them: it goes out before anybody has said what the front end can show


class LogSummary:
    """What can be drawn of a panel without widgets.

    Args:
        model: what to show.
    """

    def __init__(self, model: LogModel) -> None:
        self._model = model

    @property
    def changes(self) -> int:
        return self._model.changes

    def as_text(self) -> str:
        heading = " · ".join(map(render.plain, self._model.words()))
        said = [heading, self._model.failure, render.log_text(self._lines())]
        return "\n".join(filter(None, said))

    def as_html(self) -> str:
        name, _status, *rest = map(escape, map(render.plain, self._model.words()))
        status = render.status_html(self._model.status)
        heading = " · ".join([f"<b>{name}</b>", status, *rest])
        heading += render.lines_html(self._model.failure)
        return render.log_html(self._lines(), heading)

    def _lines(self) -> list[Line]:
        return self._model.last_lines(LINES, size=MOST) or terminal.lines(_("(no log text)"))
