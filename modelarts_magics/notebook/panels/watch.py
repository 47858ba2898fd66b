"""A script in the page that tells which panels were cleared from the notebook.

It asks the model of the notebook, which JupyterLab and Notebook show to widgets. Elsewhere, and
where the page lacks anywidget, nobody tells, and a panel ends by its cell.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Callable

import anywidget


class Watch(anywidget.AnyWidget):
    """The widget that brings the script; it is not to be shown.

    Args:
        cleared: is told the ids of panels that are gone from their notebook; on any thread.
    """

    _esm = Path(__file__).resolve().parents[1] / "static" / "watch.js"

    def __init__(self, cleared: Callable[[Iterable[str]], object]) -> None:
        super().__init__()
        self._tell = cleared
        self.on_msg(self._received)

    def _received(self, _widget: Any, content: Any, _buffers: Any) -> None:
        panels = content.get("panels") if isinstance(content, dict) else None
        if isinstance(panels, list):
            self._tell(map(str, panels))
