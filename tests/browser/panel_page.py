"""A notebook with log panels, as a test sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyters import Jupyter
from notebook_page import NotebookPage
from playwright.sync_api import Locator, Page, expect

PATIENCE = 60_000  # ms; far more than anything here takes

_RUN_ONE = """number => {
  const app = window.jupyterapp;
  const notebook = app.shell.currentWidget.content;
  notebook.deselectAll();
  notebook.activeCellIndex = number;
  app.commands.execute('notebook:run-cell');
}"""

_IS_DONE = """number => {
  const cell = window.jupyterapp.shell.currentWidget.content.widgets[number];
  return cell.model.executionCount !== null && !cell.promptNode?.textContent.includes('*')
    && !cell.inputArea.promptNode.textContent.includes('*');
}"""

_SETTLED = """async command => {
  await window.jupyterapp.commands.execute(command);
}"""


class PanelPage(NotebookPage):
    """Opens a notebook of `%ma_log` cells and looks at what they show.

    Cell 0 loads the extension.
    """

    def __init__(self, page: Page, jupyter: Jupyter, results: Path) -> None:
        super().__init__(page, jupyter.server, results)
        self.jupyter = jupyter

    def start(self, name: str, *cells: str, kernel: str = "newest") -> None:
        """Write and open a notebook of these cells, and load the extension."""
        path = self.jupyter.write(name, ["%load_ext modelarts_magics", *cells], kernel)
        self.open(path)
        self.run(0)

    def begin(self, number: int) -> None:
        """Start a cell without waiting for its end."""
        self.page.evaluate(_RUN_ONE, number)

    def run(self, number: int) -> None:
        """Run a cell to its end."""
        self.begin(number)
        self.wait_done(number)

    def wait_done(self, number: int) -> None:
        self.page.wait_for_function(_IS_DONE, arg=number, timeout=PATIENCE)

    def begin_all(self) -> None:
        self.page.evaluate("() => {window.jupyterapp.commands.execute('notebook:run-all-cells');}")

    def command(self, name: str) -> None:
        """Carry out a command of the application."""
        self.page.evaluate(_SETTLED, name)

    def printed(self, number: int) -> str:
        return self.cells()[number].text

    def kernel_status(self) -> str:
        script = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status"
        return str(self.page.evaluate(script))

    def use_theme(self, name: str) -> None:
        script = (
            "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})"
        )
        self.page.evaluate(script, name)

    def panel(self, number: int) -> Panel:
        return Panel(self.page, self.page.locator(".jp-Notebook .jp-CodeCell").nth(number))


class Panel:
    """What one cell shows."""

    def __init__(self, page: Page, cell: Locator) -> None:
        self.page = page
        self.cell = cell
        self.output = cell.locator(".jp-OutputArea")
        self.html = self.output.locator("div.modelarts-magics")
        self.core = self.output.locator(".widget-vbox")
        self.rich = self.output.locator("section.mm-log")

    def shows(self, text: str) -> None:
        """Wait until a text is in sight of a reader who scrolls."""
        expect(self.output).to_contain_text(text, timeout=PATIENCE)

    def is_rich(self) -> None:
        expect(self.rich).to_be_visible(timeout=PATIENCE)
        expect(self.html).to_have_count(0, timeout=PATIENCE)

    def is_core(self) -> None:
        expect(self.core).to_be_visible(timeout=PATIENCE)
        expect(self.html).to_have_count(0, timeout=PATIENCE)
        expect(self.rich).to_have_count(0)

    def is_html(self) -> None:
        expect(self.html).to_be_visible(timeout=PATIENCE)
        expect(self.core).to_have_count(0)
        expect(self.rich).to_have_count(0)

    def press(self, name: str) -> None:
        self.output.get_by_role("button", name=name, exact=True).click()

    def has_no_complaint(self) -> None:
        """No red box, no error, no placeholder."""
        for words in (
            "Error displaying widget",
            "Error creating widget",
            "javascript error",
            "model not found",
            "Loading widget",
            "Failed to load model",
        ):
            expect(self.output).not_to_contain_text(words, ignore_case=True)
        expect(self.output.locator(".jp-RenderedText[data-mime-type*=stderr]")).to_have_count(0)

    def evaluate(self, script: str) -> Any:
        return self.output.evaluate(script)
