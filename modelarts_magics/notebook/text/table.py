"""What Python and the rich view's JavaScript decide alike about the text of a log.

``terminal.json`` says what of a terminal is obeyed, ``widths.json`` which characters take two
columns and which none; ``js/src/terminal/`` reads them too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def _table(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(Path(__file__).with_name(name).read_text("utf-8"))
    return table


def character_class(ranges: Iterable[tuple[int, int]]) -> str:
    """The inside of a class of a regular expression, from numbers of characters.

    >>> character_class([(97, 99), (128640, 128640)])
    '\\\\U00000061-\\\\U00000063\\\\U0001f680-\\\\U0001f680'
    """
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


TERMINAL = _table("terminal.json")
WIDTHS = _table("widths.json")
