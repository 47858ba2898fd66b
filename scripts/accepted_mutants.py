"""Mutants that no test notices, and why that is as it should be.

`Equivalent` ones do the same as the code, so that nothing could notice them; `Accepted` ones differ
in what nobody relies on. They are known by their text: a row that fits no mutant any more is wrong.
"""

from __future__ import annotations

from typing import NamedTuple


class Known(NamedTuple):
    """A mutant that may survive.

    Attributes:
        was: the lines of the module that it changes, each stripped.
        now: what they are in the mutant; any text where it is empty.
        why: the reason.
        is_equivalent: whether it does the same.
    """

    was: str
    now: str
    why: str
    is_equivalent: bool = True


ANYWHERE = (
    Known(
        "@dataclass(frozen=True)",
        "@dataclass(frozen=False)",
        "a type checker sees who assigns to it",
        is_equivalent=False,
    ),
)
KNOWN: dict[str, tuple[Known, ...]] = {
    "backoff.py": (
        Known(
            "_MOST_STEPS = 100  # by then every pause is the longest",
            "",
            "one step more or less is as long as the longest pause, but for factors next to 1",
            is_equivalent=False,
        ),
        Known(
            "return max(min(self.longest, usual), min(retry_after or 0.0, LONGEST_ASKED))",
            "return max(min(self.longest, usual), min(retry_after or -1.0, LONGEST_ASKED))",
            "no pause is below 0, so that nothing below it is ever the most",
        ),
    ),
}
