"""Logs that are computed from offsets, so that a gigabyte of them needs no disk."""

from __future__ import annotations

from typing import Callable

LINE = 108  # bytes
_WORDS = "训练 loss={loss:.6f} val_accuracy={accuracy:.6f} lr=0.001 samples/s=1234"


def line(number: int) -> str:
    """A line with its number; all have the same length in bytes, some of them Chinese."""
    text = f"{number:010d} {_clock(number)} INFO  {_words(number)}"
    return text.ljust(LINE - 1 - 2 * 2, ".") + "\n"  # two characters of three bytes each


def coloured(number: int) -> str:
    """The same, with the colours of a logger; they are bytes of the line."""
    level = 31 + number % 6
    text = f"{number:010d} {_clock(number)} \x1b[{level}mINFO\x1b[m  \x1b[1m{_words(number)}\x1b[m"
    return text.ljust(LINE - 1 - 2 * 2, ".") + "\n"


def _clock(number: int) -> str:
    second = number // 20
    return f"{second // 3600 % 24:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def _words(number: int) -> str:
    return _WORDS.format(loss=1 / (1 + number % 997), accuracy=1 - 1 / (2 + number % 991))


def bar(number: int) -> str:
    """A state of a progress bar that never ends its line; all have the same length in bytes."""
    text = f"\rtraining: 25%|█████               | {number:09d}/400000000 [2:46:40<3:11:06]"
    return text.ljust(LINE - 2 * 5, ".")  # five characters of three bytes each


def data(start: int, length: int, of: Callable[[int], str] = line) -> bytes:
    """A range of an endless log of lines or bars, which may cut characters."""
    first, last = start // LINE, (start + length) // LINE
    lines = "".join(map(of, range(first, last + 1))).encode()
    skipped = start - first * LINE
    return lines[skipped : skipped + length]
