"""Event files, written by TensorBoard's own writer as a training writes them."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.summary.writer.event_file_writer import EventFileWriter


class Writer:
    """Writes one event file of a run; each call is on disk when it returns."""

    def __init__(self, folder: Path) -> None:
        before = set(folder.glob("*")) if folder.is_dir() else set()
        self._writer = EventFileWriter(str(folder), flush_secs=3600)
        (self.path,) = set(folder.glob("*")) - before

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_error: object) -> None:
        self._writer.close()

    def scalars(self, step: int, wall_time: float = 1e9, **values: float) -> None:
        """One event with these tags, as torch.utils.tensorboard and the example job write it."""
        summary = [Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
        self.add(Event(wall_time=wall_time, step=step, summary=Summary(value=summary)))

    def tensor(self, step: int, tag: str, value: float, *, with_metadata: bool = True) -> None:
        """The same as TensorFlow 2 writes it."""
        summary = scalar_pb(tag, value)
        if not with_metadata:
            summary.value[0].ClearField("metadata")
        self.add(Event(wall_time=1e9, step=step, summary=summary))

    def restarted(self, step: int) -> None:
        self.add(Event(wall_time=1e9, step=step, session_log=SessionLog(status=SessionLog.START)))

    def add(self, event: Any) -> None:
        self._writer.add_event(event)
        self._writer.flush()


def record(data: bytes, length: int | None = None) -> bytes:
    """A record as it stands in a file; it may lie about its length, with a right checksum."""
    header = struct.pack("<Q", len(data) if length is None else length)
    crcs = (struct.pack("<I", masked_crc32c(part)) for part in (header, data))
    return header + next(crcs) + data + next(crcs)
