"""JOB on a magic's line: an id, a name, or an expression for a job object."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..core.errors import InvalidArgumentError
from ..core.i18n import _
from ..core.models import JobVersion


@dataclass(frozen=True)
class JobArgument:
    """What the word means: a job's id or name, and what a job object knows besides."""

    name: str = ""
    job_id: str | None = None
    version_id: str | None = None
    session: Any = None

    def means(self, version: JobVersion) -> bool:
        """Whether a run is one of this job."""
        return version.job_id == self.job_id or version.job_name == self.name

    @classmethod
    def parse(cls, word: str, variables: Mapping[str, Any]) -> JobArgument:
        """Read the word; a variable that holds a job goes before a job of that name.

        Raises:
            InvalidArgumentError: it is an expression, but not for a job.
        """
        if word.isdecimal():
            return cls(word, job_id=word)
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
            _("{word} is no training job but {kind}", word=word, kind=type(value).__name__),
            _("Name a job by its id, its name or an object such as job_instance"),
        )

    @classmethod
    def _of(cls, value: Any, word: str) -> JobArgument | None:
        """What a job object of ours or of the vendor's SDK knows; ``None`` for other values."""
        job_id = getattr(value, "job_id", None)
        if job_id is None:
            return None
        version_id = getattr(value, "version_id", None)
        session = getattr(value, "modelarts_session", None) or getattr(value, "session", None)
        return cls(word, str(job_id), version_id and str(version_id), session)


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
