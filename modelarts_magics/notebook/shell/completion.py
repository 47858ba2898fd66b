"""Completion by Tab: sub-commands, flags, jobs, versions, files; and nothing else beside them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from functools import partial
from itertools import chain
from typing import Any, Callable

from IPython.core.completer import CompletionContext, SimpleCompletion

from ...core.api.base import JobApi, JobKind, VisualizationQuery
from ...core.by_name import Meant, words_for
from ...core.cancellation import call
from ...core.errors import ModelArtsError
from ...core.http.reader import Reader
from ...core.jobs import kind_of
from ...sdk.session import Session
from ..log import flags as log_flags
from ..viz.commands import subcommands as viz_command
from . import session as session_command
from .arguments import MagicParser
from .job_argument import JobArgument

_MAGIC = re.compile(r"^\s*(?P<sign>%?)(?P<magic>ma_\w+)\s+(?P<words>.*)$", re.DOTALL)
_PYTHON = re.compile(r"[=!<>+*/%&|^,.:()\[\]]")  # what cannot begin the words of a magic
_REMEMBERED = 10.0  # seconds
_PARSERS: dict[str, Callable[[], MagicParser]] = {
    "ma_log": log_flags.parser,
    "ma_session": session_command.parser,
    "ma_viz": viz_command.panel_parser,
}
_FIRST_WORDS: dict[str, Iterable[str]] = {
    "ma_session": session_command.ACTIONS,
    "ma_viz": viz_command.SUBCOMMANDS,
}
_OF_TRAINING_JOBS = ("ma_log", "ma_viz create", "ma_viz scalars")


class Completion:
    """Completes the lines of our magics; answers of the service are remembered for a moment.

    Args:
        magics: has ``shell``, and ``context``, made when it is used.
        deadline: seconds that a Tab may take.
    """

    def __init__(self, magics: Any, deadline: float = 2.0) -> None:
        self._magics = magics
        self._deadline = deadline
        self._session: object = None
        self._known: dict[tuple[object, ...], tuple[float, list[str]]] = {}

    def complete(self, context: CompletionContext) -> dict[str, Any]:
        """What fits before the cursor, in the form of IPython's matchers."""
        found = _MAGIC.match(context.text_until_cursor.rpartition("\n")[2])
        if not found or found["magic"] not in _PARSERS or self._is_python(found):
            return {"completions": []}
        *before, fragment = re.split(r"\s+", found["words"])
        names = self._names(found["magic"], before, fragment)
        return {
            "completions": [
                SimpleCompletion(name, type="argument")
                for name in dict.fromkeys(names)
                if _is_offered(name, fragment)
            ],
            "suppress": True,
            "ordered": True,  # the newest job first
            "matched_fragment": fragment,
        }

    def _is_python(self, found: re.Match[str]) -> bool:
        """Whether it is an expression: without ``%``, a variable goes before the magic."""
        is_variable = found["magic"] in self._magics.shell.user_ns
        return not found["sign"] and (is_variable or bool(_PYTHON.match(found["words"])))

    def _names(self, magic: str, before: list[str], fragment: str) -> Iterable[str]:
        parser = _PARSERS[magic]()
        if magic == "ma_viz" and before and not before[0].startswith("-"):
            name, *before = before
            if name not in viz_command.SUBCOMMANDS:
                return []
            magic, parser = f"ma_viz {name}", viz_command.SUBCOMMANDS[name].parser()
        if fragment.startswith("-"):
            return parser.flags
        words = parser.positional(before)
        if before and before[-1] in log_flags.FILE and words:
            return self._asked(self._files, *words[:2])
        if before and "=" not in before[-1] and parser.takes_value(before[-1]):
            return parser.values_of(before[-1])
        if magic == "ma_viz" and before:  # a flag of the panel, which has no words
            return []
        return self._words(magic, words)

    def _words(self, magic: str, words: list[str]) -> Iterable[str]:
        """What can follow some words that are neither flags nor their values."""
        if magic == "ma_log" and len(words) == 1:
            return self._asked(self._versions, words[0])
        if magic == "ma_viz scalars" and words:
            versions = self._asked(self._versions, words[-1])
            return [*versions, *self._variables(_holds_job), *self._asked(self._jobs)]
        if words or magic == "ma_viz list":
            return []
        if magic in _FIRST_WORDS:
            return _FIRST_WORDS[magic]
        if magic in _OF_TRAINING_JOBS:
            return [*self._variables(_holds_job), *self._asked(self._jobs)]
        return [*self._variables(_holds_visualization), *self._asked(self._visualizations)]

    def _asked(self, ask: Callable[..., list[str]], word: str = "", *words: str) -> list[str]:
        """Ask the service, or remember; a service in trouble has no completions."""
        if self._magics.context.session is not self._session:
            self._session = self._magics.context.session
            self._known.clear()
        try:
            job = JobArgument.parse(word, self._magics.shell.user_ns)
        except ModelArtsError:
            return []
        key = (ask.__name__, job.meant, *words)
        moment, names = self._known.get(key, (0.0, []))
        if not moment or time.monotonic() - moment >= _REMEMBERED:
            names = _within(self._deadline, partial(ask, job, *words))
            self._known[key] = (time.monotonic(), names)
        return names

    def _variables(self, is_wanted: Callable[[object], bool]) -> list[str]:
        variables = self._magics.shell.user_ns
        return [
            name
            for name, value in variables.items()
            if not name.startswith("_") and is_wanted(value)
        ]

    def _session_of(self, job: JobArgument) -> Session:
        session: Session = self._magics.context.quick_session(self._deadline, job.session)
        return session

    def _training(self, job: JobArgument) -> JobApi:
        jobs = self._session_of(job).jobs
        return jobs.for_follower(Reader(), deadline=self._deadline)

    def _jobs(self, job: JobArgument) -> list[str]:
        jobs = self._training(job).list()
        return _words_for((job.name, job.ref.job) for job in jobs)

    def _visualizations(self, job: JobArgument) -> list[str]:
        api = self._session_of(job).visualizations
        quick = api.for_follower(Reader(), deadline=self._deadline)
        jobs = quick.list(VisualizationQuery()).items
        return _words_for((one.name, one.job_id) for one in jobs)

    def _versions(self, job: JobArgument) -> list[str]:
        return list(self._training(job).versions(job.meant))

    def _files(self, job: JobArgument, version: str | None = None) -> list[str]:
        jobs = self._training(job)
        return list(jobs.log_files(jobs.find(job.meant, version).ref))


def _words_for(jobs: Iterable[tuple[str, str]]) -> list[str]:
    """Names, then ids, then both with a word that says which; the order of the jobs each time."""
    return [*chain.from_iterable(zip(*(words_for(*job) for job in jobs)))]


def _is_offered(name: str, fragment: str) -> bool:
    """Words that say which are offered to whoever begins one, and where a name needs one."""
    is_exact = Meant.by(name).text != name
    is_needed = name.startswith("name:") and Meant.by(name).text.isdecimal()
    return name.startswith(fragment) and (not is_exact or is_needed or ":" in fragment)


def _within(seconds: float, ask: Callable[[], list[str]]) -> list[str]:
    """What is answered within some seconds; the deadline of a request is not that of a look-up."""
    try:
        return call(ask, limit=seconds)
    except (ModelArtsError, TimeoutError):
        return []


def _holds_job(value: object) -> bool:
    return _has(value, "job_id") and kind_of(value) is JobKind.TRAINING


def _holds_visualization(value: object) -> bool:
    return _has(value, "visualization_id")


def _has(value: object, name: str) -> bool:
    try:
        return isinstance(getattr(value, name, None), str)
    except Exception:  # noqa: BLE001  # the user's object, which nobody asked to be looked at
        return False
