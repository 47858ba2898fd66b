"""Variables on a magic's line: filled in as IPython does; what is no variable stays as typed."""

from __future__ import annotations

from contextlib import suppress
from types import SimpleNamespace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from IPython.utils.text import DollarFormatter
from scripted_service import one_job

from modelarts_magics.core.errors import InvalidArgumentError
from modelarts_magics.notebook.shell.variables import filled_in

NAMES = {
    "job": "mnist",
    "n": 7,
    "jobs": ["a", "b c"],
    "thing": SimpleNamespace(name="it", of={"x": 1}),
    "odd": "{n} $n {{ ''",
}
PIECES = st.sampled_from(
    [
        *("$job", "$thing.name", "{job}", "{n + 1}", "{jobs[0]}", "{jobs[0:2]}", "{job!r}"),
        *("{thing.of['x']}", "{{job}}", "$$job", "$$", "$", "us$$d", "{{", "}}", "$odd", "{odd}"),
        *(" ", "-", "--save=", "/", '"', "job", "训练", "\\", "%"),
    ]
)


@given(st.lists(PIECES, max_size=8).map("".join))
def test_a_line_is_filled_in_as_by_ipython(line):
    try:
        expected = DollarFormatter().vformat(line, (), NAMES)
    except (SyntaxError, NameError, AttributeError, ValueError):  # it leaves the line as it is
        assume(False)
    assert filled_in(line, NAMES) == expected


@pytest.mark.parametrize(
    ("line", "filled"),
    [
        ("a{{x}}", "a{x}"),
        ("us$$d", "us$d"),
        ("keep {{x}} and $$name", "keep {x} and $name"),
        ("{25}", "{25}"),
        ("'a{2,1}'", "'a{2,1}'"),
        ("^loss/.{3,}$", "^loss/.{3,}$"),
        ("(a{1,2}|b{,3})+ {", "(a{1,2}|b{,3})+ {"),
        ("{not a name} {} {'text'} }", "{not a name} {} {'text'} }"),
        ("$5 100$ $", "$5 100$ $"),
        ("'$job' $job", "'$job' mnist"),
        ("a{2,1} $job.", "a{2,1} mnist."),
        ("{job} a{2} {", "mnist a{2} {"),
    ],
)
def test_what_is_no_variable_stays_as_it_was_typed(line, filled):
    assert filled_in(line, NAMES) == filled


@pytest.mark.parametrize(
    ("line", "blamed"),
    [
        ("$job $other {third}", "$other is"),
        ("{job} {other} $third", "{other} is"),
        ("$job {jobs[index]} $third", "index is"),
        ("$other.name", "other is"),
        ("$thing.nothing", "$thing.nothing cannot"),
        ("{jobs[9]} {other}", "{jobs[9]} cannot"),
        ("{1 / (n - 7)}", "{1 / (n - 7)} cannot"),
    ],
)
def test_what_cannot_be_filled_in_is_blamed_and_nothing_else(line, blamed):
    with pytest.raises(InvalidArgumentError) as caught:
        filled_in(line, NAMES)
    assert str(caught.value).startswith(blamed)
    assert "{{ }} $$" in str(caught.value)


@given(st.text())
def test_any_line_is_filled_in_or_refused(line):
    with suppress(InvalidArgumentError):
        assert isinstance(filled_in(line, {}), str)


def test_nothing_that_is_not_asked_for_is_evaluated(shell):
    shell.ip.user_ns["boom"] = lambda: pytest.fail("it was called")
    for line in ("{{boom()}}", "'$boom'", "boom()", "$$boom"):
        assert not shell(f"%ma_log {line} --list").success


def test_a_loop_a_function_and_run_line_magic_behave_alike(scripted_shell, scripted):
    scripted.script = one_job("hello\n")
    scripted_shell.ip.user_ns["name"] = "other"
    for code in (
        "for name in ['job']:\n    %ma_log $name --no-follow",
        "def show(name):\n    %ma_log $name --no-follow\nshow('job')",
        "def show(name):\n    %ma_log name --no-follow\nshow('job')",
        "for name in ['job']:\n    get_ipython().run_line_magic('ma_log', '{name} --no-follow')",
    ):
        assert "hello" in scripted_shell.ok(code).text


def test_a_regular_expression_arrives_as_typed(shell):
    assert "a{2,1}" in shell("%ma_viz scalars . --tags 'a{2,1}'").mistake
