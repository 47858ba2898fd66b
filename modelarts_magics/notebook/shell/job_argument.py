"""JOB on a magic's line: an id, a name, or an expression for a job object."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Callable, TypeVar

from ...core.api.base import Job, JobApi, JobKind, JobRef
from ...core.by_name import Meant
from ...core.errors import InvalidArgumentError, ServiceError
from ...core.i18n import _
from ...core.jobs import kind_of, ref_of
from ...sdk.writer import say
from ..text import render

T = TypeVar("T")


def tell_namesake(word: str, job_id: str, look: Callable[[], str | None]) -> None:
    """Say in one line that a word of digits was taken for an id, though another bears it as a name.

    Args:
        word: as it was typed.
        job_id: of the job that was found.
        look: gives the id of another job of this name.
    """
    if not Meant.by(word).is_ambiguous or word != job_id:
        return
    other = None
    with suppress(ServiceError):  # the job is found; whether there is another is of less interest
        other = look()
    if other is None:
        return
    say(
        _(
            "{word} is taken for an id, but names job {other} too: id:{word} or name:{word}",
            word=word,
            other=render.plain(other),
        )
    )


def find_training(jobs: JobApi, argument: JobArgument, version: str | None = None) -> Job:
    """The training job that a word means; errors as those of :meth:`JobApi.find`."""
    found = jobs.find(argument.meant, version)
    if isinstance(argument.meant, str):
        _tell_namesake_of(jobs, argument.meant, found.ref)
    return found


def _tell_namesake_of(jobs: JobApi, word: str, found: JobRef) -> None:
    other: JobRef | None = None
    with suppress(ServiceError):
        other = jobs.namesake(word, found)
    if other is None or other.api == found.api:
        tell_namesake(word, found.job, lambda: other.job if other else None)
        return
    say(
        _(
            "{word} is a job of API {api}; API {other} has another one of this name: id:{id}",
            word=render.plain(word),
            api=found.api,
            other=other.api,
            id=render.plain(other.job),
        )
    )


@dataclass(frozen=True)
class JobArgument:
    """What the word means: a job's id or name, and what a job object knows besides.

    Attributes:
        name: the word.
        ref: of a job object.
        session: of a job object.
        kind: of the job, where an object tells it; an id or a name does not.
    """

    name: str = ""
    ref: JobRef | None = None
    session: Any = None
    kind: JobKind | None = None

    @property
    def job_id(self) -> str | None:
        """The id, as far as the word tells it."""
        if self.ref is not None:
            return self.ref.job
        word = Meant.by(self.name)
        return word.text if word.looks_like_id else None

    @property
    def meant(self) -> str | JobRef:
        """The job, as :meth:`~modelarts_magics.core.api.base.JobApi.find` takes it."""
        return self.ref or self.name

    def among(
        self, things: Sequence[T], job_of: Callable[[T], Job], version: str | None = None
    ) -> list[T]:
        """Those about this job, by its id, else by its name; of a version, if one is named."""
        version = version or (self.ref.version if self.ref else None)
        word = Meant.by(self.name)
        by_id = [one for one in things if job_of(one).ref.job == self.job_id]
        if not by_id and self.ref is None and word.may_be_name:
            by_id = [one for one in things if job_of(one).name == word.text]
        return [one for one in by_id if not version or version in _versions(job_of(one))]

    def of_training(self) -> JobArgument:
        """The same where a training job is wanted: ids of the two kinds overlap.

        Raises:
            InvalidArgumentError: it is an object for a visualization job.
        """
        if self.kind is JobKind.VISUALIZATION:
            raise InvalidArgumentError(
                _("{word} is a visualization job", word=self.name),
                _("See %ma_viz info {id}", id=self.name),
            )
        return self

    def of_visualization(self) -> JobArgument:
        """The same where a visualization job is wanted.

        Raises:
            InvalidArgumentError: it is an object for a training job.
        """
        if self.kind is JobKind.TRAINING:
            raise InvalidArgumentError(
                _("{word} is a training job", word=self.name),
                _("Show its output with %ma_viz create {word}", word=self.name),
            )
        return self

    @classmethod
    def parse(cls, word: str, variables: Mapping[str, Any]) -> JobArgument:
        """Read the word; a variable that holds a job goes before a job of that name.

        Raises:
            InvalidArgumentError: it is an expression, but not for a job.
        """
        if word.isdecimal():
            return cls(word)
        path = _reference(word)
        if path is None or (isinstance(path, ast.Name) and path.id not in variables):
            return cls(word)
        try:
            value = _value(path, variables)
            found = cls._of(value, word)
        except Exception as error:  # it comes from the user's own code
            raise InvalidArgumentError(
                _("{word} cannot be evaluated: {error}", word=word, error=f"{error!r}"),
                _("Name a job by its id, its name or an object such as job_instance"),
            ) from error
        if found is not None:
            if found.job_id:
                return found
            raise InvalidArgumentError(
                _("{word} is no job yet", word=word), _("Name what its fit() returned")
            )
        if isinstance(value, (int, str)) and str(value) and not isinstance(value, bool):
            return cls.parse(str(value), {})
        if isinstance(path, ast.Name):
            return cls(word)
        raise InvalidArgumentError(
            _("{word} is no job but {kind}", word=word, kind=type(value).__name__),
            _("Name a job by its id, its name or an object such as job_instance"),
        )

    @classmethod
    def _of(cls, value: Any, word: str) -> JobArgument | None:
        """What a job object of ours or of the vendor's SDK knows; ``None`` for other values."""
        ref = ref_of(value)
        if ref is None:
            return None
        session = getattr(value, "modelarts_session", None) or getattr(value, "session", None)
        return cls(word, ref, session, kind_of(value))


def _versions(job: Job) -> tuple[str | None, str]:
    return job.ref.version, job.version_name


def _reference(word: str) -> ast.expr | None:
    """The expression when it only refers to a value: names, attributes and indexes; no calls."""
    try:
        tree = ast.parse(word, mode="eval").body
    except (SyntaxError, ValueError):
        return None
    allowed = (
        ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.UnaryOp, ast.USub, ast.Load,
    )  # fmt: skip
    is_reference = isinstance(tree, (ast.Name, ast.Attribute, ast.Subscript))
    return tree if is_reference and all(isinstance(n, allowed) for n in ast.walk(tree)) else None


def _value(path: ast.expr, variables: Mapping[str, Any]) -> Any:
    """Evaluate a reference in the user's namespace; it is the user's own code."""
    code = compile(ast.Expression(path), "<%ma_log>", "eval")
    return eval(code, {"__builtins__": {}}, dict(variables))  # noqa: S307
