"""What lines say of those behind them: epoch and step, and which part of the data is meant."""

from __future__ import annotations

import re

from . import words
from .shape import Place

_LONGEST_HEAD = 80  # characters
_MOST_WORDS = 5
_MOST_BLANKS = 20
_DECORATION = " \t*=-#>_~+|.:[](){}<!"
_WORD = re.compile(r"(?<![\w/.])[A-Za-z]+(?![\w/])|[\u3400-\u9fff]+")


class Context:
    """What holds for a line that does not tell it by itself."""

    def __init__(self) -> None:
        self._place = Place()
        self._split = ""
        self._heads: set[str] = set()  # splits that heads have told
        self._homes: dict[object, str] = {}

    def tell_place(self, place: Place) -> None:
        """A line tells where it stands."""
        epoch, step, total, part = place
        if epoch is None and step is None and part is None:
            return
        self._place = Place(self._place[0], step, total, part) if epoch is None else place

    def place_of(self, place: Place) -> Place:
        """Where a line stands that tells so much."""
        epoch, step, total, part = place
        if epoch is not None:
            return place
        if step is None and part is None:
            return self._place
        return Place(self._place[0], step, total, part)

    def tell_split(self, split: str) -> None:
        """A line without metrics is the head of what follows."""
        self._split = split
        self._heads.add(split)

    def split_of(self, shape: object) -> str:
        """The split of a line that tells none.

        A shape that came before any head was told goes on as it began, as long as heads only ever
        tell of one split: they interrupt it.
        """
        if not self._heads:
            self._homes.setdefault(shape, "")
        if len(self._homes) > 10_000:
            self._homes.clear()
        if shape in self._homes and "train" not in self._heads:
            return ""
        return self._split


def head(text: str) -> str:
    """The split of which a line is the head; empty where it is none.

    >>> head("***** eval metrics *****"), head("Loading the train dataset")
    ('val', '')
    """
    if len(text) > _LONGEST_HEAD or text.count(" ") > _MOST_BLANKS:
        return ""
    found = [word.lower() for word in _WORD.findall(text)]
    if not 0 < len(found) <= _MOST_WORDS or words.NO_HEADS.intersection(found):
        return ""
    return next((words.SPLITS[word] for word in found if word in words.SPLITS), "")
