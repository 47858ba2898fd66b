"""Reads from the object store: what is in a bucket, and ranges of objects. Nothing is written.

Source: docs/api/obs.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote_plus
from xml.etree.ElementTree import Element

from requests.auth import AuthBase

from ..auth.credentials import Exchange, KeyCredentials
from ..errors import ServiceError, UnexpectedAnswerError
from ..http import xml
from ..http.answer import Answer
from ..http.reader import Reader
from ..http.transport import Limits, Runner, Transport, run_directly
from ..i18n import _
from .address import Address, is_reachable
from .codes import CODES
from .signing import ObsAuth

_READ = "obs:object:GetObject"
_LIST = "obs:bucket:ListBucket"
_MOST_KEYS = 1000  # of a page; more is not allowed
_BEHIND_THE_END = 416
_NUMBER = re.compile(r"[0-9]{1,18}")
_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})")


@dataclass(frozen=True)
class StoredObject:
    """An object as it was listed; its size is bytes."""

    key: str
    size: int


@dataclass(frozen=True)
class Slice:
    """Bytes of an object, and how many it has in all by now.

    Attributes:
        etag: another one when the object is another one; empty where the store does not tell.
    """

    data: bytes
    size: int
    etag: str = ""


class _KeyOfBuckets:
    """See :class:`~modelarts_magics.core.auth.credentials.Credentials`."""

    def __init__(self, keys: KeyCredentials, address: Address) -> None:
        self._keys = keys
        self._address = address

    def auth(self, _exchange: Exchange) -> AuthBase:
        return ObsAuth(self._keys.key(), self._address.path_of)

    def renew(self, refused: AuthBase) -> bool:
        return self._keys.renew(refused)


class ObsClient:
    """Reads buckets with one access key; safe to use from several threads.

    Every method raises :class:`~modelarts_magics.errors.ServiceError` when the service refuses or
    cannot be reached, and :class:`~modelarts_magics.errors.InvalidArgumentError` for a key that no
    URL can name.
    """

    def __init__(self, transport: Transport, address: Address) -> None:
        self.transport = transport
        self._address = address

    def for_reader(self, reader: Reader, *, run: Runner | None = None) -> ObsClient:
        """The same for somebody who reads on and on: each request is tried once."""
        limits = replace(self.transport.limits, tries=1)
        return ObsClient(self.transport.with_limits(limits, run, reader), self._address)

    def objects(self, bucket: str, prefix: str = "") -> Iterator[StoredObject]:
        """The objects whose keys begin like this, by key; asked for page by page.

        One whose key no URL can name, or whose size is no number, is left out.
        """
        marker = ""
        while True:
            page = self._page(bucket, prefix, marker)
            yield from page.objects
            if not page.is_cut:
                return
            marker = page.last

    def size(self, bucket: str, key: str) -> int:
        """How many bytes an object has."""
        answer = self._asked("HEAD", self._address.url(bucket, key), _READ)
        length = answer.headers.get("Content-Length", "")
        if not _NUMBER.fullmatch(length):
            raise self._not_of_this_api(answer)
        return int(length)

    def read(self, bucket: str, key: str, start: int, length: int) -> Slice:
        """At most so many bytes from a place on; none where the object ends before it."""
        headers = {"Range": f"bytes={start}-{start + length - 1}"}
        try:
            answer = self._asked("GET", self._address.url(bucket, key), _READ, headers=headers)
        except ServiceError as error:
            if error.status != _BEHIND_THE_END:
                raise
            return Slice(b"", self.size(bucket, key))
        return self._slice(answer, start, length)

    def _slice(self, answer: Answer, start: int, length: int) -> Slice:
        etag = answer.headers.get("ETag", "")
        if answer.status == 200 and answer.body:  # ranges are not known there: this is all of it
            return Slice(answer.body[start : start + length], len(answer.body), etag)
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        first, last, size = map(int, found.groups()) if found else (-1, -1, -1)
        if first != start or last - first + 1 != len(answer.body) or last >= start + length:
            raise self._not_of_this_api(answer)
        return Slice(answer.body, size, etag)

    def _page(self, bucket: str, prefix: str, marker: str) -> _Page:
        query = {"prefix": prefix, "marker": marker, "max-keys": str(_MOST_KEYS)}
        query["encoding-type"] = "url"  # a key may have what no XML can hold
        words = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        answer = self._asked("GET", f"{self._address.url(bucket)}?{words}", _LIST)
        root = xml.parse(answer.body)
        if root is None or xml.local_name(root) != "ListBucketResult":
            raise self._not_of_this_api(answer)
        page = _Page.read(root)
        if page.is_cut and page.last <= marker:  # it would go on for ever
            raise self._not_of_this_api(answer)
        return page

    def _asked(self, method: str, url: str, action: str, **options: Any) -> Answer:
        options = {"action": action, "codes": CODES, "accept": _whole, **options}
        answer: Answer = self.transport.send(method, url, **options)["answer"]
        return answer

    def _not_of_this_api(self, answer: Answer) -> UnexpectedAnswerError:
        return UnexpectedAnswerError(
            _("{url} answered something that is not of this API", url=self._address.endpoint),
            _("Check the endpoint"),
            status=answer.status,
        )


def _whole(answer: Answer) -> dict[str, Any]:
    return {"answer": answer}


@dataclass(frozen=True)
class _Page:
    """A page of a listing, and the key after which the next one begins."""

    objects: tuple[StoredObject, ...]
    last: str
    is_cut: bool

    @classmethod
    def read(cls, root: Element) -> _Page:
        said = xml.fields(root)
        is_encoded = said.get("EncodingType") == "url"
        entries = [xml.fields(entry) for entry in xml.children(root, "Contents")]
        named = [(_key(entry.get("Key", ""), is_encoded), entry) for entry in entries]
        last = _key(said.get("NextMarker", ""), is_encoded)
        return cls(
            tuple(
                StoredObject(key, int(entry["Size"]))
                for key, entry in named
                if is_reachable(key) and _NUMBER.fullmatch(entry.get("Size", ""))
            ),
            last or (named[-1][0] if named else ""),
            said.get("IsTruncated", "").strip().lower() == "true",
        )


def _key(text: str, is_encoded: bool) -> str:
    return unquote_plus(text) if is_encoded else text


def connect(
    endpoint: str, keys: KeyCredentials, limits: Limits | None = None, run: Runner = run_directly
) -> ObsClient:
    """The object store at an endpoint."""
    address = Address(endpoint)
    transport = Transport(endpoint, _KeyOfBuckets(keys, address), limits, run=run)
    for name in ("Content-Type", "Accept"):  # of JSON; and the former is signed
        transport.pool.headers.pop(name, None)
    transport.pool.headers["Accept-Encoding"] = "identity"
    return ObsClient(transport, address)
