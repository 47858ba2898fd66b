"""Text on its way to a real terminal, without what would reach beyond itself there."""

from __future__ import annotations

import re

from .terminal import LONGEST, ROWS, TOKEN, UNFINISHED, WIDTH, count_of, obeyed, visible


class SafeStream:
    """Colours pass, and moves and erasing within the rows that this stream has printed.

    What stands above the first of them, such as a prompt, is not reached. A sequence that a piece
    cuts is completed by the next piece.

    >>> SafeStream().feed("\\x1b]0;title\\x07a\\x1b[31mb\\x1b[2J\\r")
    'a\\x1b[31mb\\r'
    >>> SafeStream().feed("a\\nb\\x1b[9Ac")
    'a\\nb\\x1b[1Ac'
    """

    def __init__(self) -> None:
        self._held = ""
        self._above = 0  # rows above the cursor that are ours
        self._below = 0

    def feed(self, text: str) -> str:
        """The part of the text that may be printed now."""
        text = self._held + text
        unfinished = UNFINISHED.search(text, max(0, len(text) - LONGEST))
        self._held = unfinished.group() if unfinished else ""
        ready = text[: len(text) - len(self._held)]
        return "".join(map(self._safe, TOKEN.finditer(ready)))

    def leave(self) -> str:
        """What brings the cursor below all that was printed; it is not gone back to."""
        feeds = "\n" * self._below
        self._above = self._below = 0
        return feeds

    def _safe(self, token: re.Match[str]) -> str:
        if token[4] is not None:
            return visible(token[4])
        if token[3] is None:
            return self._control(token.group())
        name = obeyed(token)
        if name in ("style", "erase_line"):
            return token.group()
        if name == "erase_display":  # above there may be what is not ours
            return token.group() if count_of(token) == 0 else ""
        return self._move(name, token[3], max(1, count_of(token))) if name else ""

    def _control(self, sequence: str) -> str:
        if sequence == "\n":
            self._moved(1)
        return sequence if sequence in ("\r", "\n", "\x08") else ""

    def _move(self, name: str, final: str, count: int) -> str:
        if name == "next_line":  # where there is no row yet, one begins
            rest = min(count - self._below, ROWS)
            return self._by(min(count, self._below), final) + "".join(
                map(self._control, "\n" * rest)
            )
        if name == "previous_line":
            return self._by(-min(count, self._above), final) or "\r"
        if name == "up":
            return self._by(-min(count, self._above), final)
        if name == "down":
            return self._by(min(count, self._below), final)
        return f"\x1b[{min(count, WIDTH)}{final}"

    def _by(self, rows: int, final: str) -> str:
        self._moved(rows)
        return f"\x1b[{abs(rows)}{final}" if rows else ""

    def _moved(self, rows: int) -> None:
        self._above = min(self._above + rows, ROWS - 1)
        self._below = max(0, self._below - rows)
