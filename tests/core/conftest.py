"""Every test of the core is alone with a fake service."""

from isolation import isolated, service

__all__ = ["isolated", "service"]
