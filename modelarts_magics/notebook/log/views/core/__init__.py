"""The view of core widgets, for front ends without anywidget."""
