"""Tables: a header that names columns, and the rows under it.

Columns are parted by bars, tabs, two blanks, commas or single blanks, the first of these that the
header has. A row with fewer cells than columns has empty ones: each cell belongs to the column that
it stands under.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from . import figures, words

_MOST_COLUMNS = 200
_MOST_WORDS = 4  # of the name of a column
_LONGEST = 2_000  # characters of a header
_LEAST_STACKED = 3  # columns of a header of two lines
_CELL = {
    "|": re.compile(r"[^|]+"),
    "\t": re.compile(r"[^\t]+"),
    "  ": re.compile(r"\S+(?: \S+)*"),
    ",": re.compile(r"[^,]+"),
    " ": re.compile(r"\S+"),
}
_BAR = re.compile(r":\s{0,4}\d{1,3}%\|")
_DONE = re.compile(r"%\|\| {0,4}(\d{1,9})/(\d{1,9})")
_FIRST_BAR = re.compile(
    r"\s{0,8}\[[-=#>.\s]{0,60}(?:\d{1,3}(?:\.\d{1,3})?%)?[-=#>.\s]{0,60}\](?=\s)"
)
_NORM = re.compile(r"\|\|\w{1,20}\|\|")  # the name of a column
_RULE = re.compile(r"[-=+|:\s]*")


class Cell(NamedTuple):
    """A cell of a table, and the characters between which it stands."""

    text: str
    start: int
    end: int


class Row(NamedTuple):
    """Cells of a row with the names of their columns, and the text of the first if it is one."""

    cells: tuple[tuple[str, str], ...]
    title: str


class Table:
    """A header."""

    def __init__(self, columns: Sequence[Cell], mark: str) -> None:
        self._columns = columns
        self._mark = mark
        self.names = tuple(map(_clean, columns))
        self.is_of_splits = _are_splits(columns)

    def row(self, text: str) -> Row | None:
        """The cells of a line under this header; none where it is no row of it."""
        text = _without_bar(text)
        cells = _cells(text, self._mark if self._mark in "|,\t" else " ")
        if len(cells) != len(self._columns) and self._mark == "  ":
            cells = _cells(text, "  ")
        title = ""
        if len(cells) > 1 and self._is_title(cells[0], len(cells)):
            title, cells = cells[0].text, cells[1:]
        if len(cells) > len(self._columns):
            return None
        if len(cells) == len(self._columns):
            named = list(zip(self.names, cells))
        else:
            named = self._under(cells)
        numbers = [cell for _name, cell in named if is_number(cell.text)]
        least = max(1 if title else 2, len(cells) - 2)
        if len(named) < len(cells) or len(numbers) < least:
            return None
        if not title and not is_number(named[0][1].text):
            title = named[0][1].text
        return Row(tuple((name, cell.text) for name, cell in named), title)

    def _is_title(self, first: Cell, count: int) -> bool:
        """Whether the first cell of a row stands before all columns."""
        if self.is_of_splits and count == len(self._columns) + 1:
            return True
        if is_number(first.text) or self._mark in "|,\t":
            return False
        return first.end < self._columns[0].start or count == len(self._columns) + 1

    def _under(self, cells: Sequence[Cell]) -> list[tuple[str, Cell]]:
        """Each cell with the name of the column that it stands under."""
        if self._mark in ",\t ":
            return []
        found: dict[int, Cell] = {}
        for cell in cells:
            near = min(range(len(self._columns)), key=lambda n: _distance(self._columns[n], cell))
            if near in found:
                return []
            found[near] = cell
        return [(self.names[n], cell) for n, cell in sorted(found.items())]


def table(text: str) -> Table | None:
    """The header that a line may be; ``None`` where it is none.

    >>> table("epoch  train loss  valid_loss").names
    ('epoch', 'train loss', 'valid_loss')
    """
    if len(text) > _LONGEST:
        return None
    bare = _without_bar(text).rstrip().rstrip(":")
    marks = _NORM.sub("", bare).strip()
    mark = next((mark for mark in ("|", "\t", "  ", ",", " ") if mark in marks), "")
    cells = _cells(bare, mark) if mark else []
    if not 2 <= len(cells) <= _MOST_COLUMNS or not all(map(_is_name, cells)):
        return None
    if mark in ("|", "  ") and _are_splits(cells):
        return Table(cells, mark)
    known = sum(words.is_known(cell.text) for cell in cells)
    told = sum(words.is_vague(cell.text) or bool(words.place_in(cell.text)) for cell in cells)
    if mark == " " and (known < 1 or known + told < max(2, len(cells) // 2)):
        return None
    return Table(cells, mark) if known + told >= 2 or (known and len(cells) == 2) else None


def stacked(upper: str, lower: str) -> Table | None:
    """The header that two lines may be, one word of each column in either.

    >>> stacked("average  since    example", "loss     last     counter").names
    ('average loss', 'since last', 'example counter')
    """
    if max(len(upper), len(lower)) > _LONGEST:
        return None
    pairs = list(zip(_cells(upper, " "), _cells(lower, " ")))
    is_whole = len(upper.split()) == len(lower.split()) == len(pairs) >= _LEAST_STACKED
    if not is_whole or not all(_is_name(cell) for pair in pairs for cell in pair):
        return None
    if any(_distance(one, other) or not one.text.isalpha() for one, other in pairs):
        return None
    cells = [
        Cell(f"{one.text} {other.text}", min(one.start, other.start), max(one.end, other.end))
        for one, other in pairs
    ]
    return Table(cells, "  ") if any(words.is_known(cell.text) for cell in cells) else None


def is_rule(text: str) -> bool:
    """Whether a line only parts rows."""
    return _RULE.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Whether a cell holds a number, perhaps with a unit, a whole or quotes."""
    return _number_of(text) is not None


