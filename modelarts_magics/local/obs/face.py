"""The object store as an API: listing, ``HEAD`` and ranges, by path, below ``/obs``.

Source: docs/api/obs.md.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from itertools import groupby
from typing import BinaryIO
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element, SubElement, tostring

from ...core.obs.signing import parse_query
from ..access.gate import Wire
from ..http.refusals import AccessRefused, Refused
from ..http.routes import NOTHING, Part, Reply
from .buckets import Buckets, Stored
from .gate import ObsGate
from .logs import BUCKET as LOGS
from .logs import LogObjects
from .refusals import refused

PATH = "/obs"
_MOST_KEYS = 1000
_NUMBER = re.compile(r"[0-9]{1,9}")
_RANGE = re.compile(r"bytes=([0-9]{1,18})-([0-9]{0,18})")
_XML = {"Content-Type": "application/xml"}
_NAMESPACE = "http://obs.myhwclouds.com/doc/2015-06-30/"
_OTHER_THINGS = frozenset({"acl", "policy", "uploads", "versions", "lifecycle", "tagging", "cors"})
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class FaceObs:
    """See ``Store``.

    Args:
        buckets: the objects.
        logs: those that no bucket has.
        gate: who lets in.
    """

    prefix = f"{PATH}/"

    def __init__(self, buckets: Buckets, logs: LogObjects, gate: ObsGate) -> None:
        self._buckets = buckets
        self._logs = logs
        self._gate = gate

    def answer(self, wire: Wire) -> Reply:
        path = wire.path[len(PATH) :]
        self._gate.check(wire, path)
        if wire.method not in {"GET", "HEAD"}:
            raise refused("MethodNotAllowed", "Objects are only read here.", 405)
        query = {name: value or "" for name, value in parse_query(wire.query)}
        if _OTHER_THINGS & query.keys():
            raise refused("NotImplemented", "This is not offered here.", 501)
        bucket, _slash, key = unquote(path[1:]).partition("/")
        if key:
            in_logs = bucket == LOGS
            opened = self._logs.opened(key) if in_logs else self._buckets.opened(bucket, key)
            return _object(*opened, wire)
        self._buckets.check(bucket)
        return Reply(NOTHING) if wire.method == "HEAD" else self._listing(bucket, query)

    def refusal(self, refused: Refused, request_id: str) -> Reply:
        code, status, headers = "InternalError", 500, {}
        if isinstance(refused, AccessRefused):
            code, status, headers = refused.code or code, refused.status, dict(refused.headers)
        root = Element("Error")
        for name, text in (
            ("Code", code),
            ("Message", refused.message),
            ("RequestId", request_id),
        ):
            SubElement(root, name).text = text
        return Reply(tostring(root, "utf-8"), status, {**headers, **_XML})

    def _listing(self, bucket: str, query: dict[str, str]) -> Reply:
        prefix, marker = query.get("prefix", ""), query.get("marker", "")
        delimiter, most = query.get("delimiter", ""), _most(query.get("max-keys", ""))
        page = _Page(bucket, is_encoded=query.get("encoding-type") == "url")
        page.tell({"Prefix": prefix, "Marker": marker, "Delimiter": delimiter})
        objects = self._buckets.objects(bucket, prefix, marker)
        last = ""
        for group, members in groupby(objects, lambda one: _group(one.key, prefix, delimiter)):
            for one in [next(members)] if group else members:
                if group and group <= marker:
                    continue
                if page.count == most:
                    return page.reply(most, next_marker=last)
                last = group or one.key
                page.add(group, one)
        return page.reply(most)


class _Page:
    """A page of a listing as XML."""

    def __init__(self, bucket: str, *, is_encoded: bool) -> None:
        self.count = 0
        self._is_encoded = is_encoded
        self._root = Element("ListBucketResult", xmlns=_NAMESPACE)
        _add(self._root, "Name", bucket)
        if is_encoded:
            _add(self._root, "EncodingType", "url")

    def tell(self, asked: dict[str, str]) -> None:
        for name, value in asked.items():
            _add(self._root, name, self._key(value))

    def add(self, group: str, one: Stored) -> None:
        self.count += 1
        if group:
            _add(SubElement(self._root, "CommonPrefixes"), "Prefix", self._key(group))
            return
        entry = SubElement(self._root, "Contents")
        changed = datetime.fromtimestamp(one.changed, timezone.utc)
        _add(entry, "Key", self._key(one.key))
        _add(entry, "LastModified", changed.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
        _add(entry, "ETag", one.etag)
        _add(entry, "Size", str(one.size))
        _add(entry, "StorageClass", "STANDARD")

    def reply(self, most: int, next_marker: str = "") -> Reply:
        _add(self._root, "MaxKeys", str(most))
        _add(self._root, "IsTruncated", "true" if next_marker else "false")
        if next_marker:
            _add(self._root, "NextMarker", self._key(next_marker))
        return Reply(tostring(self._root, "utf-8"), 200, _XML)

    def _key(self, key: str) -> str:
        """Some keys have what no XML can hold: only the encoded ones are told as they are."""
        return quote(key, safe="/") if self._is_encoded else _NOT_XML.sub("?", key)


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _group(key: str, prefix: str, delimiter: str) -> str:
    """The common prefix that stands for a key; empty where it stands for itself."""
    end = key.find(delimiter, len(prefix)) if delimiter else -1
    return key[: end + len(delimiter)] if end >= 0 else ""


def _most(text: str) -> int:
    if not text:
        return _MOST_KEYS
    if not _NUMBER.fullmatch(text) or int(text) < 1:
        raise refused("InvalidArgument", "max-keys should be in [1,1000].", 400)
    return min(int(text), _MOST_KEYS)


def _object(file: BinaryIO, found: Stored, wire: Wire) -> Reply:
    head = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": "attachment",  # nobody's page is shown from here
        "Accept-Ranges": "bytes",
        "ETag": found.etag,
        "Last-Modified": found.date,
    }
    asked = _RANGE.fullmatch(wire.headers.get("Range", ""))
    if wire.headers.get("If-None-Match") == found.etag:
        file.close()
        return Reply(NOTHING, 304, head)
    if not asked or wire.method == "HEAD":
        return Reply(Part(file, found.start, found.size), 200, head)
    first, last = int(asked[1]), int(asked[2] or found.size)
    if first >= found.size:
        file.close()
        raise _behind_the_end(found)
    end = max(first, min(last, found.size - 1)) + 1
    head["Content-Range"] = f"bytes {first}-{end - 1}/{found.size}"
    return Reply(Part(file, found.start + first, end - first), 206, head)


def _behind_the_end(found: Stored) -> AccessRefused:
    message = "The requested range cannot be satisfied."
    headers = {"Content-Range": f"bytes */{found.size}"}
    return refused("InvalidRange", message, 416, headers)
