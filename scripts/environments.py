"""Other Jupyters than the one of this environment, for tests.

    python scripts/environments.py NAME...

Makes them under `.venv/environments/`, once; without a name, lists them. Servers are virtual
environments. The others are only folders for `PYTHONPATH` or `JUPYTER_PATH`: a kernel of another
version is this interpreter with one package in front of its own, which costs a megabyte.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import installer

FOLDER = Path(__file__).resolve().parent.parent / ".venv" / "environments"
_STAMP = ".installed"


class CannotBeMade(Exception):
    """The packages of an environment cannot be installed here."""


@dataclass(frozen=True)
class Environment:
    """What to install.

    Attributes:
        packages: by name, as pip takes them.
        is_server: a virtual environment, with all that its packages need.
        oldest: Python that its packages need.
        newest: Python that its packages can do with.
    """

    packages: tuple[str, ...]
    is_server: bool = False
    oldest: tuple[int, int] = (3, 9)
    newest: tuple[int, int] = (3, 99)


_QUICK = "rfc3987>=1.3.8"  # what jsonschema takes without it is slow to import

ENVIRONMENTS = {
    # JupyterLab 4 and Notebook 7 with core widgets and without anywidget.
    "jupyter4": Environment(
        ("jupyterlab>=4.2,<5", "notebook>=7.2,<8", "jupyterlab_widgets>=3,<4", _QUICK),
        is_server=True,
    ),
    # What a ModelArts notebook has: JupyterLab 3 with core widgets of an older protocol.
    "lab3": Environment(
        ("jupyterlab>=3.6,<3.7", "jupyterlab_widgets>=1.1,<2", _QUICK),
        is_server=True,
        newest=(3, 12),
    ),
    # For the JUPYTER_PATH of a server: the front end of anywidget.
    "anywidget": Environment(("anywidget>=0.9",)),
    # For the PYTHONPATH and JUPYTER_CONFIG_PATH of a server: what leads to ports of its machine.
    "server-proxy": Environment(
        (
            *("jupyter-server-proxy>=4.2", "simpervisor", "aiohttp>=3.9", "aiohappyeyeballs"),
            *("aiosignal", "async-timeout", "frozenlist", "multidict", "propcache", "yarl"),
        )
    ),
    # For the PYTHONPATH of a kernel.
    "ipykernel-6.31.0": Environment(("ipykernel==6.31.0", "nest-asyncio")),
    "ipykernel-7.0.1": Environment(("ipykernel==7.0.1", "nest-asyncio"), oldest=(3, 10)),
    "ipykernel-7.3.0": Environment(("ipykernel==7.3.0", "nest-asyncio2"), oldest=(3, 10)),
    "ipywidgets-7": Environment(("ipywidgets>=7.8,<8", "ipython_genutils")),
}


def place_of(name: str) -> Path:
    """Where an environment is, or would be."""
    return FOLDER / name


def folder(name: str) -> Path:
    """An environment, made if need be; one for several processes at once.

    Raises:
        CannotBeMade: the packages cannot be had, or this Python is none for it.
    """
    environment = ENVIRONMENTS[name]
    place = place_of(name)
    if not environment.oldest <= sys.version_info[:2] <= environment.newest:
        raise CannotBeMade(f"{name} is not for Python {sys.version_info[0]}.{sys.version_info[1]}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _only_one(FOLDER / f"{name}.lock"):
        if _stamp_of(place) != _stamp(environment):
            _make(place, environment)
            (place / _STAMP).write_text(_stamp(environment), "utf-8")
    return place


def python(name: str) -> Path:
    """The interpreter of a server."""
    return folder(name) / "bin" / "python"


def data(name: str) -> Path:
    """What belongs into the `JUPYTER_PATH` of a server."""
    return folder(name) / "share" / "jupyter"


def configuration(name: str) -> Path:
    """What belongs into the `JUPYTER_CONFIG_PATH` of a server: it enables its extensions."""
    return folder(name) / "etc" / "jupyter"


def _stamp(environment: Environment) -> str:
    return json.dumps([sys.version, sys.base_prefix, environment.packages])


def _stamp_of(place: Path) -> str:
    try:
        return (place / _STAMP).read_text("utf-8")
    except OSError:
        return ""


def _make(place: Path, environment: Environment) -> None:
    shutil.rmtree(place, ignore_errors=True)
    if environment.is_server:
        _run([sys.executable, "-m", "venv", "--without-pip", str(place)])
        _install(place / "bin" / "python", environment.packages)
    else:
        target = ("--no-deps", "--target", str(place))
        _install(Path(sys.executable), (*target, *environment.packages))


def _install(python: Path, packages: Sequence[str]) -> None:
    """By uv, which takes a third of the time, or by pip, which may know more ways to an index."""
    interpreter = ("--python", str(python))
    # Compiled once, wherever Python is told not to keep that.
    quick = installer.command("pip", "install", "--compile-bytecode", *interpreter, *packages)
    try:
        _run(quick, installer.environment())
    except CannotBeMade:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", *interpreter]
        _run([*pip, "install", "--quiet", *packages])


def _run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise CannotBeMade(f"{' '.join(command)}\n{done.stderr[-2000:]}")


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def main() -> int:
    parser = argparse.ArgumentParser(description="Make other Jupyters for tests.")
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *ENVIRONMENTS])
    names: list[str] = parser.parse_args().names
    if not names:
        print(*ENVIRONMENTS, sep="\n")
    try:
        for name in names:
            print(folder(name))
    except CannotBeMade as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
