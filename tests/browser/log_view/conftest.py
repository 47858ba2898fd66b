"""The log view alone on a page, which is loaded anew for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from log_view_page import BUNDLE, LogViewPage, served
from watched_page import SharedPages

RESULTS = Path(__file__).resolve().parents[3] / "test-results"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    assert BUNDLE.is_file(), "the log view is not built: `pip install -e .` or `make test` do it"
    with served(tmp_path_factory.mktemp("log_view")) as found:
        yield found


@pytest.fixture
def view(shared_pages: SharedPages, address: str) -> Iterator[LogViewPage]:
    with shared_pages.lent("log view") as watched:
        watched.page.goto(address)
        watched.page.wait_for_function("window.kernel !== undefined")
        yield LogViewPage(watched.page, RESULTS)
