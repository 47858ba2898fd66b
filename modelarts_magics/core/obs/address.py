"""Where buckets and objects are: under a name of their own, or below the path of the service.

The cloud wants the bucket in the name of the host. A service without a name, such as the embedded
one, has it in the path.

Source: docs/api/obs.md.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from ..errors import InvalidArgumentError
from ..i18n import _
from .signing import encoded_key


class Address:
    """The object store at an endpoint, which may have a path.

    >>> cloud = Address("https://obs.cn-north-4.myhuaweicloud.com")
    >>> cloud.url("b", "a é")
    'https://b.obs.cn-north-4.myhuaweicloud.com/a%20%C3%A9'
    >>> cloud.path_of(cloud.url("b", "a é"))
    '/b/a%20%C3%A9'
    >>> local = Address("http://127.0.0.1:8080/obs")
    >>> local.url("b"), local.path_of(local.url("b"))
    ('http://127.0.0.1:8080/obs/b/', '/b/')
    """

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._parts = urlsplit(endpoint)
        self._is_by_path = not _is_name(self._parts.hostname or "")

    def url(self, bucket: str, key: str = "") -> str:
        """The URL of an object, or of a bucket.

        Raises:
            InvalidArgumentError: no URL names it: on the way some would be another object's.
        """
        _check(key)
        path = encoded_key(key)
        if self._is_by_path:
            return f"{self.endpoint}/{bucket}/{path}"
        return f"{self._parts.scheme}://{bucket}.{self._parts.netloc}{self._parts.path}/{path}"

    def path_of(self, url: str) -> str:
        """``/bucket/key`` of a URL of ours, percent-encoded."""
        parts = urlsplit(url)
        path = parts.path[len(self._parts.path) :]
        if self._is_by_path:
            return path
        bucket = (parts.hostname or "")[: -len(self._parts.hostname or "") - 1]
        return f"/{bucket}{path}"


def is_reachable(key: str) -> bool:
    """Whether a URL can name an object: folders of dots are taken out of it on the way."""
    return not key.startswith("/") and not {".", ".."} & set(key.split("/"))


def _check(key: str) -> None:
    try:
        key.encode()
    except UnicodeEncodeError:
        raise _unreachable(key) from None
    if not is_reachable(key):
        raise _unreachable(key)


def _unreachable(key: str) -> InvalidArgumentError:
    return InvalidArgumentError(_("No URL can name the object {key}", key=repr(key)))


def _is_name(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host != "localhost"
    return False
