"""What goes with what: of each pair on a line both are obeyed, or it is refused by its names."""

from __future__ import annotations

from functools import cache
from itertools import combinations, permutations

import pytest

from modelarts_magics.core.errors import InvalidArgumentError
from modelarts_magics.notebook.log import flags as log_flags
from modelarts_magics.notebook.shell import session as session_command
from modelarts_magics.notebook.viz.commands.subcommands import SUBCOMMANDS

PARSERS = {
    "%ma_log": cache(log_flags.parser),
    "%ma_session": cache(session_command.parser),
    **{f"%ma_viz {name}": cache(subcommand.parser) for name, subcommand in SUBCOMMANDS.items()},
}

OF_A_JOB = {"--file", "--as"}
OF_A_TASK = {"--task", "--as"}  # the same by its other name
PICKED = {"--since", "--grep", "--level"}
OF_A_PANEL = {"--metric", "--at", "--notify"}
WAITED = {"--tail", "--no-fail", "--timeout"}
CREATE = {"--as", "--name", "--desc", "--type", "--auto-stop", "--new"}
# What a line can do: its words, and all flags that say more about it.
WAYS = {
    "%ma_log": [
        (
            "job V0001",
            OF_A_JOB
            | {"--tail", "--view", "--height", "--interval", "--metric", "--at", "--notify"},
        ),  # a panel
        ("job V0001", OF_A_JOB | PICKED | {"--tail", "--no-follow", "--plain"}),  # a still picture
        ("job", OF_A_JOB | {"--start-byte", "--offset", "--no-follow", "--plain"}),  # a slice
        (
            "job V0001",
            OF_A_TASK
            | {"--tail", "--view", "--height", "--interval", "--metric", "--at", "--notify"},
        ),
        ("job V0001", OF_A_TASK | PICKED | {"--tail", "--no-follow", "--plain"}),
        ("job", OF_A_TASK | {"--start-byte", "--offset", "--no-follow", "--plain"}),
        ("job", OF_A_JOB | {"--save", "--tail"}),
        ("job", OF_A_TASK | {"--save", "--tail"}),
        ("job V0001 --wait", OF_A_JOB | WAITED | PICKED),
        ("job V0001 --wait", OF_A_TASK | WAITED | PICKED),
        ("job V0001 --wait", OF_A_JOB | WAITED | {"--save", "--interval"}),
        ("job V0001 --wait", OF_A_TASK | WAITED | {"--save", "--interval"}),
        ("job V0001", {"--events", "--as"}),
        ("job V0001", {"--log-folder", "--save", "--as"}),
        ("job V0001", OF_A_JOB | {"--resources"}),
        ("job V0001", OF_A_TASK | {"--resources"}),
        ("", {"--list", "--as"}),
        ("", {"--search", "--status", "--all", "--as"}),
        ("job V0001", {"--stop"}),
    ],
    "%ma_session": [
        ("", {"--region", "--project", "--profile", "--api"}),
        ("local", {"--root"}),
        ("login", {"--region", "--project", "--api"}),
        ("login --user me", {"--account", "--region", "--project", "--api"}),
        ("logout", set()),
        ("doctor", {"--json"}),
    ],
    "%ma_viz create": [
        ("/bucket/run/", CREATE | {"--wait", "--open"}),
        ("/bucket/run/", CREATE | {"--no-wait"}),
    ],
    "%ma_viz list": [("", {"--as", "--status", "--search", "--sort", "--all"})],
    "%ma_viz info": [("job", {"--as"})],
    "%ma_viz update": [("job --desc text", {"--as"})],
    "%ma_viz stop": [("job", {"--as", "--wait"}), ("job", {"--as", "--no-wait"})],
    "%ma_viz restart": [("job", {"--as", "--wait", "--open"}), ("job", {"--as", "--no-wait"})],
    "%ma_viz delete": [("job", {"--as", "--yes"})],
    "%ma_viz open": [("job --inline", {"--as", "--height"})],
    "%ma_viz reveal": [("job", {"--as"})],
    "%ma_viz scalars": [("folder", {"--as", "--tags", "--follow"}), ("job V0001", {"--tags"})],
}
VALUES = {"--type": "tensorboard", "--as": "kept", "--sort": "name", "--status": "running"}
VALUES |= {"--level": "error", "--metric": "-loss", "--notify": "'loss > 3'"}
VALUES |= {"--view": "core", "--height": "20em", "--api": "v1"}


def typed(magic: str, flag: str) -> str:
    return f"{flag} {VALUES.get(flag, '3')}" if PARSERS[magic]().takes_value(flag) else flag


def refusal(magic: str, line: str) -> str:
    with pytest.raises(InvalidArgumentError) as caught:
        PARSERS[magic]().parse_line(line)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_flag_of_every_magic_has_its_place():
    for magic, parser in PARSERS.items():
        flags = {flag for words, flags in WAYS[magic] for flag in {*words.split(), *flags}}
        assert set(parser().flags) - {"--help"} == {flag for flag in flags if flag[0] == "-"}


