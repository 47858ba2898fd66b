"""Folders of the service from before there were marks, known by the words of that day."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import tempfile
from contextlib import closing
from pathlib import Path

_KEYS = {"access_key", "secret_key", "username", "password", "domain"}
_TABLES = (
    {"identity", "training_job", "training_version", "visualization_job"},
    {"identity", "counter", "job"},
)
_LONGEST_KEYS = 64 * 1024


def was_ours(folder: Path) -> bool:
    """Whether a service kept its keys and its jobs there."""
    try:
        return _has_our_keys(folder / "credentials.json") and _has_our_tables(
            folder / "modelarts.sqlite"
        )
    except (OSError, ValueError, RecursionError, sqlite3.Error):
        return False


def _has_our_keys(path: Path) -> bool:
    if not _is_plain(path) or path.stat().st_size > _LONGEST_KEYS:
        return False
    keys = json.loads(path.read_bytes())
    is_ours = isinstance(keys, dict) and set(keys) == _KEYS
    return is_ours and all(isinstance(value, str) for value in keys.values())


def _has_our_tables(path: Path) -> bool:
    """Looks at a copy: SQLite writes beside a database even to read it after a crash."""
    if not _is_plain(path):
        return False
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / path.name
        for ending in ("", "-wal"):
            if _is_plain(Path(f"{path}{ending}")):
                shutil.copyfile(f"{path}{ending}", f"{copy}{ending}")
        with closing(sqlite3.connect(copy)) as database:
            rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = {name for (name,) in rows}
    return any(tables >= ours for ours in _TABLES)


def _is_plain(path: Path) -> bool:
    return os.path.lexists(path) and stat.S_ISREG(path.lstat().st_mode)
