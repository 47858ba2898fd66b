"""How a benchmark tells what it found."""

from __future__ import annotations

import os
from collections.abc import Sequence


def show(title: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; the first column is text, the others are figures."""
    from tabulate import tabulate

    align = ("left", *("right" for _header in headers[1:]))
    print(f"\n{title} (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)\n")
    print(tabulate(list(rows), list(headers), "github", colalign=align, disable_numparse=True))


def verdict(*, is_met: bool) -> str:
    return "met" if is_met else "MISSED"
