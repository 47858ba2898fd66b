"""Jupyter servers and kernels of other versions, for the tests of panels."""

from __future__ import annotations

import copy
import json
import os
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from types import TracebackType
from urllib.error import URLError
from urllib.parse import quote

import environments
import psutil
from lab import REPOSITORY, Server, environment
from processes import Child

_EXTENSION = Path(__file__).parent / "kernel"
_LAUNCH = [sys.executable, "-m", "ipykernel_launcher", "--ext=kernel_as_new"]

_HERE = "127.0.0.1"
OTHER_HOST = "lab.example"  # this machine, by a name that says nothing of it

_TOKEN = "test"
_TIME_LIMIT = 120.0  # seconds until a server counts as hung
_SILENT = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    }
}

_BUILT = {"buildCheck": False}  # each page would have the server start a Node for that question

KERNELS = {
    "newest": (),
    "6.31.0": ("ipykernel-6.31.0",),
    "7.0.1": ("ipykernel-7.0.1",),
    "7.3.0": ("ipykernel-7.3.0",),
    "widgets-7": ("ipywidgets-7",),
}
LANGUAGES = ("en", "zh")


class LabServer(Server):
    """A JupyterLab; a notebook is opened in a workspace of its own, alone."""

    def url(self, path: str) -> str:
        workspace = Path(path).stem
        return f"{self.base_url}lab/workspaces/{workspace}/tree/{quote(path)}?token={self.token}"


class NotebookServer(Server):
    """A Notebook 7."""

    def url(self, path: str) -> str:
        return f"{self.base_url}notebooks/{quote(path)}?token={self.token}"


@dataclass(frozen=True)
class Kind:
    """What to start.

    Attributes:
        environment: name of the environment of the server; empty for that of the tests.
        application: the module to run.
        data: environments whose data the server finds too, such as the front end of anywidget.
        extensions: environments with extensions of the server.
        host: the name by which the browser opens it.
    """

    environment: str = ""
    application: str = "jupyterlab"
    data: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    host: str = _HERE

    @property
    def python(self) -> Path:
        return environments.python(self.environment) if self.environment else Path(sys.executable)


LAB = Kind(data=("anywidget",))
LAB_PLAIN = Kind("jupyter4")
NOTEBOOK = Kind("jupyter4", "notebook", ("anywidget",))
LAB_3 = Kind("lab3")
LAB_WITH_PROXY = replace(LAB, extensions=("server-proxy",))
LAB_ELSEWHERE = replace(LAB, host=OTHER_HOST)
LAB_ELSEWHERE_WITH_PROXY = replace(LAB_WITH_PROXY, host=OTHER_HOST)


