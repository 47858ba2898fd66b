"""One row of a terminal: cells that are written and erased.

A cell is a column. It holds a character with its marks; one that is two columns wide leaves the
second cell empty, and where one half of it is overwritten or erased, the other is blank.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from .styles import PLAIN, Style
from .table import TERMINAL
from .widths import beginning, clusters, is_narrow, is_wide, width

COLUMNS: int = TERMINAL["columns"]
"""Of a row that are kept; more are counted, not shown."""
_MOST = 2 * COLUMNS  # characters, with marks

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
        self._length = 0  # columns, with what is beyond COLUMNS
        self._size = 0  # characters, as long as it was not taken apart

    def write(self, column: int, text: str, style: Style) -> int:
        """Returns the column behind the text."""
        end = column + width(text)
        kept = text if end <= COLUMNS else beginning(text, COLUMNS - column)
        if column == self._length and self._cells is None:
            self._append(kept[: _MOST - self._size], style)
        elif kept:
            self._put(column, kept, style)
        self._length = max(self._length, end)
        return end

    def erase_from(self, column: int) -> None:
        if column == 0:
            self._spans, self._cells, self._length, self._size = [], None, 0, 0
        elif column < self._length:
            cells = self._apart()
            self._blank_half(column)
            del cells[column:]
            self._length = column

    def erase_to(self, column: int) -> None:
        """Including this column."""
        if column + 1 >= self._length:
            self.erase_from(0)
        else:
            self._put(0, " " * min(column + 1, COLUMNS), PLAIN)

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

    def _append(self, text: str, style: Style) -> None:
        if text:
            self._spans.append(Span(text, style))
            self._size += len(text)

    def _put(self, column: int, text: str, style: Style) -> None:
        marks, rest = clusters(text)
        cells = self._apart()
        cells += [_BLANK] * (column - len(cells))
        self._mark(column - 1, marks)
        new = [(cluster, style) for cluster in rest]
        if not is_narrow(text):
            new = [cell for one in new for cell in _cells_of(*one)]
        if new:
            self._blank_half(column)
            self._blank_half(column + len(new))
            cells[column : column + len(new)] = new

    def _mark(self, column: int, marks: str) -> None:
        """Put marks on the character that ends in a column, if there is room for them."""
        cells = self._apart()
        if column > 0 and not cells[column][0]:
            column -= 1
        if marks and column >= 0:
            [cluster] = clusters(cells[column][0] + marks)[1]
            cells[column] = (cluster, cells[column][1])

    def _blank_half(self, column: int) -> None:
        """Leave nothing of a character that is in this column and in the one before it."""
        cells = self._apart()
        if column < len(cells) and not cells[column][0]:
            cells[column - 1 : column + 1] = [_BLANK, _BLANK]

    def _apart(self) -> list[_Cell]:
        if self._cells is None:
            spans, self._spans, self._cells = self._spans, [], []
            for span in spans:
                self._put(len(self._cells), span.text, span.style)
        return self._cells


def _cells_of(cluster: str, style: Style) -> list[_Cell]:
    return [(cluster, style), ("", style)] if is_wide(cluster) else [(cluster, style)]
