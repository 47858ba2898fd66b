"""The command line of ``%ma_log``: its words and flags, and which of them go together."""

from __future__ import annotations

import argparse
import math
from typing import Any

from ...core.api.base import Phase
from ...core.errors import InvalidArgumentError
from ...core.i18n import _
from ...core.jobs import STATUS_WORDS
from ..shell.arguments import Choice, MagicParser, pattern, seconds, whole_number
from ..shell.together import Need, Together
from .asked import metric
from .moments import Since, Zone
from .place import place
from .sieve import LEVELS

VIEWS = ("auto", "rich", "core", "html", "text")
ALL = -1  # lines of a tail

FILE = ("--file", "--task")  # a log file of a task: one flag
_JOB = ("JOB", "VERSION", *FILE, "--as")
_PART = ("--tail", "--start-byte", "--offset")
_STILL = ("--no-follow", "--plain")
_PANEL = ("--view", "--height", "--interval", "--metric", "--at", "--notify")
_WAITED = ("--no-fail", "--timeout")
_WAIT = ("--wait", *_WAITED, "--tail")
_FILTERS = ("--since", "--grep", "--level")
_LISTING = ("--search", "--status", "--all")
_SLICE = (*_JOB, *_STILL, "--start-byte", "--offset")
_ONLY = {
    "--list": ("--as",),
    **dict.fromkeys(_LISTING, (*_LISTING, "--as")),
    "--stop": ("JOB", "VERSION"),
    "--events": ("JOB", "VERSION", "--as"),
    "--resources": _JOB,
    "--log-folder": ("JOB", "VERSION", "--as", "--save"),
    "--save": (*_JOB, *_WAIT, "--log-folder", "--interval"),
    "--start-byte": _SLICE,
    "--offset": _SLICE,
    **dict.fromkeys(_STILL, (*_JOB, *_PART, *_STILL, *_FILTERS)),
    **dict.fromkeys(_FILTERS, (*_JOB, *_FILTERS, *_STILL, *_WAIT)),
    **dict.fromkeys(_PANEL, (*_JOB, "--tail", *_PANEL)),
    **dict.fromkeys(("--wait", *_WAITED), (*_JOB, *_WAIT, *_FILTERS, "--interval", "--save")),
    "--interval": (*_JOB, "--tail", *_PANEL, *_WAIT, "--save"),
}
_OF_A_JOB = (
    *FILE,
    "--events",
    "--resources",
    "--log-folder",
    "--save",
    *_PART,
    *_STILL,
    *_PANEL,
    *_FILTERS,
    "--wait",
)


def _together() -> Together:
    hint = _("%ma_log lists the jobs")
    return Together(
        _ONLY,
        apart={"--file": ("--task",)},
        beside={("--save", "--interval"): "--wait"},
        needs={
            flag: Need(
                "JOB", hint, _("{magic}: no job is named for {flag}", magic="%ma_log", flag=flag)
            )
            for flag in _OF_A_JOB
        }
        | {flag: Need("--wait", _("Add {flags}", flags="--wait")) for flag in _WAITED},
    )


