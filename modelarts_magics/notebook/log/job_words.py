"""What is said of a job beside its log: how many tasks it has, its restarts, why it failed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ...core.api.base import Job, Phase, TaskFailure
from ...core.i18n import _
from ...core.metrics.standing import Standing
from ..text import render, terminal
from ..viz.scalars.axis import number
from .errors import LastError

_MOST_TASKS = 3  # of which it is said why they failed
_MOST_LINES = 12  # of a message, and of an error in a log; the end is kept
_WORDS = 80  # columns of a reason in a head
_LONGEST_NAME = 40  # columns of that of a metric
_LONGEST_LINE = 500  # characters


def about(job: Job) -> list[str]:
    """What is worth a word in a head besides state and duration."""
    words = []
    if len(job.tasks) > 1:
        words.append(_("{n} tasks", n=len(job.tasks)))
    if job.restarts:
        words.append(_("restarts: {n}", n=len(job.restarts)))
        reason = _last_line(job.restarts[-1].reason)
        words += [_("last restart: {reason}", reason=reason)] if reason else []
    return words


def progress(told: Mapping[str, Any] | None) -> list[str]:
    """How far a training is, in words: what :meth:`LogModel.progress` tells."""
    if told is None:
        return []
    words = []
    if told["epoch"] is not None:
        words.append(_("epoch {n} of {of}", n=told["epoch"], of=told["epochs"]))
    words.append(f"{math.floor(told['done'] * 100)} %")
    if told["left_ms"] is not None:
        words.append(_("about {time} left", time=render.rough_duration(told["left_ms"])))
    return [", ".join(words)]


def metrics(standing: Sequence[Standing]) -> list[str]:
    """How metrics stand, in words."""
    return [
        " ".join(
            [
                render.shortened(render.plain(name), _LONGEST_NAME),
                number(last),
                *([] if best is None else [_("(best {value})", value=number(best))]),
            ]
        )
        for name, last, best in standing
    ]


def failure(job: Job, errors: Mapping[str, LastError] | None = None) -> str:
    """Why a job failed, in lines: what the service says of its tasks, then their logs.

    Args:
        errors: the last errors in the logs, by task.
    """
    if job.state.phase is not Phase.FAILED:
        return ""
    errors = errors or {}
    return "\n".join(
        line
        for one in job.failures[:_MOST_TASKS]
        for line in (_head(one), *_lines(one, errors.get(one.task)))
    )


def _last_line(reason: str) -> str:
    """What says it in few words, of a reason that may be a whole traceback."""
    said = [*filter(None, map(render.plain, reason.splitlines()))][-1:]
    return render.shortened("".join(said), _WORDS)


def _head(failure: TaskFailure) -> str:
    code = "" if failure.exit_code is None else _("exit code {code}", code=failure.exit_code)
    return " · ".join(filter(None, [render.plain(failure.task), code]))


def _lines(failure: TaskFailure, error: LastError | None) -> list[str]:
    """The end of what the service says of a task, then its last error unless that says the same."""
    said = failure.message.strip("\n").splitlines()[-_MOST_LINES:]
    if error and error.summary not in failure.message:
        said += error.text.strip("\n").splitlines()[-_MOST_LINES:]
    return [terminal.visible(terminal.stripped(line))[:_LONGEST_LINE] for line in said]
