"""A log in a plain terminal: printed as it comes, until the job ends or Ctrl-C."""

from __future__ import annotations

import sys
import time

from ...core.budget import Budget
from ...core.client import Client
from ...core.follow import Event, Finished, StatusChanged, Tail, Trouble
from ...core.follow_job import JobFollower
from ...core.i18n import _
from ...core.log_sources import open_log
from ...core.logs import LogText
from ...core.models import JobVersion
from .. import render, terminal


def stream(
    client: Client,
    version: JobVersion,
    file: str | None,
    tail: int | None,
    interval: float | None,
) -> Finished:
    """Print a log until nothing more comes; interrupting stops the printing, not the job.

    Text goes to standard output, all else to standard error.
    """
    ids = (version.job_id, version.version_id)
    names = (file,) if file else client.list_log_files(*ids).names
    budget = Budget()
    follower = JobFollower(
        [open_log(client, *ids, name, budget) for name in names],
        lambda: client.get_version(*ids).status,
        0 if tail is None else Tail(tail),
        interval=interval,
    )
    printer = _Printer(with_names=len(names) > 1)
    while follower.finished is None:
        time.sleep(follower.due_in)
        for event in follower.poll_due():
            printer.tell(event)
    return follower.finished


class _Printer:
    """Prints events; what a terminal would obey is taken out of the text, but for colours."""

    def __init__(self, *, with_names: bool) -> None:
        self._with_names = with_names
        self._filters: dict[str, terminal.SafeStream] = {}

    def tell(self, event: Event) -> None:
        if isinstance(event, LogText):
            self._print_text(event)
        elif isinstance(event, StatusChanged):
            self._say(render.status_word(event.status))
        elif isinstance(event, Trouble):
            self._say(f"{event.message} ({_('again in {s:.0f} s', s=event.retry_in_s)})")
        else:
            self._say(event.reason or _("The job has completed"))

    def _print_text(self, event: LogText) -> None:
        safe = self._filters.setdefault(event.log_file, terminal.SafeStream())
        text = safe.feed(event.text)
        if self._with_names:
            text = "".join(f"[{event.log_file}] {line}\n" for line in text.splitlines())
        print(text, end="", flush=True)

    def _say(self, words: str) -> None:
        print(f"── {render.plain(words)}", file=sys.stderr, flush=True)
