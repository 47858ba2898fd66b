"""`make lab` from the outside: it prints an address that works, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import lab
import psutil
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

_ENDING = 60  # seconds


def _start(root: Path) -> subprocess.Popen[str]:
    command = [sys.executable, lab.__file__, "--root", str(root), "--port", "0"]
    headless = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    return subprocess.Popen(
        command,
        env=headless,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _ours(root: Path) -> list[psutil.Process]:
    """Every process that was started for this root, by the variable that all of them inherit."""
    return [
        process
        for process in psutil.process_iter()
        if process.pid != os.getpid() and _environment(process) == str(root)
    ]


def _environment(process: psutil.Process) -> str | None:
    try:
        return process.environ().get("MODELARTS_MAGICS_LOCAL")
    except psutil.Error:
        return None


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with _start(tmp_path / "local") as process:
        yield process
        if process.poll() is None:
            process.terminate()


def _printed_address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    told: list[str] = []
    for line in process.stdout:
        told.append(line)
        if line.startswith("JupyterLab"):
            return line.split()[-1]
    pytest.fail(f"no address was printed: {''.join(told)}")


def _start_kernel(address: str) -> None:
    parts = urlsplit(address)
    request = urllib.request.Request(
        f"{parts.scheme}://{parts.netloc}/api/kernels",
        data=json.dumps({"name": "python3"}).encode(),
        headers={"Authorization": f"token {parse_qs(parts.query)['token'][0]}"},
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 201


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "term"])
def test_address_works_and_a_signal_ends_everything(
    launcher: subprocess.Popen[str], number: signal.Signals, tmp_path: Path, page: Page
) -> None:
    address = _printed_address(launcher)
    page.goto(address)
    expect(page).to_have_title(f"{lab.FIRST_NOTEBOOK[:14]}… - JupyterLab")
    _start_kernel(address)
    assert len(_ours(tmp_path / "local")) >= 4  # service, training job, JupyterLab, kernel

    launcher.send_signal(number)
    assert launcher.wait(_ENDING) == 0
    assert _ours(tmp_path / "local") == []


def test_interrupt_while_starting_ends_everything(
    launcher: subprocess.Popen[str], tmp_path: Path
) -> None:
    while not (tmp_path / "local" / "lab" / "modelarts.log").exists():
        assert launcher.poll() is None
    launcher.send_signal(signal.SIGINT)
    assert launcher.wait(_ENDING) == 0
    assert _ours(tmp_path / "local") == []
