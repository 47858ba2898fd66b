"""Where a folder that somebody names lies on this machine, if it does.

The buckets of an embedded service are folders of this machine: ``/bucket/dir/`` is
``ROOT/obs/bucket/dir``. Those of the cloud are not: see :class:`~.files.StoredFolder`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Callable

from ..errors import InvalidArgumentError
from ..i18n import _
from ..obs_path import obs_folder

_ONLY_LOCAL = re.compile(r"~|\.{1,2}(/|\Z)")
_URL = re.compile(r"obs:/")
_IN_THE_CLOUD = re.compile(r"obs:/|/")


def local_folder(location: str, local_root: Callable[[], str]) -> Path | None:
    """A folder that is there: of this machine, else of the embedded service's object store.

    Args:
        location: ``logs``, ``~/logs``, ``/bucket/dir/``, ``obs://bucket/dir``.
        local_root: tells the folder of the embedded service in use, empty for the cloud; it is
            asked only when the folder is not of this machine.

    Returns:
        It; ``None`` where it is one of the cloud.

    Raises:
        InvalidArgumentError: there is no such folder here, and it is none of the cloud.
    """
    path = Path(os.path.expanduser(location))
    if not _URL.match(location):
        if _is_folder(path):
            return path.resolve()
        if _ONLY_LOCAL.match(location) or not _could_be_stored(location):
            raise _not_here(location)
    root = local_root()
    if not root and not _IN_THE_CLOUD.match(location):
        raise _not_here(location)
    stored = stored_folder(location, root)
    if stored and not _is_folder(stored):
        raise _not_here(location)
    return stored


def stored_folder(url: str, local_root: str) -> Path | None:
    """An OBS folder, whether or not anything has been written there yet.

    Args:
        url: ``/bucket/dir/``, ``bucket/dir`` or ``obs://bucket/dir``.
        local_root: folder of the embedded service in use; empty for the cloud.

    Returns:
        It; ``None`` where it is one of the cloud.

    Raises:
        InvalidArgumentError: it is no OBS folder, or it leads out of the store.
    """
    folder = obs_folder(url)
    if not local_root:
        return None
    store = os.path.realpath(os.path.join(local_root, "obs"))
    path = os.path.realpath(os.path.join(store, folder.strip("/")))
    if not path.startswith(store + os.sep):
        raise InvalidArgumentError(
            _("{path} leads out of the object store", path=folder),
            _("Name the folder that it leads to"),
        )
    return Path(path)


def _could_be_stored(location: str) -> bool:
    try:
        return bool(obs_folder(location))
    except InvalidArgumentError:
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that no file system has
        return False


def _not_here(location: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        _("There is no folder {path}", path=location),
        _(
            "Name the folder of the event files, obs://bucket/folder in the cloud, or the training"
            " job that writes them"
        ),
    )
