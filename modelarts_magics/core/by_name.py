"""The thing that a person means by a word: its id, its name, or nearly its name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Callable, TypeVar

from .errors import InvalidArgumentError
from .i18n import _

T = TypeVar("T")

_ID, _NAME = "id:", "name:"

_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ALIKE = 0.6  # of 1.0, from which on a name is a near one


@dataclass(frozen=True)
class Meant:
    """What a person means by a word: an id, or else a name, unless the word says which.

    >>> Meant.by("name:12345")
    Meant(text='12345', may_be_id=False, may_be_name=True)
    """

    text: str
    may_be_id: bool = True
    may_be_name: bool = True

    @classmethod
    def by(cls, word: str) -> Meant:
        for prefix in (_ID, _NAME):
            if word.startswith(prefix):
                return cls(word[len(prefix) :], prefix == _ID, prefix == _NAME)
        return cls(word)

    @property
    def is_ambiguous(self) -> bool:
        """Whether it may be the id of one thing and the name of another."""
        return self.may_be_id and self.may_be_name and is_like_id(self.text)

    @property
    def looks_like_id(self) -> bool:
        """Whether it is worth while to ask for a thing with this id."""
        is_one = is_like_id(self.text) or is_uuid(self.text)
        return self.may_be_id and (is_one or not self.may_be_name)


def is_like_id(name: str) -> bool:
    """Whether a name could be taken for an id, which are all digits."""
    return name.isascii() and name.isdecimal()


def is_uuid(word: str) -> bool:
    """Whether a word can only be an id.

    >>> is_uuid("11111111-2222-4333-8444-555555555555"), is_uuid("1234"), is_uuid("resnet")
    (True, False, False)
    """
    return bool(_UUID.fullmatch(word))


def words_for(name: str, thing_id: str) -> tuple[str, str, str, str]:
    """Words by which a thing can be meant: those that are short and plain first.

    >>> words_for("mnist", "7"), words_for("12345", "7")[0]
    (('mnist', '7', 'name:mnist', 'id:7'), 'name:12345')
    """
    exact = f"{_NAME}{name}"
    return exact if is_like_id(name) else name, thing_id, exact, f"{_ID}{thing_id}"


def pick(
    word: str,
    things: Iterable[T],
    names: Callable[[T], Container[str]],
    *,
    missing: str,
    near: Callable[[], Iterable[str]] = tuple,
    otherwise: str,
) -> T:
    """The first thing that answers to a word.

    Args:
        things: those that may be meant, ids before names; one is asked for when it is wanted.
        names: to which a thing answers.
        missing: says that there is none.
        near: names among which a near one is looked for.
        otherwise: what to do where no name is near.

    Raises:
        InvalidArgumentError: there is none; a near name is suggested.
    """
    for thing in things:
        if word in names(thing):
            return thing
    raise InvalidArgumentError(missing, suggestion(word, near(), otherwise))


def suggestion(word: str, names: Iterable[str], otherwise: str = "") -> str:
    """What to do about a word that is not known: the near name, or something else.

    >>> suggestion("mnsit", ["mnist", "resnet"]), suggestion("bert", ["mnist"], "Look again")
    ('Did you mean mnist?', 'Look again')
    """
    found = nearest(word, names, most=1)
    return _("Did you mean {name}?", name=found[0]) if found else otherwise


def nearest(word: str, names: Iterable[str], *, most: int, alike: float = _ALIKE) -> list[str]:
    """The names that are nearest to a word, the nearest first."""
    return difflib.get_close_matches(word, list(names), n=most, cutoff=alike)
