"""Everything people read is there in both languages."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import modelarts_magics
from modelarts_magics.core.api.base import Phase
from modelarts_magics.core.locale.zh import MESSAGES

PACKAGE = Path(modelarts_magics.__file__).parent


def texts_in_the_code() -> set[str]:
    texts = {phase.value for phase in Phase}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_text = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_"
            if is_text and isinstance(node.args[0], ast.Constant):
                texts.add(node.args[0].value)
    return texts


def fields(text: str) -> set[tuple[str, str]]:
    if not any(mark in text for mark in ("{n", "{")) or '{"' in text:
        return set()
    return {(name, spec or "") for _t, name, spec, _c in string.Formatter().parse(text) if name}


def test_every_text_has_a_chinese_form_and_no_form_is_left_over():
    assert texts_in_the_code() == set(MESSAGES)


def test_each_chinese_form_has_the_same_fields():
    assert [text for text in MESSAGES if fields(MESSAGES[text]) != fields(text)] == []
