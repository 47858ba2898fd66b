"""Environment of the tests of the magics: a home of their own, and no way off this machine."""

from __future__ import annotations

import os
from pathlib import Path

_PASSED_ON = {"PATH", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONPATH"}

# Runs in this process and in kernels; an audit hook stays for good, so it has a switch.
GUARD = """
import sys as _sys
_sys.guarding_network = True
def _guard(event, arguments, _sys=_sys):  # which %reset takes away
    if not getattr(_sys, "guarding_network", False):
        return
    host = None
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    if isinstance(host, bytes):
        host = host.decode()
    if host not in (None, "", "127.0.0.1", "::1", "localhost"):
        raise AssertionError("a test would leave this machine: " + host)
_sys.addaudithook(_guard)
del _guard
"""


def environment(home: Path) -> dict[str, str]:
    """A whole environment: nothing of the user's but the path, and no metadata service."""
    kept = {name: value for name, value in os.environ.items() if name in _PASSED_ON}
    return {
        **kept,
        "HOME": str(home),
        "IPYTHONDIR": str(home / ".ipython"),
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "JUPYTER_RUNTIME_DIR": str(home / ".jupyter" / "runtime"),
        "LANG": "C.UTF-8",
        "MODELARTS_MAGICS_METADATA_URL": "",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
