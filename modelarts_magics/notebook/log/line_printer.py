"""A log as whole lines, those of several files each after its name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TextIO

from ...core.api.log import LogText
from ...core.i18n import _
from ...core.logs.follow import Event, Finished
from ...sdk.writer import say
from ..text import terminal
from ..text.row import Line
from .rows import Rows
from .sieve import Sieve
from .stream import words_of


class Lines(Protocol):
    """Takes lines that are to be printed, as an :class:`~.excerpt.Excerpt` does."""

    def add(self, line: str, *, is_error: bool) -> None: ...

    def end(self) -> None: ...


class All:
    """Prints every line."""

    def add(self, line: str, *, is_error: bool) -> None:
        say(line)

    def end(self) -> None:
        """Nothing was kept back."""


class LinePrinter:
    """Prints events; of a line that rewrites itself only the end is seen.

    Args:
        names: the log files that are known; with a second one lines get the name of their file.
        out: takes the lines.
        talk: where all else is said.
        sieve: lets those lines through that are wanted.
    """

    def __init__(
        self, names: Iterable[str], out: Lines, talk: TextIO, sieve: Sieve | None = None
    ) -> None:
        self._names = set(names)
        self._out = out
        self._talk = talk
        self._rows: dict[str, Rows] = {}
        self._sieve = sieve or Sieve()
        self._has_printed = False
        if self._sieve.remark:
            self.say(self._sieve.remark)

    def tell(self, event: Event) -> None:
        if isinstance(event, LogText):
            self._names.add(event.log_file)
            rows = self._rows.setdefault(event.log_file, Rows())
            self._put(event.log_file, rows.feed(event.text))
            return
        if isinstance(event, Finished):
            self.end()
            if not (self._has_printed or self._sieve.is_open):
                self.say(_("No line matches"))
        self.say(words_of(event))

    def end(self) -> None:
        """Print what was kept back, once."""
        for name, rows in self._rows.items():
            self._put(name, rows.rest())
        self._out.end()

    def say(self, words: str) -> None:
        say(f"── {words}", stream=self._talk)

    def _put(self, name: str, lines: Sequence[Line]) -> None:
        mark = f"[{name}] " if len(self._names) > 1 else ""
        for one in self._sieve.passed(name, lines, terminal.text_of):
            self._has_printed = True
            self._out.add(mark + terminal.ansi(one.line), is_error=one.is_error)
