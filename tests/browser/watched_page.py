"""A page of the browser, and what must not happen on it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any, Callable
from urllib.parse import urlsplit

import pytest
from jupyters import OTHER_HOST
from playwright.sync_api import Browser

VIEWPORT = {"width": 1280, "height": 900}
TIME_LIMIT = 60_000  # ms; far more than anything here takes


class WatchedPage:
    """A page on which no script may fail, and which may ask no other machine for anything."""

    def __init__(self, browser: Browser) -> None:
        self._context = browser.new_context(viewport=VIEWPORT)
        self._context.set_default_timeout(TIME_LIMIT)
        self.page = self._context.new_page()
        self.leave: Callable[[], object] = self._as_opened
        self._failures: list[str] = []
        self._foreign: list[str] = []
        self.page.on("pageerror", lambda error: self._failures.extend(_ours(error)))
        self.page.on("request", lambda request: self._foreign.extend(_foreign(request)))

    @property
    def is_good(self) -> bool:
        return not self._failures and not self._foreign

    def check(self) -> None:
        assert self._failures == [], self._failures
        assert self._foreign == [], self._foreign

    def close(self) -> None:
        self._context.close()

    def _as_opened(self) -> None:
        """Leave the page to the next test as if nothing had been done with it."""
        self.page.set_viewport_size(VIEWPORT)


class SharedPages:
    """Pages that tests use one after the other, until one has failed on it.

    A page of its own costs a test as much as most of them take.
    """

    def __init__(self, browser: Browser, session: pytest.Session) -> None:
        self._browser = browser
        self._session = session
        self._kept: dict[Hashable, WatchedPage] = {}

    @contextmanager
    def lent(self, name: Hashable) -> Iterator[WatchedPage]:
        """The page of a name, for a test."""
        watched = self._kept.pop(name, None) or WatchedPage(self._browser)
        failed = self._session.testsfailed
        yield watched
        if self._session.testsfailed > failed or not watched.is_good:
            watched.close()
        else:
            watched.leave()
            self._kept[name] = watched
        watched.check()


def _ours(error: Any) -> list[str]:
    """Without what others throw.

    Notebook 7 fails once when it opens any notebook. JupyterLab 3 complains in its console, and
    nowhere else, of undisplayed widgets of another version: of the questions whether it has it.
    JupyterLab 4 says so of its own requests when a kernel is gone. anywidget allows a page two
    seconds for what it starts, however busy the page is.
    """
    stack = str(error.stack or error)
    is_notebooks = "reading 'schema'" in stack and "notebook_core" in stack
    is_answer = "is not registered as a widget module" in stack
    is_gone = stack.startswith("Error: Canceled future for ")
    is_late = "[anywidget] Failed to initialize model" in stack
    return [] if is_notebooks or is_answer or is_gone or is_late else [stack]


def _foreign(request: Any) -> list[str]:
    parts = urlsplit(request.url)
    hosts = {"127.0.0.1", "localhost", OTHER_HOST}
    is_local = parts.scheme in {"data", "blob"} or parts.hostname in hosts
    return [] if is_local else [request.url]
