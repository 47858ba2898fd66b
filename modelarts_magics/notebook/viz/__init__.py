"""``%ma_viz``: visualization jobs in a notebook."""
