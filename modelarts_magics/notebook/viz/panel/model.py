"""What the panel of visualization jobs shows, whichever view shows it.

The panel's thread changes it, views read it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum

from ....core.api.base import Phase
from ....core.errors import InvalidArgumentError
from ....core.i18n import _
from ....core.obs_path import obs_folder
from ....core.paging import Page
from ....core.visualization import VisualizationJob, VisualizationQuery
from ...text import render

ROWS = 10  # on a page
MOST_FOLDERS = 50  # that the form suggests
_FIRST = VisualizationQuery(per_page=ROWS)


class Stage(Enum):
    """How far the creation of a job from the form is."""

    EMPTY = "empty"
    SUBMITTING = "submitting"
    STARTING = "starting"
    RUNNING = "running"
    FAILED = "failed"


@dataclass(frozen=True)
class Creation:
    """The creation of a job from the form.

    Attributes:
        job: once the service has made it.
        note: what became of the request, in words.
        trouble: why it failed, or what is waited for in between.
    """

    stage: Stage = Stage.EMPTY
    job: VisualizationJob | None = None
    note: str = ""
    trouble: str = ""

    @property
    def is_under_way(self) -> bool:
        return self.stage in {Stage.SUBMITTING, Stage.STARTING}


@dataclass
class VizModel:
    """The state of one panel."""

    query: VisualizationQuery = _FIRST
    answered: VisualizationQuery = _FIRST  # of which the jobs are; another may be under way
    jobs: tuple[VisualizationJob, ...] = ()
    total: int = 0
    paused: bool = False
    trouble: str = ""  # with the service, until it answers again
    message: str = ""  # what the last button did
    is_refusal: bool = False  # whether it did not
    updated_ms: int = 0
    changes: int = 0
    creation: Creation = Creation()
    opened: str = ""  # id of the job whose page is shown below
    folders: list[str] = field(default_factory=list)  # that the form suggests

    def take(self, page: Page[VisualizationJob]) -> None:
        """The service has answered."""
        seen = (self.answered, self.jobs, self.total, self.trouble)
        self.answered = self.query
        self.jobs = tuple(page.items)[:ROWS]
        self.total = max(page.total or 0, len(self.jobs))
        self.trouble = ""
        self.updated_ms = int(time.time() * 1000)
        self.suggest(job.output for job in page.items)
        for job in page.items:
            if not may_run(job):
                self.forget(job)
        if seen != (self.answered, self.jobs, self.total, self.trouble):
            self.changes += 1

    def suggest(self, folders: Iterable[str]) -> None:
        """Folders for the form: none of them twice, none that would be refused, not too many."""
        known = dict.fromkeys(self.folders)
        for folder in folders:
            with suppress(InvalidArgumentError):
                known.setdefault(obs_folder(folder))
        found = list(known)[:MOST_FOLDERS]
        if found != self.folders:
            self.folders = found
            self.changes += 1

    def say(self, message: str, *, is_refusal: bool = False) -> None:
        """What a button did, or why it did not."""
        self.message, self.is_refusal = message, is_refusal
        self.changes += 1

    def forget(self, job: VisualizationJob) -> None:
        """A job does not run any more: the form has nothing to open."""
        made = self.creation
        if made.stage is Stage.RUNNING and made.job and made.job.job_id == job.job_id:
            self.create(Creation())

    def lack(self, trouble: str) -> None:
        """The service did not answer."""
        self.trouble = trouble
        self.changes += 1

    def ask_for(self, query: VisualizationQuery) -> None:
        self.query = query
        self.changes += 1

    def create(self, creation: Creation) -> None:
        """The creation from the form went on."""
        self.creation = creation
        self.changes += 1

    @property
    def is_in_motion(self) -> bool:
        """Whether a state will change by itself soon."""
        return self.creation.is_under_way or any(map(is_in_motion, self.jobs))

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // ROWS))

    def words(self) -> list[str]:
        """The head of a view in words."""
        first = (self.answered.page - 1) * ROWS + 1
        found = _("no jobs")
        if self.jobs:
            last = first + len(self.jobs) - 1
            found = _("{first}-{last} of {n}", first=first, last=last, n=self.total)
        if not self.updated_ms:
            found = _("not loaded yet")
        words = [_("Visualization jobs"), found]
        if self.updated_ms:
            moment = render.local_time(self.updated_ms)[-8:]
            words.append(_("updated {time}", time=moment))
        if self.query != self.answered:
            words.append(_("loading…"))
        if self.paused:
            words.append(_("paused"))
        return words


def may_run(job: VisualizationJob) -> bool:
    """Whether its page may be there: it runs, or the service does not know just now."""
    is_there = job.state.phase in {Phase.RUNNING, Phase.UNKNOWN}
    return is_there and not job.state.is_stopping


def is_in_motion(job: VisualizationJob) -> bool:
    return job.state.phase is Phase.WAITING or job.state.is_stopping
