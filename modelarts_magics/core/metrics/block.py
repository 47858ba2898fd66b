"""Lines that belong together, in braces or in a box: one of them tells the step of all."""

from __future__ import annotations

from typing import NamedTuple

from .shape import Place
from .stream import At

_MOST_LINES = 300


class Told(NamedTuple):
    """A value that waits for its place."""

    name: str
    split: str
    trust: int
    value: float
    unit: str
    at: At
    place: Place
    rank: str


class Block:
    """What is open, a brace or a box, and what it has told so far.

    Attributes:
        group: the head of rows, such as ``rollout/``, or of a brace.
    """

    def __init__(self) -> None:
        self.group = ""
        self._told: list[Told] = []
        self._place = Place()
        self._depth = 0
        self._is_box = False
        self._lines = 0

    @property
    def is_open(self) -> bool:
        return self._depth > 0 or self._is_box

    def tell(self, told: Told) -> None:
        self._told.append(told)

    def tell_place(self, place: Place) -> None:
        """A line tells where it stands; of several in a block the last one is believed."""
        if place.is_told:
            self._place = place

    def begin_line(self, text: str) -> list[Told]:
        """Look at a line before it is read; returns what the block before it told, if that ends."""
        is_row = text.lstrip().startswith("|") and not self._depth
        is_over = (self._is_box and not is_row) or self._lines >= _MOST_LINES
        done = self.end() if is_over else []
        self._is_box = is_row
        self._lines += 1
        return done

    def end_line(self, text: str) -> list[Told]:
        """Look at a line that was read; returns what the block told, if it ends here."""
        opened = text.count("{") - text.count("}")
        if opened < 0:
            self.group = ""
        before, self._depth = self._depth, max(0, self._depth + opened)
        return self.end() if before and not self._depth else []

    def tell_head(self, text: str) -> None:
        """A line without numbers may be the head of a group."""
        if self._is_box:
            cells = [cell.strip() for cell in text.split("|") if cell.strip()]
            if len(cells) == 1 and text.rstrip().endswith("|"):
                self.group = cells[0].strip("/ ") + "/"
        elif text.rstrip().endswith("{"):
            self.group = text.strip(" \t{:=\"'")

    def end(self) -> list[Told]:
        """What it has told."""
        place = self._place
        told = [
            one._replace(place=place) if place.is_told and not one.place.is_told else one
            for one in self._told
        ]
        self._told, self._place, self.group = [], Place(), ""
        self._depth, self._is_box, self._lines = 0, False, 0
        return told
