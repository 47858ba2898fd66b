"""The scalars of a training, from the event files below a folder, read as they grow.

Each folder that has event files is a run, as in TensorBoard.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Callable

from ..errors import ServiceError
from ..i18n import _
from .event_file import EventFile
from .files import MOST_LOOKED_AT, EventFolder, FoundFile, LocalFolder
from .growing_run import LONGEST_TAG, GrowingRun, Tags
from .series import Series, TensorBoardRun

_MOST_FILES = 1_000
_MOST_SERIES = 1_000
_MOST_POINTS = 100_000  # that are kept as they are, shared by the series
_OF_A_SERIES = (1_000, 10_000)  # points at least, and at most; as TensorBoard does by itself
_MOST_OTHER_TAGS = 100  # that are remembered by name
_MOST_ANSWERS = 2_000  # that are remembered
_LONGEST_OTHER_TAG = 500  # characters


class ScalarReader:
    """Reads what is new in a folder each time it is asked; memory stays bounded.

    A damaged file is told of in :attr:`trouble` and stops no other file.

    Args:
        folder: of this machine or of the object store; it need not be there yet.
        wanted: says whether a tag is to be kept.

    Attributes:
        is_behind: the last :meth:`poll` ran out of time before it had read everything.
        other_tags: some of those that were not wanted.
    """

    def __init__(
        self, folder: Path | EventFolder, wanted: Callable[[str], bool] | None = None
    ) -> None:
        self._folder = LocalFolder(folder) if isinstance(folder, Path) else folder
        self.is_behind = False
        self.other_tags: set[str] = set()
        # Asked for all that a run leaves out, with each event.
        self._wanted = lru_cache(_MOST_ANSWERS)(wanted or (lambda tag: True))
        self._runs: dict[str, GrowingRun] = {}
        self._tags = Tags()
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
        is_new = is_behind = False
        with closing(self._events()) as events:
            for is_other in events:
                is_new |= is_other
                if time.monotonic() > end:
                    is_behind = True
                    break
        self.is_behind = is_behind  # not before: another thread may draw what is read meanwhile
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
        self._limits.pop("folder", None)
        try:
            for found in self._folder.find():
                self._add(found)
            if self._folder.is_cut:
                words = _("Only {n} files of the folder are looked at", n=MOST_LOOKED_AT)
                self._limits["folder"] = words
        except ServiceError as error:
            if not error.is_transient or not self.has_files:
                raise
            self._limits["folder"] = error.message  # what is known is read on meanwhile

    def _add(self, found: FoundFile) -> None:
        run = self._runs.get(found.run)
        if run and run.has_file(found.name):
            return
        if self._files >= _MOST_FILES:
            self._limits["files"] = _("Only {n} event files are read", n=_MOST_FILES)
            return
        if run is None:
            run = self._runs[found.run] = GrowingRun(self._may_keep, self._room, self._tags)
        run.add_file(found.name, EventFile(found.file))
        self._files += 1

    def _events(self) -> Generator[bool, None, None]:
        for _name, run in sorted(self._runs.items()):
            yield from run.read()

    def _may_keep(self, tag: str) -> bool:
        """Asked for each tag of a run that has no series yet."""
        if len(tag) > LONGEST_TAG:
            self._limits["tag"] = _("Tags longer than {n} characters are left out", n=LONGEST_TAG)
            return False
        if not self._wanted(tag):
            if len(self.other_tags) < _MOST_OTHER_TAGS:
                self.other_tags.add(tag[:_LONGEST_OTHER_TAG])
            return False
        if self._series >= _MOST_SERIES:
            self._limits["series"] = _("Only {n} series are kept: use --tags", n=_MOST_SERIES)
            return False
        self._series += 1
        return True

    def _room(self) -> int:
        least, most = _OF_A_SERIES
        return max(least, min(most, _MOST_POINTS // self._series))


def _series(run: GrowingRun) -> Iterator[Series]:
    for tag, growing in sorted(run.series.items()):
        points = growing.points
        if points:
            yield Series(tag, points)
