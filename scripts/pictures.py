"""Drive a real JupyterLab and a real terminal, and write the pictures of the READMEs.

    python scripts/pictures.py [--only NAME...]

Each picture is of what `make lab` shows: the example job. By which sources each was made stands in
`docs/pictures/sources.json`; `tests/test_pictures.py` fails when these have changed since.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable

import find_browser
import pexpect
from lab import NOTEBOOKS, Lab, Server
from picture_sources import LARGEST, PICTURES, RECORD, SHOWN, digest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, sync_playwright

from modelarts_magics.notebook.text import colors, render, terminal

_PAGE: ViewportSize = {"width": 1080, "height": 780}
_WAIT = 120_000  # ms
_JOB = "example-training"
_EPOCH = "epoch 12 "  # in the midst of the run: the head tells progress, the log is full
_CELLS = (
    "%load_ext modelarts_magics",
    f"%ma_log {_JOB} --height 240px",
    f"%ma_viz create {_JOB} --name spiral-curves --wait\n"
    "%ma_viz create /example-bucket/spirals/ --name all-runs --desc 'every run so far' --wait\n"
    "%ma_viz stop all-runs --wait",
    "%ma_viz",
    f"%ma_viz scalars {_JOB}",
    '%config ModelArtsMagics.language = "zh"',
)
_LOAD, _LOG, _CREATE, _LIST, _SCALARS, _CHINESE = range(len(_CELLS))
_RUN = """async number => {
  const app = window.jupyterapp, notebook = app.shell.currentWidget.content;
  notebook.deselectAll();
  notebook.activeCellIndex = number;
  await app.commands.execute('notebook:run-cell');
  await notebook.scrollToItem(number, 'start');
}"""
_IS_READY = """() => {
  const panel = window.jupyterapp?.shell?.currentWidget;
  return panel?.context?.isReady === true
    && panel.sessionContext?.session?.kernel?.status === 'idle';
}"""
_TIDY = """async () => {
  const { commands, shell } = window.jupyterapp;
  shell.collapseLeft();
  if (shell.rightCollapsed === false) shell.collapseRight();
}"""


class TooLarge(Exception):
    """A picture would make the first page slow."""


class Notebook:
    """The notebook of the pictures, open in a page."""

    def __init__(self, page: Page, server: Server, name: str) -> None:
        self.page = page
        page.goto(server.url(name))
        page.wait_for_function(_IS_READY, timeout=_WAIT)
        page.evaluate(_TIDY)

    def run(self, number: int) -> Locator:
        """Run a cell, and bring it to the top."""
        self.page.evaluate(_RUN, number)
        return self.page.locator(".jp-Notebook-cell").nth(number)

    def theme(self, name: str) -> None:
        self.page.evaluate(
            "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})",
            f"JupyterLab {name}",
        )
        chosen = self.page.locator(f"body[data-jp-theme-name='JupyterLab {name}']")
        chosen.wait_for(state="attached", timeout=_WAIT)


def write_notebook(folder: Path) -> str:
    """Make the notebook; returns its name."""
    cells: list[dict[str, Any]] = [
        {
            **{"cell_type": "code", "id": f"c{number}", "source": source},
            **{"metadata": {}, "outputs": [], "execution_count": None},
        }
        for number, source in enumerate(_CELLS)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    content = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (folder / "watch_a_job.ipynb").write_text(json.dumps(content), "utf-8")
    return "watch_a_job.ipynb"


def draw_panel(notebook: Notebook) -> None:
    """The page as a whole, and the panel in the dark."""
    cell = open_panel(notebook)
    save("panel", notebook.page.screenshot())
    notebook.theme("Dark")
    settle(notebook.page)
    save("panel-dark", cell.screenshot())
    notebook.theme("Light")


def draw_chinese(notebook: Notebook) -> None:
    notebook.run(_CHINESE)
    save("panel-zh", open_panel(notebook).screenshot())


def open_panel(notebook: Notebook) -> Locator:
    cell = notebook.run(_LOG)
    cell.get_by_text(_EPOCH).first.wait_for(timeout=_WAIT)
    settle(notebook.page)
    return cell


def draw_list(notebook: Notebook) -> None:
    notebook.run(_CREATE)
    cell = notebook.run(_LIST)
    cell.get_by_text("all-runs").first.wait_for(timeout=_WAIT)
    cell.get_by_role("button", name="New job").click()
    settle(notebook.page)
    save("viz", cell.screenshot())


def draw_curves(notebook: Notebook) -> None:
    cell = notebook.run(_SCALARS)
    cell.locator("canvas, svg:not(button svg)").first.wait_for(timeout=_WAIT)
    settle(notebook.page)
    save("scalars", cell.screenshot())


def draw_terminal(browser: Browser, lab: Lab) -> None:
    """What a terminal without a browser prints, with its colours."""
    lines = f"%load_ext modelarts_magics\n%ma_log {_JOB} --no-follow --tail 16"
    command = shlex.join([sys.executable, "-m", "IPython", "--no-banner", "-c", lines])
    environment = {**lab.environment, "TERM": "xterm-256color"}
    printed = pexpect.run(command, env=environment, dimensions=(40, 110), timeout=_WAIT // 1000)
    text = f"$ ipython -c '{lines}'\r\n{printed.decode()}"
    page = browser.new_page(viewport={"width": 1000, "height": 600})
    page.set_content(screen(text))
    save("terminal", page.locator("pre").screenshot())
    page.close()


def screen(text: str) -> str:
    """A page that shows what a terminal shows."""
    lines = "\n".join(map(render.line_html, terminal.lines(text)))
    return f"""{colors.STYLE}<style>
