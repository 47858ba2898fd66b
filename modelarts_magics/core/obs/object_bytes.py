"""The copy of a log in the object store as slices, as logs are read."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

from ..api.log import LogChunk
from ..errors import NotFoundError, NotOfferedError, PermissionDeniedError
from ..i18n import _
from .client import ObsClient, StoredObject

_LONGEST = 4_194_304  # bytes
_MOST_OBJECTS = 10_000  # that are listed, a thousand by each request
_USUAL = ".log"  # behind the name of the task; where the log is rotated, it is the newest part


class ObjectsBytes:
    """A log in one object or in several, of which the last one may grow, and others may come.

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

    def read(self, start_byte: int, length: int) -> LogChunk:
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
                self._objects = self._listed()
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


def _size(objects: Sequence[StoredObject]) -> int:
    return sum(one.size for one in objects)
