"""API v1: numbered jobs with versions, logs in slices, visualization jobs."""
