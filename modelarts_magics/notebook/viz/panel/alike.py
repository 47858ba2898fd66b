"""Widgets of one kind that share a layout and a style, each of which is a model on the wire."""

from __future__ import annotations

from typing import Any


class Alike:
    """Makes widgets that look the same.

    Args:
        kind: their class.
        layout: of all of them.
    """

    def __init__(self, kind: Any, layout: Any) -> None:
        self._kind = kind
        self._shared: dict[str, Any] = {"layout": layout}

    def __call__(self, *arguments: Any, **values: Any) -> Any:
        made = self._kind(*arguments, **values, **self._shared)
        parts = ("layout", "style")
        self._shared = {part: getattr(made, part) for part in parts if part in made.keys}
        return made

    def close(self) -> None:
        """Let go of what is shared, if there is any."""
        for part in self._shared.values():
            if hasattr(part, "close"):
                part.close()
