"""What lies in a folder, to see whether anything of it was changed."""

from __future__ import annotations

import os
from pathlib import Path

Content = dict[str, tuple[int, int, bytes]]


def content(folder: Path) -> Content:
    """Mode, time of change and bytes of everything below a folder, and of the folder itself."""
    return {str(path): _one(path) for path in [folder, *sorted(folder.rglob("*"))]}


def _one(path: Path) -> tuple[int, int, bytes]:
    found = path.lstat()
    if path.is_symlink():
        return found.st_mode, found.st_mtime_ns, os.fsencode(os.readlink(path))
    return found.st_mode, found.st_mtime_ns, path.read_bytes() if path.is_file() else b""
