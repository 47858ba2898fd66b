"""The words of ``%ma_viz scalars``: jobs, each with its versions, and folders.

A word behind a job that looks like a version and is one of it chooses that version; several choose
several. ``id:7`` and ``name:7`` are always jobs.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ....core import config
from ....core.api.base import Job, JobApi
from ....core.errors import CredentialsNotFoundError, InvalidArgumentError
from ....core.http.reader import Reader
from ....core.http.transport import run_directly
from ....core.i18n import _
from ....core.logs.cadence import JobWatch
from ....core.scalars.folders import local_folder, stored_folder
from ....sdk.session import Session
from ....sdk.writer import say
from ...shell.context import ShellContext
from ...shell.job_argument import JobArgument, find_training
from ...text import render
from ...text.pattern import Pattern
from .compared import MOST
from .followed import Followed
from .scalars import Scalars

_DEADLINE = 15.0  # seconds for a request
_FOLDER = re.compile(r"[~/.]|obs:|[^\[\]]*/")
_VERSION = re.compile(r"V?\d+", re.IGNORECASE)


@dataclass
class _Named:
    """A job that was named, and the versions that were."""

    argument: JobArgument
    jobs: JobApi
    versions: list[Job] = field(default_factory=list)

    @classmethod
    def by(cls, word: str, context: ShellContext) -> _Named:
        argument = JobArgument.parse(word, context.variables).of_training()
        return cls(argument, context.jobs(argument.session))

    @property
    def found(self) -> list[Job]:
        return self.versions or [find_training(self.jobs, self.argument)]


def found_sources(context: ShellContext, asked: argparse.Namespace) -> list[Followed]:
    """What a parsed line is about, each thing once, in its order.

    Raises:
        InvalidArgumentError: there is no such job, version or folder, or there are too many.
    """
    named: list[_Named | str] = []
    for word in asked.sources:
        location = _folder(word, context.variables)
        if location is not None:
            named.append(location)
        elif not named or not _VERSION.fullmatch(word):
            named.append(_Named.by(word, context))
        elif other := _behind(named[-1], word, context):
            named.append(other)
    sources: dict[Hashable, Followed] = {}
    for one in named:
        if isinstance(one, str):
            sources[one] = _of_folder(context, one, asked.tags, asked.follow)
            continue
        for job in one.found:
            sources[job.ref] = _of_job(context, one, job, asked.tags)
    if len(sources) > MOST:
        raise InvalidArgumentError(
            _("{n} are too many to be compared", n=len(sources)),
            _("Name {n} at most", n=MOST),
        )
    return [*sources.values()]


def _behind(before: _Named | str, word: str, context: ShellContext) -> _Named | None:
    """A word that may be a version of what stands before it: the job that it is if it is none."""
    if isinstance(before, str):
        if word.isdecimal():
            return _Named.by(word, context)
        raise InvalidArgumentError(
            _("{folder} has no versions", folder=before), _("Leave out {flags}", flags=word)
        )
    try:
        before.versions.append(find_training(before.jobs, before.argument, word))
    except InvalidArgumentError as error:
        return _job_or(error, word, context)
    _tell_job(word, before.versions[-1], context)
    return None


def _job_or(refused: InvalidArgumentError, word: str, context: ShellContext) -> _Named:
    """The job that a word means which is no version; if it is no job either, what was refused."""
    named = _Named.by(word, context)
    try:
        named.versions = named.found
    except InvalidArgumentError:
        raise refused from None
    return named


def _tell_job(word: str, version: Job, context: ShellContext) -> None:
    """Say in one line that a number was taken for a version, though it means a job, too."""
    if not word.isdecimal():
        return
    with suppress(InvalidArgumentError):
        other = _Named.by(word, context).found[0]
        say(
            _(
                "{word} is taken for a version of {job}, but means job {other} too: id:{word}"
                " or name:{word}",
                word=word,
                job=render.plain(version.name),
                other=render.plain(other.name),
            )
        )


def _folder(word: str, variables: Mapping[str, Any]) -> str | None:
    """The folder that a word means; ``None`` when it means a job."""
    meant = variables.get(word, word)
    if not isinstance(meant, (str, os.PathLike)):
        return None
    path = os.fsdecode(meant)
    is_folder = _FOLDER.match(path) or (os.path.isdir(path) and not path.isdecimal())
    return path if is_folder else None


def _of_folder(
    context: ShellContext, location: str, tags: Pattern | None, goes_on: bool
) -> Followed:
    folder = local_folder(location, lambda: _local_root(context.session))
    scalars = Scalars(folder or context.session.stored_folder(location), location, tags)
    return Followed(scalars, None, goes_on)


def _of_job(context: ShellContext, named: _Named, job: Job, tags: Pattern | None) -> Followed:
    """The scalars in a job's output folder."""
    if not job.output:
        raise InvalidArgumentError(
            _("Training job {name} has no output folder", name=job.name),
            _("Name the folder of its event files: %ma_viz scalars FOLDER"),
        )
    own = named.argument.session
    session = Session.of(own) if own is not None else context.session
    local = stored_folder(job.output, session.identity.local_root)
    folder = local or session.stored_folder(job.output)
    once = named.jobs.for_follower(Reader(), deadline=_DEADLINE, run=run_directly)
    watch = JobWatch(lambda: once.status(job.ref), last_status=job.state)
    return Followed(Scalars(folder, job.output, tags, job), watch, not job.state.is_final)


def _local_root(session: Session) -> str:
    """The folder of the embedded service in use; who has no credentials uses none."""
    try:
        return session.identity.local_root
    except CredentialsNotFoundError:
        if config.value("local_root"):
            raise
        return ""
