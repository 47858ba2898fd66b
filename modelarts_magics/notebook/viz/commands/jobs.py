"""The sub-commands of ``%ma_viz`` about jobs that there are."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from ....core import visualization
from ....core.errors import InvalidArgumentError
from ....core.i18n import _
from ....core.visualization import VisualizationJob, VisualizationQuery, rules
from ....sdk.writer import say
from ...shell.arguments import Choice, MagicParser
from ...shell.asking import NobodyThere, ask
from ...shell.context import ShellContext
from ...shell.interrupted import interrupted_as
from ...shell.together import Need, Together
from ...text import render
from .. import wait as waiting
from ..find import WAITING, Found, add_starting, add_waiting, find_job, job_parser, new_parser
from ..results import JobCard, VisualizationTable
from ..tensorboard.bare import Revealed
from ..tensorboard.frame import HEIGHT, open_job

_ROWS = 20
_SORTS = {
    "created": "create_time",
    "name": "job_name",
    "description": "job_desc",
    "status": "status",
    "id": "job_id",
}
_NEWEST_FIRST = ("create_time", "job_id")


def list_parser() -> MagicParser:
    """The command line of ``%ma_viz list``."""
    made = new_parser("list", _("List visualization jobs, the newest first."))
    made.add_argument(
        "--status",
        metavar="STATUS",
        type=_Status(),
        help=_("only those in a state, such as running"),
    )
    made.add_argument("--search", metavar="TEXT", help=_("only those with TEXT in their name"))
    made.add_argument(
        "--sort",
        metavar="FIELD[:asc|:desc]",
        type=_Sort(),
        default=("create_time", "desc"),
        help=_("by {fields}", fields=", ".join(_SORTS)),
    )
    made.add_argument("--all", action="store_true", help=_("all of them, not only {n}", n=_ROWS))
    return made


def list_jobs(context: ShellContext, asked: argparse.Namespace) -> VisualizationTable:
    field, order = asked.sort
    wanted = VisualizationQuery(asked.search or "", asked.status, field, order)
    api = context.visualizations()
    if asked.all:
        jobs = tuple(visualization.iter_jobs(api, wanted))
        return context.show(VisualizationTable(jobs, len(jobs)))
    page = api.list(replace(wanted, per_page=_ROWS))
    return context.show(VisualizationTable(tuple(page.items), page.total))


def info_parser() -> MagicParser:
    """The command line of ``%ma_viz info``."""
    return job_parser("info", _("Describe a visualization job."))


def info(context: ShellContext, asked: argparse.Namespace) -> JobCard:
    return context.show(find_job(context, asked.job).again().card())


def update_parser() -> MagicParser:
    """The command line of ``%ma_viz update``."""
    made = job_parser("update", _("Change the description of a visualization job."))
    made.add_argument(
        "--desc",
        metavar="TEXT",
        type=str,
        required=True,
        help=_("description, at most 256 characters"),
    )
    return made


def update(context: ShellContext, asked: argparse.Namespace) -> JobCard:
    found = find_job(context, asked.job)
    with _doubtful(found):
        visualization.describe(found.jobs, found.job, asked.desc)
        now = found.after(found.job.described(asked.desc))
    return context.show(now.card(_("The description is changed.")))


def stop_parser() -> MagicParser:
    """The command line of ``%ma_viz stop``."""
    made = job_parser("stop", _("Stop a visualization job; it can be restarted."), WAITING)
    add_waiting(made, _("wait until the job has ended; so it is by default"))
    return made


def stop(context: ShellContext, asked: argparse.Namespace) -> JobCard:
    found = find_job(context, asked.job)
    with _doubtful(found):
        visualization.stop(found.jobs, found.job)
        now = found.after(found.job.being_stopped())
    return waiting.stopped(context, now, asked)


def restart_parser() -> MagicParser:
    """The command line of ``%ma_viz restart``."""
    made = job_parser("restart", _("Start a visualization job again that has ended."), WAITING)
    add_starting(made)
    return made


def restart(context: ShellContext, asked: argparse.Namespace) -> JobCard:
    found = find_job(context, asked.job)
    with _doubtful(found):
        visualization.restart(found.jobs, found.job)
        now = found.after(found.job.being_started())
    note = _("Restarted visualization job {name} ({job}).", **_names(found.job))
    return waiting.started(context, now, note, asked)


def delete_parser() -> MagicParser:
    """The command line of ``%ma_viz delete``."""
    made = job_parser("delete", _("Delete a visualization job; this cannot be undone."))
    made.add_argument("--yes", action="store_true", help=_("do not ask"))
    return made


def delete(context: ShellContext, asked: argparse.Namespace) -> JobCard:
    found = find_job(context, asked.job)
    names = _names(found.job)
    visualization.check_delete(found.job)  # before somebody is asked for nothing
    if not asked.yes and not _is_confirmed(
        context,
        _("Delete visualization job {name} ({job}) for good? [y/N] ", **names),
        asked.job,
    ):
        say(_("Kept visualization job {name} ({job}).", **names))
        return found.card()
    with _doubtful(found):
        job = visualization.delete(found.jobs, found.job)
    say(_("Deleted visualization job {name} ({job}).", **names))
    return replace(found, job=job).card()


def _doubtful(found: Found) -> AbstractContextManager[None]:
    """Around a change: who interrupts it cannot know whether the service has carried it out."""
    return interrupted_as(
        _(
            "Interrupted. Whether visualization job {name} ({job}) was changed is not known:"
            " %ma_viz info {job}",
            **_names(found.job),
        )
    )


def _is_confirmed(context: ShellContext, question: str, word: str) -> bool:
    try:
        answer = ask(context.shell, question)
    except NobodyThere:
        raise InvalidArgumentError(
            _("Nobody can be asked here whether it is meant"),
            _("Say so: %ma_viz delete {job} --yes", job=word),
        ) from None
    return answer.lower() in {"y", "yes", "是"}


def open_parser() -> MagicParser:
    """The command line of ``%ma_viz open``."""
    made = job_parser(
        "open",
        _("Open a visualization job that runs, in a new tab or here."),
        Together(needs={"--height": Need("--inline", _("Add {flags}", flags="--inline"))}),
    )
    made.add_argument("--inline", action="store_true", help=_("show it here, where the page can"))
    made.add_argument("--height", metavar="CSS", help=_("height of the page shown here"))
    return made


def open_in_notebook(context: ShellContext, asked: argparse.Namespace) -> Any:
    found = find_job(context, asked.job).again()
    height = HEIGHT if asked.height is None else asked.height
    return waiting.open_page(context, found, is_inline=asked.inline, height=height)


def reveal_parser() -> MagicParser:
    """The command line of ``%ma_viz reveal``."""
    return job_parser(
        "reveal",
        _("Show the address of a visualization job with its token: who sees it can open the job."),
    )


def reveal(context: ShellContext, asked: argparse.Namespace) -> Revealed:
    found = find_job(context, asked.job).again()
    open_job(found.job, is_embedded=found.is_embedded)  # or says why it has no address
    return context.show(Revealed(found.jobs.address(found.job.job_id)))


def _names(job: VisualizationJob) -> dict[str, str]:
    return {"name": render.plain(job.name), "job": render.plain(job.job_id)}


class _Status(Choice):
    """A status by its name in any case, or by its code."""

    def __init__(self) -> None:
        super().__init__([state.word.lower() for state in rules.states])

    def __call__(self, text: str) -> Any:
        return rules.state_named(text if text.isdecimal() else super().__call__(text.lower()))


class _Sort(Choice):
    """A field, or ``FIELD:asc`` or ``FIELD:desc``; the service's own names will do, too."""

    def __init__(self) -> None:
        super().__init__([*_SORTS, *_SORTS.values()])

    def __call__(self, text: str) -> tuple[str, str]:
        named, _colon, order = text.partition(":")
        word = super().__call__(named)
        field = _SORTS.get(word, word)
        natural = "desc" if field in _NEWEST_FIRST else "asc"
        return field, Choice(("asc", "desc"))(order or natural)
