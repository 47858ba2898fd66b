"""Wait for a training job, printing its log; interrupting the wait leaves the job alone."""

from __future__ import annotations

import re
import sys
import unicodedata

from ...core.api.log import LogText
from ...core.errors import one_line
from ...core.i18n import _
from ...core.logs.follow import Event, StatusChanged, Trouble
from ..writer import say
from .training_job import TrainingJob

_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?")
_UNSEEN = {"Cc", "Cf", "Cs"}
_LONGEST_ROW = 2**16  # characters; what goes on is printed as another row


def wait_until_final(job: TrainingJob, tasks: int = 1) -> None:
    """Print the log of a job until nothing more comes: text to standard output, else to error.

    Args:
        tasks: how many it has; the lines of several are told apart.

    Raises:
        KeyboardInterrupt: the user stopped waiting; the job goes on, and a line says so.
    """
    printed = _Printed(tasks)
    try:
        for event in job.follow_job_log():
            printed.add(event)
    except KeyboardInterrupt:
        say()
        say(
            _(
                "Stopped waiting. Job {job} goes on: Estimator(session, job_id='{job}'), "
                "%ma_log {job}",
                job=job.job_id,
            )
        )
        raise


class _Printed:
    """What of the logs was printed: whole lines, each with its task where there are several."""

    def __init__(self, tasks: int) -> None:
        self._tasks = tasks
        self._rows: dict[str, str] = {}  # the last line of each task, which may go on

    def add(self, event: Event) -> None:
        if isinstance(event, LogText):
            self._add_text(event.log_file, event.text)
        elif isinstance(event, StatusChanged):
            _tell(event.status.word)
        elif isinstance(event, Trouble):
            _tell(event.message)
        else:
            for task, row in self._rows.items():
                self._print(task, row)
            _tell(event.reason or _("The job has completed"))

    def _add_text(self, task: str, text: str) -> None:
        *rows, last = (self._rows.get(task, "") + text).split("\n")
        self._rows[task] = last if len(last) < _LONGEST_ROW else ""
        for row in rows if self._rows[task] == last else [*rows, last]:
            self._print(task, f"{row}\n")

    def _print(self, task: str, row: str) -> None:
        if row:
            name = f"[{task}] " if max(self._tasks, len(self._rows)) > 1 else ""
            say(name + printable(row))


def printable(row: str) -> str:
    """A line of a log as a terminal may show it: the last state of a progress bar, no commands.

    >>> printable("10 %\\r20 %\\x1b[31m red\\x07\\ttab")
    '20 % red\\ttab'
    """
    last = row.rstrip("\r\n").rpartition("\r")[2]
    plain = _SEQUENCE.sub("", last)
    return "".join(c for c in plain if c == "\t" or unicodedata.category(c) not in _UNSEEN)


def _tell(words: str) -> None:
    say(f"── {one_line(words)}", stream=sys.stderr)
