"""The views of a log panel: rich where the front end has anywidget, core widgets, plain HTML."""
