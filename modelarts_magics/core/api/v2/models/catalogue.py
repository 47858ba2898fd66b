"""What jobs run on, and the stages that they go through.

Source: docs/api/v2-endpoints.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...fields import Record, integer, many, moment, structure, text, wire


@dataclass(frozen=True)
class Flavor(Record):
    """A kind of machine."""

    flavor_id: str = wire(text)
    flavor_name: str = wire(text)
    flavor_type: str = wire(text)
    max_num: int | None = wire(integer)
    flavor_info: Any = wire(structure)


@dataclass(frozen=True)
class FlavorList(Record):
    flavors: tuple[Flavor, ...] = wire(many(Flavor))


@dataclass(frozen=True)
class Engine(Record):
    """A framework in a version."""

    engine_id: str = wire(text)
    engine_name: str = wire(text)
    engine_version: str = wire(text)


@dataclass(frozen=True)
class EngineList(Record):
    items: tuple[Engine, ...] = wire(many(Engine))


@dataclass(frozen=True)
class Stage(Record):
    """A stage of one start of a job; epoch milliseconds."""

    name: str = wire(text)
    en_message: str = wire(text)
    zh_message: str = wire(text)
    start_time: int | None = wire(moment)
    end_time: int | None = wire(moment)
    stage_order: int | None = wire(integer)


@dataclass(frozen=True)
class Start(Record):
    """One of the times that a job was started."""

    record_order: int | None = wire(integer)
    stages: tuple[Stage, ...] = wire(many(Stage))


@dataclass(frozen=True)
class StageList(Record):
    running_records: tuple[Start, ...] = wire(many(Start))
