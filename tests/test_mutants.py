"""`make mutants` knows the modules, the tests of each, and which mutants may survive."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import mutant_runner
import mutants
import pytest
from accepted_mutants import KNOWN, Known
from mutant_runner import Mutant

CORE = Path(mutants.__file__).resolve().parents[1] / "modelarts_magics/core"
CODE = """\
HALF = 2
def half(number, *, more: int | None = None):
    return number // HALF
"""


@pytest.mark.parametrize(("module", "names"), mutants.TESTS.items(), ids=mutants.TESTS)
def test_modules_and_their_tests_are_there(module: str, names: tuple[str, ...]) -> None:
    assert (CORE / module).is_file()
    for name in names:
        assert mutants.file_of(name).is_file()


def test_mutants_that_may_survive_are_of_code_that_is_there() -> None:
    for module, rows in KNOWN.items():
        lines = {line.strip() for line in (CORE / module).read_text("utf-8").splitlines()}
        for known in rows:
            assert known.why
            assert known.was
            assert set(known.was.split("\n")) <= lines, known.was


def test_what_no_test_noticed_is_named_unless_it_is_known() -> None:
    changes = {"//": "/", "HALF = 2": "HALF = 3", "return number": "return -number"}
    made = [Mutant(1, CODE.replace(was, now)) for was, now in changes.items()]
    known = (
        Known("return number // HALF", "return number / HALF", "halves are even"),
        Known("HALF = 2", "", "nobody minds", is_equivalent=False),
        Known("HALF = 4", "", "of code that is gone"),
    )
    found = mutants.outcome(CODE, made, made, known)
    assert (found.count, found.equivalent, found.accepted) == (3, 1, 1)
    assert found.noticed == 0
    assert [words.splitlines() for words in found.survivors] == [
        ["1: return number // HALF", "    -> return -number // HALF"]
    ]
    assert found.stale == ["HALF = 4"]


@pytest.mark.parametrize(
    ("count", "equivalent", "accepted", "is_enough"),
    [(13, 0, 2, True), (13, 0, 3, False), (120, 20, 5, True), (120, 21, 5, False), (0, 0, 0, True)],
)
def test_of_100_mutants_5_may_be_accepted_and_2_of_any_module(
    count: int, equivalent: int, accepted: int, is_enough: bool
) -> None:
    outcome = mutants.Outcome(count, equivalent, accepted, [], [])
    assert outcome.is_enough is is_enough
    assert not replace(outcome, survivors=["half"]).is_enough
    assert not replace(outcome, stale=["half"]).is_enough


@pytest.mark.parametrize(
    ("was", "now", "functions"),
    [("//", "/", ["half"]), ("HALF = 2", "HALF = 3", None), ("2", "2  # two", [])],
    ids=["a function", "a constant", "nothing"],
)
def test_only_functions_that_differ_are_exchanged(
    was: str, now: str, functions: list[str] | None
) -> None:
    one, other = (compile(text, "f", "exec") for text in (CODE, CODE.replace(was, now, 1)))
    found = mutant_runner.differing(one, other)
    assert (found and [code.co_name for code, _other in found]) == functions
