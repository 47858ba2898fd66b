"""The end of widgets: closing one leaves what was made for it behind."""

from __future__ import annotations

from typing import Any


def close_tree(widget: Any) -> None:
    """Close a widget, its children, layouts and styles, so that nothing holds them any more."""
    for child in getattr(widget, "children", ()):
        close_tree(child)
    for part in (getattr(widget, "layout", None), getattr(widget, "style", None)):
        if part is not None:
            part.close()
    widget.close()
