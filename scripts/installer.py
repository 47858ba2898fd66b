"""uv, told what pip is told.

uv knows nothing of pip's configuration, which is where a machine says how it reaches an index.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_NAMES = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}


def command(*arguments: str) -> list[str]:
    """A command of the uv that is beside this interpreter."""
    return [str(Path(sys.executable).with_name("uv")), "--quiet", *arguments]


def environment() -> dict[str, str]:
    """This one, with what pip is told where uv is told nothing."""
    told = {_NAMES[name]: value for name, value in _pip_settings() if name in _NAMES}
    return {**told, **os.environ}


def _pip_settings() -> Iterator[tuple[str, str]]:
    listing = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(listing, check=True, capture_output=True, text=True)
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        yield name.rpartition(".")[2], str(ast.literal_eval(value))
