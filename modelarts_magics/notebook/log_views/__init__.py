"""The views of a log panel: rich where the front end has anywidget, core widgets, plain HTML."""

from pathlib import Path

RICH_BUNDLE = Path(__file__).resolve().parent.parent / "static" / "log_view.js"
"""The built front end of the rich view; a checkout that was never built lacks it."""
