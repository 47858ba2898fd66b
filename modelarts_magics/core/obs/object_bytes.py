"""The copy of a log in the object store as slices, as logs are read."""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from ..api.log import LogChunk
from ..errors import NotFoundError, NotOfferedError, PermissionDeniedError
from ..i18n import _
from .client import ObsClient, StoredObject

_LONGEST = 4_194_304  # bytes
_KNOWN = range(60, 65)  # bytes that whoever goes on behind them compares
_LISTED_FOR = 15.0  # seconds; then other objects may have come
_MOST_OBJECTS = 10_000  # that are listed, a thousand by each request
_USUAL = ".log"  # behind the name of the task; where the log is rotated, it is the newest part


class ObjectsBytes:
    """A log in one object or in several, of which the last one may grow, and others may come.

    While the last one grows, it is read on without being listed each time: by whoever reads what is
    known once more, since another object may have its name by now.

    Args:
        beginning: of their keys.
        name: of the task, which follows it: at once, or behind something that nobody documents.
        tasks: of the job; where the name of another one stands, too, the longer one counts.
    """

    longest_slice = _LONGEST

    def __init__(
        self, store: ObsClient, bucket: str, beginning: str, name: str, tasks: Sequence[str] = ()
    ) -> None:
        self.name = name
        self.origin: tuple[str, ...] = (store.transport.endpoint, bucket, beginning, name)
        self._store = store
        self._bucket = bucket
        self._beginning = beginning
        self._is_this = is_of_task(name)
        self._are_others = [is_of_task(task) for task in tasks if name in task and name != task]
        self._lock = threading.Lock()
        self._objects: Sequence[StoredObject] = ()
        self._listed_at = -math.inf
        self._grows = False

    def read(self, start_byte: int, length: int) -> LogChunk:
        return self._grown(start_byte, length) or self._read(start_byte, length)

    def _grown(self, start: int, length: int) -> LogChunk | None:
        """A slice that ends in what has come since, where all of it is in the newest object."""
        with self._lock:
            objects, is_fresh = self._objects, time.monotonic() < self._listed_at + _LISTED_FOR
            if not (self._grows and is_fresh):
                return None
            *older, newest = objects
            inside, end = start - _size(older), _size(objects)
        if inside < 0 or end - start not in _KNOWN or start + length <= end:
            return None
        found = self._store.read(self._bucket, newest.key, inside, length)
        with self._lock:
            self._grows = found.size > newest.size
            if not self._grows or self._objects is not objects:
                return None
            self._objects = [*older, replace(newest, size=found.size)]
        text = found.data.decode(errors="replace")
        return LogChunk(text, start, start + len(found.data), len(found.data))

    def _read(self, start_byte: int, length: int) -> LogChunk:
        objects = self._found(start_byte, length)
        end = _size(objects)
        start = max(0, end - length) if start_byte < 0 else min(start_byte, end)
        data = self._data(objects, start, length)
        last = start + len(data) if data else end
        return LogChunk(data.decode(errors="replace"), start, last, len(data))

    def _data(self, objects: Sequence[StoredObject], start: int, length: int) -> bytes:
        """At most so many bytes; fewer where an object has become shorter."""
        data, first = b"", 0
        for one in objects:
            inside = start + len(data) - first
            wanted = min(one.size - inside, length - len(data))
            if wanted > 0:
                found = self._store.read(self._bucket, one.key, inside, wanted).data
                data += found
                if len(found) < wanted:
                    break
            first += one.size
        return data

    def _found(self, start_byte: int, length: int) -> Sequence[StoredObject]:
        """They are listed anew where what is wanted may have come since."""
        with self._lock:
            if start_byte < 0 or start_byte + length > _size(self._objects):
                before, self._objects = self._objects, self._listed()
                self._listed_at = time.monotonic()
                self._grows = _is_longer(before, self._objects)
            return self._objects

    def _listed(self) -> Sequence[StoredObject]:
        try:
            found = self._named(f"{self._beginning}{self.name}") or self._named(self._beginning)
        except PermissionDeniedError:  # who may not list may still read
            key = f"{self._beginning}{self.name}{_USUAL}"
            return [StoredObject(key, self._store.size(self._bucket, key))]
        if not found:
            raise NotFoundError(_("There is no copy of {file} in OBS", file=self.name))
        return sorted(found, key=self._age)

    def _named(self, prefix: str) -> Sequence[StoredObject]:
        found = []
        for number, one in enumerate(self._store.objects(self._bucket, prefix)):
            if number == _MOST_OBJECTS:
                raise NotOfferedError(
                    _("{prefix}: too many objects to find a log among them", prefix=prefix),
                    _("Let each job copy its logs to a folder of its own"),
                )
            if self._is_mine(one.key):
                found.append(one)
        return found

    def _is_mine(self, key: str) -> bool:
        at = len(self._beginning)
        is_other = any(pattern.match(key, at) for pattern in self._are_others)
        return not is_other and self._is_this.match(key, at) is not None

    def _age(self, one: StoredObject) -> tuple[bool, Sequence[int | str]]:
        """By which the objects of a log are in order: numbers count, not their digits."""
        name = one.key.removeprefix(self._beginning)
        words: list[int | str] = [int(w) if w.isdecimal() else w for w in re.split(r"(\d+)", name)]
        return name.endswith(f"{self.name}{_USUAL}"), words


def is_of_task(name: str) -> re.Pattern[str]:
    """What the keys of a task match: those of worker-1, and none of worker-10."""
    return re.compile(rf"(?:.*-)?{re.escape(name)}(?!\d)")


def _is_longer(before: Sequence[StoredObject], now: Sequence[StoredObject]) -> bool:
    """Whether objects are the same, but for the last one, which has grown."""
    are_same = [one.key for one in before] == [one.key for one in now]
    return bool(before) and are_same and before[-1].size < now[-1].size


def _size(objects: Sequence[StoredObject]) -> int:
    return sum(one.size for one in objects)
