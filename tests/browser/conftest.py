"""A real JupyterLab in a real Chromium.

The lab is the one of `make lab`: the same functions start it. All tests share the browser, the
servers and a page of each server: starting them takes longer than most tests.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable

import find_browser
import pytest
from environments import CannotBeMade
from jupyters import LAB, OTHER_HOST, Jupyter, Kind
from lab import NOTEBOOKS, Lab, Server
from notebook_page import NotebookPage
from panel_page import PanelPage
from playwright.sync_api import Browser, Page, expect, sync_playwright
from visualization_service import VisualizationService
from watched_page import TIME_LIMIT, SharedPages, WatchedPage
from written_jobs import WrittenJobs

RESULTS = Path(__file__).resolve().parents[2] / "test-results"

# Chromium itself stays silent on the network, so that any foreign request is the page's.
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {OTHER_HOST} 127.0.0.1",
]


@dataclass(frozen=True)
class RunningLab:
    """A JupyterLab that answers, and the processes behind it."""

    lab: Lab
    server: Server


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser to drive; without one the tests are skipped, under CI they fail."""
    found = find_browser.find()
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(find_browser.MISSING)
    if found is None:
        pytest.skip(find_browser.MISSING)
    return found


class _EndsBeforeOthers:
    """Ends the browser before the first test without one.

    While Playwright's synchronous interface is open, its event loop counts as running in this
    thread, and tests that use asyncio would fail. Those with a browser are the first ones.
    """

    def __init__(self, end: Callable[[], object]) -> None:
        self._end = end

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if item.get_closest_marker("browser") is None:
            self._end()


@pytest.fixture(scope="session")
def running_lab(chromium: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    """`make lab` on a copy of the notebooks, with its page open to scripts of the tests."""
    root = tmp_path_factory.mktemp("lab")
    notebooks = root / "notebooks"
    shutil.copytree(NOTEBOOKS, notebooks, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    arguments = ["--no-browser", "--LabApp.expose_app_in_browser=True"]
    with Lab(root / "local", port=0, notebooks=notebooks, arguments=arguments) as lab:
        lab.environment["MODELARTS_MAGICS_LANGUAGE"] = "en"
        yield RunningLab(lab, lab.start())


@pytest.fixture(scope="session")
def browser(chromium: Path, pytestconfig: pytest.Config) -> Iterator[Browser]:
    with ExitStack() as ends:
        playwright = ends.enter_context(sync_playwright())
        expect.set_options(timeout=TIME_LIMIT)
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        ends.callback(opened.close)
        pytestconfig.pluginmanager.register(_EndsBeforeOthers(ends.close))
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page, on which no script may fail and which may ask no other machine for anything."""
    watched = WatchedPage(browser)
    yield watched.page
    watched.close()
    watched.check()


@pytest.fixture
def notebook_page(page: Page, running_lab: RunningLab) -> NotebookPage:
    RESULTS.mkdir(exist_ok=True)
    return NotebookPage(page, running_lab.server, RESULTS)


@pytest.fixture(scope="session")
def modelarts(chromium: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """An embedded ModelArts for the panels of all modules."""
    with Lab(tmp_path_factory.mktemp("modelarts")) as lab:
        lab.start_service()
        yield lab


@pytest.fixture
def jobs(modelarts: Lab, tmp_path: Path) -> Iterator[WrittenJobs]:
    made = WrittenJobs(modelarts.data, tmp_path / "feeds")
    yield made
    made.close()


@pytest.fixture
def visualizations() -> Iterator[VisualizationService]:
    """A service of visualization jobs whose states the test decides."""
    with VisualizationService() as service:
        yield service


@pytest.fixture(scope="session")
def jupyters(
    modelarts: Lab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Kind], Jupyter]]:
    """Servers by their kind, started when a test needs one, until the last test has ended."""
    running: dict[Kind, Jupyter] = {}
    with ExitStack() as ends:

        def start(kind: Kind) -> Jupyter:
            served = replace(kind, host=LAB.host)
            if served not in running:
                made = Jupyter(served, tmp_path_factory.mktemp("jupyter"), modelarts.data)
                running[served] = ends.enter_context(made)
            return running[served].named(kind.host)

        yield start


@pytest.fixture
def jupyter(
    request: pytest.FixtureRequest, jupyters: Callable[[Kind], Jupyter]
) -> Iterator[Jupyter]:
    """The server of a kind: the parameter, or a JupyterLab 4 with all that there is."""
    try:
        made = jupyters(getattr(request, "param", LAB))
        yield made
    except CannotBeMade as error:
        if os.environ.get("CI") == "true" and "is not for Python" not in str(error):
            pytest.fail(str(error))
        pytest.skip(str(error))
    made.end_kernels()


@pytest.fixture(scope="session")
def shared_pages(request: pytest.FixtureRequest, browser: Browser) -> SharedPages:
    """The pages of servers; they end with the browser."""
    return SharedPages(browser, request.session)


@pytest.fixture
def panel_page(shared_pages: SharedPages, jupyter: Jupyter) -> Iterator[PanelPage]:
    """A page of the server, without any notebook."""
    RESULTS.mkdir(exist_ok=True)
    with shared_pages.lent(jupyter.kind) as watched:
        made = PanelPage(watched.page, jupyter, RESULTS)
        watched.leave = made.leave
        yield made
