"""What the view says when the kernel that feeds it is gone, by the clock of the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from log_view_page import LogViewPage
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# A page that sleeps may miss each signal: what is so when it looks has to do.
_GONE = {
    "dead": "kernel.jupyter.status = 'dead'",
    "disposed": "kernel.jupyter.isDisposed = true",
    "restarting": "kernel.jupyter.status = 'autorestarting'",
    "another": "kernel.model.widget_manager.kernel = {id: 'another', status: 'idle'}",
    "no kernel": "kernel.model.widget_manager.kernel = null",
}


@pytest.fixture
def view(page: Page, address: str, tmp_path: Path) -> LogViewPage:
    """A view whose time the test lets go by."""
    page.clock.install()
    page.goto(address)
    page.wait_for_function("window.kernel !== undefined")
    page.clock.pause_at("2100-01-01")
    return LogViewPage(page, tmp_path)


def shown(view: LogViewPage) -> str:
    text: str = view.root().evaluate("root => root.innerText")
    return text


def elapsed(view: LogViewPage) -> str:
    return view.find(".mm-elapsed").inner_text()


def test_within_five_seconds_it_says_so_stops_its_clock_and_tells_the_command(
    view: LogViewPage,
) -> None:
    for way in _GONE.values():
        view.open(jupyter={"id": "one", "status": "busy"}, options={"command": "%ma_log 7 V0001"})
        view.say("some text\n")
        view.page.clock.run_for(3000)
        before = elapsed(view)
        view.page.clock.run_for(2000)
        assert "The kernel has ended" not in shown(view)
        assert elapsed(view) != before
        view.page.evaluate(f"() => {{ {way}; }}")
        view.page.clock.run_for(5000)
        for words in ("The kernel has ended", "%ma_log 7 V0001", "some text"):
            assert words in shown(view), way
        before = elapsed(view)
        view.page.clock.run_for(60_000)
        assert elapsed(view) == before, way