def parser() -> MagicParser:
    """The command line of ``%ma_log``."""
    made = MagicParser(
        "%ma_log",
        _("Follow the log of a training job; without JOB, list the recent jobs."),
        _together(),
    )
    made.add_argument(
        "job",
        nargs="?",
        metavar="JOB",
        help=_("id or name of a job, or an expression for a job object such as jobs[0]"),
    )
    made.add_version()
    made.add_argument(
        *FILE, dest="file", metavar="NAME", help=_("one log file, or task, of a distributed job")
    )
    made.add_argument(
        "--tail", metavar="N", type=_tail, help=_("begin with the last N lines, or all")
    )
    made.add_argument("--no-follow", action="store_true", help=_("a still picture"))
    made.add_argument("--plain", action="store_true", help=_("a still picture without HTML"))
    made.add_argument(
        "--view",
        metavar="|".join(VIEWS),
        type=Choice(VIEWS),
        default="auto",
        help=_("how the panel shows the log; what the front end can do by default"),
    )
    made.add_argument("--height", metavar="CSS", type=_css_length, help=_("height of the panel"))
    made.add_argument(
        "--interval",
        metavar="S",
        type=whole_number(1),
        help=_("seconds between looks at the log; it adapts by default"),
    )
    made.add_argument(
        "--metric",
        dest="metrics",
        metavar="NAME=REGEX|-NAME",
        type=metric,
        action="append",
        default=[],
        help=_("read a metric by the first group of a regular expression, or hide one; repeatable"),
    )
    made.takes_dash("--metric")
    made.add_argument(
        "--notify",
        dest="conditions",
        metavar="'NAME > NUMBER'",
        type=_condition,
        action="append",
        default=[],
        help=_("ring when a metric is beyond a bound: <, > or 'NAME is nan'; repeatable"),
    )
    made.add_argument(
        "--at",
        metavar="BYTE|lineN",
        type=_place,
        help=_("open the panel at a place in the log, as the panel copies it"),
    )
    made.add_argument(
        "--start-byte",
        metavar="N",
        type=whole_number(-1),
        help=_("show one slice from byte N, as get_job_log does; -1 for the newest"),
    )
    made.add_argument(
        "--offset", metavar="N", type=int, help=_("length of the slice in bytes; 2048 by default")
    )
    made.add_argument(
        "--events", action="store_true", help=_("what the service tells of the job beside its log")
    )
    made.add_argument(
        "--resources",
        action="store_true",
        help=_("what a task uses: CPU, memory, accelerator, by the minute"),
    )
    made.add_argument(
        "--log-folder",
        action="store_true",
        help=_("files beside the logs in OBS, as of Ascend jobs; --save fetches them to a folder"),
    )
    made.add_argument("--save", metavar="PATH", help=_("write the whole log to a file"))
    made.add_argument(
        "--since",
        metavar="TIME",
        type=_since,
        help=_(
            "only lines of this time until now, such as 10m, by the times in the log;"
            " 10m@+08:00 says of which zone those are"
        ),
    )
    made.add_argument(
        "--grep", metavar="REGEX", type=pattern, help=_("only lines in which this is found")
    )
    made.add_argument(
        "--level",
        metavar="|".join(LEVELS),
        type=Choice(LEVELS),
        help=_("only errors, tracebacks included; or warnings, too"),
    )
    made.add_argument(
        "--wait",
        action="store_true",
        help=_("print it and wait until the job ends; fail where it failed"),
    )
    made.add_argument(
        "--no-fail", action="store_true", help=_("with --wait: do not fail where the job failed")
    )
    made.add_argument(
        "--timeout",
        metavar="TIME",
        type=seconds,
        default=math.inf,
        help=_("with --wait: fail after this time, such as 90s, 30m or 2h"),
    )
    made.add_argument(
        "--search", metavar="TEXT", help=_("without JOB: only jobs with TEXT in their name")
    )
    made.add_argument(
        "--status",
        metavar="STATUS",
        type=JobStatusWord(),
        help=_("without JOB: only jobs in a state, such as running or failed"),
    )
    made.add_argument(
        "--all", action="store_true", help=_("without JOB: all jobs, not only the newest")
    )
    made.add_argument("--list", action="store_true", help=_("list the panels that follow a log"))
    made.add_argument(
        "--stop", action="store_true", help=_("stop following, JOB or all; jobs go on")
    )
    made.add_name()
    return made


class JobStatusWord(Choice):
    """What a state means, or the service's own word for it, in any case."""

    def __init__(self) -> None:
        super().__init__([phase.value for phase in Phase if phase is not Phase.UNKNOWN])

    def __call__(self, text: str) -> Any:
        return text.lower() if text.lower() in STATUS_WORDS else super().__call__(text)


def _tail(text: str) -> int:
    count: int = ALL if text == "all" else whole_number(0)(text)
    return count


def _since(text: str) -> Since:
    time, at, zone = text.partition("@")
    found = Zone.parse(zone) if at else None
    if at and found is None:
        raise argparse.ArgumentTypeError(
            _("{text} is no time zone such as +08:00 or UTC", text=zone)
        )
    return Since(seconds(time), found)


def _condition(text: str) -> str:
    from .bell import Condition

    try:
        Condition.parse(text)
    except InvalidArgumentError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _place(text: str) -> str:
    try:
        place(text)
    except InvalidArgumentError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _css_length(text: str) -> str:
    """Only a number with a unit may become a part of a style."""
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz%")
    if number.replace(".", "", 1).isdecimal() and len(text) <= 10:
        return text if text != number else f"{text}px"
    raise argparse.ArgumentTypeError(_("{text} is no length such as 32em", text=text))
