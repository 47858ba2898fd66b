"""The view that works in every front end: HTML that is replaced in place."""

from __future__ import annotations

import time

from IPython.display import display

from ..log_model import LogModel
from . import picture

_INTERVAL = 1.0  # seconds between updates


class HtmlView:
    """The last lines as HTML, under a display id.

    Args:
        model: what to show.
        display_id: of the output, which other views may take over.
        text_only: without HTML, for ``--view text``.
    """

    def __init__(self, model: LogModel, display_id: str, text_only: bool = False) -> None:
        self._model = model
        self._display_id = display_id
        self._text_only = text_only
        self._shown_changes = -1
        self._shown_at = 0.0

    def show(self) -> None:
        self.publish(update=False)

    def refresh(self, *, is_last: bool = False) -> bool:
        """Show what changed; whether there is more to show soon."""
        if self._model.changes == self._shown_changes:
            return False
        if not is_last and time.monotonic() - self._shown_at < _INTERVAL:
            return True
        self.publish(update=True)
        return False

    def close(self) -> None:
        """Nothing is held."""

    def publish(self, *, update: bool) -> None:
        """Draw it, the first time or anew."""
        self._shown_changes = self._model.changes
        self._shown_at = time.monotonic()
        made = picture.bundle(self._model, self._display_id)
        if self._text_only:
            del made["text/html"]
        display(made, raw=True, display_id=self._display_id, update=update)  # type: ignore[no-untyped-call]
