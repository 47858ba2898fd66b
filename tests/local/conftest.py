"""Services that run for the whole of the tests of this folder, and ones that a test may end."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running_service import RunningService, running_service
from v2_calls import vendor_client


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("service") / "root") as running:
        yield running


@pytest.fixture(scope="session")
def alt_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """Shows the other form of each contradiction of the documentation."""
    root = tmp_path_factory.mktemp("alt") / "root"
    with running_service(root, "--quirks", "alt") as running:
        yield running


@pytest.fixture(scope="module")
def client(service: RunningService) -> Iterator[Any]:
    """The vendor's own, of API v2; nobody else holds it, or its threads would outlive the tests."""
    client = vendor_client(service)
    yield weakref.proxy(client)
    del client


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[RunningService]:
    """A service for one test, which may stop or kill it."""
    with running_service(tmp_path / "root") as running:
        yield running
