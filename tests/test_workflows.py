"""The workflows run what people run: targets of the Makefile, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z]+):.*##", (REPOSITORY / "Makefile").read_text("utf-8"), re.M))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_runs_only_targets_of_the_makefile(path):
    commands = re.findall(r"^\s*(?:- )?run: (.*)$", path.read_text("utf-8"), re.M)
    assert commands
    words = [command.split() for command in commands]
    assert [command for command in words if command[0] != "make"] == []
    assert {command[1] for command in words} <= TARGETS
    given = {word.partition("=")[0] for command in words for word in command if "=" in word}
    assert given <= {"PYTHONS"}


def test_each_python_of_the_matrix_has_its_job():
    text = (REPOSITORY / ".github" / "workflows" / "test.yml").read_text("utf-8")
    listed = re.search(r"python: \[(.*)\]", text)
    named = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    supported = re.findall(r"Python :: (3\.\d+)", named)
    assert listed
    assert re.findall(r"3\.\d+", listed[1]) == supported
