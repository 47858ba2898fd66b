"""The metrics of a panel's log, live: for its head, for charts in the browser, for Python.

Reading costs something, so it is done when somebody asks, in the text that the panel keeps, from
where the last one who asked left off.

A chart in the browser asks for what is new since the number that it was told with the last answer,
at first 0. The answer is a message and one buffer::

    {"kind": "metrics", "since": 7, "now": 8, "epoch": 0,
     "added": [[3, "loss", "worker-0", "", ""]],
     "gone": [2],
     "parts": [[3, 11, 1, "vbls", []]]}

``since``
    the number that was asked with, or 0: then all is told, and whoever has series forgets them. Who
    has a later number than that may take the answer as well, and one answer twice; who has an
    earlier one has missed something, and asks with his own.
``now``
    the number to ask with next.
``epoch``
    of the log as in other messages: it is another one after a log was written anew.
``added``
    series that came: their number, which no other one gets, the name, the log file, the unit, and
    the name of the job that is compared, empty for that of the panel. The name is as the log has
    it, so it may be anything: escape it, and let it be no property.
``gone``
    numbers of series that are no more.
``parts``
    series that changed: number; how many of the first points still hold; how many points come
    behind those; their columns; and the points, counted from the first of the series, at which a
    segment begins, as far as they are among those that come.

Each letter of the columns stands for as many numbers of 64 bits, little-endian, in the buffer, in
which the parts stand in their order, and the columns of a part in the order of the letters:

======  ============================================================================
``v``   the value, perhaps infinite or not a number
``b``   the byte at which its line begins in the log file; not there for other jobs
``l``   the number of that line, from 0 for the first that the panel has read
``s``   the step; not there where the log tells none
``e``   the epoch that was told; not there where some points have none
``m``   the least of several ranks; not there where no line tells of several
``M``   the most of them
======  ============================================================================

When the columns of a series become others, none of its points holds.
"""

from __future__ import annotations

import sys
import threading
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ...core.api.log import LogText
from ...core.errors import InvalidArgumentError
from ...core.metrics.feed import Change, Changes, MetricFeed
from ...core.metrics.series import MetricSeries
from ...core.metrics.standing import Standing
from ...core.metrics.stream import At, Lines
from .asked import AskedMetric
from .model import LogModel
from .spool import Spool

_SLICE = 64 * 1024  # bytes that are read at once


@dataclass(frozen=True)
class News:
    """What is new in the metrics of a panel; the module tells what message and data hold.

    Attributes:
        version: the number to ask with next.
        is_new: whether anything is.
        is_more: whether text is left to be read, so that to ask again soon makes sense.
        message: JSON values.
        data: the buffer that belongs to it.
    """

    version: int
    is_new: bool
    is_more: bool
    message: dict[str, Any] = field(repr=False)
    data: bytes = field(repr=False)


