"""``%ma_viz scalars``: draw the scalars of a training, live while it runs.

The event files are read here; no TensorBoard is started.
"""

from __future__ import annotations

import argparse

from ....core.i18n import _
from ...panels.panel import is_kernel
from ...shell import value
from ...shell.arguments import MagicParser, pattern
from ...shell.context import ShellContext
from ..find import new_parser
from .compared import Compared
from .scalar_panel import SLICE, ScalarPanel
from .scalars import Scalars
from .sources import found_sources

_FIRST_LOOK = 0.5  # seconds of reading before anything is shown


def parser() -> MagicParser:
    """The command line of ``%ma_viz scalars``."""
    made = new_parser(
        "scalars", _("Draw the scalars that a training writes as event files, live while it runs.")
    )
    made.add_argument(
        "sources",
        metavar="JOB|FOLDER",
        nargs="+",
        help=_(
            "a training job by id, name or object, and its VERSION (V0001; the newest by default);"
            " or a folder of event files; several are compared"
        ),
    )
    made.add_argument(
        "--tags", metavar="REGEX", type=pattern, help=_("only tags in which this is found")
    )
    made.add_argument(
        "--follow",
        action="store_true",
        help=_("go on looking at a FOLDER until the cell runs again"),
    )
    return made


def run(context: ShellContext, asked: argparse.Namespace) -> Scalars | Compared:
    """Show what a parsed line asks for; the result stays up to date while it is followed."""
    followed = found_sources(context, asked)
    parts = [one.scalars for one in followed]
    scalars = parts[0] if len(parts) == 1 else Compared(parts)
    scalars.read(_FIRST_LOOK)
    if is_kernel(context.shell) and not value.is_taken():
        ScalarPanel(scalars, followed).show()
        return scalars
    while scalars.is_behind:
        scalars.read(SLICE)
    return context.show(scalars)
