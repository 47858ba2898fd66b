"""A notebook with log panels, as a test sees it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable

from barriers import barriers
from jupyters import Jupyter
from notebook_page import IS_READY, OPENING, NotebookPage
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as TimeLimitExceeded
from watched_page import TIME_LIMIT, VIEWPORT

_COMPLAINTS = re.compile(
    "Error displaying widget|Error creating widget|javascript error|model not found"
    "|Loading widget|Failed to load model",
    re.IGNORECASE,
)

_LONG = 10_000  # ms; more than a kernel takes to load the extension, mostly

_RUN_ONE = """number => {
  const app = window.jupyterapp;
  const notebook = app.shell.currentWidget.content;
  notebook.deselectAll();
  notebook.activeCellIndex = number;
  app.commands.execute('notebook:run-cell');
}"""

# The status of the kernel does not tell: requests on the control channel make it idle meanwhile.
_RUNS = """number => {
  const cells = window.jupyterapp.shell.currentWidget.content.widgets;
  const isWaiting = cell => cell.inputArea.promptNode.textContent.includes('*');
  return isWaiting(cells[number]) && !cells.slice(0, number).some(isWaiting);
}"""

_IS_DONE = """number => {
  const cell = window.jupyterapp.shell.currentWidget.content.widgets[number];
  return cell.model.executionCount !== null
    && !cell.inputArea.promptNode.textContent.includes('*');
}"""

_CONNECT = """() => {
  const other = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.clone();
  return other.info.then(() => other.dispose());
}"""

# Disabled buttons are meant to be faint.
_SPILLS = "root => [root.scrollWidth - root.clientWidth].filter(spill => spill > 1)"

_CONTRASTS = """root => {
  const pen = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const known = new Map();
  const parts = colour => {
    if (!known.has(colour)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
      known.set(colour, [...pen.getImageData(0, 0, 1, 1).data]);
    }
    return known.get(colour);
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = parts(getComputedStyle(one).backgroundColor);
      if (colour[3] > 200) return colour;
    }
    return [255, 255, 255, 255];
  };
  const found = {};
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || !element.checkVisibility()) continue;
    if (element.closest(':disabled, style, option')) continue;
    const [one, other] = [parts(getComputedStyle(element).color), behind(element)].map(light);
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    found[text.slice(0, 60)] = Math.min(ratio, found[text.slice(0, 60)] ?? 99);
  }
  return found;
}"""

# Without a question about changes; lists of widgets are no iterables in JupyterLab 3.
_CLOSE_ALL = """() => {
  const found = window.jupyterapp.shell.widgets('main');
  const next = () => (found[Symbol.iterator] ? found.next().value : found.next());
  const widgets = [];
  for (let widget; (widget = next()) !== undefined; ) widgets.push(widget);
  widgets.filter(widget => widget.context || widget.hasClass('jp-LinkedOutputView')
    || widget.content?.hasClass('jp-LinkedOutputView')).forEach(widget => widget.dispose());
}"""

_OPEN = """([path, id]) => window.jupyterapp.commands
  .execute('docmanager:open', id ? {path, kernel: {id}} : {path}).then(() => null)
