"""Wait until a visualization job runs or has ended, saying how it goes; then show it."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from dataclasses import replace

from ...core import visualization
from ...core.errors import InvalidArgumentError
from ...core.i18n import _
from .. import render
from ..context import Context
from ..interrupted import Interrupted
from .frame import Frame, open_job
from .results import JobCard
from .words import Found


def check(asked: argparse.Namespace) -> None:
    """Refuse flags that contradict each other."""
    if asked.open and not asked.wait:
        raise InvalidArgumentError(
            _("--open waits until the job runs"), _("Leave out {flags}", flags="--no-wait")
        )


def started(context: Context, found: Found, note: str, asked: argparse.Namespace) -> JobCard:
    """Show a job that has been started, once it runs if that is wanted."""
    if asked.wait:
        found = _watched(found, visualization.progress(found.client, found.job.job_id))
    card: JobCard = context.show(JobCard(found.job, note))
    if asked.open:
        context.show(frame_of(found))
    return card


def stopped(context: Context, found: Found, note: str, asked: argparse.Namespace) -> JobCard:
    """Show a job that is being stopped, once it has ended if that is wanted."""
    if asked.wait:
        found = _watched(found, visualization.ending(found.client, found.job.job_id))
    card: JobCard = context.show(JobCard(found.job, note))
    return card


def frame_of(found: Found, *, is_inline: bool = True, height: str | None = None) -> Frame:
    """The way to a job that runs."""
    given = {} if height is None else {"height": height}
    return open_job(found.job, is_embedded=found.is_embedded, is_inline=is_inline, **given)


def _watched(found: Found, looks: Iterable[visualization.Look]) -> Found:
    """Wait; an interrupt leaves the job alone."""
    line = _ProgressLine()
    try:
        for look in looks:
            found = replace(found, job=look.job)
            line.show(look)
            time.sleep(look.next_look_in_s)
    except KeyboardInterrupt:
        raise Interrupted(
            _(
                "Stopped waiting. Visualization job {job} goes on: %ma_viz info {job}",
                job=found.job.job_id,
            )
        ) from None
    finally:
        line.clear()
    return found


class _ProgressLine:
    """One line that rewrites itself."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._width = 0

    def show(self, look: visualization.Look) -> None:
        words = look.trouble or render.status_word(look.job.status)
        seconds = time.monotonic() - self._started
        line = _("{words}, {seconds:.0f} s", words=render.plain(words), seconds=seconds)
        self._width = max(self._width, len(line))
        print(f"\r{line:<{self._width}}", end="", flush=True)

    def clear(self) -> None:
        if self._width:
            print("\r" + " " * self._width, end="\r", flush=True)
