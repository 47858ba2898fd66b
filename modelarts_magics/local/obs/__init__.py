"""The object store as others see it: its signatures, listings, and ranges of objects."""
