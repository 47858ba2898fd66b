"""How long `make lab` takes until its page answers, beside a bare JupyterLab.

    python benchmarks/lab_start.py [--rounds N]

`make lab` also starts the embedded ModelArts and submits the example job; both are counted, on an
empty root. The first byte is that of the page behind the printed address.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
_URL = re.compile(r"http://127\.0\.0\.1:\d+/\S*token=\w+")


def lab_command(root: str) -> list[str]:
    return [
        sys.executable,
        str(REPOSITORY / "scripts" / "lab.py"),
        "--root",
        root,
        "--port",
        free_port(),
    ]


def bare_command(root: str) -> list[str]:
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={free_port()}", f"--ServerApp.root_dir={root}"]
    return [*command, "--allow-root"] if os.geteuid() == 0 else command


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


def first_byte(command: list[str], root: str) -> float:
    """Seconds from the start of a command until the page that it names gives a byte."""
    home = {"JUPYTER_CONFIG_DIR": f"{root}/config", "JUPYTER_RUNTIME_DIR": f"{root}/runtime"}
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | home,
        start_new_session=True,
    )
    try:
        url = _printed_url(process)
        while not _gives_a_byte(url):  # a bare JupyterLab prints its address before it listens
            time.sleep(0.01)
        return time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


def _gives_a_byte(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url) as page:
            return bool(page.read(1))
    except urllib.error.URLError:
        return False


def _printed_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    for line in process.stdout:
        found = _URL.search(line)
        if found:
            return found.group()
    raise SystemExit("It ended without printing an address.")


def main() -> None:
    parser = argparse.ArgumentParser(description="How long make lab takes until it answers.")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    ours, bare = [], []
    for _round in range(rounds):
        with tempfile.TemporaryDirectory() as root:
            ours.append(first_byte(lab_command(root), root))
        with tempfile.TemporaryDirectory() as root:
            bare.append(first_byte(bare_command(root), root))
    for name, times in (("make lab", ours), ("bare JupyterLab", bare)):
        print(f"{name:<16} median {statistics.median(times):5.2f} s  fastest {min(times):5.2f} s")
    print(f"ratio            {statistics.median(ours) / statistics.median(bare):5.2f}")


if __name__ == "__main__":
    main()
