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
        command: that shows the log; empty where nothing is to be said of consoles.
    """

    def __init__(self, model: LogModel, command: str = "") -> None:
        self._model = model
        self._command = command
        self._has_text = False

    @property
    def lacks_text(self) -> bool:
        """Whether the log has text, and had none yet when it was drawn last."""
        return not self._has_text and self._model.updated_ms > 0

    @property
    def changes(self) -> int:
        return self._model.changes

    def as_text(self) -> str:
        heading = " · ".join(map(render.plain, self._model.words()))
        said = [heading, self._model.failure, render.log_text(self._lines()), self._goes_on()]
        return "\n".join(filter(None, said))

    def as_html(self) -> str:
        name, _status, *rest = map(escape, map(render.plain, self._model.words()))
        status = render.status_html(self._model.status)
        heading = " · ".join([f"<b>{name}</b>", status, *rest])
        heading += render.lines_html(self._model.failure)
        return render.log_html(self._lines(), heading)

    def _goes_on(self) -> str:
        """A console with a kernel draws nothing anew, and nobody can know that it is one."""
        if not self._command or not self._model.following:
            return ""
        command = f"{self._command} --wait --tail all"
        return _("If this stands still here, as in a console: {command}", command=command)

    def _lines(self) -> list[Line]:
        lines = self._model.last_lines(LINES, size=MOST)
        self._has_text = bool(lines)
        return lines or terminal.lines(_("(no log text)"))
