"""The wire face of API v2."""
