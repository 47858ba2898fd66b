"""What lines say of those behind them: epoch and step, and which part of the data is meant."""

from __future__ import annotations

import re

from . import words
from .prefix import prefix
from .shape import Place

_LONGEST_HEAD = 120  # characters
_MOST_WORDS = 5
_MOST_OF_INTRODUCTION = 10  # words of a head that ends with a colon
_FEW_WORDS = 2  # of a line that says nothing else
_MOST_BLANKS = 10
_STEM = re.compile("train|val|test|dev|cv|trn|tst|训练|验证|评估|测试")
_MOST_HOMES = 10_000
_DECORATION = " \t*=-#>_~+|.:[](){}<!"
_WORD = re.compile(r"(?<![\w/.])[A-Za-z]+(?![\w/]|\.\w)|[\u3400-\u9fff]+")


class Context:
    """What holds for a line that does not tell it by itself."""

    def __init__(self) -> None:
        self._place = Place()
        self._split = ""
        self._is_placed_head = False
        self._last = ""  # what the line before told of itself
        self._is_split = False  # a head says that the training follows
        self._returns = False  # heads lead back to the training
        self._homes: dict[tuple[str, ...], Place] = {}  # and where they were told last
        self._repeated: set[tuple[str, ...]] = set()  # homes that are told again and again there

    def tell_place(self, place: Place) -> None:
        """A line tells where it stands."""
        epoch, step, total, part = place
        if epoch is None and step is None and part is None:
            return
        if self._is_placed_head:  # it was of that place only
            self._split, self._is_placed_head = "", False
        before = self._place[0]
        if epoch is None:
            self._place = Place(before, step, total, part)
            return
        if self._split and epoch > (-1 if before is None else before):
            self._split = ""  # an epoch begins with the training
        self._place = place

    def place_of(self, place: Place) -> Place:
        """Where a line stands that tells so much."""
        epoch, step, total, part = place
        if epoch is not None:
            return place
        if step is None and part is None:
            return self._place
        return Place(self._place[0], step, total, part)

    def tell_split(self, split: str, text: str, *, is_placed: bool) -> None:
        """A line without metrics is the head of what follows; perhaps it tells where it stands."""
        self._is_placed_head = is_placed
        if split == "train":  # as what nobody tells
            is_short = len(_WORD.findall(text)) <= _FEW_WORDS and not text.endswith("...")
            self._is_split |= is_introduction(text) or is_short
            self._returns |= bool(self._split)
            self._split = ""
        else:
            self._split = split

    def split_of(self, names: tuple[str, ...], own: str, place: Place, *, is_placed: bool) -> str:
        """The split of what a line tells none of.

        Names that came before any head was told go on as they began, as long as no head leads back
        from the other parts of the data to the training, and their steps go on. A line that does
        not tell where it stands belongs to the one before.

        Args:
            own: the split that the line tells of some names.
            place: where it stands, as far as it tells.
            is_placed: it tells where it stands.
        """
        if own or is_placed:
            self._last = "" if own == "train" else own
        elif self._last:
            return self._last
        if len(self._homes) > _MOST_HOMES:
            self._homes.clear()
            self._repeated.clear()
        home, now = self._homes.get(names), self.place_of(place)
        is_again = now.is_told and not place.is_told and now == home
        if self._split:
            is_once = is_again and names not in self._repeated
            if home is None or self._returns or is_once or _begins_again(home, place):
                return self._split
        elif home is None and self._is_split:
            return ""
        if is_again:
            self._repeated.add(names)
        self._homes[names] = now
        return ""


def _begins_again(before: Place, now: Place) -> bool:
    """Whether the steps of an epoch begin again, or are those of another number of steps."""
    if before.step is None or now.step is None:
        return False
    if now.epoch is not None and before.epoch is not None and now.epoch > before.epoch:
        return False
    return now.total != before.total or now.step <= before.step


def head(text: str) -> str:
    """The split of which a line is the head; empty where it is none.

    >>> head("***** eval metrics *****"), head("Loading the train dataset")
    ('valid', '')
    """
    introduces = is_introduction(text)
    if len(text) > _LONGEST_HEAD or (text.count(" ") > _MOST_BLANKS and not introduces):
        return ""
    text = text.lower()
    if not _STEM.search(text):
        return ""
    found = _WORD.findall(text)
    most = _MOST_OF_INTRODUCTION if introduces else _MOST_WORDS
    if not 0 < len(found) <= most or words.NO_HEADS.intersection(found):
        return ""
    return next((words.SPLITS[word] for word in found if word in words.SPLITS), "")


def is_introduction(text: str) -> bool:
    """Whether a line belongs to what follows."""
    return text.rstrip().endswith(":")


def is_phase(text: str) -> bool:
    """Whether a line says of a part of the work that it begins or goes on, whatever its numbers.

    >>> is_phase("Starting evaluation at 2026-03-04"), is_phase("3 validation images")
    (True, False)
    """
    bare = text[prefix(text)[0] :]
    return ": " not in bare and set(_WORD.findall(bare.lower())) <= words.PHASES
