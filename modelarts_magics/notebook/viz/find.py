"""What the words of ``%ma_viz`` lines mean: a visualization job, or the folder of a training."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ...core import visualization
from ...core.api.base import Job, JobApi, VisualizationApi
from ...core.endpoints import is_loopback
from ...core.errors import InvalidArgumentError, ServiceError
from ...core.i18n import _
from ...core.visualization import VisualizationJob
from ..shell.arguments import MagicParser
from ..shell.context import ShellContext
from ..shell.job_argument import JobArgument, find_training, tell_namesake
from ..shell.together import Together
from .results import JobCard


@dataclass(frozen=True)
class Found:
    """A visualization job, and those of its session.

    Attributes:
        session: of the object that was named; ``None`` for that of the kernel.
    """

    jobs: VisualizationApi
    job: VisualizationJob
    session: Any = None

    @property
    def is_embedded(self) -> bool:
        return is_loopback(self.jobs.endpoint)

    def again(self) -> Found:
        """As the service describes it now."""
        return replace(self, job=self.jobs.get(self.job.job_id))

    def after(self, changed: VisualizationJob) -> Found:
        """As the service describes it after a change that it has accepted.

        When it cannot tell by then, the change is what is known: an error would deny it.
        """
        try:
            return self.again()
        except ServiceError:
            return replace(self, job=changed)

    def card(self, note: str = "") -> JobCard:
        return JobCard(self.job, note, self.session)


def find_job(context: ShellContext, word: str) -> Found:
    """The visualization job that a word names: an id, a name, or an object that has one."""
    meant = JobArgument.parse(word, context.variables).of_visualization()
    jobs = context.visualizations(meant.session)
    word = f"id:{meant.ref.job}" if meant.ref is not None else meant.name
    found = visualization.find(jobs, word)

    def look() -> str | None:
        other = visualization.namesake(jobs, word, found)
        return other.job_id if other else None

    tell_namesake(word, found.job_id, look)
    return Found(jobs, found, meant.session)


@dataclass(frozen=True)
class Folder:
    """What is to be shown, and by whom: in the session of the training job that writes it.

    Attributes:
        train_url: an OBS folder, or the id of the job where viewers read what a job has written.
    """

    jobs: VisualizationApi
    train_url: str
    session: Any = None


def find_folder(context: ShellContext, word: str) -> Folder:
    """The OBS folder that a word names, or the output folder of the training job it names."""
    meant = JobArgument.parse(word, context.variables).of_training()
    jobs = context.visualizations(meant.session)
    if meant.job_id is None and "/" in meant.name:
        return Folder(jobs.for_word(meant.name) or jobs, meant.name)
    job = _find_training(context.jobs(meant.session), meant)
    if source := jobs.source_of(job):
        return Folder(jobs.for_job(job.ref), source, meant.session)
    raise InvalidArgumentError(
        _("Training job {name} has no output folder", name=job.name or word),
        _("Name the folder of its event files: /bucket/folder/"),
    )


def _find_training(jobs: JobApi, argument: JobArgument) -> Job:
    try:
        return find_training(jobs, argument)
    except InvalidArgumentError as error:
        hint = _("Or name an OBS folder: /bucket/folder/")
        raise InvalidArgumentError(str(error), hint) from None


# Of sub-commands after which a job is on its way: TensorBoard is shown when it runs.
WAITING = Together(apart={"--no-wait": ("--wait", "--open")})


def job_parser(name: str, description: str, together: Together | None = None) -> MagicParser:
    """The beginning of the command line of a sub-command about one job."""
    made = new_parser(name, description, together)
    made.add_argument(
        "job", metavar="JOB", help=_("id or name of a visualization job, or an object")
    )
    return made


def new_parser(name: str, description: str, together: Together | None = None) -> MagicParser:
    """The beginning of the command line of a sub-command."""
    made = MagicParser(f"%ma_viz {name}", description, together)
    made.add_name()
    return made


def add_starting(parser: MagicParser) -> None:
    """Flags of sub-commands that start a job."""
    add_waiting(parser, _("wait until the job runs; so it is by default"))
    parser.add_argument(
        "--open", action="store_true", help=_("show TensorBoard here as soon as it runs")
    )


def add_waiting(parser: MagicParser, until: str) -> None:
    """Flags of sub-commands after which a job is on its way."""
    parser.add_argument("--wait", action="store_true", default=True, help=until)
    parser.add_argument("--no-wait", dest="wait", action="store_false", help=_("return at once"))
