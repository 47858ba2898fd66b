"""What the READMEs say about flags is what the magics do."""

from __future__ import annotations

import flag_tables
import pytest


def test_the_tables_of_flags_are_those_of_the_parsers():
    assert flag_tables.outdated() == []


@pytest.mark.parametrize("name", flag_tables.READMES)
def test_every_magic_has_its_table(name):
    text = (flag_tables.REPOSITORY / name).read_text(encoding="utf-8")
    magics = {" ".join(words.split()[:1]) for words in flag_tables.PARSERS}
    assert {"%ma_log", "%ma_viz", "%ma_session"} == magics
    assert [magic for magic in magics if f"<!-- flags {magic} -->" not in text] == []
