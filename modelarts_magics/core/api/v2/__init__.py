"""API v2: jobs with UUIDs, phases and tasks."""
