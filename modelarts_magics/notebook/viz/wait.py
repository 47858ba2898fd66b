"""Wait until a visualization job runs or has ended, saying how it goes; then show it."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...core import visualization
from ...core.errors import ServiceError
from ...core.i18n import _
from ...sdk.writer import say
from ..panels.panel import is_kernel
from ..shell.context import ShellContext
from ..shell.interrupted import interrupted_as
from ..text import render
from ..text.widths import width
from .find import Found
from .results import JobCard
from .tensorboard.bare import BareAddress
from .tensorboard.frame import HEIGHT, Frame, open_job

if TYPE_CHECKING:
    from .tensorboard.viewer_panel import ViewerPanel

_COLUMNS = 65  # of words in the line that rewrites itself: a terminal could not rewrite two lines


def started(context: ShellContext, found: Found, note: str, asked: argparse.Namespace) -> JobCard:
    """Show a job that has been started, once it runs if that is wanted."""
    if asked.wait:
        job_id = found.job.job_id
        doubt = _(
            "Stopped waiting. Visualization job {job} goes on: %ma_viz info {job}", job=job_id
        )
        looks = visualization.progress(found.jobs, job_id)
        found = _watched(context, found, looks, note, doubt)
    card: JobCard = context.show(found.card(note))
    if asked.open:
        open_page(context, found)
    return card


def stopped(context: ShellContext, found: Found, asked: argparse.Namespace) -> JobCard:
    """Show a job that is being stopped, once it has ended if that is wanted."""
    names = {"name": render.plain(found.job.name), "job": render.plain(found.job.job_id)}
    note = _("Stopping visualization job {name} ({job}).", **names)
    if asked.wait:
        doubt = _(
            "Stopped waiting. Visualization job {job} is being stopped: %ma_viz info {job}",
            job=names["job"],
        )
        looks = visualization.ending(found.jobs, found.job.job_id)
        found = _watched(context, found, looks, note, doubt)
        note = _("Stopped visualization job {name} ({job}).", **names)
    return context.show(found.card(note))


def open_page(
    context: ShellContext, found: Found, *, is_inline: bool = True, height: str = HEIGHT
) -> Frame | BareAddress | ViewerPanel:
    """Show the way to a job that runs, and its page where that can be."""
    frame = open_job(found.job, is_embedded=found.is_embedded, is_inline=is_inline, height=height)
    if not found.job.needs_token:
        return context.show(frame)
    if not is_kernel(context.shell):
        return context.show(BareAddress.of(found.job))
    from .tensorboard.viewer_panel import ViewerPanel

    panel = ViewerPanel(found.jobs, found.job, is_inline=is_inline, height=height)
    return context.open(panel)


def _watched(
    context: ShellContext,
    found: Found,
    looks: Iterable[visualization.Look],
    note: str,
    doubt: str,
) -> Found:
    """Wait; an interrupt leaves the job alone, and says ``doubt``.

    The line fails when the service refuses to tell how the job is. That it was started or stopped
    is said before; the error does not know it.
    """
    line = _ProgressLine() if is_kernel(context.shell) or sys.stdout.isatty() else _ChangeLines()
    try:
        with interrupted_as(doubt):
            for look in looks:
                found = replace(found, job=look.job)
                line.show(look)
                time.sleep(look.next_look_in_s)
    except ServiceError:
        line.clear()
        say(note)
        raise
    finally:
        line.clear()
    return found


class _ChangeLines:
    """A line for each change: in a pipe or a file nothing can be rewritten."""

    def __init__(self) -> None:
        self._told = ""

    def show(self, look: visualization.Look) -> None:
        words = render.plain(look.trouble or render.status_word(look.job.state))
        if words != self._told:
            self._told = words
            say(words)

    def clear(self) -> None:
        """What was said stays."""


class _ProgressLine:
    """One line that rewrites itself; blanks clear it, since not every front end knows more."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._width = 0

    def show(self, look: visualization.Look) -> None:
        words = look.trouble or render.status_word(look.job.state)
        seconds = time.monotonic() - self._started
        shown = render.shortened(render.plain(words), _COLUMNS)
        line = _("{words}, {seconds:.0f} s", words=shown, seconds=seconds)
        self.clear()
        self._width = width(line)  # before an interrupt can come between
        say(line, end="")

    def clear(self) -> None:
        if self._width:
            say("\r" + " " * self._width, end="\r")
            self._width = 0
