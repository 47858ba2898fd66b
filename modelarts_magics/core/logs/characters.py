"""The characters of UTF-8, as far as slices of bytes cut them at their edges."""

from __future__ import annotations

REPLACEMENT = "\ufffd"
"""What stands for bytes that are no character, one to three of them."""

LONGEST = 4
"""Bytes of a character."""

LONGEST_CUT = LONGEST - 1
"""Bytes of a character that is cut."""

OVERLAP = 2 * LONGEST
"""Bytes in which one character and the rest of another fit."""

CONTINUATIONS = bytes(range(0x80, 0xC0))
"""The bytes of which none begins a character."""
