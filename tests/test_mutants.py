"""`make mutants` knows the modules, the tests that belong to each, and what cosmic-ray tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mutants
import pytest

REPOSITORY = Path(mutants.__file__).resolve().parents[1]


@pytest.mark.parametrize(("module", "names"), mutants.TESTS.items(), ids=mutants.TESTS)
def test_modules_and_their_tests_are_there(module: str, names: tuple[str, ...]) -> None:
    assert (REPOSITORY / "modelarts_magics/core" / module).is_file()
    for name in names:
        assert (REPOSITORY / "tests/core" / f"{name}.py").is_file()


def _dumped(outcome: str | None, row: int, worker: str = "normal") -> str:
    mutation: dict[str, Any] = {
        "module_path": "one.py",
        "start_pos": [row, 4],
        "operator_name": "core/NumberReplacer",
        "occurrence": 0,
    }
    result = {"test_outcome": outcome, "worker_outcome": worker} if outcome else None
    return json.dumps([{"mutations": [mutation]}, result])


def test_what_no_test_noticed_is_named_by_its_place() -> None:
    found = [_dumped("killed", 1), _dumped("survived", 2), _dumped(None, 3)]
    found.append(_dumped("filtered", 4, "skipped"))
    assert mutants.outcome(found) == (
        3,
        ["one.py:2:5 NumberReplacer 0", "one.py:3:5 NumberReplacer 0"],
    )
