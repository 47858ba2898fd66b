"""What `make lab` runs: the embedded ModelArts, its example training job and JupyterLab.

    python scripts/lab.py [--root DIR] [--port N]

Everything that it writes lies under the root: the data of the service, and Jupyter's own
configuration, so that neither reads nor changes what the user has in his home. Ctrl-C ends all.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Callable, TypeVar
from urllib.parse import quote

from processes import Child, NotRunning, Stopped, StopSignals

from modelarts_magics.local.command import Parser
from modelarts_magics.local.storage.mark import Mark, NotOurs
from modelarts_magics.local.storage.root import MARK as SERVICE_MARK

REPOSITORY = Path(__file__).resolve().parent.parent
NOTEBOOKS = REPOSITORY / "notebooks"
FIRST_NOTEBOOK = "01_follow_a_training_log.ipynb"

# JupyterLab would ask whether it may fetch news, and ask the network for newer versions of itself.
_SILENT = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}

_DATA = "modelarts"
_SETTINGS = Path("jupyter") / "config" / "labconfig" / "default_setting_overrides.json"
_POLL = 0.05  # seconds between two looks at something that is about to happen
_TIME_LIMIT = 180.0  # seconds for something to happen; a loaded machine takes a few of them

T = TypeVar("T")


def _was_ours(root: Path) -> bool:
    """Whether a lab from before there were marks kept its files there."""
    return (root / _SETTINGS).is_file() and SERVICE_MARK.is_ours(root / _DATA)


MARK = Mark("modelarts-magics lab", _was_ours)


@dataclass(frozen=True)
class Server:
    """A JupyterLab that answers."""

    base_url: str  # ends with a slash
    token: str

    def url(self, path: str) -> str:
        """The address of a notebook or folder, with the token."""
        return f"{self.base_url}lab/tree/{quote(path)}?token={self.token}"


class Lab:
    """The processes behind `make lab`: started together, ended together."""

    def __init__(
        self,
        root: Path,
        *,
        port: int = 8888,
        notebooks: Path = NOTEBOOKS,
        arguments: Sequence[str] = (),
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.root = root.resolve()
        self.notebooks = notebooks.resolve()
        self.data = self.root / _DATA
        self.environment = environment(self.root, self.data)
        self.service: dict[str, Any] = {}
        self.example = ""
        self._port = port or _free_port()
        self._arguments = arguments
        self._stopped = stopped
        self._logs = self.root / "logs"
        self._children: list[Child] = []

    def __enter__(self) -> Lab:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> Server:
        """Blocks until JupyterLab answers and the example job is submitted."""
        self.start_service()
        self._configure_jupyter()
        log = self._logs / "jupyterlab.log"
        jupyter = self._start("JupyterLab", self._jupyter_command(), log)
        self.submit_example()
        server = self._wait(lambda: self._server(jupyter.process.pid))
        self._wait(lambda: _answers(server) or None)
        return server

    def start_service(self) -> None:
        self._claim_root()
        # For this user only: a log of JupyterLab names its token.
        self._logs.mkdir(mode=0o700, exist_ok=True)
        command = [sys.executable, "-m", "modelarts_magics.local", "--root", str(self.data)]
        child = self._start("The embedded ModelArts", command, self._logs / "modelarts.log")
        self.service = self._wait(lambda: _first_json_line(child.log))

    def submit_example(self) -> None:
        """The job of the example notebook: a new one, or a new version of it."""
        command = [sys.executable, str(self.notebooks / "training" / "example.py")]
        log = self._logs / "example.log"
        child = Child("The example training job", command, self.environment, log)
        try:
            code = self._wait(child.process.poll)
        finally:
            child.ask_to_end()
            child.wait()
        if code != 0:
            child.check()
        self.example = child.tail()

    def run(self) -> None:
        """Blocks until the user asks for the end, or something ends by itself."""
        while not self._stopped():
            for child in self._children:
                child.check()
            time.sleep(_POLL)

    def stop(self) -> None:
        for child in self._children:
            child.ask_to_end()
        for child in self._children:
            child.wait()
        self._children.clear()

    def _claim_root(self) -> None:
        try:
            MARK.claim(self.root)
        except NotOurs as refused:
            holds = f" ({refused.found})" if refused.found else ""
            message = f"{self.root} is not a folder of this lab{holds}: choose another --root"
            raise NotRunning(message) from None
        except OSError as error:
            path = error.filename or self.root  # that a disk is full names no file
            raise NotRunning(f"Cannot use {path}: {error.strerror}") from None

    def _start(self, name: str, command: Sequence[str], log: Path) -> Child:
        child = Child(name, command, self.environment, log)
        self._children.append(child)
        return child

    def _wait(self, look: Callable[[], T | None]) -> T:
        deadline = time.monotonic() + _TIME_LIMIT
        while (found := look()) is None:
            if self._stopped():
                raise Stopped
            if time.monotonic() > deadline:
                raise NotRunning(f"No answer within {_TIME_LIMIT:g} seconds: see {self._logs}")
            for child in self._children:
                child.check()
            time.sleep(_POLL)
        return found

    def _configure_jupyter(self) -> None:
        settings = self.root / _SETTINGS
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(json.dumps(_SILENT), "utf-8")

    def _jupyter_command(self) -> list[str]:
        command = [
            *(sys.executable, "-m", "jupyterlab"),
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={self._port}",
            f"--ServerApp.root_dir={self.notebooks}",
            f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}",
            "--LabApp.extension_manager=readonly",  # the other one asks a package index
        ]
        if os.geteuid() == 0:
            command.append("--allow-root")
        if not has_display():
            command.append("--no-browser")
        return [*command, *self._arguments]

    def _server(self, pid: int) -> Server | None:
        path = Path(self.environment["JUPYTER_RUNTIME_DIR"]) / f"jpserver-{pid}.json"
        try:
            found = json.loads(path.read_text("utf-8"))
        except (FileNotFoundError, ValueError):  # not there, or not wholly written
            return None
        return Server(base_url=found["url"], token=found["token"])


def environment(root: Path, data: Path) -> dict[str, str]:
    """The environment of JupyterLab and its kernels: this interpreter, the service on `data`."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
    jupyter = root / "jupyter"
    return ours | {
        "MODELARTS_MAGICS_LOCAL": str(data),
        "JUPYTER_CONFIG_DIR": str(jupyter / "config"),
        "JUPYTER_DATA_DIR": str(jupyter / "data"),
        "JUPYTER_RUNTIME_DIR": str(jupyter / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of this interpreter before all others
        "IPYTHONDIR": str(root / "ipython"),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }


def _free_port() -> int:
    """A port that was free a moment ago; JupyterLab takes the next one if it no longer is.

    Asked for port 0, some versions of Jupyter Server take a free one and never tell which.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def has_display() -> bool:
    desktop = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return sys.platform == "darwin" or bool(desktop)


def _first_json_line(path: Path) -> dict[str, Any] | None:
    """The first whole line that is JSON; warnings of libraries may stand before it."""
    for line in path.read_text("utf-8", "replace").splitlines(keepends=True):
        if line.startswith("{") and line.endswith("\n"):
            found: dict[str, Any] = json.loads(line)
            return found
    return None


def _answers(server: Server) -> bool:
    request = urllib.request.Request(  # noqa: S310 - the address is our own server's
        f"{server.base_url}api/status", headers={"Authorization": f"token {server.token}"}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        answer: IO[bytes]
        with direct.open(request, timeout=5) as answer:
            return bool(json.load(answer)["started"])
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def _tell(lab: Lab, server: Server) -> None:
    print(f"ModelArts    {lab.service['endpoint']}, its data in {lab.data}")
    print(f"Training     {lab.example}")
    print(f"JupyterLab   {server.url(FIRST_NOTEBOOK)}")
    print("Ctrl-C ends everything.", flush=True)


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text} should be in [0,65535]")
    return int(text)


def _parse() -> argparse.Namespace:
    parser = Parser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--root", type=Path, default=REPOSITORY / ".local")
    parser.add_argument(
        "--port", type=_port, default=8888, help="the next free one if taken; 0: any"
    )
    return parser.parse_args()


def main() -> int:
    options = _parse()
    stopped = StopSignals()
    stopped.listen()
    with Lab(options.root, port=options.port, stopped=stopped) as lab:
        try:
            _tell(lab, lab.start())
            lab.run()
        except Stopped:
            pass
        except NotRunning as error:
            print(error, file=sys.stderr)
            return 1
    print("Ended.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
