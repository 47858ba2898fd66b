"""Every test of the core is alone with a fake service."""

from collections.abc import Iterator

import pytest
from alone import isolated, service
from hypothesis import HealthCheck, settings
from visualization_service import VisualizationService, jobs_of

from modelarts_magics.core.api.v1.visualizations import VisualizationJobs

__all__ = ["isolated", "service"]

# A busy machine is no failure: hypothesis counts examples here, not milliseconds.
settings.register_profile(
    "without a deadline", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("without a deadline")


@pytest.fixture
def viz() -> Iterator[VisualizationService]:
    """A service of visualization jobs."""
    with VisualizationService() as running:
        yield running


@pytest.fixture
def viz_jobs(viz: VisualizationService) -> Iterator[VisualizationJobs]:
    with jobs_of(viz.url) as jobs:
        yield jobs
