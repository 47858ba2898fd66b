"""IPython magics for Huawei Cloud ModelArts: ``%load_ext modelarts_magics``."""

from __future__ import annotations

from typing import Any

from ._version import __version__

__all__ = ["LogPanel", "__version__", "load_ipython_extension", "unload_ipython_extension"]


def load_ipython_extension(ipython: Any) -> None:
    """Register ``%ma_log``, ``%ma_viz`` and ``%ma_session``."""
    from .notebook.shell.magics import load

    load(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """Take them away again, and close all they opened."""
    from .notebook.shell.magics import unload

    unload(ipython)


def __getattr__(name: str) -> Any:
    """``LogPanel``, which is loaded when it is asked for."""
    if name == "LogPanel":
        from .notebook.log.panel import LogPanel

        return LogPanel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
