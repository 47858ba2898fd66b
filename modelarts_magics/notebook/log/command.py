"""``%ma_log``: parse the line, then open a panel, show a picture, stream, wait, save or list."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from ...core.api.base import Job, JobApi, JobSearch
from ...core.errors import InvalidArgumentError
from ...core.i18n import _
from ...core.jobs import choose_log_file
from ...sdk.writer import say
from ..panels.panel import is_kernel
from ..shell import value
from ..shell.context import ShellContext
from ..shell.job_argument import JobArgument
from ..text import render
from .events import EventTable
from .flags import ALL, parser
from .found import Found, find, find_job
from .line_printer import All, LinePrinter
from .results import JobTable, LogPicture, PanelTable
from .still import picture, sieve_for, wanted_by

_MANY = 20  # jobs in a list, behind which there may be more


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
        return _list(context, asked)
    return _of_job(context, asked)


def _list(context: ShellContext, asked: argparse.Namespace) -> JobTable:
    search = JobSearch(asked.search or "", asked.status or "", is_all=asked.all)
    jobs = context.jobs().list(search)
    is_part = not asked.all and len(jobs) >= _MANY
    note = _("The newest {n} jobs; older ones, too: %ma_log --all", n=len(jobs)) if is_part else ""
    return context.show(JobTable(jobs, note, is_chosen=bool(search.name or search.status)))


def _of_job(context: ShellContext, asked: argparse.Namespace) -> Any:
    if asked.events or asked.resources:
        return _told(context, asked)
    found = find(context, asked)
    if asked.log_folder:
        return _log_folder(context, found, asked)
    if asked.wait:
        return _wait(context, found, asked)
    if asked.save is not None:
        return _save(found, asked)
    if _is_still(asked, has_panel=is_kernel(context.shell)):
        shown = picture(found, asked)
        return context.show(shown.plain() if asked.plain else shown)
    return _follow(context, found, asked)


def _wait(context: ShellContext, found: Found, asked: argparse.Namespace) -> Any:
    from . import wait
    from .excerpt import TAIL
    from .save import check_target

    if asked.save is not None:
        check_target(asked.save)  # now, not after hours
    how = wait.Waiting(
        asked.file,
        TAIL if asked.tail is None else None if asked.tail == ALL else asked.tail,
        asked.timeout,
        asked.interval,
        asked.no_fail,
        is_kernel(context.shell),
    )

    def save() -> None:
        if asked.save is not None:
            _save(found.again(), asked)

    return wait.wait(found.jobs, found.job, found.files, how, sieve_for(found, asked), save)


def _save(found: Found, asked: argparse.Namespace) -> LogPicture:
    from .save import SHOWN_LINES, save

    lines = SHOWN_LINES if asked.tail in (None, ALL) else asked.tail
    return save(found.source, asked.save, lambda: found.picture(found.tail(lines).text))


def _log_folder(context: ShellContext, found: Found, asked: argparse.Namespace) -> Any:
    """What is beside the logs, which is fetched where a folder is named."""
    from . import beside

    table = beside.listed(found)
    if asked.save is not None and table:
        beside.save(table, found.modelarts_session.obs, asked.save)
    return context.show(table)


def _told(context: ShellContext, asked: argparse.Namespace) -> Any:
    """What the service tells of a job beside its log."""
    jobs, job = find_job(context, asked)
    if asked.events:
        return context.show(EventTable(job, jobs.events(job.ref)))
    return _resources(context, jobs, job, asked)


def _resources(context: ShellContext, jobs: JobApi, job: Job, asked: argparse.Namespace) -> Any:
    """Charts that grow each minute, as long as the job goes on."""
    from .resources import ResourcePanel, Resources

    task = choose_log_file(job.tasks or jobs.log_files(job.ref), asked.file, job.name)
    resources = Resources(job, task, jobs.resource_usage(job.ref, task))
    if not is_kernel(context.shell) or value.is_taken():
        return context.show(resources)
    ResourcePanel(jobs, resources).show()
    return resources


def _is_still(asked: argparse.Namespace, *, has_panel: bool) -> bool:
    """A panel has a filter of its own, which a reader can change."""
    is_slice = asked.start_byte is not None or asked.offset is not None
    is_picked = has_panel and not wanted_by(asked).is_all
    return bool(asked.no_follow or asked.plain or is_slice or is_picked)


def _stream(found: Found, asked: argparse.Namespace, tail: int | None) -> Any:
    from .stream import stream

    printer = None
    if not wanted_by(asked).is_all:
        sieve = sieve_for(found, asked)
        names = [asked.file] if asked.file else found.files
        printer = LinePrinter(names, All(), sys.stderr, sieve)
        if tail is None and asked.tail != ALL:
            tail = sieve.reach
    return stream(found.jobs, found.job, found.files, asked.file, tail, asked.interval, printer)


def _follow(context: ShellContext, found: Found, asked: argparse.Namespace) -> Any:
    from .panel import HEIGHT, LogPanel

    tail = None if asked.tail == ALL else asked.tail
    if not is_kernel(context.shell):
        if asked.at is not None:
            raise InvalidArgumentError(
                _("{flag} opens a panel, which this shell cannot show", flag="--at"),
                _("{flag} shows a part of the log", flag="--start-byte"),
            )
        return _stream(found, asked, tail)
    beginning = {} if asked.tail is None else {"tail": tail}
    is_place_of_one = asked.at is not None and len(found.files) > 1
    panel = LogPanel(
        found,
        file=found.log_file if is_place_of_one else asked.file,
        **beginning,
        at=asked.at,
        notify=asked.conditions,
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
