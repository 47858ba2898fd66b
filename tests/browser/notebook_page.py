"""A notebook open in JupyterLab, as a test sees it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import Server
from playwright.sync_api import ElementHandle, Page

OPENING = 90_000  # ms; a loaded machine may take long, a working one takes seconds
_RUNNING = 240_000  # ms for all cells of a notebook
_POLLING = 30  # ms

_NOTEBOOK = "window.jupyterapp.shell.currentWidget"

IS_READY = f"""() => {{
  const panel = window.jupyterapp && {_NOTEBOOK};
  const kernel = panel?.sessionContext?.session?.kernel;
  return panel?.context?.isReady === true && kernel?.status === 'idle';
}}"""

# JupyterLab brings back what was open before, and shows it for a moment.
_IS_OPEN = f"path => window.jupyterapp && {_NOTEBOOK}?.context?.path === path"

_RUN = """command => {
  window.testRun = {done: false};
  window.jupyterapp.commands.execute(command).finally(() => { window.testRun.done = true; });
}"""

_CHOOSE = f"""id => {{
  const notebook = {_NOTEBOOK}.content;
  notebook.deselectAll();
  const index = notebook.widgets.findIndex(cell => cell.model.id === id);
  if (index < 0) throw Error(`no cell ${{id}}`);
  notebook.activeCellIndex = index;
}}"""

_CELLS = f"""() => {_NOTEBOOK}.content.widgets.map(cell => ({{
  id: cell.model.id,
  kind: cell.model.type,
  source: cell.model.sharedModel.getSource(),
  execution_count: cell.model.executionCount ?? null,
  outputs: cell.model.outputs?.toJSON() ?? [],
}}))"""

# A notebook may keep cells that are out of sight out of the document.
_SCROLL_TO = f"""async id => {{
  const notebook = {_NOTEBOOK}.content;
  const index = notebook.widgets.findIndex(cell => cell.model.id === id);
  if (index < 0) return null;
  await notebook.scrollToItem(index, 'start');
  return notebook.widgets[index].node;
}}"""

_COLOUR_OF = """(root, text) => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const found = walker.currentNode;
    if (found.data.includes(text)) return getComputedStyle(found.parentElement).color;
  }
  return null;
}"""

_DRAWS_APART = """([element, one, other]) => {
  const draw = text => {
    const canvas = document.createElement('canvas');
    const pen = canvas.getContext('2d');
    const style = getComputedStyle(element);
    pen.font = `32px ${style.fontFamily}`;
    pen.fillText(text, 4, 40);
    return canvas.toDataURL();
  };
  return draw(one) !== draw(other);
}"""


@dataclass(frozen=True)
class Cell:
    id: str
    kind: str  # code, markdown or raw
    source: str
    execution_count: int | None
    outputs: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """All outputs as plain text, one after the other."""
        return "\n".join(filter(None, map(_plain, self.outputs)))

    @property
    def errors(self) -> list[str]:
        failed = [output for output in self.outputs if output["output_type"] == "error"]
        return [f"{output['ename']}: {output['evalue']}" for output in failed]


def wait_for(page: Page, script: str, arg: Any = None, timeout: float | None = None) -> None:
    """Wait until a script of a page tells true.

    Asked for each frame, as Playwright does by itself, the page would draw all the time.
    """
    page.wait_for_function(script, arg=arg, timeout=timeout, polling=_POLLING)


def _plain(output: dict[str, Any]) -> str:
    if "data" in output:
        return _joined(output["data"].get("text/plain", ""))
    return _joined(output.get("text", ""))


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


class NotebookPage:
    """Opens notebooks, runs them, and looks at what they show."""

    def __init__(self, page: Page, server: Server, results: Path) -> None:
        self.page = page
        self._server = server
        self._results = results

    def open(self, path: str) -> None:
        """Open a notebook by its address, as a reader does, and wait for its kernel."""
        self.page.goto(self._server.url(path))
        self.wait_for(_IS_OPEN, arg=path, timeout=OPENING)
        self.wait_for(IS_READY, timeout=OPENING)

    def wait_for(self, script: str, arg: Any = None, timeout: float | None = None) -> None:
        """Wait until a script of the page tells true."""
        wait_for(self.page, script, arg, timeout)

    def run_all(self) -> None:
        """Run all cells; blocks until the last one, or the first that fails, has ended."""
        self._run("notebook:run-all-cells")

    def run_all_above(self, id: str) -> None:
        """Run all cells before one."""
        self.choose(id)
        self._run("notebook:run-all-above")

    def run_all_from(self, id: str) -> None:
        """Run a cell and all that follow."""
        self.choose(id)
        self._run("notebook:run-all-below")

    def choose(self, id: str) -> None:
        """Make a cell the one that commands are about."""
        self.page.evaluate(_CHOOSE, id)

    def _run(self, command: str) -> None:
        self.page.evaluate(_RUN, command)
        self.wait_for("window.testRun.done", timeout=_RUNNING)
        self.wait_for(IS_READY, timeout=OPENING)

    def cells(self) -> list[Cell]:
        return [Cell(**cell) for cell in self.page.evaluate(_CELLS)]

    def cell(self, id: str) -> Cell:
        return next(cell for cell in self.cells() if cell.id == id)

    def show(self, id: str) -> ElementHandle:
        """Scroll a cell to the top; its element in the page."""
        element = self.page.evaluate_handle(_SCROLL_TO, id).as_element()
        assert element is not None, f"no cell {id}"
        return element

    def output(self, id: str) -> ElementHandle:
        element = self.show(id).query_selector(".jp-Cell-outputArea")
        assert element is not None, f"cell {id} shows no output"
        return element

    def colour_of(self, element: ElementHandle, text: str) -> tuple[int, int, int]:
        """The colour, as the browser computes it, of the first text that contains `text`."""
        colour = element.evaluate(_COLOUR_OF, text)
        assert colour is not None, f"{text!r} is not shown"
        red, green, blue = (int(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
        return red, green, blue

    def draws_apart(self, element: ElementHandle, one: str, other: str) -> bool:
        """Whether two characters look different in the font of an element.

        Characters without a glyph are all drawn as the same box.
        """
        return bool(self.page.evaluate(_DRAWS_APART, [element, one, other]))

    def screenshot(self, name: str) -> Path:
        """What is in sight, into `test-results/`."""
        path = self._results / f"{name}.png"
        self.page.screenshot(path=path)
        return path
