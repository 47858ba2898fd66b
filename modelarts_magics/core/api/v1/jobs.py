"""The jobs of API v1 behind what every generation has in common.

Here alone a number of a status, an id of a version and a slice of 2,048 bytes become what the rest
of the package speaks of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from ...by_name import Meant, pick
from ...errors import InvalidArgumentError, NotFoundError, NotOfferedError
from ...http.reader import Reader
from ...http.transport import Runner
from ...i18n import _
from ...paging import each
from ..base import NEWEST, Job, JobKind, JobRef, JobSearch, NotOffered
from ..log import LogReader, LogText
from . import rules
from .client import Client
from .logs import ByteEndpoint, LineEndpoint
from .models.listing import ListQuery
from .models.log import LogLines
from .models.training import JobVersion, JobVersionPage, ListedJob
from .status import JobStatus

API = "v1"
_LONGEST_SEARCH = 64  # characters
_PAGE = 100
_MOST_PAGES = 10


def ref_of(job: object) -> JobRef | None:
    """Which job an object of ours or of the vendor's SDK stands for; ``None`` for other objects."""
    job_id = getattr(job, "job_id", None)
    if job_id is None:
        return None
    version_id = getattr(job, "version_id", None)
    return JobRef(API, str(job_id), str(version_id) if version_id else None)


def kind_of(job: object) -> JobKind | None:
    """What the job of such an object is for, as far as the object tells it."""
    if hasattr(job, "visualization_id") or hasattr(job, "service_url"):
        return JobKind.VISUALIZATION
    return JobKind.TRAINING if hasattr(job, "version_id") else None


