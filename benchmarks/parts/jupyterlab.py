"""JupyterLab, and a browser on one of its notebooks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab_start import REPOSITORY, bare_command
from playwright.sync_api import Page, sync_playwright

_TOKEN = "benchmark"
_NOTEBOOK = "benchmark.ipynb"
_TIME_LIMIT = 90.0  # seconds for something to start
_SILENT = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-precise-memory-info",
)

_IS_READY = """() => {
  const panel = window.jupyterapp?.shell.currentWidget;
  const kernel = panel?.sessionContext?.session?.kernel;
  return panel?.context?.isReady === true && kernel?.status === 'idle';
}"""

_RUN_CELL = """number => {
  const app = window.jupyterapp;
  const notebook = app.shell.currentWidget.content;
  notebook.deselectAll();
  notebook.activeCellIndex = number;
  app.commands.execute('notebook:run-cell');
}"""


@dataclass(frozen=True)
class JupyterLab:
    url: str
    folder: Path

    def write(self, cells: Sequence[str]) -> None:
        """Make the notebook of these cells; the first one, number 0, takes no room."""
        written: list[dict[str, object]] = [
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {"jupyter": {"source_hidden": number == 0}},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for number, source in enumerate(cells)
        ]
        spec = {"name": "python3", "display_name": "Python 3"}
        notebook = {
            "cells": written,
            "metadata": {"kernelspec": spec},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        (self.folder / _NOTEBOOK).write_text(json.dumps(notebook), "utf-8")


@contextmanager
def running(root: Path) -> Iterator[JupyterLab]:
    """A JupyterLab of this interpreter, its files in an empty folder; it ends with its kernels."""
    folder = root / "notebooks"
    (root / "config/labconfig").mkdir(parents=True)
    folder.mkdir()
    overrides = root / "config/labconfig/default_setting_overrides.json"
    overrides.write_text(json.dumps(_SILENT), "utf-8")
    command = [
        *bare_command(str(folder)),
        f"--IdentityProvider.token={_TOKEN}",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.extension_manager=readonly",
    ]
    port = next(word for word in command if word.startswith("--ServerApp.port=")).split("=")[1]
    with (root / "jupyterlab.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env=_environment(root), start_new_session=True
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api/status?token={_TOKEN}")
        yield JupyterLab(f"http://127.0.0.1:{port}/lab/tree/{_NOTEBOOK}?token={_TOKEN}", folder)
    finally:
        process.terminate()
        process.wait()


def _environment(root: Path) -> dict[str, str]:
    folders = {
        f"JUPYTER_{name.upper()}_DIR": str(root / name) for name in ("config", "data", "runtime")
    }
    ours = (str(REPOSITORY), str(REPOSITORY / "benchmarks"))
    path = os.pathsep.join([*ours, os.environ.get("PYTHONPATH", "")])
    others = {"PYTHONPATH": path, "JUPYTER_PREFER_ENV_PATH": "1", "IPYTHONDIR": str(root / "i")}
    return os.environ | folders | others | {"MODELARTS_MAGICS_LANGUAGE": "en"}


def _wait_for(url: str) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + _TIME_LIMIT
    while True:
        try:
            with direct.open(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if time.monotonic() > end:
                raise SystemExit("JupyterLab does not answer.") from None
        time.sleep(0.1)


@contextmanager
def opened(lab: JupyterLab, script: str) -> Iterator[Page]:
    """The notebook in a browser of its own, with a script that runs before those of the page."""
    finder = [sys.executable, str(REPOSITORY / "scripts" / "find_browser.py")]
    found = subprocess.run(finder, check=False, capture_output=True, text=True)
    if found.returncode:
        raise SystemExit(found.stderr.strip())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.stdout.strip(), args=list(_ARGUMENTS)
        )
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.add_init_script(script)
            page.goto(lab.url)
            page.wait_for_function(_IS_READY, timeout=_TIME_LIMIT * 1000)
            yield page
        finally:
            browser.close()


def run_cell(page: Page, number: int, *, wait: bool = True) -> None:
    page.evaluate(_RUN_CELL, number)
    if wait:
        page.wait_for_function(
            "number => window.jupyterapp.shell.currentWidget.content.widgets[number]"
            ".model.executionCount !== null",
            arg=number,
            timeout=_TIME_LIMIT * 1000,
        )
        page.wait_for_function(_IS_READY, timeout=_TIME_LIMIT * 1000)


def javascript_heap(page: Page) -> tuple[int, int]:
    """Bytes in use, buffers too: as they stand, and after garbage was collected."""
    devtools: Any = page.context.new_cdp_session(page)
    as_it_stands = _used(devtools)
    devtools.send("HeapProfiler.collectGarbage")
    collected = _used(devtools)
    devtools.detach()
    return as_it_stands, collected


def _used(devtools: Any) -> int:
    usage = devtools.send("Runtime.getHeapUsage")
    return int(usage["usedSize"] + usage.get("backingStorageSize", 0))
