"""``%ma_log``: the command, the live panel, its views, and still pictures."""
