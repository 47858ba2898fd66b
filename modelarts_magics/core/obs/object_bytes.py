"""Objects of the store as slices, as logs are read."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from ..api.log import LogChunk
from .client import ObsClient, StoredObject

_LONGEST = 4 * 2**20  # bytes


class ObjectBytes:
    """An object that may grow.

    Args:
        name: of the log that it is.
    """

    longest_slice = _LONGEST

    def __init__(self, store: ObsClient, bucket: str, key: str, name: str) -> None:
        self.name = name
        self.origin: tuple[str, ...] = (store.transport.endpoint, bucket, key)
        self._store = store
        self._place = bucket, key

    def read(self, start_byte: int, length: int) -> LogChunk:
        start = start_byte
        if start < 0:
            start = max(0, self._store.size(*self._place) - length)
        found = self._store.read(*self._place, start, length)
        end = start + len(found.data) if found.data else found.size
        text = found.data.decode(errors="replace")
        return LogChunk(text, min(start, end), end, len(found.data))


class ObjectsBytes:
    """A log that is in several objects, of which the last one may grow, and others may come.

    Args:
        beginning: of their keys, which sort as the objects were begun; what follows it is no digit,
            so that those of ``worker-1`` are not those of ``worker-10``.
        name: of the log that they are.
    """

    longest_slice = _LONGEST

    def __init__(self, store: ObsClient, bucket: str, beginning: str, name: str) -> None:
        self.name = name
        self.origin: tuple[str, ...] = (store.transport.endpoint, bucket, beginning)
        self._store = store
        self._place = bucket, beginning
        self._lock = threading.Lock()
        self._objects: Sequence[StoredObject] = ()

    def read(self, start_byte: int, length: int) -> LogChunk:
        objects = self._found(start_byte, length)
        end = _size(objects)
        start = max(0, end - length) if start_byte < 0 else min(start_byte, end)
        data, first = b"", 0
        for one in objects:
            inside = start + len(data) - first
            wanted = min(one.size - inside, length - len(data))
            if inside >= 0 and wanted > 0:
                data += self._store.read(self._place[0], one.key, inside, wanted).data
            first += one.size
        last = start + len(data) if data else end
        return LogChunk(data.decode(errors="replace"), start, last, len(data))

    def _found(self, start_byte: int, length: int) -> Sequence[StoredObject]:
        """They are listed anew where what is wanted may have come since."""
        with self._lock:
            if start_byte < 0 or start_byte + length > _size(self._objects):
                bucket, beginning = self._place
                self._objects = [
                    one
                    for one in self._store.objects(bucket, beginning)
                    if not one.key[len(beginning) :][:1].isdigit()
                ]
            return self._objects


def _size(objects: Sequence[StoredObject]) -> int:
    return sum(one.size for one in objects)
