"""How bad a line of a log is, from its text alone; tracebacks are blocks of lines.

What tells it stands in ``levels.json``, which the rich view's ``js/src/text/levels.js`` reads too.
A pattern there means the same to Python, with ASCII words, and to JavaScript.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

ERROR = "error"
WARNING = "warning"

_TABLE = json.loads(Path(__file__).with_name("levels.json").read_text("utf-8"))
_SEEN: int = _TABLE["seen"]  # characters of a line that are looked at
_TRACEBACK: str = _TABLE["traceback"]
_OUTDENTED = re.compile(_TABLE["outdented"], re.ASCII)
_PLATFORM = re.compile("|".join(_TABLE["platform"]), re.ASCII)
_PATTERNS = {level: re.compile("|".join(_TABLE[level]), re.ASCII) for level in (ERROR, WARNING)}


def level_of(text: str) -> str:
    """``"error"``, ``"warning"`` or nothing.

    >>> level_of("10:00 WARNING slow"), level_of("ValueError: no"), level_of("no errors")
    ('warning', 'error', '')
    """
    seen = text[:_SEEN]
    if _TRACEBACK in seen:
        return ERROR
    return next((level for level, pattern in _PATTERNS.items() if pattern.search(seen)), "")


def is_of_platform(text: str) -> bool:
    """Whether the platform wrote a line, not the program.

    >>> is_of_platform("[ModelArts Service Log] preparing"), is_of_platform("epoch 1")
    (True, False)
    """
    return bool(_PLATFORM.search(text[:_SEEN]))


class Levels:
    """Levels of the lines of one log, one after the other."""

    def __init__(self) -> None:
        self._is_in_traceback = False

    def next(self, text: str) -> str:
        if _TRACEBACK in text:
            self._is_in_traceback = True
            return ERROR
        if not self._is_in_traceback:
            return level_of(text)
        # The first line that is not indented says which error it was.
        self._is_in_traceback = not _OUTDENTED.match(text)
        return ERROR
