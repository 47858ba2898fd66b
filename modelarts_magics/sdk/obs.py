"""The object store as the vendor's sessions have it: ``session.obs``. Nothing is written there.

Source: docs/api/v2-sdk.md.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ..core.errors import InvalidArgumentError, NotFoundError, UnexpectedAnswerError
from ..core.i18n import _
from ..core.numbers import wrong
from ..core.obs.client import ObsClient
from ..core.obs_path import bucket_and_key

_PIECE = 4 * 2**20  # bytes of a request


class Obs:
    """Files of the object store by their addresses: ``obs://bucket/key``, ``s3://``, ``/bucket/``.

    Both methods raise :class:`~modelarts_magics.errors.InvalidArgumentError` for what is no such
    address, and :class:`~modelarts_magics.errors.ServiceError` when the store refuses or cannot be
    reached.
    """

    def __init__(self, store: ObsClient) -> None:
        self._store = store

    def is_obs_path_exists(self, url: str) -> bool:
        """Whether there is a bucket, an object, or a folder with something in it.

        Args:
            url: an object or a folder; one that ends with ``/`` is a folder only.
        """
        bucket, key = bucket_and_key(url)
        folder = key if key.endswith("/") or not key else f"{key}/"
        try:
            return self._has_object(bucket, key) or self._has_folder(bucket, folder)
        except NotFoundError:  # there is no such bucket
            return False

    def download_file(self, src: str, dst: str | Path) -> None:
        """Fetch an object; the file appears when it is whole, in place of one that is there.

        Args:
            src: the object.
            dst: the file, or a folder, in which it gets the last part of the object's name.

        Raises:
            NotFoundError: there is no such object.
            InvalidArgumentError: the file cannot be written.
            UnexpectedAnswerError: the object was replaced meanwhile.
        """
        bucket, key = bucket_and_key(src)
        if not key or key.endswith("/"):
            raise wrong("src", src, _("It is a file in a bucket, not a folder"))
        target = _target(dst, key)
        try:
            _write(target, self._pieces(bucket, key))
        except OSError as error:
            raise InvalidArgumentError(
                _("Cannot write {path}: {reason}", path=target, reason=error.strerror or error)
            ) from error

    def _has_object(self, bucket: str, key: str) -> bool:
        if not key or key.endswith("/"):
            return False
        with suppress(NotFoundError):
            return self._store.size(bucket, key) >= 0
        return False

    def _has_folder(self, bucket: str, folder: str) -> bool:
        is_there = any(True for _one in self._store.objects(bucket, folder))
        return is_there or not folder

    def _pieces(self, bucket: str, key: str) -> Iterator[bytes]:
        """The object as it was at the beginning."""
        first = piece = self._store.read(bucket, key, 0, _PIECE)
        position = 0
        while position < first.size:
            if not piece.data or (piece.size, piece.etag) != (first.size, first.etag):
                raise UnexpectedAnswerError(
                    _("{path} was replaced while it was read", path=f"/{bucket}/{key}"),
                    _("Try again later"),
                )
            yield piece.data
            position += len(piece.data)
            if position < first.size:
                length = min(_PIECE, first.size - position)
                piece = self._store.read(bucket, key, position, length)


def _target(dst: str | Path, key: str) -> Path:
    path = Path(dst).expanduser()
    is_folder = path.is_dir() or str(dst).endswith(("/", os.sep))
    return path / key.rpartition("/")[2] if is_folder else path


def _write(path: Path, pieces: Iterator[bytes]) -> None:
    """Write beside the place, and move there what is whole."""
    draft = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with open(draft, "xb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
