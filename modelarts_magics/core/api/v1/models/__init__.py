"""What API v1 says and is told, as frozen values; the only place that knows its JSON keys."""
