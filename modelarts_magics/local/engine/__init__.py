"""Jobs that run: one life for every kind, processes and slots."""
