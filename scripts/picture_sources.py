"""By which sources the pictures of the READMEs are made: whether they are of today."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PICTURES = REPOSITORY / "docs" / "pictures"
RECORD = PICTURES / "sources.json"
LARGEST = 150_000  # bytes

# What decides how a picture looks at a glance: which facts stand there, in which colours.
# Words, keys, icons, menus and what runs behind change often and make no picture wrong.
_COLOURS = "modelarts_magics/notebook/text/colors.json"
_PANEL = ("js/src/view/header.js", "js/src/charts/card.js", _COLOURS)
_FORM = (
    "modelarts_magics/notebook/viz/panel/core_view.py",
    "modelarts_magics/notebook/viz/panel/form.py",
)
SHOWN: Mapping[str, Sequence[str]] = {
    "panel": _PANEL,
    "panel-dark": _PANEL,
    "panel-zh": _PANEL,
    "viz": _FORM,
    "scalars": ("js/src/charts/card.js", _COLOURS),
    "terminal": (_COLOURS,),
}


def digest(name: str) -> str:
    """Of all sources that decide how a picture looks."""
    found = hashlib.sha256()
    for pattern in SHOWN[name]:
        paths = sorted(REPOSITORY.glob(pattern))
        if not paths:
            raise FileNotFoundError(f"{pattern}, which {name} shows")
        for path in paths:
            found.update(path.read_bytes())
    return found.hexdigest()[:16]
