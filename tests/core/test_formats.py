"""Curves are read out of the logs of real trainers: how many, and how many of those are true."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).with_name("formats")
sys.path.insert(0, str(FOLDER))

import scorer  # noqa: E402

# Precision and recall, and of how many logs: for the unseen ones, what was measured when the reader
# first met them; it only gets better.
FLOORS = {"seen": (0.99, 0.99, 106), "unseen": (0.99, 0.97, 40)}


@pytest.mark.parametrize(("half", "floors"), FLOORS.items(), ids=FLOORS)
def test_shown_curves_are_true_and_true_curves_are_shown(half, floors):
    scores = [scorer.score(path) for path in sorted((FOLDER / half).glob("*.log"))]
    precision, recall, _steps = scorer.totals(scores)
    assert len(scores) == floors[2]
    assert precision >= floors[0], [one for one in scores if one.false]
    assert recall >= floors[1], [one for one in scores if one.missed]
