"""One event file of TensorBoard, read while it grows.

The reading is TensorBoard's own: its record reader and its messages, in the form that it uses
where there is no TensorFlow. The faces above them would import TensorFlow wherever it is installed,
which takes seconds, and hold every file's last megabytes in memory.

Event files come from a training, and may be anything: a record that says it is huge, a tensor that
says so, or a pipe that nobody writes to must do no harm.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from ..errors import InvalidArgumentError
from ..i18n import _
from .files import GrowingFile, Opened

_LARGEST_RECORD = 256 << 20  # bytes; a batch of images is some megabytes


class EventFile:
    """The events of a file, each given once.

    Args:
        file: it need not be there yet.

    Attributes:
        trouble: why the file cannot be read on, in words; empty while it can.
        offset: bytes read so far.
        size: bytes that were there at the last look.

    Raises:
        InvalidArgumentError: TensorBoard is not installed.
    """

    _handle: _Handle

    def __init__(self, file: GrowingFile) -> None:
        self._tensorboard = _TensorBoard()
        self._file = file
        self.begin()

    @property
    def offset(self) -> int:
        return self._handle.offset

    @property
    def is_written_anew(self) -> bool:
        """Whether there is less than was read: what was read is not what the file has now."""
        try:
            return self._file.size() < self.offset
        except OSError:  # what was read of it stays
            return False

    def begin(self) -> None:
        """Read from the beginning, whatever was read before."""
        self.trouble = ""
        self.size = 0
        self._is_damaged = False
        self._complete_size = 0  # as far as this nothing is left to read
        self._handle = _Handle(self._file)
        self._reader = self._tensorboard.record_reader()
        self._reader.file_handle = self._handle

    def read(self) -> Iterator[Any]:
        """The new events, up to the end or to a record that is half written."""
        try:
            if self._has_grown():
                with self._handle:
                    yield from self._events()
                self._complete_size = self.size
        except OSError as error:
            self.trouble = error.strerror or type(error).__name__

    def _has_grown(self) -> bool:
        self.size = self._file.size()
        if not self._is_damaged:
            self.trouble = ""
        return not self._is_damaged and self.size > self._complete_size

    def _events(self) -> Iterator[Any]:
        while (record := self._next_record()) is not None:
            try:
                event = self._tensorboard.event.FromString(record)
            except self._tensorboard.DecodeError:
                self._damage(_("a record is no event"))
                return
            yield event

    def _next_record(self) -> bytes | None:
        tensorboard = self._tensorboard
        try:
            self._reader.GetNext()
        except tensorboard.EndOfFile:
            return None
        except tensorboard.BadRecord:
            if not self._handle.came_short:
                self._damage(_("a record is damaged"))
            return None
        except (_TooLargeError, MemoryError):
            self._damage(_("a record is too large"))
            return None
        record: bytes = self._reader.record()
        return record

    def _damage(self, words: str) -> None:
        self._is_damaged = True
        self.trouble = words


class _TooLargeError(Exception):
    """A record that does not fit into memory, or says so."""


class _Handle:
    """What TensorBoard's reader reads from: it is open, and holds memory, only while reading."""

    def __init__(self, file: GrowingFile) -> None:
        self._file = file
        self._opened: Opened | None = None
        self.offset = 0
        self.came_short = False

    def __enter__(self) -> None:
        self._opened = self._file.open(self.offset)

    def __exit__(self, *_error: object) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def read(self, size: int) -> bytes:
        if self._opened is None or size > _LARGEST_RECORD:
            raise _TooLargeError
        data = self._opened.read(size)
        self.offset += len(data)
        self.came_short = len(data) < size
        return data


class _TensorBoard:
    """The parts of TensorBoard that read event files; the same in 2.11, our oldest, as in 2.21."""

    def __init__(self) -> None:
        try:
            from google.protobuf.message import DecodeError  # noqa: PLC0415
            from tensorboard.compat.proto.event_pb2 import Event  # noqa: PLC0415
            from tensorboard.compat.tensorflow_stub import errors  # noqa: PLC0415
            from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import (  # noqa: PLC0415
                PyRecordReader_New,
            )
        except ImportError:
            raise InvalidArgumentError(
                _("TensorBoard, which reads event files, is not installed here"),
                _('Install it: pip install "modelarts-magics[local]"'),
            ) from None
        self.event = Event
        self.DecodeError = DecodeError
        self.EndOfFile = errors.OutOfRangeError
        self.BadRecord = errors.DataLossError
        self._record_reader = PyRecordReader_New

    def record_reader(self) -> Any:
        """One that is to get its handle; it wants to see any file, which ours need not be yet."""
        return self._record_reader(os.fsencode(os.devnull))
