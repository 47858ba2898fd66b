"""What goes with what on the line of a magic: a table for each, checked before anything is done.

Who types two flags means something by each. Where only one of them could be obeyed, the line is
refused, and the refusal names both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from ...core.errors import InvalidArgumentError
from ...core.i18n import _


@dataclass(frozen=True)
class Need:
    """Something without which a flag would do nothing.

    Attributes:
        other: a flag, or the name of a word.
        hint: what to type.
        mistake: says that it is missing; by default, that one needs the other.
    """

    other: str
    hint: str
    mistake: str = ""


@dataclass(frozen=True)
class Together:
    """The table of a command line; flags are named as typed, words by their metavar or choice.

    Attributes:
        only: all that may stand beside a flag or word.
        apart: what may not stand beside a flag or word; beside those not named here anything may.
        beside: two that only go together beside a third one.
        needs: what a flag or word needs.
    """

    only: Mapping[str, Collection[str]] = field(default_factory=dict)
    apart: Mapping[str, Collection[str]] = field(default_factory=dict)
    beside: Mapping[tuple[str, str], str] = field(default_factory=dict)
    needs: Mapping[str, Need] = field(default_factory=dict)

    def goes(self, one: str, other: str) -> bool:
        """Whether two can stand on one line."""
        return not any(
            second in self.apart.get(first, ()) or second not in self.only.get(first, (second,))
            for first, second in ((one, other), (other, one))
        )

    def check(self, given: Sequence[str]) -> None:
        """Check what is given on a line.

        Raises:
            InvalidArgumentError: two do not go together, or something is missing.
        """
        for one, other in combinations(given, 2):
            if not self.goes(one, other):
                raise InvalidArgumentError(
                    _("{flag} and {other} do not go together", flag=one, other=other),
                    _("Leave out one of them"),
                )
        for (one, other), third in self.beside.items():
            if one in given and other in given and third not in given:
                raise InvalidArgumentError(
                    _("{flag} and {other} do not go together", flag=one, other=other),
                    _("Add {flags}", flags=third),
                )
        for name in given:
            need = self.needs.get(name)
            if need and need.other not in given:
                mistake = need.mistake or _("{flag} needs {other}", flag=name, other=need.other)
                raise InvalidArgumentError(mistake, need.hint)
