"""The scripts of our widgets travel once in a kernel: each lies on a shelf of the page.

A widget that brings a script puts it there, under a name that tells what is in it; those that need
it say the name, and bring only what fetches it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import anywidget
import traitlets

from .live import live_panels

STATIC = Path(__file__).resolve().parents[1] / "static"

LOADER = STATIC / "log_loader.js"
"""What each panel brings along to find its script."""

CHARTS = STATIC / "charts.js"
"""The built script of charts; a checkout that was never built lacks it."""


def on_shelf(script: Path) -> str:
    """Bring a script to the page of this kernel, unless it is there.

    Returns:
        The name under which it lies there.
    """
    shared = live_panels().shared
    if script.stem not in shared:
        name = hashlib.sha256(script.read_bytes()).hexdigest()
        shelf = traitlets.Unicode(name).tag(sync=True)
        bundle = type("_Bundle", (anywidget.AnyWidget,), {"_esm": script, "shelf": shelf})
        shared[script.stem] = bundle()
    found: str = shared[script.stem].shelf
    return found
