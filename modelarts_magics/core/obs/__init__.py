"""The object store: its signatures, and a client that only reads."""
