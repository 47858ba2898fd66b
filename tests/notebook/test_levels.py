"""How bad a line is, by the cases of the rich view; the last error is found by it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.notebook.log.errors import last_error
from modelarts_magics.notebook.log.levels import Levels, level_of

JS = Path(__file__).resolve().parents[2] / "js"
TABLE = json.loads((JS / "test/levels.json").read_text("utf-8"))


@pytest.mark.parametrize(("text", "level"), TABLE)
def test_the_table_of_the_rich_view_holds_here_too(text: str, level: str | None) -> None:
    assert level_of(text) == (level or "")


def test_only_the_beginning_of_a_line_is_looked_at() -> None:
    assert level_of(" " * 400 + "ERROR") == ""


def test_a_traceback_goes_on_to_the_line_that_says_what_it_was() -> None:
    found = Levels()
    lines = ["ok", "Traceback (most recent call last):", "  File x", "", "OSError: full", "ok"]
    assert [found.next(line) for line in lines] == ["", *["error"] * 4, ""]


_TRACEBACK = "Traceback (most recent call last):\n  File x\n    main()\n"


@pytest.mark.parametrize(
    ("log", "summary"),
    [
        ("all is well\n", None),
        ("", None),
        (_TRACEBACK + "ValueError: 形状\n", "ValueError: 形状"),
        (_TRACEBACK + "OSError: one\nok\n" + _TRACEBACK + "OSError: two\nexit 1\n", "OSError: two"),
        ("\x1b[31mERROR\x1b[0m red\nbye", "ERROR red"),
        ("10%\rERROR at 20%\n", "ERROR at 20%"),
        (_TRACEBACK, "main()"),
        (_TRACEBACK + "\n\n", "main()"),
    ],
)
def test_the_last_error_is_summed_up_in_its_last_line(log: str, summary: str | None) -> None:
    found = last_error(log)
    assert (found and found.summary) == summary


def test_the_last_error_comes_with_the_lines_around_it() -> None:
    log = "".join(f"before {n}\n" for n in range(20))
    log += _TRACEBACK + "OSError: full\n" + "".join(f"after {n}\n" for n in range(20))
    found = last_error(log)
    assert found is not None
    assert found.text.startswith("before 15\nbefore 16\n")
    assert _TRACEBACK in found.text
    assert found.text.endswith("after 9")


@given(st.lists(st.sampled_from(["ok", "ERROR x", "  File", "Traceback (most recent call last)"])))
def test_what_is_shown_of_an_error_is_a_bounded_part_of_the_log(lines: list[str]) -> None:
    log = "\n".join(lines * 20)
    found = last_error(log)
    if found is not None:
        assert found.text in log
        assert found.text.count("\n") <= 120
