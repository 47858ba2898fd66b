"""The command lines of the service and of the lab: what makes no sense starts nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import lab
import pytest

from modelarts_magics.local import command

MISTAKES = [
    ["--root", ""],
    ["--root="],
    ["--root", " "],
    ["--root", "here", "--port", ""],
    ["--root", "here", "--port="],
]
OF_THE_SERVICE = [
    ["--root", "here", "--while-used", ""],
    ["--root", "here", "--while-used", "nan"],
    ["--root", "here", "--while-used", "inf"],
    ["--root", "here", "--while-used", "-1"],
    ["--root", "here", "--quirks", ""],
]


@pytest.mark.parametrize(
    ("program", "words"),
    [
        *((command.run, words) for words in MISTAKES + OF_THE_SERVICE),
        *((lab.main, words) for words in MISTAKES),
    ],
)
def test_a_value_that_is_empty_or_no_number_is_one_clear_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    program,
    words: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["program", *words])
    with pytest.raises(SystemExit, match="2"):
        program()
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert os.listdir(tmp_path) == []
