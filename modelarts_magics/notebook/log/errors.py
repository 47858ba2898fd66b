"""The last error that a log tells of, with the lines around it."""

from __future__ import annotations

from dataclasses import dataclass

from ..text import terminal
from .levels import ERROR, Levels

_BEFORE = 5  # lines above the error
_AFTER = 10  # lines below it
_LONGEST = 100  # lines of the error itself; of more the end is kept
_SUMMARY = 200  # characters


@dataclass(frozen=True)
class LastError:
    """A part of a log.

    Attributes:
        text: the lines as they stand in the log.
        summary: the line that says what it was, without colours.
    """

    text: str
    summary: str


def last_error(text: str) -> LastError | None:
    """Find the last block of error lines, such as a traceback.

    >>> last_error("ok\\nOSError: disk full\\nbye").summary
    'OSError: disk full'
    """
    lines = text.split("\n")
    levels = Levels()
    is_error = [levels.next(terminal.stripped(line)) == ERROR for line in lines]
    last = len(lines) - 1
    while last >= 0 and not (is_error[last] and lines[last].strip()):
        last -= 1
    if last < 0:
        return None
    first = last
    while first > 0 and is_error[first - 1] and last - first < _LONGEST:
        first -= 1
    shown = lines[max(0, first - _BEFORE) : last + 1 + _AFTER]
    return LastError("\n".join(shown), terminal.stripped(lines[last]).strip()[:_SUMMARY])
