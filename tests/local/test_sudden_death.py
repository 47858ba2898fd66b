"""A service that is killed while it works; ``scripts/sudden_death.py`` does so far more often."""

from __future__ import annotations

from pathlib import Path

from sudden_death import kill_service


def test_what_was_acknowledged_is_there_after_a_kill_and_nothing_half_is(tmp_path: Path) -> None:
    assert kill_service(tmp_path / "root", moments=2, seed=7) == []
