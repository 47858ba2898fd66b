"""Every test of the core is alone with a fake service."""

from alone import isolated, service

__all__ = ["isolated", "service"]
