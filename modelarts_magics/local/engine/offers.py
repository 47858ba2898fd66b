"""Flavors and engines: names that clients expect.

Every job runs with this Python, on this machine.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Flavor:
    """A machine type; ``max_num`` is how many workers a job may have."""

    spec_id: int
    spec_code: str
    core: str
    cpu: str
    max_num: int = 8


@dataclass(frozen=True)
class Framework:
    """A framework, which has to be installed here if a job imports it."""

    engine_type: int
    engine_name: str
    engine_id: int
    engine_version: str


FLAVORS = (
    Flavor(1, "modelarts.vm.cpu.2u", core="2", cpu="8"),
    Flavor(2, "modelarts.vm.cpu.8u", core="8", cpu="32"),
)
ENGINES = (
    Framework(1, "TensorFlow", 1, "TF-1.13.1-python3.6"),
    Framework(1, "TensorFlow", 2, "TF-2.1.0-python3.6"),
    Framework(2, "MXNet", 3, "MXNet-1.2.1-python3.6"),
    Framework(6, "Scikit_Learn", 4, "Scikit_Learn-0.18.1-python3.6"),
    Framework(9, "XGBoost-Sklearn", 5, "XGBoost-0.80-Sklearn-0.18.1-python3.6"),
    Framework(10, "PyTorch", 6, "PyTorch-1.0.0-python3.6"),
    Framework(10, "PyTorch", 7, "PyTorch-1.4.0-python3.6"),
)
FLAVORS_BY_ID = {flavor.spec_id: flavor for flavor in FLAVORS}
FLAVORS_BY_CODE = {flavor.spec_code: flavor for flavor in FLAVORS}
ENGINES_BY_ID = {engine.engine_id: engine for engine in ENGINES}
ENGINES_BY_VERSION = {engine.engine_version: engine for engine in ENGINES}
NO_ENGINE = Framework(0, "", 0, "")  # of a job that brings an image
