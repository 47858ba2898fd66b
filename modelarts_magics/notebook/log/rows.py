"""The rows of a log that grows, each once it is done: for whoever prints whole lines."""

from __future__ import annotations

from ..text import terminal
from ..text.row import Line


class Rows:
    """The rows of a file, to be printed among those of others: once they are done."""

    def __init__(self) -> None:
        self._terminal = terminal.Terminal()
        self._first = 0  # number of the first row that is kept
        self._kept: list[Line] = []

    def feed(self, text: str) -> list[Line]:
        """The rows that may be printed now; one that changed later is among them again."""
        changed = self._terminal.feed(text)
        self._kept[max(0, changed.first - self._first) :] = changed.lines
        self._first = min(self._first, changed.first)
        return self._taken(self._terminal.done - self._first)

    def rest(self) -> list[Line]:
        """The rows that were kept back; nothing more comes."""
        return self._taken(len(self._kept))

    def _taken(self, count: int) -> list[Line]:
        taken, self._kept = self._kept[: max(0, count)], self._kept[max(0, count) :]
        self._first += len(taken)
        return taken
