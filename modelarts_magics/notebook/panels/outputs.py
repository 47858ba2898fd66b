"""The picture of a panel: what every front end can show, and what a notebook keeps.

A live view stands above it, in an output of its own, and hides it. So the picture can be refreshed
without drawing the live view anew, which would lose the place of its reader, and it is what
remains where widgets are dead.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Protocol

from IPython.display import display

from ..text import colors

_INTERVAL = 1.0  # seconds between updates


class Pictured(Protocol):
    """Something that can be drawn without widgets."""

    @property
    def changes(self) -> int: ...

    def as_text(self) -> str: ...

    def as_html(self) -> str: ...


class Picture:
    """Text and HTML under a display id, refreshed in place.

    Args:
        of: what to draw.
        panel_id: of the panel; the display id.
        text_only: without HTML, for ``--view text``.
    """

    def __init__(self, of: Pictured, panel_id: str, text_only: bool = False) -> None:
        self._of = of
        self._panel_id = panel_id
        self._text_only = text_only
        self._shown_changes = -1
        self._shown_at = 0.0
        self._shown: dict[str, str] = {}

    def show(self) -> None:
        self.publish(update=False)

    def show_again(self, *, is_closed: bool = False) -> None:
        """Appear in one more place; as it was drawn last, when what it shows is closed."""
        if is_closed and self._shown:
            self._display(update=False)
        else:
            self.publish(update=False)

    def refresh(self, *, is_last: bool = False) -> bool:
        """Show what changed, where it is shown; whether there is more to show soon."""
        if not self._shown or self._of.changes == self._shown_changes:
            return False
        if not is_last and time.monotonic() - self._shown_at < _INTERVAL:
            return True
        self.publish(update=True)
        return False

    def close(self) -> None:
        """Nothing is held."""

    def publish(self, *, update: bool) -> None:
        """Draw it, the first time or anew."""
        self._shown_changes = self._of.changes
        self._shown_at = time.monotonic()
        self._shown = {"text/plain": self._of.as_text()}
        if not self._text_only:
            self._shown["text/html"] = (
                f"<div {_mark(self._panel_id)}>{colors.STYLE}{self._of.as_html()}</div>"
            )
        self._display(update=update)

    def _display(self, *, update: bool) -> None:
        display(self._shown, raw=True, display_id=self._panel_id, update=update)  # type: ignore[no-untyped-call]


class Place:
    """An output beside a picture, which is empty until something takes it.

    Args:
        panel_id: of the panel.
        name: of the place in the panel.
    """

    def __init__(self, panel_id: str, name: str) -> None:
        self._display_id = f"{panel_id}-{name}"

    def make(self) -> None:
        """Take up room in the output of the running cell."""
        self._draw({}, update=False)

    def clear(self) -> None:
        self._draw({}, update=True)

    def show(self, bundle: Mapping[str, Any]) -> None:
        """Draw what is to be there now."""
        self._draw(bundle, update=True)

    def show_widget(self, widget: Any, *, update: bool = True) -> None:
        """Draw a widget, where the front end knows widgets."""
        view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
        self._draw({"application/vnd.jupyter.widget-view+json": view}, update=update)

    def _draw(self, bundle: Mapping[str, Any], *, update: bool) -> None:
        made = {"text/plain": "", "text/html": "", **bundle}
        display(made, raw=True, display_id=self._display_id, update=update)  # type: ignore[no-untyped-call]


def hiding_css(panel_id: str) -> str:
    """CSS that hides a picture, as long as something live is there to carry it."""
    picture = f"[{_mark(panel_id)}]"
    row = f".jp-OutputArea-child:has({picture})"
    return f"{picture} {{display: none}} {row} {{display: none}}"


def _mark(panel_id: str) -> str:
    return f'data-modelarts-panel="{panel_id}"'
