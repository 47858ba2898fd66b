"""What a person means by the words of a line: which job, and which of its logs."""

from __future__ import annotations

from collections.abc import Sequence

from .api.base import JobKind, JobRef, Phase
from .api.v1 import jobs as v1
from .api.v1.visualizations import RULES
from .api.v2.models.job import API as NEWER
from .api.v2.state import PHASES
from .by_name import is_uuid, pick
from .errors import InvalidArgumentError
from .i18n import _

# What a person may type before anybody knows which session is meant.
visualization_rules = RULES
STATUS_WORDS = frozenset(
    word.lower()
    for word in (
        *(phase.value for phase in Phase),
        *(state.word for state in RULES.states),
        *PHASES,
    )
)


def ref_of(job: object) -> JobRef | None:
    """Which job an object stands for; ``None`` for an object that is no job."""
    ref = getattr(job, "ref", None)
    found = ref if isinstance(ref, JobRef) else v1.ref_of(job)
    return JobRef(NEWER, found.job) if found and is_uuid(found.job) else found


def kind_of(job: object) -> JobKind | None:
    """What the job of such an object is for, as far as the object tells it."""
    kind = getattr(job, "kind", None)
    return kind if isinstance(kind, JobKind) else v1.kind_of(job)


def choose_log_file(names: Sequence[str], wanted: str | None, job: str) -> str:
    """The named log file, or the first one.

    Raises:
        InvalidArgumentError: there is none, or none of this name.
    """
    if not names:
        raise InvalidArgumentError(
            _("Job {job} has no log yet", job=job), _("Try again when it runs")
        )
    return pick(
        wanted or names[0],
        names,
        lambda name: (name,),
        missing=_("Job {job} has no log file {file}", job=job, file=wanted),
        otherwise=_("It has {names}", names=", ".join(names)),
    )