@pytest.mark.parametrize("magic", PARSERS)
def test_each_pair_of_flags_is_taken_or_refused_by_both_names(magic):
    flags = sorted(set().union(*(flags for _words, flags in WAYS[magic])))
    for pair in permutations(flags, 2):
        line = " ".join(typed(magic, flag) for flag in pair)
        ways = [words for words, flags in WAYS[magic] if flags.issuperset(pair)]
        for words in ways:
            PARSERS[magic]().parse_line(f"{words} {line}")
        for words in () if ways or magic == "%ma_session" else {words for words, _ in WAYS[magic]}:
            assert all(flag in refusal(magic, f"{line} {words}") for flag in pair)


@pytest.mark.parametrize("action", ["local", "login", "logout", "doctor"])
def test_a_flag_of_another_action_is_refused_by_both_names(action):
    for flag in set(session_command.parser().flags) - {"--help"}:
        line = f"{action} {typed('%ma_session', flag)}"
        if flag == "--account" and action == "login":
            assert "--user" in refusal("%ma_session", line)
        elif any(
            flag in {*words.split(), *fs} for words, fs in WAYS["%ma_session"] if action in words
        ):
            PARSERS["%ma_session"]().parse_line(line)
        else:
            assert {action, flag} <= {*refusal("%ma_session", line).split()}


NEED_NO_JOB = (
    "--list",
    "--stop",
    "--as",
    "--search",
    "--status",
    "--all",
    "--no-fail",
    "--timeout",
)


@pytest.mark.parametrize(
    ("magic", "line", "names"),
    [
        ("%ma_log", "job --list", ("--list", "JOB")),
        ("%ma_session", "--root /tmp/x", ("--root", "local")),
        ("%ma_session", "--user me", ("--user", "login")),
        ("%ma_viz open", "job --height 3em", ("--height", "--inline")),
        ("%ma_log", "job --no-fail", ("--no-fail", "--wait")),
        ("%ma_log", "job --timeout 3", ("--timeout", "--wait")),
        *(
            ("%ma_log", typed("%ma_log", flag), (flag, "no job"))
            for flag in sorted(set().union(*(flags for _words, flags in WAYS["%ma_log"])))
            if flag not in NEED_NO_JOB
        ),
    ],
)
def test_what_is_missing_is_named_with_what_misses_it(magic, line, names):
    assert all(name in refusal(magic, line) for name in names)


WITH_VALUE = [
    (magic, flag)
    for magic, made in PARSERS.items()
    for flag in made().flags
    if made().takes_value(flag)
]


@pytest.mark.parametrize(("magic", "flag"), WITH_VALUE)
@pytest.mark.parametrize("value", ["''", '""', "' '"])
def test_an_empty_value_is_no_flag_left_out(magic, flag, value):
    ways = [words for words, flags in WAYS[magic] if flag in {*words.split(), *flags}]
    words = ways[0].partition(" --")[0]
    if flag == "--desc":  # an empty description is one
        assert PARSERS[magic]().parse_line(f"{words} {flag} {value}").desc.strip() == ""
    else:
        assert flag in refusal(magic, f"{words} {flag} {value}")
        assert flag in refusal(magic, f"{words} {flag}={value}")


@pytest.mark.parametrize(
    ("magic", "line"),
    [
        ("%ma_log", "''"),
        ("%ma_log", "job ''"),
        ("%ma_viz info", "''"),
        ("%ma_viz create", "''"),
        ("%ma_viz scalars", "job ''"),
        ("%ma_session", "''"),
    ],
)
def test_an_empty_word_is_no_word_left_out(magic, line):
    assert refusal(magic, line)


def test_words_may_stand_on_both_sides_of_flags():
    asked = PARSERS["%ma_viz scalars"]().parse_line("a --tags x V0001 --follow b")
    assert (asked.sources, asked.tags.text, asked.follow) == (["a", "V0001", "b"], "x", True)
    assert PARSERS["%ma_log"]().parse_line("--tail 3 job --no-follow V0001").version == "V0001"
    assert "--tail" in refusal("%ma_log", "job --tail")
    assert PARSERS["%ma_log"]().parse_line("--tail 3 job -- V0001").version == "V0001"


def test_what_goes_with_a_third_only_is_refused_without_it():
    assert "--wait" in refusal("%ma_log", "job --save log.txt --interval 3")


def test_three_that_go_in_pairs_go_together():
    for magic, ways in WAYS.items():
        for words, flags in ways:
            for three in combinations(sorted(flags), 3):
                PARSERS[magic]().parse_line(" ".join([words, *(typed(magic, f) for f in three)]))


def test_a_flag_of_the_panel_does_not_stand_before_a_subcommand(viz_shell):
    for flag in ("--view core", "--view=core"):
        mistake = viz_shell(f"%ma_viz {flag} list").mistake
        assert "--view" in mistake
        assert "list" in mistake
