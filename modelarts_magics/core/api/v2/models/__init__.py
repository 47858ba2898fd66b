"""The answers of API v2 as values."""
