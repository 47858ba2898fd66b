"""Regular expressions of users end, whatever they are, and mean what they mean to Python."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelarts_magics.core.errors import InvalidArgumentError
from modelarts_magics.notebook.text.pattern import Pattern, close

LINES = ["loss 0.5", "LOSS nan", "a" * 40 + "!", "训练 ✅ \ud800", ""]
FOR_EVER = "(a+)+$"


def of_python(text, flags, lines):
    """Which lines match, or why the pattern is none."""
    try:
        found = re.compile(text, flags)
    except re.error as error:
        return str(error)
    return [found.search(line) is not None for line in lines]


@pytest.mark.filterwarnings("ignore:Possible:FutureWarning")
@given(
    st.text("a.*lo0s[]()|\\d^$?{}1训 ", max_size=8),
    st.lists(st.sampled_from(LINES) | st.text(max_size=20), max_size=5),
    st.booleans(),
)
def test_a_pattern_means_what_it_means_to_python(text, lines, is_exact):
    expected = of_python(text, 0 if is_exact else re.IGNORECASE, lines)
    pattern = Pattern(text, is_exact=is_exact)
    if isinstance(expected, str):
        assert pattern.problem == expected
        with pytest.raises(InvalidArgumentError, match=re.escape(expected)):
            pattern.matching(lines)
    else:
        assert pattern.problem == ""
        assert pattern.matching(lines) == expected


@given(st.text(max_size=8), st.lists(st.text(max_size=20), max_size=5))
def test_plain_text_is_only_text(text, lines):
    found = Pattern(text, is_regexp=False, is_exact=True).matching(lines)
    assert found == [text in line for line in lines]


def test_other_threads_go_on_and_the_next_pattern_is_answered():
    caught = []

    def look():
        with pytest.raises(InvalidArgumentError) as error:
            Pattern(FOR_EVER).matching(LINES)
        caught.append(error.value)

    looking = threading.Thread(target=look)
    looking.start()
    turns = 0
    while looking.is_alive():
        turns += 1
    looking.join()
    assert turns > 1_000
    assert FOR_EVER in str(caught[0])
    assert Pattern("^loss").matching(LINES) == [True, True, False, False, False]


@pytest.mark.parametrize("text", ["(" * 5_000 + ")" * 5_000, "x{99999999999999999999}", "("])
def test_a_pattern_that_cannot_be_prepared_is_refused(text):
    with pytest.raises(InvalidArgumentError):
        Pattern(text).matching(())


def test_lines_may_be_as_many_and_as_long_as_a_log_has():
    lines = ["x" * 200_000, *["loss=0.5"] * 20_000]
    assert sum(Pattern("loss=[0-9.]+$").matching(lines)) == 20_000


def test_an_interrupt_leaves_the_next_question_its_own_answer(monkeypatch):
    assert Pattern("a+").problem == ""
    monkeypatch.setattr(threading.Thread, "join", interrupt)
    with pytest.raises(KeyboardInterrupt):
        Pattern(FOR_EVER).matching(LINES)  # so that there is something to wait for
    monkeypatch.undo()
    assert Pattern("b+").matching(["a", "b"]) == [False, True]


def interrupt(*_arguments):
    raise KeyboardInterrupt


def test_the_process_has_no_key_of_the_kernel(monkeypatch):
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", "a-key-of-the-kernel")
    close()
    before = psutil.Process().children()
    assert Pattern("a+").problem == ""
    (process,) = set(psutil.Process().children()) - set(before)
    known = [*process.environ().values(), *process.cmdline()]
    assert not [value for value in known if "a-key-of-the-kernel" in value]


PROGRAM = """
import os
from modelarts_magics.notebook.text.pattern import Pattern
print(Pattern("a+").matching(["a", "b"]), flush=True)
if os.fork() == 0:
    print(Pattern("b+").matching(["a", "b"]), flush=True)
    os._exit(0)
os.wait()
print(Pattern("a+").matching(["a", "b"]), flush=True)
"""


def test_a_forked_child_asks_a_process_of_its_own():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore::DeprecationWarning"},
    )
    assert done.stdout.split("\n")[:3] == ["[True, False]", "[False, True]", "[True, False]"]
