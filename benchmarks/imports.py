"""What is imported, and how long it takes: by `%load_ext`, the first magics, the client.

    python benchmarks/imports.py [--most N] [--log DIR]

Python's own `-X importtime` counts, each in a fresh process, only what comes on top of IPython, its
widgets or requests, which a notebook has loaded by then. `--log` keeps what Python printed.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_LOADED = """
from IPython.core.interactiveshell import InteractiveShell
import ipywidgets, anywidget, requests
shell = InteractiveShell.instance()
"""
_EXTENSION = 'shell.run_line_magic("load_ext", "modelarts_magics")\n'
STEPS = {
    "%load_ext modelarts_magics": (_LOADED, _EXTENSION),
    "the first %ma_log": (
        _LOADED + _EXTENSION,
        "from modelarts_magics.notebook.log import command, panel\n"
        "from modelarts_magics.notebook.log.views import rich\n"
        "from modelarts_magics.notebook.panels import watch\n",
    ),
    "the first %ma_viz": (
        _LOADED + _EXTENSION,
        "from modelarts_magics.notebook.viz.commands import subcommands\n"
        "from modelarts_magics.notebook.viz.panel import viz_panel\n",
    ),
    "import modelarts_magics": ("", "import modelarts_magics\n"),
    "import modelarts_magics.estimator": (
        "import requests\n",
        "import modelarts_magics.estimator\n",
    ),
}
_MARK = "import-marks-begin-here"
_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|\s+(\S+)")


@dataclass(frozen=True)
class Import:
    """A module, and the milliseconds that it took by itself."""

    name: str
    milliseconds: float


def imported(before: str, measured: str) -> tuple[list[Import], str]:
    """What a piece of code imports behind another one, and what Python printed of it."""
    code = f"{before}\nimport sys\nprint({_MARK!r}, file=sys.stderr)\n{measured}"
    command = [sys.executable, "-X", "importtime", "-c", code]
    # The first run may compile, as the first import on a machine does; the second one is measured.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    for _run in range(2):
        done = subprocess.run(command, check=True, env=environment, capture_output=True)
    printed = done.stderr.decode().partition(_MARK)[2].lstrip()
    found = [(name, int(own) / 1000) for own, _all, name in _LINE.findall(printed)]
    return [Import(name, milliseconds) for name, milliseconds in found], printed


def main() -> None:
    parser = argparse.ArgumentParser(description="What is imported, and how long it takes.")
    parser.add_argument("--most", type=int, default=5, metavar="N", help="modules to name")
    parser.add_argument("--log", type=Path, metavar="DIR", help="keep what Python printed")
    arguments = parser.parse_args()
    for title, code in STEPS.items():
        modules, printed = imported(*code)
        if arguments.log:
            arguments.log.mkdir(parents=True, exist_ok=True)
            name = re.sub(r"\W+", "-", title).strip("-")
            (arguments.log / f"{name}.txt").write_text(printed, "utf-8")
        total = sum(module.milliseconds for module in modules)
        ours = [module for module in modules if module.name.startswith("modelarts_magics")]
        print(f"{title}: {len(modules)} modules in {total:.1f} ms, {len(ours)} of them ours")
        heaviest = sorted(modules, key=lambda module: -module.milliseconds)
        for module in heaviest[: arguments.most]:
            print(f"  {module.milliseconds:>7.2f} ms  {module.name}")


if __name__ == "__main__":
    main()
