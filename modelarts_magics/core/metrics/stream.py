"""Lines out of pieces of text, which are cut anywhere, and what stood on each while it was redrawn.

A bar that rewrites itself by carriage returns, backspaces or moves of the cursor shows one text
after the other on a line: each is told with the place of that line. Lines are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

At = tuple[int, int]  # the number of a line, from 0, and its first byte

LONGEST = 4_000  # characters of a text that are looked at
_MOST_HELD = 1_000_000  # characters of a line that has no end yet
_MOST_REDRAWN = 1_000_000  # characters of texts that one line may show by backspaces
_ESCAPE = re.compile(
    r"\x1b(?:\[[0-9;:?<>=! ]{0,60}([@-~])|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)"
    r"|[()#][A-Za-z0-9]|[=>78DEHM])"
)
_MOVES = frozenset("ABEFGHJdf")  # of the cursor, or a cleared screen
_BACKSPACES = re.compile("(\x08+)")
_FEW = 3  # backspaces are those of a spinner


class Lines:
    """Cuts a stream into lines."""

    def __init__(self) -> None:
        self._number = 0
        self._start = 0  # the first byte of the line
        self._end = 0  # of what came
        self._held: list[str] = []
        self._size = 0
        self._is_redrawn = False

    def feed(self, piece: str, byte: int | None = None) -> Iterator[tuple[At, str]]:
        """The texts that are whole now, each with where its line begins.

        Args:
            byte: where the piece begins; by default behind what came, at first 0.
        """
        if byte is not None:
            self._end = byte
            if not self._held and not self._is_redrawn:
                self._start = byte
        size = len if piece.isascii() else _bytes
        *lines, last = piece.split("\n")
        for line in lines:
            if line.isprintable() and not self._held and not self._is_redrawn:
                yield (self._number, self._start), line[:LONGEST]
            else:
                yield from self._written(line)
                yield from self._shown()
            self._end += size(line) + 1
            self._start = self._end
            self._number += 1
            self._is_redrawn = False
        yield from self._written(last)
        self._end += size(last)

    def end(self) -> Iterator[tuple[At, str]]:
        """What stands on the line that no newline has ended."""
        yield from self._shown()

    def _written(self, text: str) -> Iterator[tuple[At, str]]:
        """What carriage returns end; the rest is held."""
        if "\r" in text:
            *parts, text = text.split("\r")
            for part in parts:
                self._hold(part)
                yield from self._shown()
                self._is_redrawn = True
        self._hold(text)

    def _hold(self, text: str) -> None:
        room = _MOST_HELD - self._size
        if room > 0 and text:
            self._held.append(text[:room])
            self._size += len(self._held[-1])

    def _shown(self) -> Iterator[tuple[At, str]]:
        text = "".join(self._held)
        self._held, self._size = [], 0
        if text or not self._is_redrawn:
            for shown in _texts(text):
                yield (self._number, self._start), shown


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _texts(part: str) -> Iterator[str]:
    """What stood on a line between two carriage returns."""
    if part.isprintable():
        yield part[:LONGEST]
        return
    part = _ESCAPE.sub(lambda found: "\r" if found[1] in _MOVES else "", part)
    for text in part.split("\r"):
        yield from _redrawn(text) if "\x08" in text else (text[:LONGEST],)


def _redrawn(text: str) -> Iterator[str]:
    """What backspaces took back, and what was written in its place."""
    shown, *others = _BACKSPACES.split(text)
    shown = shown[:LONGEST]
    left = _MOST_REDRAWN
    for backspaces, more in zip(others[::2], others[1::2]):
        if len(backspaces) > _FEW and left > 0:
            yield shown
            left -= len(shown)
        shown = (shown[: -len(backspaces)] + more)[:LONGEST]
    yield shown
