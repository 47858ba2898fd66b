"""Logs that are computed from offsets, so that a gigabyte of them needs no disk."""

from __future__ import annotations

LINE = 108  # bytes
_WORDS = "训练 loss={loss:.6f} val_accuracy={accuracy:.6f} lr=0.001 samples/s=1234"


def line(number: int) -> str:
    """A line with its number; all have the same length in bytes, some of them Chinese."""
    second = number // 20
    clock = f"{second // 3600 % 24:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    words = _WORDS.format(loss=1 / (1 + number % 997), accuracy=1 - 1 / (2 + number % 991))
    text = f"{number:010d} {clock} INFO  {words}"
    return text.ljust(LINE - 1 - 2 * 2, ".") + "\n"  # two characters of three bytes each


def bar(number: int) -> str:
    """A state of a progress bar that never ends its line; all have the same length in bytes."""
    text = f"\rtraining: 25%|█████               | {number:09d}/400000000 [2:46:40<3:11:06]"
    return text.ljust(LINE - 2 * 5, ".")  # five characters of three bytes each


def data(start: int, length: int, *, is_bar: bool = False) -> bytes:
    """A range of an endless log, which may cut characters."""
    first, last = start // LINE, (start + length) // LINE
    lines = "".join(map(bar if is_bar else line, range(first, last + 1))).encode()
    skipped = start - first * LINE
    return lines[skipped : skipped + length]
