"""`make lab` from the outside: it prints an address that works, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import lab
import psutil
import pytest
import requests
from playwright.sync_api import Page, expect
from tensorboard_data_server import server_binary

from modelarts_magics.core.api.v1.models.visualization import new_visualization_job
from modelarts_magics.session import Session

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
    """Every process that was started for this root: each names it somewhere."""
    return [
        process
        for process in psutil.process_iter()
        if process.pid != os.getpid() and str(root) in _known_about(process)
    ]


def _known_about(process: psutil.Process) -> str:
    try:
        return " ".join([*process.cmdline(), *process.environ().values()])
    except psutil.Error:
        return ""


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
    answer = requests.post(
        f"{parts.scheme}://{parts.netloc}/api/kernels",
        json={"name": "python3"},
        headers={"Authorization": f"token {parse_qs(parts.query)['token'][0]}"},
        timeout=_ENDING,
    )
    assert answer.status_code == 201


def _opens(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="Follow a training log")).to_be_visible()
    page.close()  # its scripts would complain about a server that is gone


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "term"])
def test_address_works_and_a_signal_ends_everything(
    launcher: subprocess.Popen[str], number: signal.Signals, tmp_path: Path, page: Page
) -> None:
    address = _printed_address(launcher)
    if number is signal.SIGINT:  # what is at the address is the same whatever ends it
        _opens(page, address)
    _start_kernel(address)
    assert len(_ours(tmp_path / "local")) >= 4  # service, training job, JupyterLab, kernel

    launcher.send_signal(number)
    assert launcher.wait(_ENDING) == 0
    assert _ours(tmp_path / "local") == []


def _visualize(root: Path) -> str:
    """A visualization job of the lab's service that is running; the address of its TensorBoard."""
    (root / "modelarts/obs/test-bucket/events").mkdir(parents=True)
    session = Session(local_root=str(root / "modelarts"))
    body = new_visualization_job("/test-bucket/events/", "board")
    job_id = session.client.create_visualization_job(body).job_id
    end = time.monotonic() + _ENDING
    while not (job := session.client.get_visualization_job(job_id)).service_url:
        assert time.monotonic() < end, job
        time.sleep(0.05)
    session.close()
    return job.service_url


def test_ctrl_c_in_a_terminal_leaves_no_tensorboard(
    launcher: subprocess.Popen[str], tmp_path: Path
) -> None:
    _printed_address(launcher)
    port = urlsplit(_visualize(tmp_path / "local")).port
    started = psutil.Process(launcher.pid).children(recursive=True)
    boards = [process for process in started if "tensorboard.main" in process.cmdline()]
    assert len(boards) == 1
    assert boards[0].children() or server_binary() is None
    os.killpg(launcher.pid, signal.SIGINT)  # a terminal tells the whole group
    assert launcher.wait(_ENDING) == 0
    assert not any(process.is_running() for process in started)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("started", ["modelarts", "jupyterlab"])
def test_interrupt_while_starting_ends_everything(
    launcher: subprocess.Popen[str], started: str, tmp_path: Path
) -> None:
    while not (tmp_path / "local" / "logs" / f"{started}.log").exists():
        assert launcher.poll() is None
        time.sleep(0.01)
    launcher.send_signal(signal.SIGINT)
    assert launcher.wait(_ENDING) == 0
    assert _ours(tmp_path / "local") == []
