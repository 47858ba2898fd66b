"""``%ma_log``: parse the line, then open a panel, show a picture, stream, wait, save or list."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...core.api.base import Job, JobApi, JobRef
from ...core.api.log import ByteSource, LogText, Part
from ...core.errors import InvalidArgumentError
from ...core.http.reader import Reader
from ...core.http.transport import run_directly
from ...core.i18n import _
from ...core.jobs import choose_log_file
from ...core.logs.last_lines import words_for_cut
from ...core.logs.readers import LogBytes, open_log
from ...sdk.session import Session
from ...sdk.writer import say
from ..shell import value
from ..shell.arguments import Choice, MagicParser, seconds, whole_number
from ..shell.context import ShellContext
from ..shell.job_argument import JobArgument, find_training
from ..shell.together import Need, Together
from ..text import render
from .asked import metric
from .events import EventTable
from .place import place
from .results import JobTable, LogPicture, PanelTable

DEFAULT_TAIL = 200  # lines of a picture
VIEWS = ("auto", "rich", "core", "html", "text")
_ALL = -1

FILE = ("--file", "--task")  # a log file of a task: one flag
_JOB = ("JOB", "VERSION", *FILE, "--as")
_PART = ("--tail", "--start-byte", "--offset")
_STILL = ("--no-follow", "--plain")
_PANEL = ("--view", "--height", "--interval", "--metric", "--at")
_WAITED = ("--no-fail", "--timeout")
_WAIT = ("--wait", *_WAITED, "--tail")
_SLICE = (*_JOB, *_STILL, "--start-byte", "--offset")
_ONLY = {
    "--list": ("--as",),
    "--stop": ("JOB", "VERSION"),
    "--events": ("JOB", "VERSION", "--as"),
    "--resources": _JOB,
    "--save": (*_JOB, *_WAIT),
    "--start-byte": _SLICE,
    "--offset": _SLICE,
    **dict.fromkeys(_STILL, (*_JOB, *_PART, *_STILL)),
    **dict.fromkeys(_PANEL, (*_JOB, "--tail", *_PANEL)),
    **dict.fromkeys(("--wait", *_WAITED), (*_JOB, *_WAIT, "--interval", "--save")),
    "--interval": (*_JOB, "--tail", *_PANEL, *_WAIT),
}
_OF_A_JOB = (*FILE, "--events", "--resources", "--save", *_PART, *_STILL, *_PANEL, "--wait")


def _together() -> Together:
    hint = _("%ma_log lists the jobs")
    return Together(
        _ONLY,
        apart={"--file": ("--task",)},
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
    made.add_argument("--save", metavar="PATH", help=_("write the whole log to a file"))
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
    made.add_argument("--list", action="store_true", help=_("list the panels that follow a log"))
    made.add_argument(
        "--stop", action="store_true", help=_("stop following, JOB or all; jobs go on")
    )
    made.add_name()
    return made


def _tail(text: str) -> int:
    count: int = _ALL if text == "all" else whole_number(0)(text)
    return count


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


@dataclass(frozen=True)
class _Found:
    """The job that a line means, with its log files."""

    jobs: JobApi
    modelarts_session: Session
    job: Job
    files: Sequence[str]
    file: str | None

    @property
    def ref(self) -> JobRef:
        return self.job.ref

    @property
    def log_file(self) -> str:
        """The named file, or the first one."""
        return choose_log_file(self.files, self.file, self.job.name)

    def again(self) -> _Found:
        """The same with the log files that there are by now."""
        return replace(self, files=self.jobs.log_files(self.ref))

    def tail(self, lines: int) -> Part:
        return open_log(self.jobs.logs(self.ref, self.log_file), Reader()).tail(lines)

    def source(self, reader: Reader) -> ByteSource:
        """The log by bytes; for a reader with a back-off of its own."""
        jobs = self.jobs.for_follower(reader, run=run_directly)
        return LogBytes(jobs.logs(self.ref, self.log_file))

    def picture(self, part: LogText, note: str = "") -> LogPicture:
        return LogPicture(self.job, self.log_file, self.files, part, note)


def run(context: ShellContext, line: str) -> Any:
    """Carry out one ``%ma_log`` line; its value, where that is taken."""
    asked = parser().parse_line(line)
    return context.give(_result(context, asked), asked.name)


def _result(context: ShellContext, asked: argparse.Namespace) -> Any:
    if asked.stop:
        return _stop(context, asked)
    if asked.list:
        from .panel import LogPanel

        return context.show(
            PanelTable.of(panel.model for panel in context.panels.running(LogPanel))
        )
    if asked.job is None:
        return context.show(JobTable(context.jobs().list()))
    return _of_job(context, asked)


def _of_job(context: ShellContext, asked: argparse.Namespace) -> Any:
    if asked.events:
        jobs, job = _job(context, asked)
        return context.show(EventTable(job, jobs.events(job.ref)))
    if asked.resources:
        return _resources(context, asked)
    found = _find(context, asked)
    if asked.wait:
        return _wait(context, found, asked)
    if asked.save is not None:
        return _save(found, asked)
    if _is_still(asked):
        picture = _picture(found, asked)
        return context.show(picture.plain() if asked.plain else picture)
    return _follow(context, found, asked)


def _wait(context: ShellContext, found: _Found, asked: argparse.Namespace) -> Any:
    from ..panels.panel import is_kernel
    from . import wait
    from .excerpt import TAIL
    from .save import check_target

    if asked.save is not None:
        check_target(asked.save)  # now, not after hours
    how = wait.Waiting(
        asked.file,
        TAIL if asked.tail is None else None if asked.tail == _ALL else asked.tail,
        asked.timeout,
        asked.interval,
        asked.no_fail,
        is_kernel(context.shell),
    )

    def save() -> None:
        if asked.save is not None:
            _save(found.again(), asked)

    return wait.wait(found.jobs, found.job, found.files, how, save)


def _save(found: _Found, asked: argparse.Namespace) -> LogPicture:
    from .save import SHOWN_LINES, save

    lines = SHOWN_LINES if asked.tail in (None, _ALL) else asked.tail
    return save(found.source, asked.save, lambda: found.picture(found.tail(lines).text))


def _resources(context: ShellContext, asked: argparse.Namespace) -> Any:
    """Charts that are drawn anew each minute, as long as the job goes on."""
    from ..panels.panel import is_kernel
    from .resources import ResourcePanel, Resources

    jobs, job = _job(context, asked)
    task = choose_log_file(job.tasks or jobs.log_files(job.ref), asked.file, job.name)
    resources = Resources(job, task, jobs.resource_usage(job.ref, task))
    if not is_kernel(context.shell) or job.state.is_final or value.is_taken():
        return context.show(resources)
    return context.open(ResourcePanel(jobs, resources))


def _is_still(asked: argparse.Namespace) -> bool:
    is_slice = asked.start_byte is not None or asked.offset is not None
    return bool(asked.no_follow or asked.plain or is_slice)


def _job(context: ShellContext, asked: argparse.Namespace) -> tuple[JobApi, Job]:
    job = JobArgument.parse(asked.job, context.variables).of_training()
    jobs = context.jobs(job.session)
    return jobs, find_training(jobs, job, asked.version)


def _find(context: ShellContext, asked: argparse.Namespace) -> _Found:
    job = JobArgument.parse(asked.job, context.variables).of_training()
    jobs = context.jobs(job.session)
    jobs.check_slice(asked.start_byte or 0, asked.offset, job.meant)
    found = find_training(jobs, job, asked.version)
    files = jobs.log_files(found.ref)
    if asked.file and files:
        choose_log_file(files, asked.file, found.name)
    session = Session.of(job.session) if job.session is not None else context.session
    return _Found(jobs, session, found, files, asked.file)


def _follow(context: ShellContext, found: _Found, asked: argparse.Namespace) -> Any:
    from ..panels.panel import is_kernel
    from .panel import HEIGHT, LogPanel

    tail = None if asked.tail == _ALL else asked.tail
    if not is_kernel(context.shell):
        from .stream import stream

        if asked.at is not None:
            raise InvalidArgumentError(
                _("{flag} opens a panel, which this shell cannot show", flag="--at"),
                _("{flag} shows a part of the log", flag="--start-byte"),
            )
        return stream(found.jobs, found.job, found.files, asked.file, tail, asked.interval)
    beginning = {} if asked.tail is None else {"tail": tail}
    is_place_of_one = asked.at is not None and len(found.files) > 1
    panel = LogPanel(
        found,
        file=found.log_file if is_place_of_one else asked.file,
        **beginning,
        at=asked.at,
        view=asked.view,
        height=asked.height or HEIGHT,
        metrics=[*context.metrics, *(one.text for one in asked.metrics)],
        interval=asked.interval,
        described=(found.job, found.files),
    )
    return context.open(panel)


def _stop(context: ShellContext, asked: argparse.Namespace) -> None:
    from .panel import LogPanel

    panels = context.panels.running(LogPanel)
    if asked.job is not None:
        job = JobArgument.parse(asked.job, context.variables)
        panels = job.among(panels, lambda panel: panel.model.job, asked.version)
    if not panels:
        raise InvalidArgumentError(_("No panel follows this log"), _("See %ma_log --list"))
    for panel in panels:
        panel.stop_following()
        say(_("No longer following {job}; the job goes on.", job=render.plain(panel.title)))


def _picture(found: _Found, asked: argparse.Namespace) -> LogPicture:
    if asked.start_byte is not None or asked.offset is not None:
        start_byte = asked.start_byte or 0
        return found.picture(
            found.jobs.log_slice(found.ref, found.log_file, start_byte, asked.offset)
        )
    if asked.tail == _ALL:
        from .save import read_all

        return found.picture(read_all(found.source))
    part = found.tail(DEFAULT_TAIL if asked.tail is None else asked.tail)
    return found.picture(part.text, words_for_cut(part.text) if part.is_cut else "")
