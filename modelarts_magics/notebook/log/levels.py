"""How bad a line of a log is, from its text alone; tracebacks are blocks of lines.

The rule is that of the rich view, ``js/src/text/levels.js``; one table tests both.
"""

from __future__ import annotations

import re

ERROR = "error"
WARNING = "warning"

_SEEN = 400  # characters of a line that are looked at
_TRACEBACK = "Traceback (most recent call last)"
_ERRORS = re.compile(
    r"\b(?:ERROR|CRITICAL|FATAL)\b|\blevel=(?:error|fatal|critical)\b|\[(?:error|fatal)\]"
    r"|^\s*(?:error|fatal)(?:\[\w+\])?:"
    r"|^(?:[\w.]+\.)?\w*(?:Error|Exception|KeyboardInterrupt)(?::|$)",
    re.ASCII,
)
_WARNINGS = re.compile(
    r"\b(?:WARN|WARNING)\b|\blevel=warn(?:ing)?\b|\[warn(?:ing)?\]|^\s*warning:|\b\w+Warning:",
    re.ASCII,
)


def level_of(text: str) -> str:
    """``"error"``, ``"warning"`` or nothing.

    >>> level_of("10:00 WARNING slow"), level_of("ValueError: no"), level_of("no errors")
    ('warning', 'error', '')
    """
    seen = text[:_SEEN]
    if _TRACEBACK in seen or _ERRORS.search(seen):
        return ERROR
    return WARNING if _WARNINGS.search(seen) else ""


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
        self._is_in_traceback = not text or text[0].isspace()
        return ERROR
