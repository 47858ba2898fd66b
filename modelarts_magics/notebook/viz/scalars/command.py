"""``%ma_viz scalars``: draw the scalars of a training, live while it runs.

The event files are read here; no TensorBoard is started.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping
from typing import Any

from ....core import config
from ....core.errors import CredentialsNotFoundError, InvalidArgumentError
from ....core.http.reader import Reader
from ....core.http.transport import run_directly
from ....core.i18n import _
from ....core.logs.cadence import JobWatch
from ....core.scalars.folders import local_folder, stored_folder
from ....sdk.session import Session
from ...panels.panel import is_kernel
from ...shell import value
from ...shell.arguments import MagicParser, pattern
from ...shell.context import ShellContext
from ...shell.job_argument import JobArgument, find_training
from ..find import new_parser
from .scalar_panel import SLICE, ScalarPanel
from .scalars import Scalars

_DEADLINE = 15.0  # seconds for a request
_FIRST_LOOK = 0.5  # seconds of reading before anything is shown
_FOLDER = re.compile(r"[~/.]|obs:|[^\[\]]*/")


def parser() -> MagicParser:
    """The command line of ``%ma_viz scalars``."""
    made = new_parser(
        "scalars", _("Draw the scalars that a training writes as event files, live while it runs.")
    )
    made.add_argument(
        "source",
        metavar="JOB|FOLDER",
        help=_("a training job by id, name or object; or a folder of event files"),
    )
    made.add_version()
    made.add_argument(
        "--tags", metavar="REGEX", type=pattern, help=_("only tags in which this is found")
    )
    made.add_argument(
        "--follow",
        action="store_true",
        help=_("go on looking at a FOLDER until the cell runs again"),
    )
    return made


def run(context: ShellContext, asked: argparse.Namespace) -> Scalars:
    """Show what a parsed line asks for; the result stays up to date while it is followed."""
    location = _folder(asked.source, context.variables)
    if location is None:
        scalars, watch = _of_job(context, asked)
    else:
        scalars, watch = _of_folder(context, asked, location), None
    scalars.read(_FIRST_LOOK)
    goes_on = asked.follow if watch is None else not scalars.is_final
    if is_kernel(context.shell) and not value.is_taken():
        ScalarPanel(scalars, watch, goes_on).show()
        return scalars
    while scalars.is_behind:
        scalars.read(SLICE)
    return context.show(scalars)


def _folder(word: str, variables: Mapping[str, Any]) -> str | None:
    """The folder that a word means; ``None`` when it means a job."""
    meant = variables.get(word, word)
    if not isinstance(meant, (str, os.PathLike)):
        return None
    path = os.fsdecode(meant)
    is_folder = _FOLDER.match(path) or (os.path.isdir(path) and not path.isdecimal())
    return path if is_folder else None


def _of_folder(context: ShellContext, asked: argparse.Namespace, location: str) -> Scalars:
    if asked.version:
        raise InvalidArgumentError(
            _("{folder} has no versions", folder=location),
            _("Leave out {flags}", flags=asked.version),
        )
    folder = local_folder(location, lambda: _local_root(context.session))
    return Scalars(folder or context.session.stored_folder(location), location, asked.tags)


def _of_job(context: ShellContext, asked: argparse.Namespace) -> tuple[Scalars, JobWatch]:
    """The scalars in a job's output folder, and the job."""
    job = JobArgument.parse(asked.source, context.variables).of_training()
    jobs = context.jobs(job.session)
    found = find_training(jobs, job, asked.version)
    if not found.output:
        raise InvalidArgumentError(
            _("Training job {name} has no output folder", name=found.name),
            _("Name the folder of its event files: %ma_viz scalars FOLDER"),
        )
    session = Session.of(job.session) if job.session is not None else context.session
    local = stored_folder(found.output, session.identity.local_root)
    folder = local or session.stored_folder(found.output)
    once = jobs.for_follower(Reader(), deadline=_DEADLINE, run=run_directly)
    watch = JobWatch(lambda: once.status(found.ref), last_status=found.state)
    return Scalars(folder, found.output, asked.tags, found), watch


def _local_root(session: Session) -> str:
    """The folder of the embedded service in use; who has no credentials uses none."""
    try:
        return session.identity.local_root
    except CredentialsNotFoundError:
        if config.value("local_root"):
            raise
        return ""
