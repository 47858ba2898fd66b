"""An object of the store as slices, as logs are read."""

from __future__ import annotations

from ..api.log import LogChunk
from .client import ObsClient

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
