"""The one place from which text is printed."""

from __future__ import annotations

import sys
from typing import TextIO

from ..core.encodable import encodable


def say(text: str = "", *, end: str = "\n", stream: TextIO | None = None) -> None:
    """Print a text as far as the terminal can show it; by default to standard output."""
    target = sys.stdout if stream is None else stream
    print(encodable(text, target), end=end, file=target, flush=True)