"""

_KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.id"

# The kernel, as new; null where it is not, or does not answer in time.
_AS_NEW = """limit => {
  const kernel = window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel;
  if (!kernel) return null;
  const asked = kernel.requestExecute({code: '%as_new', store_history: false, silent: true});
  const answered = asked.done.then(reply => (reply.content.status === 'ok' ? kernel.id : null));
  const late = new Promise(resolve => setTimeout(resolve, limit, null));
  return Promise.race([answered.catch(() => null), late]);
}"""

_EDIT = """([number, source]) => {
  const cells = window.jupyterapp.shell.currentWidget.content.widgets;
  cells[number].model.sharedModel.setSource(source);
}"""

_IS_DIRTY = "window.jupyterapp.shell.currentWidget.context.model.dirty"

_SETTLED = """async command => {
  await window.jupyterapp.commands.execute(command);
}"""


def sleeping_cell(path: Path) -> str:
    """A cell that runs until the test creates a file."""
    wait = f"while not pathlib.Path({str(path)!r}).exists():"
    return f"import pathlib, time\n{wait}\n    time.sleep(0.05)"


class PanelPage(NotebookPage):
    """Opens a notebook of `%ma_log` cells and looks at what they show.

    Cell 0 loads the extension.
    """

    def __init__(self, page: Page, jupyter: Jupyter, results: Path) -> None:
        super().__init__(page, jupyter.server, results)
        self.jupyter = jupyter
        self.results = results
        self._kernel = ""

    def start(
        self,
        name: str,
        *cells: str,
        kernel: str = "newest",
        language: str = "en",
        load: bool = True,
        fresh: bool = False,
    ) -> None:
        """Write and open a notebook of these cells, and load the extension.

        Args:
            fresh: load the page anew, in a workspace with this notebook alone.
        """
        written = ["%load_ext modelarts_magics", *cells]
        self._kernel = f"{kernel}-{language}"
        self.path = self.jupyter.write(name, written, kernel, language)
        super().open(self.path) if fresh else self.open(self.path)
        if load:
            self._load()

    def _load(self) -> None:
        """Run the first cell.

        ipykernel 7 may not see a request before another client connects: ipython/ipykernel#1554.
        """
        self.begin(0)
        try:
            self.wait_for(_IS_DONE, arg=0, timeout=_LONG)
        except TimeLimitExceeded:
            self.page.evaluate(_CONNECT)
            self.wait_done(0)

    def start_views(
        self, name: str, views: Sequence[str], language: str = "en"
    ) -> dict[str, Panel]:
        """A notebook with a panel of a job in each of these views, all of them in sight."""
        self.page.set_viewport_size({"width": 1280, "height": 700 * len(views)})
        cells = [f"%ma_log {name} --view {view} --interval 1" for view in views]
        self.start(name, *cells, language=language)
        for number in range(1, len(views) + 1):
            self.run(number)
        return {view: self.panel(number) for number, view in enumerate(views, 1)}

    def open(self, path: str) -> None:
        """Open a notebook in place of those that are open, if can be without a new page."""
        if not self._is_lab:
            super().open(path)
            return
        self.page.evaluate(_CLOSE_ALL)
        self.page.evaluate(_OPEN, [path, self.jupyter.kept_kernel(self._kernel)])
        self.wait_for(IS_READY, timeout=OPENING)

    def open_with_same_kernel(self, name: str, notebook: dict[str, Any]) -> None:
        """Open a notebook of somebody else, whose kernel is the one that runs here."""
        path = f"{name}.ipynb"
        (self.jupyter.notebooks / path).write_text(json.dumps(notebook), "utf-8")
        kernel = self.page.evaluate(_KERNEL)
        self.page.evaluate(_CLOSE_ALL)
        self.page.evaluate(_OPEN, [path, kernel])
        self.wait_for(IS_READY, timeout=OPENING)

    def leave(self) -> None:
        """Leave page and kernel to the next test as if nothing had been done with them."""
        self.page.unroute_all(behavior="ignoreErrors")
        self.page.set_viewport_size(VIEWPORT)
        if self._is_lab:
            self.jupyter.keep_kernel(self._kernel, self.page.evaluate(_AS_NEW, _LONG))
            self.page.evaluate(_CLOSE_ALL)

    @property
    def _is_lab(self) -> bool:
        """Whether a JupyterLab is on the page, in which another notebook can be opened."""
        is_loaded = self.page.url.startswith(self.jupyter.server.base_url)
        return is_loaded and self.jupyter.kind.application == "jupyterlab"

    def edit(self, number: int, source: str) -> None:
        """Write something else into a cell; the notebook is not what was saved then."""
        self.page.evaluate(_EDIT, [number, source])
        self.wait_for(f"() => {_IS_DIRTY}")

    def save_by_key(self) -> None:
        """Press what saves until all is saved: an output may change while the notebook is saved."""
        give_up = time.monotonic() + TIME_LIMIT / 1000
        while self.page.evaluate(_IS_DIRTY):
            assert time.monotonic() < give_up, "the key does not save"
            self.page.keyboard.press("Control+s")
            time.sleep(0.2)

    def save(self) -> dict[str, Any]:
        """Save the notebook; what is then in the file."""
        self.command("docmanager:save")
        saved: dict[str, Any] = json.loads((self.jupyter.notebooks / self.path).read_text("utf-8"))
        return saved

    def save_until(self, is_wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Save the notebook again and again, until what is in the file is as wanted."""
        give_up = time.monotonic() + TIME_LIMIT / 1000
        while not is_wanted(saved := self.save()):
            assert time.monotonic() < give_up, saved
            time.sleep(0.2)
        return saved

    def converted(self) -> Path:
        """The saved notebook as HTML, made by nbconvert."""
        notebook = self.jupyter.notebooks / self.path
        command = [sys.executable, "-m", "nbconvert", "--to", "html", "--log-level", "ERROR"]
        subprocess.run([*command, str(notebook)], check=True, timeout=120)
        return notebook.with_suffix(".html")

    def reload(self) -> None:
        """Load the page anew, in a workspace with this notebook alone."""
        super().open(self.path)

    def begin(self, number: int) -> None:
        """Start a cell without waiting for its end."""
        self.page.evaluate(_RUN_ONE, number)

    def run(self, number: int) -> None:
        """Run a cell to its end."""
        self.begin(number)
        self.wait_done(number)

    def wait_done(self, number: int) -> None:
        self.wait_for(_IS_DONE, arg=number)

    def wait_begun(self, number: int) -> None:
        """Wait until it is the turn of a cell that was started."""
        self.wait_for(_RUNS, arg=number)

    def still_runs(self, number: int) -> bool:
        return bool(self.page.evaluate(_RUNS, number))

    def run_until(self, number: int, wanted: str) -> None:
        """Run a cell again and again, until it shows a text."""
        give_up = time.monotonic() + TIME_LIMIT / 1000
        self.run(number)
        while wanted not in self.printed(number):
            assert time.monotonic() < give_up, f"cell {number} never shows {wanted}"
            self.run(number)

    def begin_all(self) -> None:
        self.page.evaluate("() => {window.jupyterapp.commands.execute('notebook:run-all-cells');}")

    def command(self, name: str) -> None:
        """Carry out a command of the application."""
        self.page.evaluate(_SETTLED, name)

    def on_cell(self, number: int, command: str) -> None:
        """Carry out a command of the notebook on one cell."""
        self.choose(self.cells()[number].id)
        self.command(command)

    def printed(self, number: int) -> str:
        return self.cells()[number].text

    def bring(self, number: int) -> None:
        """Scroll a cell into sight."""
        self.show(self.cells()[number].id)

    def use_theme(self, name: str) -> None:
        script = (
            "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})"
        )
        self.page.evaluate(script, name)
        self.page.locator("#jupyterlab-splash").wait_for(state="hidden")

    @contextmanager
    def theme(self, name: str) -> Iterator[None]:
        """Look at the page in a theme, and leave it light."""
        self.use_theme(name)
        yield
        self.use_theme("JupyterLab Light")

    @contextmanager
    def high_contrast(self) -> Iterator[None]:
        """Look at the page in the few colours that the system of a person allows."""
        self.page.emulate_media(forced_colors="active", contrast="more", reduced_motion="reduce")
        yield
        self.page.emulate_media(forced_colors="null", contrast="null", reduced_motion="null")

    def panel(self, number: int) -> Panel:
        return Panel(self.page, self.page.locator(".jp-Notebook .jp-CodeCell").nth(number))


