"""SDK-HMAC-SHA256, the request signature of Huawei Cloud, as a ``requests`` auth.

The canonical form is the same on both sides of the wire: the client signs with it and the embedded
service verifies with it.

Source: docs/api/signing.md.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Callable, Union
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from requests import PreparedRequest
from requests.auth import AuthBase

ALGORITHM = "SDK-HMAC-SHA256"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
CONTENT_HASH_HEADER = "X-Sdk-Content-Sha256"
_HASHED_MEDIA = ("application/json", "application/bson")

Body = Union[bytes, str, None]


@dataclass(frozen=True)
class Authorization:
    """The value of a signed request's ``Authorization`` header.

    >>> value = "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=ab12"
    >>> a = Authorization.parse(value)
    >>> a.access_key, a.signed_headers
    ('AK', ('host', 'x-sdk-date'))
    >>> Authorization.parse("Bearer something") is None
    True
    """

    access_key: str
    signed_headers: tuple[str, ...]
    signature: str

    def __str__(self) -> str:
        names = ";".join(self.signed_headers)
        return (
            f"{ALGORITHM} Access={self.access_key}, "
            f"SignedHeaders={names}, Signature={self.signature}"
        )

    @classmethod
    def parse(cls, value: str) -> Authorization | None:
        """Read a header value; ``None`` when it is not of this scheme.

        ``Credential=AK/...`` of an old header table is understood like ``Access=AK``.
        """
        found = _AUTHORIZATION.fullmatch(value.strip())
        if not found:
            return None
        access_key = found["access"] or found["credential"]
        return cls(access_key, tuple(found["names"].lower().split(";")), found["signature"])


_AUTHORIZATION = re.compile(
    ALGORITHM
    + r"\s+(?:Access=(?P<access>[^,\s/]+)|Credential=(?P<credential>[^,\s/]+)(?:/[^,\s]*)?)\s*,"
    + r"\s*SignedHeaders=(?P<names>[^,\s]+)\s*,\s*Signature=(?P<signature>[0-9a-f]+)"
)


def canonical_path(path: str) -> str:
    """Decode and encode again every segment; the canonical form always ends with a slash.

    >>> canonical_path("/v3/P/a b%C3%A9")
    '/v3/P/a%20b%C3%A9/'
    """
    encoded = "/".join(_encode(segment) for segment in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def canonical_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Encode decoded ``(key, value)`` pairs, sorted; a repeated key keeps all its values.

    >>> canonical_query([("b", "a b*"), ("a", "")])
    'a=&b=a%20b%2A'
    """
    return "&".join(f"{_encode(key)}={_encode(value)}" for key, value in sorted(pairs))


def payload_hash(body: Body, headers: Mapping[str, str]) -> str:
    """The hash that stands for the body: of its bytes, or what ``X-Sdk-Content-Sha256`` says."""
    content = body.encode() if isinstance(body, str) else body or b""
    declared = _lowered(headers).get(CONTENT_HASH_HEADER.lower())
    if content and declared:
        return declared
    return hashlib.sha256(content).hexdigest()


def canonical_request(
    method: str,
    path: str,
    query: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    signed_headers: Iterable[str],
    body: Body,
) -> str:
    """Build the text whose hash is signed.

    Args:
        method: HTTP method, any case.
        path: path of the URL, percent-encoded or not.
        query: decoded ``(key, value)`` pairs.
        headers: at least the signed ones; names in any case.
        signed_headers: lower-case names, in the order in which they are to stand.
        body: what is sent, or ``None``.

    Raises:
        KeyError: a signed header is not among ``headers``.
    """
    values = _lowered(headers)
    names = list(signed_headers)
    lines = "".join(f"{name}:{values[name].strip()}\n" for name in names)
    return "\n".join(
        [
            method.upper(),
            canonical_path(path),
            canonical_query(query),
            lines,
            ";".join(names),
            payload_hash(body, headers),
        ]
    )


def signature(secret_key: str, date: str, canonical: str) -> str:
    """Sign a canonical request; ``date`` is the value of ``X-Sdk-Date``."""
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"{ALGORITHM}\n{date}\n{digest}"
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def parse_query(query: str) -> list[tuple[str, str]]:
    """Decode a URL's query as the gateway does: ``+`` is a space, a key may have no value."""
    return parse_qsl(query, keep_blank_values=True)


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class SignatureAuth(AuthBase):
    """Signs a prepared request with an access key.

    The query of the URL is replaced by its canonical form, so that what is sent is what is signed.
    A request that already has ``Authorization`` is left alone.

    Args:
        access_key: the AK.
        secret_key: the SK; it never leaves this object.
        security_token: of a temporary key; sent and signed as ``X-Security-Token``.
        now: gives the time to sign with.
    """

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        security_token: str | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.access_key = access_key
        self._secret_key = secret_key
        self._security_token = security_token
        self._now = now

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown should a service repeat it."""
        return (self.access_key, self._secret_key, self._security_token or "")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(access_key='{self.access_key[:4]}***')"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        if "Authorization" in request.headers:
            return request
        url = urlsplit(str(request.url))
        query = parse_query(url.query)
        request.url = urlunsplit(url._replace(query=canonical_query(query)))
        self._complete_headers(request, host=url.netloc.rpartition("@")[2])
        names = sorted(name for name in map(str.lower, request.headers) if _is_signed(name))
        canonical = canonical_request(
            str(request.method),
            url.path,
            query,
            request.headers,
            names,
            request.body,
        )
        signed = signature(self._secret_key, request.headers["X-Sdk-Date"], canonical)
        request.headers["Authorization"] = str(Authorization(self.access_key, tuple(names), signed))
        for name, value in list(request.headers.items()):
            # http.client writes latin-1; this way the bytes are those of the UTF-8 text
            request.headers[name] = value.encode().decode("latin-1")
        return request

    def _complete_headers(self, request: PreparedRequest, host: str) -> None:
        headers = request.headers
        headers["Host"] = host
        headers.setdefault("X-Sdk-Date", self._now().strftime(DATE_FORMAT))
        if self._security_token:
            headers["X-Security-Token"] = self._security_token
        media = headers.get("Content-Type")
        if media and not media.startswith(_HASHED_MEDIA):
            headers.setdefault(CONTENT_HASH_HEADER, UNSIGNED_PAYLOAD)


def _is_signed(name: str) -> bool:
    """Headers that a proxy may add or change on the way are left out of the signature."""
    return "_" not in name and (name in {"host", "content-type"} or name.startswith("x-"))


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _encode(text: str) -> str:
    return quote(text, safe="~")
