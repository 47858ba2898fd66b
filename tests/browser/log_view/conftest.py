"""The log view alone on a page of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from log_view_page import BUNDLE, LogViewPage, served
from playwright.sync_api import Page

RESULTS = Path(__file__).resolve().parents[3] / "test-results"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    assert BUNDLE.is_file(), "the log view is not built: `pip install -e .` or `make test` do it"
    with served(tmp_path_factory.mktemp("log_view")) as found:
        yield found


@pytest.fixture
def view(page: Page, address: str) -> LogViewPage:
    page.goto(address)
    page.wait_for_function("window.kernel !== undefined")
    return LogViewPage(page, RESULTS)
