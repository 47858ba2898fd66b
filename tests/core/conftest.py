"""Every test of the core is alone with a fake service."""

from alone import isolated, service
from hypothesis import HealthCheck, settings

__all__ = ["isolated", "service"]

# A busy machine is no failure: hypothesis counts examples here, not milliseconds.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
