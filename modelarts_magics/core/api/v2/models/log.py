"""Logs, events and resource usage of a task.

Source: docs/api/v2-logs.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ...fields import Record, identifier, integer, many, number, text, wire


def _content(value: Any) -> str | None:
    return None if value is None else text(value)


@dataclass(frozen=True)
class Preview(Record):
    """The newest part of a log.

    Attributes:
        content: it, or ``None`` where there is no log yet; characters cut at its edges may be
            U+FFFD, or left out.
        current_size: how many bytes of the log it is.
        full_size: how many the log has.
    """

    content: str | None = wire(_content, "content", "context")
    current_size: int | None = wire(integer)
    full_size: int | None = wire(integer)


@dataclass(frozen=True)
class Lines(Record):
    """Some entries of a log; the cursors of the first and the last one are opaque."""

    content: str = wire(text)
    lines: int | None = wire(integer)
    start_line: str = wire(identifier)
    end_line: str = wire(identifier)


@dataclass(frozen=True)
class Link(Record):
    """A signed address of a log, for five minutes; whoever has it can read the log."""

    obs_url: str = wire(text, is_secret=True)


def _time(value: Any) -> int | None:
    """Epoch milliseconds of a time such as ``2026-01-02T11:10:00+08:00``."""
    try:
        told = datetime.fromisoformat(text(value).replace("Z", "+00:00"))
        return int(told.timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return None


@dataclass(frozen=True)
class Event(Record):
    """Something that the service tells of a job; epoch milliseconds."""

    time: int | None = wire(_time)
    level: str = wire(text)
    message: str = wire(text)
    source: str = wire(text)


@dataclass(frozen=True)
class EventPage(Record):
    """A part of the events of a job."""

    items: tuple[Event, ...] = wire(many(Event), "events")
    total: int | None = wire(integer)


def _values(value: Any) -> tuple[float | None, ...]:
    """One a minute; what is negative was not measured."""
    numbers = map(number, value if isinstance(value, list) else [])
    return tuple(None if one is None or not one >= 0 else one for one in numbers)


@dataclass(frozen=True)
class Metric(Record):
    """A resource that a task uses, in percent, one average a minute, the newest last."""

    metric: str = wire(text)
    value: tuple[float | None, ...] = wire(_values)


@dataclass(frozen=True)
class Metrics(Record):
    """All resources that a task uses."""

    metrics: tuple[Metric, ...] = wire(many(Metric))
