"""Buckets as folders: ``/bucket/dir/file`` is ``DIR/obs/bucket/dir/file`` and nothing else is.

Source: docs/api/README.md, limits (modelarts_03_0095); docs/api/v1-errors.md.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..http.refusals import Reason, Refused, invalid

_LONGEST = 1024
_LONGEST_NAME = 255  # of a folder or file; more fits into no file system
_ALLOWED = re.compile(r"[!-~]+")
_FORBIDDEN = re.compile(r"['{}\[\]]")
_BUCKET = re.compile(r"[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]")


class Obs:
    """The object store.

    Args:
        folder: holds one folder per bucket.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Path(os.path.realpath(folder))

    def existing(self, url: str) -> Path:
        path = self.locate(url)
        if not os.path.exists(path):
            raise _invalid_path(url)
        return path

    def existing_folder(self, url: str) -> Path:
        path = self.locate(url)
        if not os.path.isdir(path):
            raise _invalid_path(url)
        return path

    def existing_file(self, url: str) -> Path:
        path = self.locate(url)
        if url.endswith("/") or not os.path.isfile(path):
            raise _invalid_path(url)
        return path

    def made_folder(self, url: str) -> Path:
        """The folder, created when it is missing."""
        path = self.locate(url)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise _invalid_path(url) from None
        return path

    def folder_to_make(self, url: str) -> Path:
        """Where a folder is or can be made; nothing is made yet."""
        path = self.locate(url)
        nearest = next(one for one in (path, *path.parents) if os.path.lexists(one))
        if not os.path.isdir(nearest):
            raise _invalid_path(url)
        return path

    def locate(self, url: str) -> Path:
        """The real path that a URL stands for now, whether or not something is there.

        Symbolic links are followed here, every time: what they point to may change.

        Raises:
            Refused: the URL breaks a rule, or leads out of the object store.
        """
        check_url(url)
        try:
            path = os.path.realpath(self._folder / url.strip("/"))
        except (OSError, ValueError):
            raise _invalid_path(url) from None
        if not path.startswith(str(self._folder) + os.sep):
            raise Refused(Reason.PATH_DENIED, f"Access to the OBS path {url} is denied.")
        return Path(path)


def check_url(url: str) -> None:
    """Refuse what is not ``/bucket/dir...`` by the rules of the vendor."""
    if not _ALLOWED.fullmatch(url) or _FORBIDDEN.search(url):
        raise Refused(Reason.PATH_CHARACTERS, "The OBS path contains illegal characters.")
    if not url.startswith("/"):
        raise invalid(f"Invalid OBS path {url[:80]}: it should look like /bucket/dir/.")
    if len(url) > _LONGEST:
        raise invalid(f"The length of an OBS path should be in [0,{_LONGEST}]")
    bucket, *segments = url.rstrip("/").split("/")[1:] or [""]
    if not _BUCKET.fullmatch(bucket):
        raise Refused(Reason.BUCKET_NAME, f"Invalid OBS bucket name in {url}.")
    if not segments:
        raise Refused(Reason.PATH_IS_BUCKET, f"{url} should not be bucket")
    if any(segment in {"", ".", ".."} or len(segment) > _LONGEST_NAME for segment in segments):
        raise _invalid_path(url)


def _invalid_path(url: str) -> Refused:
    return Refused(Reason.NO_SUCH_PATH, f"Invalid OBS path {url}.")
