"""Jobs that run: processes, their turn, and their end."""
