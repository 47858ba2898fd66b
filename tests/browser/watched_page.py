"""A page of the browser, and what must not happen on it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from jupyters import OTHER_HOST
from playwright.sync_api import Browser

VIEWPORT = {"width": 1280, "height": 900}


class WatchedPage:
    """A page on which no script may fail, and which may ask no other machine for anything."""

    def __init__(self, browser: Browser) -> None:
        self._context = browser.new_context(viewport=VIEWPORT)
        self.page = self._context.new_page()
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


def _ours(error: Any) -> list[str]:
    """Without what others throw.

    Notebook 7 fails once when it opens any notebook. JupyterLab 3 complains in its console, and
    nowhere else, of undisplayed widgets of another version: of the questions whether it has it.
    JupyterLab 4 says so of its own requests when a kernel is gone.
    """
    stack = str(error.stack or error)
    is_notebooks = "reading 'schema'" in stack and "notebook_core" in stack
    is_answer = "is not registered as a widget module" in stack
    is_gone = stack.startswith("Error: Canceled future for ")
    return [] if is_notebooks or is_answer or is_gone else [stack]


def _foreign(request: Any) -> list[str]:
    parts = urlsplit(request.url)
    hosts = {"127.0.0.1", "localhost", OTHER_HOST}
    is_local = parts.scheme in {"data", "blob"} or parts.hostname in hosts
    return [] if is_local else [request.url]