pre {{display: inline-block; margin: 0; padding: 14px 18px; border-radius: 8px;
  font: 13px/1.45 monospace; background: var(--modelarts-page); color: var(--modelarts-ink)}}
</style><body class="theme-dark"><pre>{lines}</pre>"""


def settle(page: Page) -> None:
    """Wait until nothing has moved for two frames, and the pointer hovers over nothing."""
    page.mouse.move(1, 1)
    page.evaluate("() => new Promise(done => requestIdleCallback(done, { timeout: 2000 }))")
    page.wait_for_timeout(700)  # cards fade, JupyterLab scrolls smoothly


def save(name: str, data: bytes) -> None:
    if len(data) > LARGEST:
        raise TooLarge(f"{name} has {len(data)} bytes, more than {LARGEST}")
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / f"{name}.png").write_bytes(data)
    record = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    record[name] = digest(name)
    RECORD.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", "utf-8")
    print(f"docs/pictures/{name}.png: {len(data) / 1000:.0f} kB", flush=True)


# What is drawn together, in this order: the language does not change back.
DRAWN: tuple[tuple[set[str], Callable[[Notebook], None]], ...] = (
    ({"panel", "panel-dark"}, draw_panel),
    ({"viz"}, draw_list),
    ({"scalars"}, draw_curves),
    ({"panel-zh"}, draw_chinese),
)


def draw(wanted: set[str]) -> None:
    chromium = find_browser.find()
    if chromium is None:
        sys.exit(find_browser.MISSING)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        notebooks = folder / "notebooks"
        shutil.copytree(NOTEBOOKS, notebooks, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        path = write_notebook(notebooks)
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        arguments = ["--no-browser", "--LabApp.expose_app_in_browser=True"]
        with Lab(folder / "lab", port=0, notebooks=notebooks, arguments=arguments) as lab:
            lab.environment["MODELARTS_MAGICS_LANGUAGE"] = "en"
            server = lab.start()
            page = browser.new_page(viewport=_PAGE)
            notebook = Notebook(page, server, path)
            notebook.run(_LOAD)
            for names, draw_some in DRAWN:
                if names & wanted:
                    draw_some(notebook)
            page.close()
            if "terminal" in wanted:
                draw_terminal(browser, lab)
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the pictures of the READMEs.")
    parser.add_argument("--only", nargs="+", choices=[*SHOWN], default=[*SHOWN], metavar="NAME")
    draw(set(parser.parse_args().only))


if __name__ == "__main__":
    main()
