"""What is there of a file that is still being written, for the next attempt to go on from."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import IO


class Draft:
    """The unfinished file beside the target, and the note that says how far it is.

    Args:
        path: the target.
        log_file: whose text it is; a draft of another log is not gone on with.

    Attributes:
        position: bytes of the log that are in it.
    """

    def __init__(self, path: Path, log_file: str) -> None:
        self._target = path
        self._file = path.with_name(f".{path.name}.part")
        self._note = path.with_name(f".{path.name}.part.json")
        self._log_file = log_file
        self.position, self._length = self._noted()

    def _noted(self) -> tuple[int, int]:
        """How far an earlier attempt came: bytes of the log, bytes of the file."""
        try:
            note = json.loads(self._note.read_text("utf-8"))
            length = int(note["length"])
            if note["log_file"] == self._log_file and self._file.stat().st_size >= length:
                return int(note["position"]), length
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return 0, 0

    def opened(self) -> IO[str]:
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o666)
        os.ftruncate(descriptor, self._length)
        os.lseek(descriptor, 0, os.SEEK_END)
        return open(descriptor, "w", encoding="utf-8", newline="")

    def add(self, file: IO[str], text: str, position: int) -> None:
        """Append text that ends at a byte of the log; what fails half-way is not counted."""
        file.write(text)
        file.flush()
        self.position, self._length = position, os.fstat(file.fileno()).st_size

    def keep(self) -> None:
        """Note what was added; nothing is kept of an attempt that came nowhere."""
        if not self.position:
            self._remove()
            return
        with suppress(OSError):  # an older note stays true
            note = {"log_file": self._log_file, "position": self.position, "length": self._length}
            self._note.write_text(json.dumps(note), "utf-8")

    def publish(self) -> None:
        os.replace(self._file, self._target)
        self._remove()

    def _remove(self) -> None:
        for path in (self._file, self._note):
            with suppress(OSError):
                path.unlink()
