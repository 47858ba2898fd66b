"""The signatures of the object store: of a request's headers, and of a link.

The text that is signed is the same on both sides of the wire: the client signs it and the embedded
service compares.

Source: docs/api/obs.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Callable, Optional
from urllib.parse import quote, unquote, urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

from ..auth.keys import AccessKey, mask

Pairs = Iterable[tuple[str, Optional[str]]]
"""A query, decoded; ``None`` for a name without ``=``."""

_SUB_RESOURCES = """
acl append backtosource bucketstatus cors delete deletebucket directcoldaccess dispolicy
encryption fileinterface inventory length lifecycle location logging metadata modify name
notification object-lock obsalias obsbucketalias obscompresspolicy obsworkflowtriggerpolicy
partnumber policy policystatus position publicaccessblock quota rename replication
requestpayment response-cache-control response-content-disposition response-content-encoding
response-content-language response-content-type response-expires restore retention storageclass
storageinfo storagepolicy tagging torrent truncate uploadid uploads versionid versioning
versions website x-image-process x-image-save-bucket x-image-save-object x-obs-accesslabel
x-oss-process x-workflow-execution-state x-workflow-execution-type x-workflow-graph-name
x-workflow-limit x-workflow-next-marker x-workflow-prefix x-workflow-start
x-workflow-template-name
"""
_SIGNED = frozenset(_SUB_RESOURCES.split())


@dataclass(frozen=True)
class Flavour:
    """What differs between the signatures of OBS and those of S3, which it takes too."""

    scheme: str
    prefix: str
    link_key: str  # under which a link has the access key

    @property
    def date(self) -> str:
        return self.prefix + "date"

    @property
    def token(self) -> str:
        return self.prefix + "security-token"


OBS = Flavour("OBS", "x-obs-", "AccessKeyId")
S3 = Flavour("AWS", "x-amz-", "AWSAccessKeyId")


def encoded_key(key: str) -> str:
    """A key as it stands in a URL.

    >>> encoded_key("tb/é 1~*")
    'tb/%C3%A9%201~%2A'
    """
    return quote(key, safe="/~")


def resource(path: str, query: Pairs, flavour: Flavour = OBS) -> str:
    """What a request is about: the path ``/bucket/key``, and what of its query is signed.

    >>> resource("/b/a b", [("prefix", "x"), ("versionId", "1"), ("acl", None)])
    '/b/a%20b?acl&versionId=1'
    """
    words = [
        _word(name, value)
        for name, value in sorted(query, key=lambda pair: pair[0])
        if name.lower() in _SIGNED or name.lower().startswith(flavour.prefix)
    ]
    return encoded_key(unquote(path)) + ("?" + "&".join(words) if words else "")


def _word(name: str, value: str | None) -> str:
    return quote(name) if value is None else f"{quote(name)}={value}"


def text_to_sign(
    method: str,
    resource: str,
    headers: Mapping[str, str],
    expires: str = "",
    flavour: Flavour = OBS,
) -> str:
    """The text that is signed.

    Args:
        method: HTTP method, upper case.
        resource: see :func:`resource`.
        headers: all of the request; names in any case.
        expires: epoch seconds, of a link.
    """
    values = {name.lower(): value.strip() for name, value in headers.items()}
    date = expires or ("" if flavour.date in values else values.get("date", ""))
    first = [method, values.get("content-md5", ""), values.get("content-type", ""), date]
    own = sorted(item for item in values.items() if item[0].startswith(flavour.prefix))
    return "\n".join([*first, *map(":".join, own), resource])


def signature(secret_key: str, text: str) -> str:
    digest = hmac.new(secret_key.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def link_query(
    key: AccessKey,
    path: str,
    expires: int,
    query: Iterable[tuple[str, str]] = (),
    flavour: Flavour = OBS,
) -> str:
    """The query of a link by which anybody may read an object until it expires.

    Args:
        path: ``/bucket/key``, as a person writes it.
        expires: epoch seconds.
        query: of the link besides.
    """
    token = key.security_token
    pairs = [*query, *([(flavour.token, token)] if token else [])]
    about = resource(quote(path), pairs, flavour)
    signed = signature(key.secret_key, text_to_sign("GET", about, {}, str(expires), flavour))
    own = [(flavour.link_key, key.access_key), ("Expires", str(expires)), ("Signature", signed)]
    return "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in [*pairs, *own])


def parse_query(query: str) -> list[tuple[str, str | None]]:
    """Decode a query as the object store does: ``+`` stays, a name may have no value.

    >>> parse_query("acl&prefix=a+b%2F&x=")
    [('acl', None), ('prefix', 'a+b/'), ('x', '')]
    """
    words = [word.partition("=") for word in query.split("&") if word]
    return [(unquote(name), unquote(value) if equals else None) for name, equals, value in words]


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class ObsAuth(AuthBase):
    """Signs a prepared request with an access key.

    Args:
        key: a temporary one has a token, which is sent and signed too.
        path_of: tells ``/bucket/key``, percent-encoded, of a URL.
        now: gives the time to sign with.
    """

    def __init__(
        self,
        key: AccessKey,
        path_of: Callable[[str], str],
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._key = key
        self._path_of = path_of
        self._now = now

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown should a service repeat it."""
        key = self._key
        return (key.access_key, key.secret_key, key.security_token or "")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(access_key='{mask(self._key.access_key)}')"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        url, headers = str(request.url), request.headers
        if "Date" not in headers:
            headers.setdefault(OBS.date, format_datetime(self._now(), usegmt=True))
        if self._key.security_token:
            headers[OBS.token] = self._key.security_token
        about = resource(self._path_of(url), parse_query(urlsplit(url).query))
        text = text_to_sign(str(request.method), about, headers)
        signed = signature(self._key.secret_key, text)
        headers["Authorization"] = f"{OBS.scheme} {self._key.access_key}:{signed}"
        return request
