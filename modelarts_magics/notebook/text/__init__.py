"""Text and HTML for people, from values that may be hostile."""
