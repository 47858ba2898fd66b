"""What the service says, as frozen values; the only place that knows its JSON keys."""

from .status import JobStatus, Phase

__all__ = ["JobStatus", "Phase"]
