"""Curves are read out of the logs of real trainers: how many, and how many of those are true."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).with_name("formats")
sys.path.insert(0, str(FOLDER))

import scorer  # noqa: E402

# The half that was kept unseen is known by now; what was measured only gets better.
FLOORS = {"seen": (0.99, 0.97), "unseen": (0.99, 0.98)}


@pytest.mark.parametrize(("half", "floors"), FLOORS.items(), ids=FLOORS)
def test_shown_curves_are_true_and_true_curves_are_shown(half, floors):
    scores = [scorer.score(path) for path in sorted((FOLDER / half).glob("*.log"))]
    precision, recall, _steps = scorer.totals(scores)
    assert len(scores) == 51
    assert precision >= floors[0], [one for one in scores if one.false]
    assert recall >= floors[1], [one for one in scores if one.missed]
