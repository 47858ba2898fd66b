"""One row of a terminal: cells that are written and erased."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from .styles import PLAIN, Style
from .table import TERMINAL

COLUMNS: int = TERMINAL["columns"]
"""Characters of a row that are kept; more are counted, not shown."""

_Cell = tuple[str, Style]
_BLANK: _Cell = (" ", PLAIN)


@dataclass(frozen=True)
class Span:
    """Characters of one style."""

    text: str
    style: Style = PLAIN


Line = tuple[Span, ...]


class Row:
    """Nearly all rows are only written to their end, and are not taken apart into cells."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._cells: list[_Cell] | None = None
        self._length = 0  # with what is beyond COLUMNS

    def write(self, column: int, text: str, style: Style) -> None:
        kept = text[: max(0, COLUMNS - column)]
        if column == self._length and self._cells is None:
            if kept:
                self._spans.append(Span(kept, style))
        elif kept:
            self._put(column, [(character, style) for character in kept])
        self._length = max(self._length, column + len(text))

    def erase_from(self, column: int) -> None:
        if column == 0:
            self._spans, self._cells, self._length = [], None, 0
        elif column < self._length:
            del self._apart()[column:]
            self._length = column

    def erase_to(self, column: int) -> None:
        """Including this column."""
        if column + 1 >= self._length:
            self.erase_from(0)
        else:
            end = min(column + 1, COLUMNS)
            self._put(0, [_BLANK] * end)

    def line(self) -> Line:
        """What is seen of it; where it was rewritten, blanks at its end are nothing."""
        if self._cells is None:
            spans = self._spans
        else:
            cells = self._cells
            if self._length <= COLUMNS:
                while cells and cells[-1] == _BLANK:
                    cells.pop()
                self._length = len(cells)
            spans = [Span(*cell) for cell in cells]
        joined = [
            Span("".join(span.text for span in group), style)
            for style, group in groupby(spans, key=lambda span: span.style)
        ]
        if self._length > COLUMNS:
            joined.append(Span(f" … (+{self._length - COLUMNS:,})", Style(inverse=True)))
        return tuple(joined)

    def _put(self, column: int, new: list[_Cell]) -> None:
        cells = self._apart()
        if column > len(cells):
            cells += [_BLANK] * (column - len(cells))
        cells[column : column + len(new)] = new

    def _apart(self) -> list[_Cell]:
        if self._cells is None:
            self._cells = [(c, span.style) for span in self._spans for c in span.text]
            self._spans = []
        return self._cells
