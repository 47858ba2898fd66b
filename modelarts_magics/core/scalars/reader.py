"""The scalars of a training, from the event files below a folder, read as they grow.

Each folder that has event files is a run, as in TensorBoard.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

from ..i18n import _
from .event_file import EventFile
from .series import GrowingSeries, Point, Series, TensorBoardRun

_MOST_FILES = 1_000
_MOST_SERIES = 1_000
_MOST_OTHER_TAGS = 100  # that are remembered by name
_LONGEST_TAG = 500  # characters
_PLUGIN = "scalars"  # of TensorBoard; it draws tensors of one number


@dataclass
class _GrowingRun:
    files: dict[str, EventFile] = field(default_factory=dict)
    series: dict[str, GrowingSeries] = field(default_factory=dict)
    tensor_tags: set[str] = field(default_factory=set)  # whose tensors are scalars


class ScalarReader:
    """Reads what is new in a folder each time it is asked; memory stays bounded.

    A damaged file is told of in :attr:`trouble` and stops no other file.

    Args:
        folder: need not be there yet.
        wanted: says whether a tag is to be kept.

    Attributes:
        is_behind: the last :meth:`poll` ran out of time before it had read everything.
        other_tags: some of those that were not wanted.
    """

    def __init__(self, folder: Path, wanted: Callable[[str], bool] | None = None) -> None:
        self.folder = folder
        self.is_behind = False
        self.other_tags: set[str] = set()
        self._wanted = wanted or (lambda tag: True)
        self._runs: dict[str, _GrowingRun] = {}
        self._files = 0
        self._series = 0
        self._limits: dict[str, str] = {}

    def poll(self, seconds: float = math.inf) -> bool:
        """Read what is new, for some seconds at most; whether there was anything to show.

        Raises:
            InvalidArgumentError: there are event files, but no TensorBoard to read them.
        """
        before = (self.has_files, self.trouble)
        self._find_files()  # which imports TensorBoard, when there is something to read
        end = time.monotonic() + seconds
        is_new = self.is_behind = False
        with closing(self._events()) as events:
            for event, run in events:
                is_new |= self._take(run, event)
                if time.monotonic() > end:
                    self.is_behind = True
                    break
        return is_new or before != (self.has_files, self.trouble)

    @property
    def has_files(self) -> bool:
        return self._files > 0

    @property
    def read_bytes(self) -> tuple[int, int]:
        """How much is read, and how much there is."""
        files = [file for run in self._runs.values() for file in run.files.values()]
        return sum(file.offset for file in files), sum(file.size for file in files)

    @property
    def runs(self) -> tuple[TensorBoardRun, ...]:
        """The runs that have scalars, and their series, by name."""
        found = (
            TensorBoardRun(name, tuple(_series(run)))
            for name, run in sorted(self._runs.items())
            if run.series
        )
        return tuple(run for run in found if run.series)

    @property
    def trouble(self) -> tuple[str, ...]:
        """What could not be read, one line each."""
        damaged = (
            f"{os.path.normpath(os.path.join(name, path))}: {file.trouble}"
            for name, run in self._runs.items()
            for path, file in run.files.items()
            if file.trouble
        )
        return (*damaged, *self._limits.values())

    def _find_files(self) -> None:
        """Links to folders are not followed: they may lead anywhere, or in a circle."""
        for folder, _folders, names in os.walk(self.folder):
            events = [name for name in names if _is_event_file(name)]
            if events:
                run = self._runs.setdefault(os.path.relpath(folder, self.folder), _GrowingRun())
                self._add_files(run, Path(folder), sorted(events))

    def _add_files(self, run: _GrowingRun, folder: Path, names: list[str]) -> None:
        for name in names:
            if name in run.files:
                continue
            if self._files >= _MOST_FILES:
                self._limits["files"] = _("Only {n} event files are read", n=_MOST_FILES)
                return
            run.files[name] = EventFile(folder / name)
            self._files += 1

    def _events(self) -> Generator[tuple[Any, _GrowingRun], None, None]:
        for _name, run in sorted(self._runs.items()):
            for _file, file in sorted(run.files.items()):
                for event in file.read():
                    yield event, run

    def _take(self, run: _GrowingRun, event: Any) -> bool:
        if event.session_log.status == event.session_log.START:  # from this step on once more
            for series in run.series.values():
                series.forget(event.step)
        is_new = False
        for value in event.summary.value:
            number = _number(value, run.tensor_tags)
            growing = None if number is None else self._series_of(run, value.tag)
            if number is not None and growing is not None:
                growing.add(Point(event.step, event.wall_time, number))
                is_new = True
        return is_new

    def _series_of(self, run: _GrowingRun, tag: str) -> GrowingSeries | None:
        tag = tag[:_LONGEST_TAG]
        if tag in run.series:
            return run.series[tag]
        if not self._wanted(tag):
            if len(self.other_tags) < _MOST_OTHER_TAGS:
                self.other_tags.add(tag)
            return None
        if self._series >= _MOST_SERIES:
            self._limits["series"] = _("Only {n} series are kept: use --tags", n=_MOST_SERIES)
            return None
        self._series += 1
        return run.series.setdefault(tag, GrowingSeries())


def _series(run: _GrowingRun) -> Iterator[Series]:
    for tag, growing in sorted(run.series.items()):
        points = growing.points
        if points:
            yield Series(tag, points)


def _is_event_file(name: str) -> bool:
    """TensorBoard's rule; a profiler marks its folders by files that hold nothing."""
    return "tfevents" in name and not name.endswith(".profile-empty")


def _number(value: Any, tensor_tags: set[str]) -> float | None:
    """The scalar that a summary holds, as a number or as a tensor; ``None`` for other kinds.

    What a tensor is for stands at its tag's first value only.
    """
    kind = value.WhichOneof("value")
    if kind == "simple_value":
        return float(value.simple_value)
    if value.metadata.plugin_data.plugin_name == _PLUGIN and len(tensor_tags) < _MOST_SERIES:
        tensor_tags.add(value.tag)
    if kind == "tensor" and value.tag in tensor_tags:
        return _only_number(value.tensor)
    return None


def _only_number(tensor: Any) -> float | None:
    """The one number of a tensor; its size is checked first, since it may claim any."""
    from tensorboard.util.tensor_util import make_ndarray  # noqa: PLC0415  # only for TensorFlow 2

    if any(dimension.size != 1 for dimension in tensor.tensor_shape.dim):
        return None
    try:
        return float(make_ndarray(tensor).item())
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError):
        return None
