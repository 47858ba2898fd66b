"""The panels of a kernel: those of a cell end when it runs again, all end together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from ...core.i18n import _
from . import probe
from .panel import Panel, is_kernel
from .widget_tree import close_tree

P = TypeVar("P", bound=Panel)
_Key = tuple[str, Hashable]


class _Request(NamedTuple):
    """What the kernel carries out.

    Attributes:
        id: of the request.
        cell: that it runs.
        is_told: whether the front end told the id of the cell. Where it does not, the text of the
            cell is what it is known by, and two cells of the same text are one.
    """

    id: str
    cell: str
    is_told: bool


class LivePanels:
    """Panels by the cell that made them, and what they show.

    A front end clears the output of a cell that runs again, whatever it holds by then, and that of
    others when its user says so. What a panel shows elsewhere says why it has ended.

    Args:
        shell: the IPython shell; ``None`` where there is none.

    Attributes:
        shared: widgets that panels share, by a name; they go with the last panel.
    """

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.shared: dict[str, Any] = {}
        self._panels: dict[_Key, Panel] = {}
        self._request = self._running_request().id
        if shell is not None:
            shell.events.register("pre_run_cell", self._cell_begins)

    def add(self, panel: Panel) -> None:
        """Note a panel that the running cell has made; it takes the place of one like it."""
        key = (self._running_request().cell, panel.key)
        self._close(self._closed())
        self._close([key], _("Ended: its cell has made another panel of the same"))
        self._panels[key] = panel
        if panel.may_be_live and is_kernel(self.shell):
            self._hear_of_cleared()

    def _hear_of_cleared(self) -> None:
        """Let the page tell which panels are gone from their notebook, where it can."""
        if "watch" not in self.shared:
            with suppress(Exception):  # whatever is wrong with anywidget: nobody tells
                from .watch import Watch

                self.shared["watch"] = Watch(self._cleared)

    def _cleared(self, ids: Iterable[str]) -> None:
        gone = set(ids)
        keys = [key for key, panel in list(self._panels.items()) if panel.id in gone]
        self._close(keys, _("Ended: its output was cleared"))

    def running(self, kind: type[P]) -> list[P]:
        """Those of a kind whose thread works."""
        return [p for p in self._panels.values() if isinstance(p, kind) and p.is_running]

    def close_all(self) -> None:
        """Stop all threads; the outputs stay as they are."""
        if self.shell is not None:
            self.shell.events.unregister("pre_run_cell", self._cell_begins)
        self._close(list(self._panels))
        while self.shared:
            close_tree(self.shared.popitem()[1])

    def _cell_begins(self, _info: Any) -> None:
        """End what the cell made when it ran before; code that a cell runs is a part of it."""
        request = self._running_request()
        if request.cell and request.id != self._request:
            why = (
                _("Ended: its cell has run again")
                if request.is_told
                else _("Ended: a cell with the same text has run; which one is not known here")
            )
            self._close([key for key in self._panels if key[0] == request.cell], why)
        self._request = request.id

    def _closed(self) -> list[_Key]:
        return [key for key, panel in self._panels.items() if panel.is_closed]

    def _close(self, keys: Iterable[_Key], why: str = "") -> None:
        taken = [self._panels.pop(key, None) for key in keys]  # another thread may close them, too
        panels = [panel for panel in taken if panel is not None]
        for panel in panels:  # all at once, and then one after the other
            panel.end(why)
        for panel in panels:
            panel.close()

    def _running_request(self) -> _Request:
        kernel = getattr(self.shell, "kernel", None)
        parent: Mapping[str, Any] = kernel.get_parent("shell") if kernel is not None else {}
        cell = parent.get("metadata", {}).get("cellId")
        text = parent.get("content", {}).get("code")
        request = str(parent.get("header", {}).get("msg_id") or "")
        return _Request(request, str(cell or text or ""), bool(cell))


_kept: list[LivePanels] = []


def live_panels() -> LivePanels:
    """Those of this kernel; made when the first panel is."""
    from IPython import get_ipython

    shell = get_ipython()
    if not _kept or _kept[0].shell is not shell:
        close_all()
        _kept.append(LivePanels(shell))
    return _kept[0]


def close_all() -> None:
    """End the panels of this kernel."""
    while _kept:
        _kept.pop().close_all()
    probe.start_over()
