"""A log as its readers give it, whichever generation serves it.

A :class:`ByteSource` gives slices by byte offsets, which may cut characters at their edges. A
:class:`LineSource` gives pages of entries, a :class:`WindowSource` the newest part. A :class:`Log`
makes of each the text that follows a cursor, exact; the cursor is opaque.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Union, runtime_checkable

Cursor = Union[int, str]


@dataclass(frozen=True)
class Before:
    """What comes before the last lines of a log that is given by entries.

    Attributes:
        text: what comes directly before them; it was read with them.
        cursor: of the first entry of all that was read.
    """

    text: str = field(repr=False)
    cursor: str


@dataclass(frozen=True)
class LogText:
    """A part of a log; the offsets count bytes, ``end_byte`` is exclusive.

    Attributes:
        is_relative: the offsets count from where the reading began, which was not the beginning of
            the log: of its last lines, where the service gives it by lines only.
        before: with the first of such a text, what comes before it.
    """

    text: str
    start_byte: int
    end_byte: int
    log_file: str = ""
    is_relative: bool = False
    before: Before | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class LogChunk:
    """A slice of a log, by bytes.

    Attributes:
        text: the slice as the service decoded it; characters cut at its edges may be U+FFFD.
        start_byte: where the slice begins; ``None`` when only ``-1`` was asked and nothing tells.
        end_byte: where it ends, exclusive; ``None`` when the service gave no way to know.
        byte_count: how many bytes of the log it is.
    """

    text: str
    start_byte: int | None
    end_byte: int | None
    byte_count: int


@dataclass(frozen=True)
class Part:
    """What followed a cursor.

    Attributes:
        text: new text; none when nothing more is there yet.
        cursor: for the next part.
        is_truncated: the log has become shorter than the cursor, so it was written anew.
        is_short: there was less than usual, so that nothing more is likely to be there yet.
        is_cut: the last lines are longer than what is read of them, so that some are missing.
        goes_on: there is no text yet, but more is to be read before there is.
        note: what a person is told beside the text.
        is_of_service: the note holds for all logs of the job.
        pause: seconds before which another look would cost too much.
    """

    text: LogText
    cursor: Cursor
    is_truncated: bool = False
    is_short: bool = False
    is_cut: bool = False
    goes_on: bool = False
    note: str = ""
    is_of_service: bool = False
    pause: float = 0.0


@runtime_checkable
class ByteSource(Protocol):
    """Slices of a log by byte offsets.

    Attributes:
        origin: tells this log from all others: endpoint, project, job, version, log file.
    """

    name: str
    origin: tuple[str, ...]

    @property
    def longest_slice(self) -> int:
        """The most bytes of a slice."""

    def read(self, start_byte: int, length: int) -> LogChunk:
        """At most ``length`` bytes from ``start_byte``, or the newest ones when that is -1.

        Raises:
            LinesOnlyError: the service gives this log by lines.
        """


@dataclass(frozen=True)
class LogPage:
    """Some entries of a log, in order.

    Attributes:
        entries: how many.
        start: cursor of the first one; empty where there is none.
        end: cursor of the last one.
    """

    text: str
    entries: int
    start: str
    end: str


@runtime_checkable
class LineSource(Protocol):
    """Pages of a log by opaque cursors; those of entries that are there do not change.

    Attributes:
        origin: as of a :class:`ByteSource`.
    """

    name: str
    origin: tuple[str, ...]
    most_entries: int

    def newest(self, entries: int) -> LogPage: ...

    def older(self, cursor: str, entries: int) -> LogPage:
        """The entries before one."""

    def newer(self, cursor: str, entries: int) -> LogPage:
        """The entries behind one."""


@dataclass(frozen=True)
class LogWindow:
    """The newest part of a log.

    Attributes:
        text: it, as the service decoded it; what its edges cut may be U+FFFD, or left out.
        size: how many bytes of the log it is.
        end: how many the log has.
    """

    text: str
    size: int
    end: int


@runtime_checkable
class WindowSource(Protocol):
    """The newest part of a log.

    Attributes:
        largest: bytes of it.
        others: who gives what is before it, the best first.
    """

    name: str
    largest: int
    others: Sequence[ByteSource]

    def window(self) -> LogWindow | None:
        """The newest part; ``None`` where there is no log yet."""


class Log(Protocol):
    """The text of a log."""

    name: str

    def at(self, start_byte: int, known: str = "") -> Cursor:
        """A cursor at a byte, which is the boundary of a character.

        Args:
            known: the text before it, where somebody has it.
        """

    def after(self, cursor: Cursor, *, is_final: bool = False) -> Part:
        """What follows a cursor, up to some limit.

        Args:
            is_final: nothing more will be written, so that a cut character at the end stays cut.
        """

    def ahead(self, cursor: Cursor, parts: int) -> Iterator[Part]:
        """What follows a cursor, by several requests at once: about so many parts.

        None when the end is near, or when the log cannot be read like that; :meth:`after` then
        tells what there is.
        """

    def tail(self, lines: int, *, is_frugal: bool = False) -> Part:
        """The last lines, with the cursor after them.

        Args:
            is_frugal: where there are fewer, save the request that tells whether more is before.
        """


LogReader = Union[ByteSource, LineSource, WindowSource]
