"""Scalars as text."""

from __future__ import annotations

import math
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.core.scalars.series import Point, Series, TensorBoardRun
from modelarts_magics.notebook.viz.scalars import text_table as tables
from modelarts_magics.notebook.viz.scalars.text_table import sparkline, table


def points(*values):
    return tuple(Point(step, 0.0, value) for step, value in enumerate(values, 1))


def test_a_row_tells_a_series():
    text = table([TensorBoardRun(".", (Series("loss", points(2.0, 0.125, 0.25)),))])
    assert text.split("\n")[0].split() == [
        "tag",
        "run",
        "steps",
        "first",
        "last",
        "lowest",
        "highest",
        "curve",
    ]
    assert text.split("\n")[2].split() == ["loss", ".", "1-3", "2", "0.25", "0.125", "2", "█▁▁"]


def test_a_curve_of_many_points_begins_with_the_first():
    assert sparkline(points(9.0, *[1.0, 1.1] * 300)) == "█" + 19 * "▁"


def test_runs_stand_beside_each_other_under_their_tag():
    runs = [
        TensorBoardRun(name, (Series("a", points(1.0)), Series("b", points(1.0))))
        for name in ("two", "one")
    ]
    rows = [line.split()[:2] for line in table(runs).split("\n")[2:]]
    assert rows == [["a", "one"], ["a", "two"], ["b", "one"], ["b", "two"]]


def test_many_rows_are_cut_off_with_a_word(monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    text = table([TensorBoardRun(".", tuple(Series(f"tag{n}", points(1.0)) for n in range(5)))])
    assert text.split("\n")[-1] == "3 more rows are not shown: choose some tags with --tags REGEX"
    assert "tag1" in text
    assert "tag2" not in text


@given(st.lists(st.floats(), min_size=1, max_size=200), st.integers(1, 10**9))
def test_any_values_make_a_curve(values, stride):
    curve = sparkline([Point(step * stride, 0.0, v) for step, v in enumerate(values)])
    assert len(curve) == min(len(values), 20)
    assert set(curve) <= set("▁▂▃▄▅▆▇█× ")
    assert (curve[-1] == "×") == (not math.isfinite(values[-1]))


@given(st.text(), st.text())
def test_names_are_one_line_that_a_terminal_does_not_obey(tag, run):
    text = table([TensorBoardRun(run, (Series(tag, points(1.0)),))])
    assert len(text.split("\n")) == 3
    assert {unicodedata.category(c) for c in text.replace("\n", "")} & {"Cc", "Cs"} == set()
