"""What a log panel shows, whichever view shows it: the state of a run and the text of its log.

The thread that follows the log changes it, views read it. Offsets are bytes of the text in UTF-8,
from where the service says that the first text stands.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from ...core.follow import Event, Finished, StatusChanged, Trouble
from ...core.i18n import _
from ...core.logs import LogText
from ...core.models import JobStatus, JobVersion
from .. import render
from .spool import Spool

TAIL_SIZE = 64 * 1024  # bytes of all files together
_SHOWN_TAIL = 256 * 1024  # bytes in which the last lines are looked for


@dataclass
class LogModel:
    """The state of one panel."""

    version: JobVersion
    files: tuple[str, ...]
    paused: bool = False
    following: bool = True
    finished: Finished | None = None
    trouble: str = ""
    epoch: int = 0
    updated_ms: int = 0
    spools: dict[str, Spool] = field(default_factory=dict)
    changes: int = 0

    def __post_init__(self) -> None:
        self.status: JobStatus = self.version.status
        self._lock = threading.RLock()
        self._read_until: dict[str, int] = {}

    def apply(self, event: Event) -> None:
        """Take in what happened."""
        with self._lock:
            self.changes += 1
            if isinstance(event, LogText):
                self._append(event)
            elif isinstance(event, StatusChanged):
                self.status = event.status
            elif isinstance(event, Trouble):
                self.trouble = event.message
            else:
                self._finish(event)

    def _append(self, event: LogText) -> None:
        self.trouble = ""
        self.updated_ms = int(time.time() * 1000)
        if event.log_file not in self.files:
            self.files = (*self.files, event.log_file)
        spool = self.spools.get(event.log_file)
        if spool is None:
            spool = self.spools[event.log_file] = Spool(event.start_byte)
        elif event.start_byte < self._read_until[event.log_file]:
            spool = self._replaced(event)
        self._read_until[event.log_file] = event.end_byte
        spool.append(event.text)

    def _replaced(self, event: LogText) -> Spool:
        """The log was written anew: what was read of it before is history."""
        self.epoch += 1
        self.spools[event.log_file].close()
        spool = self.spools[event.log_file] = Spool(event.start_byte)
        return spool

    def _finish(self, event: Finished) -> None:
        self.finished = event
        self.following = False
        self.trouble = ""

    def state(self) -> dict[str, Any]:
        """What the head of a view shows, as JSON values."""
        with self._lock:
            status = self.status
            return {
                "title": self.title,
                "version": self.version.version_name,
                "status": status.name,
                "phase": status.phase.value,
                "status_text": render.status_word(status),
                "elapsed_ms": self.elapsed_ms,
                "elapsed_running": self.finished is None and not status.is_final,
                "bytes": sum(spool.end for spool in self.spools.values()),
                "lines": sum(spool.lines for spool in self.spools.values()),
                "updated_ms": self.updated_ms,
                "trouble": self.trouble,
                "following": self.following,
                "paused": self.paused,
                "finished": self.finished is not None,
                "reason": self.finished.reason if self.finished else "",
                "files": list(self.files),
                "can_stop_job": status.can_stop,
            }

    @property
    def title(self) -> str:
        return f"{self.version.job_name} ({self.version.job_id})"

    @property
    def elapsed_ms(self) -> int:
        """How long the run takes, or took."""
        version = self.version
        if self.status.is_final or not version.start_time:
            return version.duration or 0
        return max(0, int(time.time() * 1000) - version.start_time)

    def tail(self) -> dict[str, Any]:
        """The end of every file, by which a view finds back what it missed."""
        with self._lock:
            share = TAIL_SIZE // max(1, len(self.spools))
            files = {
                name: dict(zip(("start", "end", "text"), spool.tail(share)))
                for name, spool in self.spools.items()
            }
            return {"epoch": self.epoch, "files": files}

    def last_lines(self, count: int, file: str = "") -> str:
        """The last lines of one file, or of all, each then under its name."""
        with self._lock:
            names = [file] if file else list(self.spools)
            if len(names) <= 1:
                return "".join(
                    self.spools[name].last_lines(count, _SHOWN_TAIL)
                    for name in names
                    if name in self.spools
                )
            share = max(5, count // len(names))
            return "".join(
                _prefixed(name, self.spools[name].last_lines(share, _SHOWN_TAIL))
                for name in names
                if name in self.spools
            )

    def text_since(self, seen: dict[str, int], file: str = "") -> str:
        """New text of one file, or of all; ``seen`` holds how far each was seen, and is moved.

        A reader that is far behind gets the end only.
        """
        with self._lock:
            names = [file] if file else list(self.spools)
            shown = []
            for name in names:
                spool = self.spools.get(name)
                if spool is None:
                    continue
                first = max(seen.get(name, spool.start), spool.end - _SHOWN_TAIL)
                _start, end, text = spool.read(first, spool.end)
                if len(self.files) > 1 and not file:  # lines of several files stay whole
                    whole = text[: text.rfind("\n") + 1]
                    end -= len(text[len(whole) :].encode())
                    text = _prefixed(name, whole)
                seen[name] = end
                shown.append(text)
            return "".join(shown)

    def words(self) -> list[str]:
        """The head of a view in words."""
        state = self.state()
        words = [
            f"{state['title']} {state['version']}",
            state["status_text"],
            render.duration(state["elapsed_ms"]),
            _("{n:,} bytes", n=state["bytes"]),
            _("{n:,} lines", n=state["lines"]),
        ]
        if self.paused:
            words.append(_("paused"))
        words += [state["trouble"], state["reason"]]
        return [word for word in words if word]

    def close(self) -> None:
        with self._lock:
            for spool in self.spools.values():
                spool.close()
            self.spools.clear()


def _prefixed(name: str, text: str) -> str:
    lines = text[:-1].split("\n") if text.endswith("\n") else text.split("\n")
    return "".join(f"\x1b[36m[{name}]\x1b[0m {line}\n" for line in lines if text)