class Jupyter:
    """A server of one kind, with the kernels of the tests.

    Args:
        kind: what to start.
        root: of everything that it writes.
        service: data of the embedded ModelArts that the kernels use.
    """

    def __init__(self, kind: Kind, root: Path, service: Path) -> None:
        self.kind = kind
        self.notebooks = root / "notebooks"
        self.notebooks.mkdir(parents=True)
        self._own = root / "own"
        self._add_kernels()
        data = [self._own, *map(environments.data, kind.data)]
        found = environment(root, service)
        found["JUPYTER_PATH"] = _path(*data)
        found["JUPYTER_CONFIG_PATH"] = _path(*map(environments.configuration, kind.extensions))
        packages = map(environments.folder, kind.extensions)
        found["PYTHONPATH"] = _path(*packages, found.get("PYTHONPATH", ""))
        found["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
        config = Path(found["JUPYTER_CONFIG_DIR"]) / "labconfig"
        config.mkdir(parents=True)
        (config / "default_setting_overrides.json").write_text(json.dumps(_SILENT), "utf-8")
        (config / "page_config.json").write_text(json.dumps(_BUILT), "utf-8")
        # JupyterLab 3.6 does not hear of this by its arguments.
        exposed = {"LabApp": {"expose_app_in_browser": True}}
        (config.parent / "jupyter_lab_config.json").write_text(json.dumps(exposed), "utf-8")
        self._kept: dict[str, str] = {}
        command = _command(kind, self.notebooks)
        self._child = Child(kind.application, command, found, root / "jupyter.log")

    def __enter__(self) -> Jupyter:
        deadline = time.monotonic() + _TIME_LIMIT
        try:
            while not (port := self._port()) or not _answers(port):
                self._child.check()
                assert time.monotonic() < deadline, self._child.tail()
                time.sleep(0.05)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        self._address = f"http://{_HERE}:{port}/"
        return self

    def named(self, host: str) -> Jupyter:
        """The same server, opened by another name of this machine."""
        other = copy.copy(self)
        other.kind = replace(self.kind, host=host)
        return other

    @property
    def server(self) -> Server:
        made = NotebookServer if self.kind.application == "notebook" else LabServer
        return made(self._address.replace(_HERE, self.kind.host), _TOKEN)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.ask_to_end()
        self._child.wait()

    def write(
        self, name: str, cells: Sequence[str], kernel: str = "newest", language: str = "en"
    ) -> str:
        """Write a notebook with code cells `cell0`, `cell1`...; its path for the server."""
        for package in KERNELS[kernel]:
            environments.folder(package)
        kernel = f"{kernel}-{language}"
        made = {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {"kernelspec": {"name": kernel, "display_name": kernel}},
            "cells": [
                {
                    "id": f"cell{number}",
                    "cell_type": "code",
                    "execution_count": None,
                    "metadata": {},
                    "outputs": [],
                    "source": source,
                }
                for number, source in enumerate(cells)
            ],
        }
        path = f"{name}.ipynb"
        (self.notebooks / path).write_text(json.dumps(made), "utf-8")
        return path

    def kept_kernel(self, name: str) -> str | None:
        """A kernel of this name that is as new."""
        return self._kept.get(name)

    def keep_kernel(self, name: str, id: str | None) -> None:
        """Let the next test have a kernel that is as new: starting one takes longer than most."""
        self._kept.clear()
        if id is not None:
            self._kept[name] = id

    def end_kernels(self) -> None:
        """Shut down all kernels but the kept one: the next test has the machine for itself."""
        with _ask("GET", f"{self._address}api/sessions") as answer:
            sessions = json.load(answer)
        # One of those of each kernel: the others go with the kernel.
        running = {session["kernel"]["id"]: session["id"] for session in sessions}
        for kernel in running.keys() - self._kept.values():
            _ask("DELETE", f"{self._address}api/sessions/{running[kernel]}").close()

    def _add_kernels(self) -> None:
        """All that there may be: an open page hears of later ones only after a minute."""
        for version, language in product(KERNELS, LANGUAGES):
            packages = map(environments.place_of, KERNELS[version])
            spec = {
                "argv": [*_LAUNCH, "-f", "{connection_file}"],
                "display_name": f"{version}-{language}",
                "language": "python",
                "env": {
                    "PYTHONPATH": _path(*packages, _EXTENSION, REPOSITORY),
                    "MODELARTS_MAGICS_LANGUAGE": language,
                },
            }
            place = self._own / "kernels" / f"{version}-{language}"
            place.mkdir(parents=True)
            (place / "kernel.json").write_text(json.dumps(spec), "utf-8")

    def _port(self) -> int | None:
        """Where it listens: asked for any free port, it takes one and does not tell which."""
        with suppress(psutil.Error):
            for one in psutil.Process(self._child.process.pid).net_connections("tcp4"):
                if one.status == psutil.CONN_LISTEN:
                    return int(one.laddr.port)
        return None


def _answers(port: int) -> bool:
    try:
        _ask("GET", f"http://{_HERE}:{port}/api/status").close()
    except (URLError, TimeoutError, ConnectionError):
        return False
    return True


def _ask(method: str, url: str):
    headers = {"Authorization": f"token {_TOKEN}"}
    request = urllib.request.Request(url, method=method, headers=headers)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return direct.open(request, timeout=30)


def _command(kind: Kind, notebooks: Path) -> list[str]:
    command = [
        *(str(kind.python), "-m", kind.application),
        "--no-browser",
        f"--ServerApp.ip={_HERE}",
        "--ServerApp.port=0",
        f"--ServerApp.token={_TOKEN}",
        f"--ServerApp.root_dir={notebooks}",
        "--expose-app-in-browser",
        "--LabApp.extension_manager=readonly",
        "--ServerApp.allow_remote_access=True",  # a browser may name another host
    ]
    return [*command, "--allow-root"] if os.geteuid() == 0 else command


def _path(*folders: Path | str) -> str:
    return os.pathsep.join(filter(None, map(str, folders)))
