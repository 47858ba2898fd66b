"""Questions to a person, where there is one: nobody waits for an answer that cannot come."""

from __future__ import annotations

import getpass
import sys
from typing import Any, Callable

from ..panels.panel import is_kernel


class NobodyThere(Exception):
    """There is no terminal, or the front end has no way to ask."""


def ask(shell: Any, question: str) -> str:
    """Ask for a line.

    Raises:
        NobodyThere: nobody can answer.
    """
    return _asked(shell, lambda: input(question))


def ask_secret(shell: Any, question: str) -> str:
    """Ask for a line that is not shown while it is typed; errors as those of :func:`ask`."""
    return _asked(shell, lambda: getpass.getpass(question))  # a kernel replaces it per cell


def _asked(shell: Any, question: Callable[[], str]) -> str:
    """A kernel asks its front end; a shell has a terminal, or reads a file or a pipe."""
    if not is_kernel(shell) and not _is_terminal():
        raise NobodyThere
    try:
        return question().strip()
    except (EOFError, NotImplementedError):
        raise NobodyThere from None


def _is_terminal() -> bool:
    try:
        return sys.stdin is not None and sys.stdin.isatty()
    except ValueError:  # it is closed
        return False
