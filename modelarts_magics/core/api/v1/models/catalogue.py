"""What jobs can be run on and with.

Source: docs/api/v1-endpoints.md (modelarts_03_0072, modelarts_03_0073).
"""

from __future__ import annotations

from dataclasses import dataclass

from ...fields import Record, integer, many, text, wire


@dataclass(frozen=True)
class Spec(Record):
    """A flavor of machine; ``spec_code`` such as ``modelarts.vm.cpu.2u``."""

    spec_id: int | None = wire(integer)
    spec_code: str = wire(text)
    core: str = wire(text)
    cpu: str = wire(text)
    gpu_num: int | None = wire(integer)
    gpu_type: str = wire(text)
    max_num: int | None = wire(integer)


@dataclass(frozen=True)
class SpecList(Record):
    specs: tuple[Spec, ...] = wire(many(Spec))


@dataclass(frozen=True)
class Engine(Record):
    """A framework in a version; ``engine_version`` such as ``PyTorch-1.0.0-python3.6``."""

    engine_id: int | None = wire(integer)
    engine_type: int | None = wire(integer)
    engine_name: str = wire(text)
    engine_version: str = wire(text)


@dataclass(frozen=True)
class EngineList(Record):
    engines: tuple[Engine, ...] = wire(many(Engine))
