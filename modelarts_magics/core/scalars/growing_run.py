"""A TensorBoard run: the event files of a folder, one after the other by their names, as they grow.

A training that goes on from a checkpoint writes again what it had written after it. What becomes
of that is decided as by TensorBoard's own reader, ``EventAccumulator``: in files of version 2 the
start of a session tells from which step on all points before it are void; in older ones an event
whose step lies behind does, for its own tags. Nothing else makes a point void: several writers have
the same steps, asynchronous ones mix them up, and some count none.

Several files may grow at once. Their points stand apart, and what a file makes void of those before
it is remembered for what they get later, so that the end is the same as if the files were read when
all was written.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable

from .event_file import EventFile
from .series import GrowingSeries, Point

LONGEST_TAG = 10_000  # characters; longer ones are not remembered
_MOST_TAGS = 1_000  # that are remembered without points, and as those of tensors
_PLUGIN = "scalars"  # of TensorBoard; it draws tensors of one number
_RESTARTS_ARE_TOLD = 2  # by files from this version on
_NO_STEP = -1


class Tags:
    """The tags that are remembered, each once: every event brings copies of its own."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._left = _MOST_TAGS

    def of_series(self, tag: str) -> str:
        """The tag of a series, of which there are not many."""
        return self._known.setdefault(tag, tag)

    def waiting(self, tag: str) -> str | None:
        """A tag of which something is remembered before it has points; nothing where it cannot."""
        if tag not in self._known and self._left > 0 and len(tag) <= LONGEST_TAG:
            self._known[tag] = tag
            self._left -= 1
        return self._known.get(tag)


@dataclass
class _Void:
    """The steps from which on a file makes void what stands before it, of all tags or of some."""

    all_from: float = math.inf
    tags_from: dict[str, float] = field(default_factory=dict)

    def add(self, step: float, tag: str = "") -> None:
        if tag:
            self.tags_from[tag] = min(step, self.tags_from.get(tag, math.inf))
        else:
            self.all_from = min(step, self.all_from)

    def join(self, other: _Void) -> None:
        self.add(other.all_from)
        for tag, step in other.tags_from.items():
            self.add(step, tag)

    def has(self, tag: str, step: int) -> bool:
        return step >= min(self.all_from, self.tags_from.get(tag, math.inf))


@dataclass
class _File:
    """An event file in its place.

    ``newest_step`` is that of the events so far, the files before it included; ``None`` where the
    start of a session tells of a restart, so that it does not matter. A file that does not begin
    with its version goes on as the file before it ended.
    """

    events: EventFile
    void: _Void = field(default_factory=_Void)
    is_begun: bool = False
    tells_version: bool = False
    newest_step_before: int | None = _NO_STEP
    newest_step: int | None = _NO_STEP

    def is_left_by(self, newest_step: int | None) -> bool:
        """Whether the file before it has gone on since this one was read, in a way that matters."""
        return self.is_begun and not self.tells_version and newest_step != self.newest_step_before

    def begin(self, event: Any, newest_step: int | None) -> None:
        self.is_begun = True
        self.tells_version = event.HasField("file_version")
        self.newest_step_before = self.newest_step = newest_step


