"""A bucket of the object store, as the wire shows it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from v2_service import Asked, Said, Scripted

from modelarts_magics.core.auth.credentials import KeyCredentials
from modelarts_magics.core.auth.keys import AccessKey
from modelarts_magics.core.http.reader import Reader
from modelarts_magics.core.obs.client import ObsClient, connect

_KEY = AccessKey("EXAMPLEAK", "ExampleSecretKey")


class Bucket:
    """Objects that are listed and read by ranges.

    Attributes:
        objects: by key.
        faulty: what goes wrong with a request, if anything.
        may_list: whether listings are allowed.
        has_etags: whether objects say which they are.
        page: objects of a listing at once.
        given: of each range that was answered, the key, its first byte and the one behind it.
    """

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.faulty: Callable[[Asked], Said | None] = lambda _asked: None
        self.may_list = self.has_etags = True
        self.page = 1000
        self.given: list[tuple[str, int, int]] = []
        self.adapter = Scripted(self._said)

    def _said(self, asked: Asked) -> Said:
        if trouble := self.faulty(asked):
            return trouble
        if "prefix" in asked.query:  # a listing
            if not self.may_list:
                return Said(b"<Error><Code>AccessDenied</Code></Error>", 403)
            prefix, marker = asked.query["prefix"], asked.query["marker"]
            keys = sorted(key for key in self.objects if key.startswith(prefix) and key > marker)
            keys, rest = keys[: self.page], keys[self.page :]
            entries = "".join(
                f"<Contents><Key>{key}</Key><Size>{len(self.objects[key])}</Size></Contents>"
                for key in keys
            )
            entries += f"<IsTruncated>{'true' if rest else 'false'}</IsTruncated>"
            return Said(f"<ListBucketResult>{entries}</ListBucketResult>".encode())
        key = unquote(asked.path.removeprefix("/bucket/"))
        if key not in self.objects:
            return Said(b"<Error><Code>NoSuchKey</Code></Error>", 404)
        data = self.objects[key]
        if asked.method == "HEAD":
            return Said(headers={"Content-Length": str(len(data))})
        first, last = map(int, re.findall(r"\d+", asked.headers["Range"]))
        found = data[first : last + 1]
        self.given.append((key, first, first + len(found)))
        place = f"bytes {first}-{first + len(found) - 1}/{len(data)}"
        etag = {"ETag": f'"{hashlib.md5(data).hexdigest()}"'} if self.has_etags else {}
        return Said(found, 206, {"Content-Range": place, **etag})

    @contextmanager
    def opened(self) -> Iterator[ObsClient]:
        client = connect("https://127.0.0.1", KeyCredentials(lambda: _KEY))
        client.transport.pool.mount("https://", self.adapter)
        try:
            yield client.for_reader(Reader(1))
        finally:
            client.transport.close()
