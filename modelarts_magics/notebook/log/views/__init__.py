"""The views of a log panel: rich where the front end has anywidget, core widgets, plain HTML."""

from pathlib import Path

RICH_BUNDLE = Path(__file__).resolve().parents[2] / "static" / "log_view.js"
"""The built front end of the rich view; a checkout that was never built lacks it."""