class TrainingJobs(NotOffered):
    """The training jobs of a project; each of their versions is a job to everybody else."""

    api = API

    def __init__(self, client: Client) -> None:
        self._client = client

    def for_follower(
        self, reader: Reader, *, deadline: float | None = None, run: Runner | None = None
    ) -> TrainingJobs:
        """The same for somebody with a back-off of his own: see :meth:`Client.for_reader`."""
        return TrainingJobs(self._client.for_reader(reader, deadline=deadline, run=run))

    def list(self, search: JobSearch = NEWEST) -> Sequence[Job]:
        """The service filters by one code of a status; of several it is done here."""
        states = [state for state in JobStatus if search.is_state(state)]
        if not states:
            return []
        code = int(states[0]) if search.status and len(states) == 1 else None
        query = ListQuery(code, _PAGE, search_content=search.name[:_LONGEST_SEARCH] or None)
        if not search.is_all and (code is not None or not search.status):
            return self._client.list_jobs(query).jobs
        every = self._every(query, None if search.is_all else _MOST_PAGES)
        found = (job for job in every if search.is_state(job.state))
        return [*islice(found, None if search.is_all else _PAGE)]

    def get(self, ref: JobRef) -> JobVersion:
        return self._client.get_version(*self._ids(ref))

    def status(self, ref: JobRef) -> JobStatus:
        return self.get(ref).status

    def stop(self, ref: JobRef) -> JobStatus:
        self._client.stop_version(*self._ids(ref))
        return JobStatus.KILLING

    def delete(self, ref: JobRef) -> None:
        """Delete a version, or without one the job with all of them."""
        if ref.version is None:
            self._client.delete_job(ref.job)
        else:
            self._client.delete_version(ref.job, ref.version)

    # ---- logs -----------------------------------------------------------------------------------

    def log_files(self, ref: JobRef) -> Sequence[str]:
        return self._client.list_log_files(*self._ids(ref)).names

    def logs(self, ref: JobRef, log_file: str) -> Sequence[LogReader]:
        """By bytes, or by lines where there are no bytes."""
        ids = self._ids(ref)
        return (
            ByteEndpoint(self._client, *ids, log_file),
            LineEndpoint(self._client, *ids, log_file),
        )

    def check_slice(
        self, start_byte: int, length: int | None, meant: str | JobRef | None = None
    ) -> None:
        rules.check_slice(start_byte, rules.LONGEST_SLICE if length is None else length)

    def log_slice(self, ref: JobRef, log_file: str, start_byte: int, length: int | None) -> LogText:
        asked = rules.LONGEST_SLICE if length is None else length
        chunk = self._client.read_log(*self._ids(ref), log_file, start_byte, asked)
        if isinstance(chunk, LogLines):
            return LogText(chunk.text, 0, 0, log_file)
        return LogText(chunk.text, chunk.start_byte or 0, chunk.end_byte or 0, log_file)

    # ---- finding --------------------------------------------------------------------------------

    def find(self, meant: str | JobRef, version: str | None = None) -> JobVersion:
        """A version by its id or its name (``V0001``), or the newest one."""
        if isinstance(meant, JobRef):
            version = version or meant.version
        job_id, job = self._meant(meant)
        newest_first = sorted(job.versions, key=_age, reverse=True)
        names = ", ".join(v.version_name for v in job.versions) or _("no versions")
        found = pick(
            version or "",
            newest_first,
            lambda v: _names(v) if version else ("",),
            missing=_(
                "Job {job} has no version {version}", job=job.job_name, version=version or ""
            ),
            otherwise=_("It has {names}", names=names),
        )
        return self._client.get_version(job_id, found.version_id)

    def namesake(self, word: str, found: JobRef) -> JobRef | None:
        meant = Meant.by(word)
        if not meant.is_ambiguous:
            return None
        named = self._named(meant.text)
        others = (job.job_id for job in named if job.job_id != found.job)
        return next((JobRef(API, job_id) for job_id in others), None)

    def versions(self, meant: str | JobRef) -> Sequence[str]:
        _job_id, job = self._meant(meant)
        return [version.version_name for version in job.versions]

    def _meant(self, meant: str | JobRef) -> tuple[str, JobVersionPage]:
        """The job of an id, else that of a name, with its versions."""
        if isinstance(meant, JobRef):
            word, text = Meant(meant.job, may_be_name=False), meant.job
        else:
            word, text = Meant.by(meant), meant
        if word.looks_like_id:
            with suppress(NotFoundError):
                return word.text, with_versions(self._client, word.text)
        missing, hint = _("There is no training job {name}", name=text), _("%ma_log lists the jobs")
        try:
            job_id = pick(
                word.text,
                self._named(word.text) if word.may_be_name else (),
                lambda found: (found.job_name,),
                missing=missing,
                near=lambda: [other.name for other in self.list()] if word.may_be_name else [],
                otherwise=hint,
            ).job_id
            return job_id, with_versions(self._client, job_id)
        except NotFoundError as error:
            raise InvalidArgumentError(missing, hint) from error

    def _named(self, name: str) -> Iterator[ListedJob]:
        """The jobs of exactly this name; the service searches for parts of names."""
        return (job for job in self._search(name[:_LONGEST_SEARCH]) if job.job_name == name)

    def _search(self, part: str) -> Iterator[ListedJob]:
        return self._every(ListQuery(search_content=part, per_page=_PAGE), _MOST_PAGES)

    def _every(self, query: ListQuery, most: int | None) -> Iterator[ListedJob]:
        return each(
            lambda page: self._client.list_jobs(query.at(page)),
            lambda job: job.job_id,
            _PAGE,
            **({} if most is None else {"most": most}),
        )

    def _not_offered(self, what: str) -> NotOfferedError:
        hint = _(
            "Jobs of API v2 have them, and those of the embedded service are of both:"
            " %ma_session --api v2"
        )
        return NotOfferedError(super()._not_offered(what).message, hint)

    def _ids(self, ref: JobRef) -> tuple[str, str]:
        return ref.job, ref.version or self.find(ref.job).version_id


def with_versions(client: Client, job_id: str) -> JobVersionPage:
    """A job with all its versions, in the order of the service."""
    pages = []

    def ask(page: int) -> JobVersionPage:
        pages.append(client.list_versions(job_id, per_page=_PAGE, page=page))
        return pages[-1]

    versions = tuple(each(ask, lambda version: version.version_id, _PAGE))
    return replace(pages[0], versions=versions)


def _age(version: JobVersion) -> tuple[int, str]:
    """Later versions compare greater; numbers in ids are compared as numbers."""
    return version.create_time or 0, version.version_id.rjust(64)


def _names(version: JobVersion) -> set[str]:
    return {version.version_id, version.version_name, version.version_name.lower()}
