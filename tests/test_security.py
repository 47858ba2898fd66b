"""Each row of the threat model names the tests that try it, and they are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent
_ROW = re.compile(r"^\| (.+) \|$", re.MULTILINE)


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its own head."""
    text = (TESTS.parent / "SECURITY.md").read_text("utf-8")
    section = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [row.split(" | ") for row in _ROW.findall(section)][1:]


def names_in(path: str) -> set[str]:
    tree = ast.parse((TESTS / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_each_row_of_the_threat_model_is_tried():
    threats = [
        f"{sender} → {receiver}" for sender, receiver, *_rest in rows("Who may send what to whom")
    ]
    tried = list(dict.fromkeys(threat for threat, *_rest in rows("How each is tried")))
    assert len(threats) > 8
    assert tried == threats


def test_each_test_that_is_named_is_there():
    for threat, what, named in rows("How each is tried"):
        found = re.findall(r"`([\w/]+\.py)::(test_\w+)`", named)
        assert found, f"{threat}, {what} names no test"
        for path, name in found:
            assert name in names_in(path), f"{path} has no {name}"
