"""The panels of a kernel: those of a cell end when it runs again, all end together."""

from __future__ import annotations

from typing import Any, TypeVar

from .panel import Panel

P = TypeVar("P", bound=Panel)


class LivePanels:
    """Panels by the cell that made them, and what they are about.

    A front end clears the output of a cell that runs again, whatever it holds by then.

    Args:
        shell: the IPython shell.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._panels: dict[tuple[str, str], Panel] = {}
        shell.events.register("pre_run_cell", self._cell_begins)

    def open(self, panel: Panel) -> None:
        """Show a panel in the running cell."""
        key = (self._cell(), panel.title)
        self._close([key])
        self._panels[key] = panel
        panel.show()

    def running(self, kind: type[P]) -> list[P]:
        """Those of a kind whose thread works."""
        return [p for p in self._panels.values() if isinstance(p, kind) and p.is_running]

    def close_all(self) -> None:
        """Stop all threads; the outputs stay as they are."""
        self._shell.events.unregister("pre_run_cell", self._cell_begins)
        self._close(list(self._panels))

    def _cell_begins(self, _info: Any) -> None:
        cell = self._cell()
        if cell:
            self._close([key for key in self._panels if key[0] == cell])

    def _close(self, keys: list[tuple[str, str]]) -> None:
        for panel in [self._panels.pop(key) for key in keys if key in self._panels]:
            panel.close()

    def _cell(self) -> str:
        """The id of the running cell, where the front end tells it."""
        kernel = getattr(self._shell, "kernel", None)
        parent = kernel.get_parent("shell") if kernel is not None else {}
        return str(parent.get("metadata", {}).get("cellId") or "")
