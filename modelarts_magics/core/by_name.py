"""The thing that a person means by a word: its id, its name, or nearly its name."""

from __future__ import annotations

import difflib
from collections.abc import Container, Iterable
from typing import Callable, TypeVar

from .errors import InvalidArgumentError
from .i18n import _

T = TypeVar("T")

_ALIKE = 0.6  # of 1.0, from which on a name is a near one


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
