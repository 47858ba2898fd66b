"""The picture of the panel: the list, and a line to create a job, where no widgets are."""

from __future__ import annotations

from html import escape

from ....core.i18n import _
from ...text import render
from ..results import html_rows, none_found, text_rows
from .model import Stage, VizModel

_FOLDER = "/bucket/folder/"
_NOT_IN_A_LINE = set('"$')  # of a magic, where they have a meaning


class VizSummary:
    """What can be drawn of a panel without widgets.

    Args:
        model: what to show.
    """

    def __init__(self, model: VizModel) -> None:
        self._model = model

    @property
    def changes(self) -> int:
        return self._model.changes

    def as_text(self) -> str:
        model = self._model
        table = none_found() if model.updated_ms else ""
        if model.jobs:
            table = text_rows(model.jobs)
        parts = [" · ".join(model.words()), *map(render.plain, self._messages()), table]
        return "\n".join(filter(None, [*parts, self._how_to_create()]))

    def as_html(self) -> str:
        model = self._model
        heading = " · ".join(map(escape, model.words()))
        table = f"<p>{escape(none_found())}</p>" if model.updated_ms else ""
        if model.jobs:
            table = html_rows(model.jobs)
        messages = "".join(f"<div>{render.safe(words)}</div>" for words in self._messages())
        line = render.lines_html(self._command())
        return (
            f'<div class="modelarts-magics"><div><b>{heading}</b></div>{messages}{table}'
            f"<div>{escape(_('To create one, copy this into a cell:'))}</div>{line}</div>"
        )

    def _messages(self) -> list[str]:
        creation = self._model.creation
        failed = creation.trouble if creation.stage is Stage.FAILED else creation.note
        return list(filter(None, [self._model.trouble, self._model.message, failed]))

    def _how_to_create(self) -> str:
        return _("To create one, copy this into a cell:") + "\n" + self._command()

    def _command(self) -> str:
        """A line that works as it stands, once its folder is the right one."""
        folder = next((f for f in self._model.folders if not _NOT_IN_A_LINE & set(f)), _FOLDER)
        return f"%ma_viz create {folder} --auto-stop 2 --open"
