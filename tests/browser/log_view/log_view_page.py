"""The log view alone on a page, with a kernel that is a few lines of JavaScript."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, TimeoutError

HARNESS = Path(__file__).resolve().parent / "page"
BUNDLE = Path(__file__).resolve().parents[3] / "modelarts_magics/notebook/static/log_view.js"

# The whole text, also what is not in the DOM.
_DOC = "(root) => {{ const tile = root.querySelector('.cm-content').cmTile; return {}; }}"
_TOP = _DOC.format(
    "tile.view.state.doc.lineAt(tile.view.lineBlockAtHeight("
    "tile.view.scrollDOM.scrollTop).from).text"
)
_TEXT = _DOC.format("tile.view.state.doc.toString()")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the harness, served from a folder made for it."""
    shutil.copytree(HARNESS, folder, dirs_exist_ok=True)
    shutil.copy(BUNDLE, folder)
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/index.html"
        finally:
            server.shutdown()
            thread.join()


class LogViewPage:
    """What a person sees and does; `kernel` calls are what the kernel does."""

    def __init__(self, page: Page, results: Path) -> None:
        self.page = page
        self._results = results

    def open(self, **values: Any) -> None:
        self.kernel("open", values)

    def kernel(self, method: str, *arguments: Any) -> Any:
        """Call a method of `window.kernel`."""
        script = "([method, values]) => window.kernel[method](...values)"
        return self.page.evaluate(script, [method, list(arguments)])

    def say(self, text: str, file: str = "worker-0.log") -> None:
        self.kernel("say", text, file)

    def sent(self, kind: str) -> list[dict[str, Any]]:
        """What the view has sent to the kernel."""
        found: list[dict[str, Any]] = self.kernel("sent", kind)
        return found

    def saving(self, said: str, files: list[dict[str, Any]], contents: list[str]) -> None:
        """The kernel tells how far the saving of a log is, and what came of it."""
        self.kernel("saving", said, files, contents)

    def root(self, view: int = 0) -> Locator:
        return self.page.locator(".mm-log").nth(view)

    def find(self, selector: str, view: int = 0) -> Locator:
        return self.root(view).locator(selector)

    def button(self, action: str, view: int = 0) -> Locator:
        return self.find(f'[data-action="{action}"]', view)

    def press(self, action: str, view: int = 0) -> None:
        """Press a button, or choose from the menu what has none."""
        wanted = self.button(action, view)
        if wanted.evaluate("node => node.closest('.mm-menu') !== null"):
            self.button("more", view).click()
        wanted.click()

    def text(self, view: int = 0) -> str:
        return self.root(view).evaluate(_TEXT)

    def wait_for_text(self, text: str, view: int = 0) -> None:
        """Until the whole text is this one; tells the difference when it never is."""
        try:
            self.page.wait_for_function(
                f"([view, text]) => ({_TEXT})(document.querySelectorAll('.mm-log')[view]) === text",
                arg=[view, text],
            )
        except TimeoutError as error:
            raise AssertionError(f"{self.text(view)!r} is not {text!r}") from error

    def wait_for_rows(self, *rows: str, view: int = 0) -> None:
        """Until the whole text has all of these rows."""
        self.page.wait_for_function(
            f"""([view, rows]) => {{
                const text = ({_TEXT})(document.querySelectorAll('.mm-log')[view]).split("\\n");
                return rows.every((row) => text.includes(row));
            }}""",
            arg=[view, list(rows)],
        )

    def wait_for_end(self, text: str, view: int = 0) -> None:
        """Until the text ends so, and the end is seen."""
        self.find(".cm-line", view).last.filter(has_text=text).wait_for()

    def search(self, pattern: str) -> None:
        self.button("search").click()
        self.find(".mm-pattern").fill(pattern)

    @property
    def count(self) -> Locator:
        return self.find(".mm-count")

    @property
    def elsewhere(self) -> Locator:
        return self.find(".mm-elsewhere")

    def wheel(self, pixels: int) -> None:
        self.find(".cm-scroller").hover()
        self.page.mouse.wheel(0, pixels)

    def top(self) -> str:
        """The line at the top of what is seen, as soon as the view has settled."""
        self.settle(8)
        return str(self.root().evaluate(_TOP))

    def distance_to_end(self, view: int = 0) -> float:
        script = "(node) => node.scrollHeight - node.clientHeight - node.scrollTop"
        return self.find(".cm-scroller", view).evaluate(script)

    def settle(self, frames: int = 4) -> None:
        """Let some frames pass, in which the view may do what it wants to do."""
        self.page.evaluate(
            """async (frames) => {
                while (frames--) await new Promise((done) => requestAnimationFrame(done));
            }""",
            frames,
        )

    def picture(self, name: str) -> None:
        self._results.mkdir(exist_ok=True)
        self.settle()
        self.page.screenshot(path=self._results / f"log_view_{name}.png")


def numbered(start: int, end: int) -> str:
    """Lines that tell their own numbers."""
    return "".join(f"line {number}\n" for number in range(start, end))
