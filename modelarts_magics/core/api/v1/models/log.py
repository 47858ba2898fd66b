"""Parts of a training log.

Source: docs/api/logs.md (modelarts_03_0054, modelarts_03_0055 of 2019, modelarts_03_0149).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...fields import Record, identifier, integer, text, texts, wire
from ...log import LogChunk


@dataclass(frozen=True)
class LogFiles(Record):
    """The names of a version's log files; a distributed run has several."""

    names: tuple[str, ...] = wire(texts, "log_file_list")


@dataclass(frozen=True)
class LogLines:
    """A slice of a log, by entries; the cursors are opaque."""

    text: str
    lines: int | None
    start_line: str
    end_line: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LogLines:
        return cls(
            text=_log_text(data),
            lines=integer(data.get("lines")),
            start_line=identifier(data.get("start_line")),
            end_line=identifier(data.get("end_line")),
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "content": self.text,
            "lines": self.lines,
            "start_line": self.start_line,
            "end_line": self.end_line,
            "is_success": True,
        }


def read_chunk(data: Mapping[str, Any], start_byte: int) -> LogChunk | LogLines:
    """Read the answer to a byte call, which some editions give in the line shape (quirk 5).

    Args:
        start_byte: what was asked for; ``-1`` for the newest part.
    """
    if "log" not in data and ("end_line" in data or "start_line" in data):
        return LogLines.from_json(data)
    log = _log_text(data)
    count = integer(data.get("log_byte_count"))
    if count is None:
        count = integer(data.get("count"))
    end = integer(data.get("end_byte"))
    start = start_byte if start_byte >= 0 else None
    if start is not None and end is None:
        end = start + (len(log.encode()) if count is None else count)
    if count is None:
        count = len(log.encode()) if start is None or end is None else max(0, end - start)
    if start is None and end is not None:
        start = end - count
    return LogChunk(log, start, end, count)


def _log_text(data: Mapping[str, Any]) -> str:
    return next((text(data[key]) for key in ("log", "content", "context") if key in data), "")
