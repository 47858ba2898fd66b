"""The parts of the log view that need no browser, tested by Node's own test runner."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

JS = Path(__file__).resolve().parent.parent / "js"


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node")
@pytest.mark.skipif(not (JS / "node_modules").is_dir(), reason="`npm ci` was not run in js/")
def test_the_log_view_without_a_browser() -> None:
    command = ["node", "--test"]
    done = subprocess.run(command, cwd=JS, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout
