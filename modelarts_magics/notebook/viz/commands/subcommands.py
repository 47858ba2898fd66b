"""``%ma_viz``: a table of sub-commands, each with a parser and a function of its own.

Without a sub-command it opens the panel.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable

from ....core.by_name import nearest
from ....core.errors import InvalidArgumentError
from ....core.i18n import _
from ...shell.arguments import Choice, MagicParser, split
from ...shell.context import ShellContext
from ...shell.together import Together
from ..scalars import command as scalars
from . import create as create_command
from . import jobs as job_commands

VIEWS = ("auto", "core", "html", "text")


@dataclass(frozen=True)
class Subcommand:
    """A word after ``%ma_viz``.

    Attributes:
        parser: its command line.
        run: carries it out; returns the result to keep, already shown.
    """

    parser: Callable[[], MagicParser]
    run: Callable[[ShellContext, argparse.Namespace], Any]


SUBCOMMANDS: Mapping[str, Subcommand] = {
    "create": Subcommand(create_command.parser, create_command.run),
    "list": Subcommand(job_commands.list_parser, job_commands.list_jobs),
    "info": Subcommand(job_commands.info_parser, job_commands.info),
    "update": Subcommand(job_commands.update_parser, job_commands.update),
    "stop": Subcommand(job_commands.stop_parser, job_commands.stop),
    "restart": Subcommand(job_commands.restart_parser, job_commands.restart),
    "delete": Subcommand(job_commands.delete_parser, job_commands.delete),
    "open": Subcommand(job_commands.open_parser, job_commands.open_in_notebook),
    "reveal": Subcommand(job_commands.reveal_parser, job_commands.reveal),
    "scalars": Subcommand(scalars.parser, scalars.run),
}


def panel_parser() -> MagicParser:
    """The command line of ``%ma_viz`` without a sub-command."""
    summaries = {name: sub.parser().description for name, sub in SUBCOMMANDS.items()}
    width = max(map(len, summaries))
    made = MagicParser(
        "%ma_viz",
        _("Create and manage visualization jobs; without a sub-command, in a panel."),
        usage="%(prog)s [--view auto|core|html|text] | SUBCOMMAND ...",
        epilog="\n".join(f"  {name:{width}}  {words}" for name, words in summaries.items()),
    )
    made.add_argument(
        "--view",
        metavar="|".join(VIEWS),
        type=Choice(VIEWS),
        default="auto",
        help=_("how the panel is shown; what the front end can do by default"),
    )
    return made


def run(context: ShellContext, line: str) -> Any:
    """Carry out one ``%ma_viz`` line; its value, where that is taken."""
    words = split(line)
    if not words or words[0].startswith("-"):
        from ..panel.viz_panel import open_panel

        return context.give(open_panel(context, _of_panel(words).view))
    name, *rest = words
    if name not in SUBCOMMANDS:
        raise _unknown(name)
    asked = SUBCOMMANDS[name].parser().parse_words(rest)
    return context.give(SUBCOMMANDS[name].run(context, asked), asked.name)


def _of_panel(words: Sequence[str]) -> argparse.Namespace:
    """What a line without a sub-command asks for; a flag of the panel cannot stand before one."""
    parser = panel_parser()
    alone = Together(dict.fromkeys(SUBCOMMANDS, ()))
    alone.check(
        [word.partition("=")[0] for word in words if word not in parser.values_of("--view")]
    )
    return parser.parse_words(words)


def _unknown(name: str) -> InvalidArgumentError:
    near = nearest(name, SUBCOMMANDS, most=1)
    hint = _("It has {names}", names=", ".join(SUBCOMMANDS))
    if near:
        hint = _("Did you mean {name}?", name=f"%ma_viz {near[0]}")
    return InvalidArgumentError(_("%ma_viz has no sub-command {name}", name=name), hint)
