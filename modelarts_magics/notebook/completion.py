"""Completion by Tab: flags, job names, versions and log files, and nothing else beside them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Any, Callable

from IPython.core.completer import CompletionContext, SimpleCompletion

from ..core.client import Client
from ..core.errors import ModelArtsError
from ..core.runs import find_job_id, find_version, recent_jobs
from . import log_command, session_command
from .arguments import MagicParser

_MAGIC = re.compile(r"^\s*%?(?P<magic>ma_\w+)\s+(?P<words>.*)$", re.DOTALL)
_REMEMBERED = 10.0  # seconds
_DEADLINE = 2.0  # seconds that a Tab may take

_PARSERS: dict[str, Callable[[], MagicParser]] = {
    "ma_log": log_command.parser,
    "ma_session": session_command.parser,
}


class Completion:
    """Completes the lines of our magics; answers of the service are remembered for a moment.

    Args:
        magics: has ``shell``, and ``context``, made when it is used.
    """

    def __init__(self, magics: Any) -> None:
        self._magics = magics
        self._known: dict[tuple[str, ...], tuple[float, list[str]]] = {}

    def complete(self, context: CompletionContext) -> dict[str, Any]:
        """What fits before the cursor, in the form of IPython's matchers."""
        found = _MAGIC.match(context.text_until_cursor.rpartition("\n")[2])
        if not found or found["magic"] not in _PARSERS:
            return {"completions": []}
        *before, fragment = re.split(r"\s+", found["words"])
        names = self._names(found["magic"], before, fragment)
        return {
            "completions": [
                SimpleCompletion(name, type="argument")
                for name in dict.fromkeys(names)
                if name.startswith(fragment)
            ],
            "suppress": True,
            "matched_fragment": fragment,
        }

    def _names(self, magic: str, before: list[str], fragment: str) -> Iterable[str]:
        if fragment.startswith("-"):
            return _PARSERS[magic]().flags
        if magic == "ma_session":
            return [] if before else session_command.ACTIONS
        if before and before[-1] == "--file":
            return self._asked("files", self._files, before[0])
        if before and before[-1].startswith("--"):
            return []
        if not before:
            return [*self._job_variables(), *self._asked("jobs", self._jobs)]
        return self._asked("versions", self._versions, before[0]) if len(before) == 1 else []

    def _asked(self, kind: str, ask: Callable[..., list[str]], *words: str) -> list[str]:
        """Ask the service, or remember; a service in trouble has no completions."""
        key = (kind, *words)
        moment, names = self._known.get(key, (0.0, []))
        if time.monotonic() - moment < _REMEMBERED:
            return names
        try:
            names = ask(*words)
        except ModelArtsError:
            return []
        self._known[key] = (time.monotonic(), names)
        return names

    def _job_variables(self) -> list[str]:
        variables = self._magics.shell.user_ns
        return [
            name
            for name, value in variables.items()
            if not name.startswith("_") and getattr(value, "version_id", None)
        ]

    def _client(self) -> Client:
        client: Client = self._magics.context.quick_client(_DEADLINE)
        return client

    def _jobs(self) -> list[str]:
        jobs = recent_jobs(self._client())
        return [job.job_name for job in jobs] + [job.job_id for job in jobs]

    def _versions(self, job: str) -> list[str]:
        client = self._client()
        page = client.list_versions(find_job_id(client, job))
        return [version.version_name for version in page.versions]

    def _files(self, job: str) -> list[str]:
        client = self._client()
        version = find_version(client, find_job_id(client, job), None)
        return list(client.list_log_files(version.job_id, version.version_id).names)