def number(text: str) -> tuple[float, str] | None:
    """The number of a cell and its unit.

    >>> number("2.4G"), number("1/3"), number("00:24"), number("all")
    ((2.4, 'G'), (1.0, ''), None, None)
    """
    found = _number_of(text)
    if found is None or ":" in text:
        return None
    value = figures.value(found[0])
    return None if value is None else (value, found[1])


def _number_of(text: str) -> tuple[str, str] | None:
    parts = figures.split(text.strip(" \"'*()[]"))
    if len(parts) < 3 or parts[0]:
        return None
    if len(parts) > 3:
        is_one = parts[2].strip() in ("/", ":", "(", "±", "+/-") and len(parts) <= 7
        return (parts[1], "") if is_one else None
    unit = parts[2].strip()
    return (parts[1], unit) if not unit or unit.lower() in words.UNITS else None


def bar(text: str) -> float | None:
    """The part that a bar behind a row has done."""
    found = _DONE.search(text)
    done = found and figures.value(found[1])
    whole = found and figures.value(found[2])
    return done / whole if done is not None and whole else None


def _cells(text: str, mark: str) -> list[Cell]:
    found = (
        (match[0], match.start(), match.end())
        for match, _n in zip(_CELL[mark].finditer(text), range(_MOST_COLUMNS + 1))
    )
    return [
        Cell(text.strip(), start, end) for text, start, end in found if text.strip() or mark == ","
    ]


def _without_bar(text: str) -> str:
    if first := _FIRST_BAR.match(text):
        text = " " * first.end() + text[first.end() :]
    found = _BAR.search(text)
    return text[: found.start()] if found else text


def _are_splits(cells: Sequence[Cell]) -> bool:
    return all(cell.text.lower() in words.SPLITS for cell in cells)


def _clean(column: Cell) -> str:
    """``Box(P`` and ``mAP50-95)`` are halves of a bracket."""
    name = column.text.strip("'\"*")
    if name.count("(") > name.count(")"):
        return name.rpartition("(")[2]
    return name.rstrip(")") if name.count(")") > name.count("(") else name


def _is_name(cell: Cell) -> bool:
    text = cell.text.strip("'\"*#")
    if not text or len(text) > 60 or len(text.split()) > _MOST_WORDS:
        return not text and cell.text == "#"
    return text[0] not in "/-.=<[{" and "=" not in text and not is_number(text) and ": " not in text


def _distance(column: Cell, cell: Cell) -> int:
    """How far a cell stands from being under a column."""
    if cell.start < column.end and column.start < cell.end:
        return 0
    return max(column.start - cell.end, cell.start - column.end)