class GrowingRun:
    """The scalars of one folder.

    Args:
        is_wanted: asked once for each tag that is kept.
        room: as for a :class:`GrowingSeries`.
        tags: shared by the runs of a folder.

    Attributes:
        files: by name.
        series: by tag.
    """

    def __init__(
        self, is_wanted: Callable[[str], bool], room: Callable[[], int], tags: Tags
    ) -> None:
        self.series: dict[str, GrowingSeries[Point]] = {}
        self._is_wanted = is_wanted
        self._room = room
        self._tags = tags
        self._files: dict[str, _File] = {}
        self._tensor_tags: set[str] = set()  # whose tensors are scalars

    @property
    def files(self) -> dict[str, EventFile]:
        return {name: file.events for name, file in self._files.items()}

    def has_file(self, name: str) -> bool:
        return name in self._files

    def add_file(self, name: str, events: EventFile) -> None:
        self._files[name] = _File(events)

    def read(self) -> Iterator[bool]:
        """Take new events one by one; each time, whether there is something else to show."""
        if any(file.events.is_written_anew for file in self._files.values()):
            yield self._begin()
        newest_step: int | None = _NO_STEP
        for name, file in sorted(self._files.items()):
            if file.is_left_by(newest_step):
                yield self._begin()
                yield from self.read()
                return
            yield from self._read_file(name, file, newest_step)
            newest_step = file.newest_step if file.is_begun else newest_step

    def _begin(self) -> bool:
        """Begin anew: what a file had made void may be so no more."""
        for series in self.series.values():
            series.clear()
        for name, file in self._files.items():
            file.events.begin()
            self.add_file(name, file.events)
        return True

    def _read_file(self, name: str, file: _File, newest_step: int | None) -> Iterator[bool]:
        void = None
        for event in file.events.read():
            if not file.is_begun:
                file.begin(event, newest_step)
            if void is None:
                void = self._void_behind(name)
            points = list(self._points(event))
            is_new = self._make_void(name, file, event)
            for tag, point in points:
                if not void.has(tag, point.step):
                    self.series[tag].add(name, point)
                    is_new = True
            yield is_new

    def _void_behind(self, name: str) -> _Void:
        """What the files behind one make void in it."""
        void = _Void()
        for other, file in self._files.items():
            if other > name:
                void.join(file.void)
        return void

    def _make_void(self, name: str, file: _File, event: Any) -> bool:
        """TensorBoard's rules; whether there were points that are void now."""
        if event.HasField("file_version"):
            is_told = _version(event.file_version) >= _RESTARTS_ARE_TOLD
            file.newest_step = None if is_told else event.step
        elif file.newest_step is None:
            if event.session_log.status == event.session_log.START:
                return self._forget(name, file, event.step, [""])
        elif event.step < file.newest_step and event.HasField("summary"):
            tags = [value.tag for value in event.summary.value]
            return self._forget(name, file, event.step, tags)
        else:
            file.newest_step = event.step
        return False

    def _forget(self, name: str, file: _File, step: int, tags: Sequence[str]) -> bool:
        """Forget what was written of some tags; an empty one stands for all, as in TensorBoard.

        A tag without points may get some yet, in a file before this one.
        """
        for tag in [""] if "" in tags else tags:
            if (known_tag := self._tags.waiting(tag)) is not None:
                file.void.add(step, known_tag)
        known = self.series if "" in tags else self.series.keys() & set(tags)
        return sum(self.series[tag].forget(step, name) for tag in known) > 0

    def _points(self, event: Any) -> Iterator[tuple[str, Point]]:
        for value in event.summary.value:
            number = self._number(value)
            if number is not None and self._has_series(value.tag):
                yield value.tag, Point(event.step, event.wall_time, number)

    def _has_series(self, tag: str) -> bool:
        if tag not in self.series and self._is_wanted(tag):
            self.series[self._tags.of_series(tag)] = GrowingSeries(self._room)
        return tag in self.series

    def _number(self, value: Any) -> float | None:
        """The scalar that a summary holds, as a number or as a tensor; ``None`` for other kinds.

        What a tensor is for stands at its tag's first value only.
        """
        kind = value.WhichOneof("value")
        if kind == "simple_value":
            return float(value.simple_value)
        if value.metadata.plugin_data.plugin_name == _PLUGIN and (
            tag := self._tags.waiting(value.tag)
        ):
            self._tensor_tags.add(tag)
        if kind == "tensor" and value.tag in self._tensor_tags:
            return _only_number(value.tensor)
        return None


def _version(text: str) -> float:
    try:
        return float(text.rpartition("brain.Event:")[2])
    except ValueError:
        return 0.0


def _only_number(tensor: Any) -> float | None:
    """The one number of a tensor; its size is checked first, since it may claim any."""
    from tensorboard.util.tensor_util import make_ndarray  # noqa: PLC0415  # only for TensorFlow 2

    if any(dimension.size != 1 for dimension in tensor.tensor_shape.dim):
        return None
    try:
        return float(make_ndarray(tensor).item())
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError):
        return None
