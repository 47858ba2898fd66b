"""The views of a log panel: rich where the front end has anywidget, core widgets, plain HTML."""

from pathlib import Path

_STATIC = Path(__file__).resolve().parents[2] / "static"

RICH_BUNDLE = _STATIC / "log_view.js"
"""The built front end of the rich view; a checkout that was never built lacks it."""

LOADER = _STATIC / "log_loader.js"
"""What each panel brings along to find it."""
