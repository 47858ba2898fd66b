"""``%ma_viz create``: a visualization job on a folder, made once, or the one that is there."""

from __future__ import annotations

import argparse

from ....core import visualization
from ....core.errors import InvalidArgumentError, ServiceError
from ....core.i18n import _
from ....core.visualization import How, NewVisualization, Outcome, VisualizationRules
from ...shell.arguments import Choice, MagicParser, whole_number
from ...shell.context import ShellContext
from ...shell.interrupted import interrupted_as
from ...text import render
from .. import wait as waiting
from ..find import WAITING, Found, add_starting, find_folder, new_parser
from ..results import JobCard

TYPES = ("tensorboard", "mindinsight", "mindstudio-insight")  # each where the service has it


def parser() -> MagicParser:
    """The command line of ``%ma_viz create``."""
    made = new_parser(
        "create", _("Create a visualization job, or use the one on the same folder."), WAITING
    )
    made.add_argument(
        "folder",
        metavar="TRAIN_URL|JOB",
        help=_("OBS folder with event files, or a training job that writes them"),
    )
    made.add_argument(
        "--name",
        dest="job_name",
        metavar="NAME",
        help=_("1 to 20 letters, digits, - and _; up to 64 with API v2"),
    )
    made.add_argument(
        "--desc", metavar="TEXT", type=str, help=_("description, at most 256 characters")
    )
    made.add_argument(
        "--type",
        metavar="|".join(TYPES),
        type=Choice(TYPES),
        help=_("what the job runs; tensorboard by default"),
    )
    made.add_argument(
        "--auto-stop",
        metavar="H",
        type=whole_number(0),
        help=_(
            "stop by itself after 1 to 24 hours, any number with API v2; 0 for never, not there"
        ),
    )
    made.add_argument(
        "--new", action="store_true", help=_("create one even if the folder has one that runs")
    )
    add_starting(made)
    return made


def run(context: ShellContext, asked: argparse.Namespace) -> JobCard:
    hours = _hours(context, asked)
    likely = context.visualizations().for_word(asked.folder)
    if likely is not None:  # whose rules these are is known before anything is sent
        _check(likely.rules, asked, hours)
    folder = find_folder(context, asked.folder)
    rules = folder.jobs.rules
    _check(rules, asked, hours)
    job_type = asked.type or _usual_type(context, rules)
    new = NewVisualization.checked(
        folder.train_url, asked.job_name, asked.desc, job_type, hours, rules
    )
    make = visualization.create if asked.new else visualization.create_or_reuse
    doubt = _(
        "Interrupted. Whether visualization job {name} was made is not known:"
        " %ma_viz list --search {name}",
        name=new.job_name,
    )
    try:
        with interrupted_as(doubt):
            outcome = make(folder.jobs, new)
    except ServiceError as error:
        if error.is_unknown_call:  # the other generation may say what it shows in its place
            context.visualizations().rules.check_source(new.train_url)
        raise
    context.remember_folder(new.train_url)
    found = Found(folder.jobs, outcome.job, folder.session)
    return waiting.started(context, found, _note_on(outcome, asked), asked)


def _hours(context: ShellContext, asked: argparse.Namespace) -> int | None:
    if asked.auto_stop is None:
        return context.visualization_settings.stop_after_hours
    hours: int = asked.auto_stop
    return hours or None


def _usual_type(context: ShellContext, rules: VisualizationRules) -> str:
    """By the settings, where it is one of those that there are."""
    wanted = context.visualization_settings.job_type
    return wanted if wanted in rules.types else rules.types[0]


def _check(rules: VisualizationRules, asked: argparse.Namespace, hours: int | None) -> None:
    """Refuse what can be refused before anything is sent."""
    if asked.type is not None:
        rules.check_type(asked.type)
    if asked.job_name is not None:
        rules.check_name(asked.job_name)
    rules.check_description(asked.desc or "")
    rules.check_stop_after(hours)
    if asked.auto_stop == 0 and not rules.may_run_for_ever:
        raise InvalidArgumentError(
            _("Of this generation of the API no visualization job runs for ever"),
            _("Give hours, such as --auto-stop 24, or stop it: %ma_viz stop NAME"),
        )


def _note_on(outcome: Outcome, asked: argparse.Namespace) -> str:
    """What became of the line; a job that was there before is not changed by flags."""
    words = note(outcome)
    given = {"--desc": asked.desc is not None, "--auto-stop": asked.auto_stop is not None}
    flags = [flag for flag, is_given in given.items() if is_given]
    if outcome.how is not How.REUSED or not flags:
        return words
    return f"{words} " + _("{flags} did not change it.", flags=", ".join(flags))


def note(outcome: Outcome) -> str:
    """What became of a creation, in words."""
    texts = {
        How.CREATED: _("Created visualization job {name} ({job})."),
        How.CREATED_AGAIN: _(
            "Created visualization job {name} ({job}); an earlier request had no effect."
        ),
        How.ADOPTED: _(
            "Created visualization job {name} ({job}); its answer was lost, and it was found again."
        ),
        How.REUSED: _(
            "Visualization job {name} ({job}) shows this folder already; for another one: --new."
        ),
    }
    job = outcome.job
    return texts[outcome.how].format(name=render.plain(job.name), job=render.plain(job.job_id))
