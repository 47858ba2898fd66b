"""Reads metrics from the text of a log as it comes.

Most lines tell nothing, and cost one look for numbers and one for their shape. What a line of a new
shape tells is found out by :mod:`.grammar`; lines of a known shape are only looked up.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Collection
from itertools import filterfalse

from . import figures
from .block import Block, Told
from .context import Context, head, is_introduction, is_phase
from .copies import copies
from .curve import UNTOLD, Curve
from .hint import can_be_row
from .judgement import is_shown
from .plain import plain
from .prefix import has_numbers, without_prefix
from .series import MetricSeries, series
from .shape import Place, Shape, place, rank, value, values
from .shapes import Shapes, place_of
from .stream import At, Lines
from .table import Row, Table, bar, is_rule, number, stacked, table
from .words import SPLITS, is_known, is_never, is_vague, place_in, split_in

_ALL = ("", "all", "total", "overall", "average", "mean")  # titles of rows
_MOST_RECENT = 3  # lines before a row, among which is its header
_MOST_KNOWN = 2_000  # shapes of lines
_MOST_CURVES = 500
_MOST_AWAITED = 2_000  # names that came once or twice
_MOST_POINTS = 100_000  # that are kept as they are, shared by the curves
_OF_A_CURVE = (200, 4_000)  # points at least, and at most


class MetricReader:
    """Takes the text of a log in pieces and gives its curves.

    Args:
        file: the name of the log, for those who read several.
        hidden: names of metrics that are not shown when the reader finds them by itself.

    >>> reader = MetricReader()
    >>> for step in range(4):
    ...     reader.feed(f"step {step}: loss={1 / (step + 1)}\\n")
    >>> reader.series["loss"].steps
    (0.0, 1.0, 2.0, 3.0)
    """

    def __init__(self, file: str = "", hidden: Collection[str] = ()) -> None:
        self._lines = Lines()
        self._shapes = Shapes()
        self._context = Context()
        self._block = Block()
        self._table: Table | None = None
        self._recent: deque[str] = deque(maxlen=_MOST_RECENT)
        self._known: dict[tuple[Shape, str], list[Curve]] = {}
        self._curves: dict[str, Curve] = {}
        self._awaited: OrderedDict[str, Curve] = OrderedDict()
        self._series: dict[str, tuple[int, MetricSeries | None]] = {}
        self._told: dict[str, Curve] = {}
        self._file = file
        self._hidden = hidden
        self._has_ranks = False

    def feed(self, piece: str, byte: int | None = None) -> None:
        """Take text that follows what came before; it may be cut anywhere.

        Args:
            byte: where in its log it begins; by default behind what came, at first 0.
        """
        for at, text in self._lines.feed(piece, byte):
            self._read(at, text)

    def end(self) -> None:
        """Take what stands behind the last newline for a line."""
        for at, text in self._lines.end():
            self._read(at, text)
        self._add_all(self._block.end())

    def tell(
        self, name: str, at: At, line: str, value: str | None, step: str | None = None
    ) -> None:
        """Take a value that somebody else found in a line; it is shown whatever it is.

        Args:
            name: of the metric; there should be few that are told.
            step: where it is told apart from what the line tells of it.
        """
        found = figures.first(plain(value or ""))
        told = figures.first(plain(step or ""))
        if found is not None:
            curve = self._told.setdefault(name, Curve(name, 2, "", self._room))
            where = place_of(line) if told is None else Place(step=told)
            curve.add(found, "", at, where, "", is_bar=False)

    @property
    def series(self) -> dict[str, MetricSeries]:
        """The curves that are shown, by name, in the order in which they came.

        Those that got no value since they were asked for are the same objects as then.
        """
        found = {name: self._series_of(curve, is_asked=True) for name, curve in self._told.items()}
        for name, curve in self._curves.items():
            if name not in self._hidden and name not in self._told:
                found[name] = self._series_of(curve)
        shown = {name: series for name, series in found.items() if series is not None}
        own = {name: series for name, series in shown.items() if name not in self._told}
        told_twice = copies(own, [name for name in own if self._curves[name].trust < 2])
        return {name: series for name, series in shown.items() if name not in told_twice}

    def _series_of(self, curve: Curve, *, is_asked: bool = False) -> MetricSeries | None:
        """What is shown of a curve, if it is; made once for each of its states."""
        count, made = self._series.get(curve.name, (0, None))
        if count != curve.count:
            points = curve.points
            is_made = is_asked or is_shown(curve, points)
            made = series(curve.name, points, curve.unit, self._file) if is_made else None
            self._series[curve.name] = curve.count, made
        return made

    # ---- one line -------------------------------------------------------------------------------

    def _read(self, at: At, text: str) -> None:
        text = plain(text)
        if not (self._block.is_open or "{" in text or text.lstrip()[:1] == "|"):
            self._read_line(at, text)
            return
        self._add_all(self._block.begin_line(text))
        self._read_line(at, text)
        self._add_all(self._block.end_line(text))

    def _read_line(self, at: At, text: str) -> None:
        parts = figures.split(text)
        if len(parts) == 1:
            self._read_words(text, is_placed=False)
            return
        shape = self._shapes.of(parts)
        if shape.is_barred and self._take_row(at, text, is_titled=True):
            return
        if shape.pairs:
            self._take(at, shape, parts)
            if is_introduction(text) and (split := shape.split or head(text)):
                self._context.tell_split(split, text, is_placed=shape.has_place)
        elif shape.is_named or len(parts) < 5 or not self._take_row(at, text):
            self._read_head(shape, parts, text)

    def _take(self, at: At, shape: Shape, parts: list[str]) -> None:
        told, by = place(shape, parts), rank(shape, parts)
        if not self._block.is_open:
            self._context.tell_place(told)
        own, is_placed = shape.own_split, shape.has_place
        split = self._context.split_of(shape.names, own, told, is_placed=is_placed)
        if self._block.is_open:
            self._take_in_block(at, shape, parts, split)
            return
        where = self._context.place_of(told)
        curves = self._known.get((shape, split)) or self._curves_of(shape, split)
        is_bar = shape.part >= 0
        self._has_ranks |= bool(by)
        if self._has_ranks and not is_bar:
            by = by or UNTOLD
        for pair, curve in zip(shape.pairs, curves):
            found = value(pair, parts)
            if found is not None:
                curve.add(found, pair.unit, at, where, by, is_bar=is_bar)

    def _take_in_block(self, at: At, shape: Shape, parts: list[str], split: str) -> None:
        told, by, group = place(shape, parts), rank(shape, parts), self._block.group
        self._block.tell_place(told)
        inner = "" if group.endswith("/") else SPLITS.get(group.lower(), "")
        for pair, found in values(shape, parts):
            own = pair.split or inner or ("" if split_in(pair.name) else split)
            name = group + pair.name if group.endswith("/") else pair.name
            self._block.tell(Told(name, own, pair.trust, found, pair.unit, at, told, by))

    def _add_all(self, block: list[Told]) -> None:
        """What a block told, which has ended."""
        for told in block:
            self._context.tell_place(told.place)
            where = self._context.place_of(told.place)
            curve = self._curve(told.name, told.split, told.trust, told.unit)
            curve.add(told.value, told.unit, told.at, where, told.rank, is_bar=False)

    def _read_head(self, shape: Shape, parts: list[str], text: str) -> None:
        if shape.is_labelled:
            told = place(shape, parts)
            if self._block.is_open:
                self._block.tell_place(told)
            else:
                self._context.tell_place(told)
        self._read_words(text, is_placed=shape.is_labelled)

    def _read_words(self, text: str, *, is_placed: bool) -> None:
        if not text or text.isspace():
            return
        if self._block.is_open:
            self._block.tell_head(text)
        split = head(text)
        if split and (is_placed or _is_head(text)) and table(without_prefix(text)) is None:
            self._context.tell_split(split, text, is_placed=is_placed)
        self._recent.append(text)

    def _take_row(self, at: At, text: str, *, is_titled: bool = False) -> bool:
        if _has_columns(text):
            text = without_prefix(text)
        if not can_be_row(text):
            return False
        self._find_table()
        row = self._table.row(text) if self._table else None
        if self._table is None or row is None or (is_titled and not _is_of_title(row)):
            return False
        told = _place_of(row, text)
        self._context.tell_place(told)
        where = self._context.place_of(told)
        names = self._table.names
        split = self._context.split_of(names, "", told, is_placed=told.is_told)
        group = "" if row.title.lower() in _ALL else row.title + "/"
        for column, cell in row.cells:
            found = number(cell)
            if self._table.is_of_splits:
                name, word, own = row.title, row.title, SPLITS[column.lower()]
            else:
                name, word = group + column, column
                own = "" if split_in(name) else split
            if found is not None and not place_in(word) and not is_never(word):
                trust = 2 if is_vague(word) else 1
                curve = self._curve(name, own, trust, found[1])
                curve.add(found[0], found[1], at, where, "", is_bar=told.part is not None)
        return True

    def _find_table(self) -> None:
        """The newest header among the lines before a row."""
        before = ""
        for text in filterfalse(is_rule, self._recent):
            found = stacked(before, text) or table(text)
            if found is None and _has_columns(text):
                found = table(without_prefix(text))
            self._table, before = found or self._table, text
        self._recent.clear()

    # ---- curves ---------------------------------------------------------------------------------

    def _curves_of(self, shape: Shape, split: str) -> list[Curve]:
        """The curves of the pairs of a shape; remembered once all came often enough."""
        curves = []
        for pair in shape.pairs:
            own = pair.split or ("" if split_in(pair.name) else split)
            curves.append(self._curve(pair.name, own, pair.trust, pair.unit))
        if all(map(self._is_kept, curves)):
            self._known[shape, split] = curves
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
        return curves

    def _is_kept(self, curve: Curve) -> bool:
        return self._curves.get(curve.name) is curve

    def _curve(self, name: str, split: str, trust: int, unit: str) -> Curve:
        """The curve of a name; the oldest of very many that came once or twice are forgotten."""
        shown = f"{split}/{name}" if split else name
        curve = self._curves.get(shown)
        if curve is not None:
            return curve
        curve = self._awaited.get(shown)
        if curve is None:
            curve = self._awaited[shown] = Curve(shown, trust, unit, self._room)
            if len(self._awaited) > _MOST_AWAITED:
                self._awaited.popitem(last=False)
        elif curve.count >= 2 and len(self._curves) < _MOST_CURVES:
            self._curves[shown] = self._awaited.pop(shown)
        return curve

    def _room(self) -> int:
        least, most = _OF_A_CURVE
        return max(least, min(most, _MOST_POINTS // max(1, len(self._curves))))


def _has_columns(text: str) -> bool:
    """Whether a line may be one of a table, whatever stands before it."""
    return "  " in text or "|" in text or "\t" in text


def _is_of_title(row: Row) -> bool:
    """Whether the values of a row have no names beside them."""
    return bool(row.title) and not any(is_known(cell) for _name, cell in row.cells[1:])


def _is_head(text: str) -> bool:
    return "%||" in text or is_phase(text) or not has_numbers(text)


def _place_of(row: Row, text: str) -> Place:
    """Step and epoch of a row, and how far a bar behind it is."""
    found: dict[str, float] = {}
    for name, cell in row.cells:
        kind = place_in(name)
        told = number(cell)
        if kind and told is not None:
            found.setdefault(kind, told[0])
    return Place(found.get("epoch"), found.get("step"), None, bar(text))
