"""Every test of the SDK face is alone with a fake service."""

from isolation import isolated, service

__all__ = ["isolated", "service"]
