"""The panels of a kernel that follow a log: one for a cell, found by job, closed together."""

from __future__ import annotations

from typing import Any

from .log_panel import LogPanel


class LivePanels:
    """Panels by the cell that made them; running a cell again replaces its panel.

    Args:
        shell: the IPython shell.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._panels: dict[str, LogPanel] = {}

    def open(self, panel: LogPanel) -> None:
        """Show a panel in the running cell."""
        key = self._cell() or panel.model.title
        former = self._panels.pop(key, None)
        if former is not None:
            former.close()
        self._panels[key] = panel
        panel.show()

    def running(self) -> list[LogPanel]:
        return [panel for panel in self._panels.values() if panel.is_running]

    def of_job(self, job_id: str) -> list[LogPanel]:
        return [p for p in self.running() if p.model.version.job_id == job_id]

    def close_all(self) -> None:
        """Stop all threads; the outputs stay as they are."""
        for panel in self._panels.values():
            panel.close()
        self._panels.clear()

    def _cell(self) -> str:
        """The id of the running cell, where the front end tells it."""
        kernel = getattr(self._shell, "kernel", None)
        parent = kernel.get_parent("shell") if kernel is not None else {}
        return str(parent.get("metadata", {}).get("cellId") or "")
