"""The vendor's own SDK, where a ModelArts notebook has it."""

from __future__ import annotations

import importlib
import logging
import sys
from pathlib import Path
from typing import Any

SDK_FOLDER = Path("/modelarts/tools/sdk")

_log = logging.getLogger(__name__)


def preinstalled_session() -> Any | None:
    """A new ``modelarts.session.Session()``; ``None`` when there is none that works."""
    if SDK_FOLDER.is_dir() and str(SDK_FOLDER) not in sys.path:
        sys.path.append(str(SDK_FOLDER))
    try:
        return importlib.import_module("modelarts.session").Session()
    except ImportError:
        return None
    except Exception as error:  # noqa: BLE001  # foreign code; its trouble is not the user's
        _log.debug("the ModelArts SDK of this machine gives no session: %s", type(error).__name__)
        return None