class Panel:
    """What one cell shows."""

    def __init__(self, page: Page, cell: Locator) -> None:
        self.page = page
        self.cell = cell
        self.output = cell.locator(".jp-OutputArea")
        self.html = self.output.locator("div.modelarts-magics")
        self.core = self.output.locator(".widget-vbox:has(.modelarts-magics-reel)").last
        self.rich = self.output.locator("section.mm-log")

    def shows(self, text: str) -> None:
        """Wait until a text is in sight of a reader who scrolls."""
        expect(self.output).to_contain_text(text, use_inner_text=True)

    def is_rich(self) -> None:
        expect(self.rich).to_be_visible()
        expect(self.html).to_be_hidden()

    def is_core(self) -> None:
        expect(self.core).to_be_visible()
        expect(self.html).to_be_hidden()
        expect(self.rich).to_have_count(0)

    def is_html(self) -> None:
        expect(self.html).to_be_visible()
        expect(self.core).to_have_count(0)
        expect(self.rich).to_have_count(0)

    def lacks(self, text: str) -> None:
        """Wait until a text is not shown any more."""
        expect(self.output).not_to_contain_text(text, use_inner_text=True)

    def button(self, name: str) -> Locator:
        return self.output.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        """Press a button, or choose from the menu of the rich view what has none there."""
        chosen = self.rich.locator(".mm-menu").get_by_text(name, exact=True)
        if chosen.count() > 0:
            self.rich.locator("[data-action=more]").click()
            chosen.click()
        else:
            self.button(name).click()

    def log(self, view: str) -> Locator:
        """The element that holds the text of the log."""
        return {
            "rich": self.rich.locator(".cm-scroller"),
            "core": self.core.locator(".modelarts-magics-reel"),
            "html": self.html.locator("pre"),
            "text": self.output.locator("pre"),
        }[view]

    def scroll_to(self, text: str) -> None:
        """Scroll up through the log, from its end, until a text is there."""
        self.log_top()
        self.shows(text)

    def log_top(self) -> None:
        """Scroll whatever scrolls to its top."""
        self.output.evaluate(
            "root => [root, ...root.querySelectorAll('*')].forEach(one => one.scrollTo?.(0, -1e9))"
        )

    def download(self) -> str:
        """What the rich view saves to a file."""
        with self.page.expect_download() as saving:
            self.press("Download")
        return Path(saving.value.path()).read_bytes().decode()

    def wait_whole(self) -> None:
        """Wait until the rich view has no gap, and is not told of text that it lacks."""
        expect(self.rich).not_to_contain_text("not here yet")

    def has_no_complaint(self) -> None:
        """No red box, no error, no placeholder."""
        expect(self.output).not_to_contain_text(_COMPLAINTS)
        expect(self.output.locator(".jp-RenderedText[data-mime-type*=stderr]")).to_have_count(0)

    def is_readable(self, least: float = 4.5) -> None:
        """Wait until each text that is in sight stands out from its background, by a contrast."""

        def faint() -> dict[str, float]:
            found: dict[str, float] = self.output.evaluate(_CONTRASTS)
            assert found
            return {text: ratio for text, ratio in found.items() if ratio < least}

        self.has_none_of(faint)

    def is_for_all(self) -> None:
        """Wait until axe-core finds nothing that keeps somebody out, as the page stands."""
        self.has_none_of(lambda: barriers(self.output))

    def fits(self) -> None:
        """Wait until nothing sticks out of the cell: a page takes its time to lay itself out."""
        self.has_none_of(lambda: self.output.evaluate(_SPILLS))

    def has_none_of(self, faults: Callable[[], Collection[object]]) -> None:
        """Wait until nothing is found any more."""
        give_up = time.monotonic() + TIME_LIMIT / 1000
        while found := faults():
            assert time.monotonic() < give_up, found
            self.page.wait_for_timeout(50)

    def evaluate(self, script: str) -> Any:
        return self.output.evaluate(script)
