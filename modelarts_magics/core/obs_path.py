"""Where something lies in the object store: ``/bucket/path``, in whatever form it is named.

Source: docs/api/README.md, limits.
"""

from __future__ import annotations

import re

from .errors import InvalidArgumentError
from .i18n import _

_LONGEST = 1024  # characters
_BUCKET = re.compile(r"[0-9a-z][0-9a-z.-]{1,61}[0-9a-z]")
_SCHEME = re.compile(r"\A(?:(?:obs|s3):)?/*", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[^!-~]|['{}\[\]]")


def obs_folder(location: str) -> str:
    """An OBS folder in the form that the service wants.

    >>> obs_folder("obs://bucket/run/1"), obs_folder("bucket/run/"), obs_folder("/bucket/run/")
    ('/bucket/run/1/', '/bucket/run/', '/bucket/run/')
    """
    return obs_path(location).rstrip("/") + "/"


def obs_path(location: str) -> str:
    """An OBS file or folder as ``/bucket/path``.

    Raises:
        InvalidArgumentError: no path inside a bucket, or one that OBS cannot have.
    """
    if not isinstance(location, str):
        raise InvalidArgumentError(
            _("{path} does not name a folder inside a bucket", path=repr(location)),
            _("An OBS location is /bucket/folder/"),
        )
    path = re.sub(r"\Aobs:/+", "", location.strip(), flags=re.IGNORECASE).lstrip("/")
    _check_characters(location, path)
    bucket, _slash, rest = path.partition("/")
    if not _BUCKET.fullmatch(bucket):
        raise InvalidArgumentError(
            _("{bucket} is not the name of a bucket", bucket=repr(bucket)),
            _("An OBS location is /bucket/folder/"),
        )
    _check_parts(location, rest)
    return f"/{path}"


def bucket_and_key(location: str) -> tuple[str, str]:
    """What an address of the object store names; the key may be empty, and have any characters.

    >>> bucket_and_key("obs://bucket/run/1"), bucket_and_key("s3://bkt"), bucket_and_key("/b-1/x")
    (('bucket', 'run/1'), ('bkt', ''), ('b-1', 'x'))

    Raises:
        InvalidArgumentError: it names no bucket.
    """
    text = location.strip() if isinstance(location, str) else ""
    bucket, _slash, key = _SCHEME.sub("", text).partition("/")
    if _BUCKET.fullmatch(bucket):
        return bucket, key
    raise InvalidArgumentError(
        _("{bucket} is not the name of a bucket", bucket=repr(bucket or location)),
        _("An OBS location is /bucket/folder/"),
    )


def _check_characters(location: str, path: str) -> None:
    bad = _FORBIDDEN.search(path)
    if bad:
        raise InvalidArgumentError(
            _("{path} has the character {bad}", path=location, bad=repr(bad.group())),
            _("OBS paths have printable ASCII characters without spaces, quotes and brackets"),
        )
    length = len("/" + path.rstrip("/") + "/")
    if length > _LONGEST:
        raise InvalidArgumentError(
            _("The OBS location has {n} characters", n=length),
            _("At most {limit} are allowed", limit=_LONGEST),
        )


def _check_parts(location: str, rest: str) -> None:
    """``rest`` is what follows the bucket."""
    parts = rest.rstrip("/").split("/")
    if parts == [""] or {".", ".."} & set(parts):
        raise InvalidArgumentError(
            _("{path} does not name a folder inside a bucket", path=location),
            _("An OBS location is /bucket/folder/"),
        )
    if "" in parts:
        raise InvalidArgumentError(
            _("{path} has a folder without a name", path=location),
            _("Remove the doubled slash"),
        )