class LogMetrics:
    """Reads the metrics in what a panel has read; safe to use from several threads.

    Args:
        model: of the panel.
        asked: metrics that the user asks for, or does not want to see; of one name the last counts.
    """

    def __init__(self, model: LogModel, asked: Sequence[AskedMetric] = ()) -> None:
        by_name = {one.name: one for one in asked}
        self._model = model
        self._lock = threading.Lock()
        self._feed = MetricFeed(by_name.keys())
        self._asked = [one for one in by_name.values() if one.pattern]
        self._lines: dict[tuple[str, str], Lines] = {}  # in which it is looked for, by job and file
        self._read: dict[str, tuple[Spool, int]] = {}  # how far

    @property
    def series(self) -> dict[str, MetricSeries]:
        """The metrics by name, those of several log files as one; reads all that is there."""
        with self._lock:
            self._read_on(float("inf"))
            return self._feed.series

    def standing(self, seconds: float) -> Sequence[Standing] | None:
        """How the first metrics of the log stand; ``None`` as long as some of it is not read.

        Args:
            seconds: after which no more text is read; what is left is when somebody asks again.
        """
        with self._lock:
            is_more = self._read_on(time.monotonic() + seconds)
            return None if is_more else self._feed.standing

    def since(self, version: int = 0, seconds: float = 0.05) -> News:
        """What is new since an answer that had this version.

        Args:
            seconds: after which no more text is read.
        """
        with self._lock:
            is_more = self._read_on(time.monotonic() + seconds)
            changes = self._feed.since(version)
            epoch = self._model.epoch
        is_new = bool(changes.now > version or changes.since < version)
        return News(changes.now, is_new, is_more, _message(changes, epoch), _data(changes))

    def take(self, job: str, part: LogText, *, is_anew: bool) -> None:
        """Read some text of a log of a job that is compared; one that is anew replaces it."""
        with self._lock:
            if is_anew:
                self._forget(part.log_file, job)
            self._feed_on((job, part.log_file), part.text, part.start_byte)

    def end(self, job: str) -> None:
        """All of the logs of a job that is compared is read."""
        with self._lock:
            self._end(job)

    def leave(self, job: str) -> None:
        """A job is compared no longer."""
        with self._lock:
            self._feed.leave(job)
            for log in [log for log in self._lines if log[0] == job]:
                del self._lines[log]

    def _forget(self, file: str, job: str = "") -> None:
        self._feed.forget(file, job)
        self._lines.pop((job, file), None)

    def _end(self, job: str = "") -> None:
        self._feed.end(job)
        for log, lines in self._lines.items():
            if log[0] == job:
                self._look(log, [*lines.end()])

    def _feed_on(self, log: tuple[str, str], text: str, first: int) -> None:
        job, file = log
        self._feed.reader(file, job).feed(text, first)
        if self._asked:
            self._look(log, [*self._lines.setdefault(log, Lines()).feed(text, first)])

    def _read_on(self, end: float) -> bool:
        """Read what is new of all files, at least a slice; whether something is left then."""
        for file, spool in [*self._model.spools.items()]:
            known, start = self._read.get(file, (None, spool.start))
            if known is not spool:
                self._forget(file)
                start = spool.start
            while start < spool.end:
                start = self._read_slice(file, spool, start)
                if time.monotonic() > end:
                    return True
        if not self._model.following:
            self._end()
        return False

    def _read_slice(self, file: str, spool: Spool, start: int) -> int:
        """Read some text of a file; where it ends."""
        try:
            first, end, text = spool.read(start, start + _SLICE)
        except ValueError:  # it was closed meanwhile
            return spool.end
        self._read.pop(file, None)
        self._feed_on(("", file), text, first)
        self._read[file] = spool, end  # not if that was interrupted: then it is read again
        return end

    def _look(self, log: tuple[str, str], lines: Sequence[tuple[At, str]]) -> None:
        """Look for what the user asks for; what takes too long is not looked for any more."""
        job, file = log
        for one in [*self._asked]:
            try:
                one.tell(self._feed.reader(file, job), lines)
            except InvalidArgumentError as error:  # noqa: PERF203
                self._asked.remove(one)
                self._model.say(str(error))


def _message(changes: Changes, epoch: int) -> dict[str, Any]:
    added = [
        [one.number, one.series.name, one.series.files[0], one.series.unit, one.job]
        for one in changes.changed
        if one.is_added
    ]
    parts = [
        [
            one.number,
            one.keep,
            len(one.series) - one.keep,
            "".join(_columns(one)),
            [at for at in one.series.segments if at >= one.keep],
        ]
        for one in changes.changed
    ]
    return {
        "kind": "metrics",
        "since": changes.since,
        "now": changes.now,
        "epoch": epoch,
        "added": added,
        "gone": list(changes.gone),
        "parts": parts,
    }


def _data(changes: Changes) -> bytes:
    return b"".join(
        _packed(column[one.keep :]) for one in changes.changed for column in _columns(one).values()
    )


def _columns(change: Change) -> dict[str, Sequence[float]]:
    """The columns that a series has, by their letters."""
    series = change.series
    lows, highs = (series.lows, series.highs) if series.has_band else (None, None)
    every = {
        "v": series.values,
        "b": None if change.job else series.bytes,
        "l": series.lines,
        "s": series.steps,
        "e": series.epochs,
        "m": lows,
        "M": highs,
    }
    return {letter: column for letter, column in every.items() if column is not None}


def _packed(column: Sequence[float]) -> bytes:
    numbers = array("d", column)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
