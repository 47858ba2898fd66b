"""Whatever stands on a line of a magic, it does something or says what is wrong in one line."""

from __future__ import annotations

import pytest
from flag_tables import PARSERS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from magic_shell import Shell
from scripted_service import ScriptedService, one_job

from modelarts_magics.core.errors import ModelArtsError

# No half of a surrogate pair: IPython 9 takes no cell that has one.
_WORDS = [
    *("job", "V0001", "7", "-1", "0", "99999999999999999999", "1.5", "ten", "''", '""', "a b"),
    *("$nowhere", "{nowhere}", "$$", "{{", "}", "{1,2}", "[", "(", "'", '"', "\\", "名", "\x1b[2J"),
    *("x" * 300, "../x", "/bucket/run/", "id:7", "name:job", "=", "--", "-", "---", "--=5", "%"),
    *("\u202e", "\x00", ".*(", "(a+)+$", "#", "!", "?", ";", "|", ">", "2026-01-01"),
]
_FLAGS = {magic: ["-h", *parser().flags] for magic, parser in PARSERS.items()}
# IPython takes others for the ends of lines.
_CHARACTERS = st.characters(exclude_categories=["C", "Z"])

# What asks a person, starts a service, or follows a job until its end.
_LEFT_OUT = {"%ma_session": {"login", "local", "logout"}}


@st.composite
def _lines(draw: st.DrawFn) -> str:
    magic = draw(st.sampled_from(sorted(PARSERS)))
    flags = st.sampled_from(_FLAGS[magic])
    words = st.sampled_from(_WORDS) | st.text(_CHARACTERS, max_size=5)
    joined = st.builds("{}={}".format, flags, words)
    rest = draw(st.lists(flags | words | joined, max_size=5))
    line = " ".join([magic, *(word for word in rest if word not in _LEFT_OUT.get(magic, ()))])
    still = " --no-follow" if magic == "%ma_log" else ""
    return line + still


@pytest.mark.parametrize("is_there", [False, True], ids=["refused", "answered"])
@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(line=_lines())
def test_a_line_of_any_flags_does_something_or_is_one_mistake(
    scripted_shell: Shell, scripted: ScriptedService, is_there: bool, line: str
) -> None:
    if is_there:
        scripted.script = one_job("epoch 1\n")
    cell = scripted_shell(line)
    if cell.success:
        return
    assert isinstance(cell.error, (ModelArtsError, SyntaxError)), repr(cell.error)
    if isinstance(cell.error, ModelArtsError):
        assert cell.mistake
