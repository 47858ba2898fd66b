"""Which log file the core view shows: chosen from a list, or of many by typing of its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable

import ipywidgets

from .....core.i18n import _

_FEW = 20  # files that are found by looking through a list


def meant(files: Sequence[str], typed: str) -> str | None:
    """The file that a text means; ``None`` where there is none.

    >>> meant(["worker-13", "worker-3"], "3"), meant(["worker-3"], "server")
    ('worker-13', None)
    >>> meant(["worker-13", "worker-3"], "-3"), meant(["worker-13", "worker-3"], " Worker-3")
    ('worker-3', 'worker-3')
    """
    wanted = typed.strip().lower()
    tests: list[Callable[[str], bool]] = [
        lambda name: name == wanted,
        lambda name: name.endswith(wanted),
        lambda name: wanted in name,
    ]
    return next((file for test in tests for file in files if test(file.lower())), None)


class FileChoice:
    """A list of few files, a box to type into of many.

    Args:
        changed: is called when another one was chosen.

    Attributes:
        file: the chosen one; empty for all.
    """

    def __init__(self, changed: Callable[[], object]) -> None:
        self.file = ""
        self._changed = changed
        self._files: tuple[str, ...] = ()
        self._is_offering = False
        self._list = ipywidgets.Dropdown(
            description=_("Log file"),
            options=[(_("all files"), "")],
            value="",
            layout={"width": "auto", "max_width": "24em"},
            style={"description_width": "initial"},
        )
        self._typed = ipywidgets.Combobox(
            description=_("Log file"), continuous_update=False, layout={"width": "26em"}
        )
        self._list.observe(lambda change: self._choose(change["new"]), names="value")
        self._typed.observe(lambda change: self._take(change["new"]), names="value")
        self.parts: list[Any] = [self._list, self._typed]

    def offer(self, files: tuple[str, ...]) -> None:
        if files == self._files:
            return
        self._files = files
        are_many = len(files) > _FEW
        self._is_offering = True  # a list with other options has none chosen
        self._list.options = [(_("all files"), ""), *((name, name) for name in files[:_FEW])]
        self._list.value = self.file if self.file in files[:_FEW] else ""
        self._is_offering = False
        self._typed.options = files if are_many else ()
        self._typed.placeholder = _("all {n:,} files: type a name", n=len(files))
        self._list.layout.display = "" if 1 < len(files) <= _FEW else "none"
        self._typed.layout.display = "" if are_many else "none"

    def _take(self, typed: str) -> None:
        """What was typed; a part of a name becomes the name."""
        file = meant(self._files, typed) if typed.strip() else ""
        if file is None:
            self._typed.placeholder = _("No log file has {name} in its name", name=typed)
        self._typed.value = self.file if file is None else file
        self._choose(self._typed.value)

    def _choose(self, file: str | None) -> None:
        if not self._is_offering and (file or "") != self.file:
            self.file = file or ""
            self._changed()
