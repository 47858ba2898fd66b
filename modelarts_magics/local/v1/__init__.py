"""The wire face of API v1."""
