"""Regular expressions of users, which may take for ever: matched in a process, for a second.

Python's ``re`` tries every way to match, and holds the interpreter's lock meanwhile: with
``(\\w+\\s?)+$`` it stops a kernel at a line of 30 characters, no thread goes on, no interrupt
arrives. Of the ways out,

* an engine that takes linear time (RE2) is a compiled package, which a machine may not have, and
  speaks another language: what one is used to, such as a look-ahead, fails or means something else;
* a thread is no help;
* a process can be ended. It needs no package and matches as ``re`` does; it costs some 30 ms when
  it starts and 0.1 ms for a question, however many lines that has.

So there is one process for all patterns of a kernel. It starts with the first pattern that is more
than plain text, ends when nobody has asked for a while or the kernel is gone, and is ended when an
answer takes too long.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ...core import config
from ...core.cancellation import call
from ...core.errors import InvalidArgumentError
from ...core.i18n import _

_LIMIT = 1.0  # seconds for an answer
_START_TIME = 10.0  # seconds
_PROGRAM = Path(__file__).with_name("pattern_process.py")
# What Python itself may need to start: the rest may hold keys.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
_PLAIN = re.compile(r"[\w\s/,:;=<>@%&~'\"-]*")  # characters that stand for themselves


@dataclass(frozen=True)
class Pattern:
    """What a user looks for in lines or names.

    Args:
        text: a regular expression of Python's ``re``, or plain text.
        is_exact: upper and lower case differ.
    """

    text: str
    is_regexp: bool = True
    is_exact: bool = False

    @property
    def problem(self) -> str:
        """Why it is no regular expression; errors as those of :meth:`matching`, but for that."""
        answer = "" if self._is_plain else _answer(self.text, self._flags, (), ())
        return answer if isinstance(answer, str) else ""

    def matching(self, lines: Sequence[str]) -> Sequence[bool]:
        """Whether it is found in each of some lines.

        Raises:
            InvalidArgumentError: it is no regular expression, or takes too long.
        """
        if self._is_plain:
            found = re.compile(re.escape(self.text), self._flags)
            return [found.search(line) is not None for line in lines]
        return [found is not None for found in self.groups(lines, ())]

    def groups(
        self, lines: Sequence[str], groups: Sequence[int | str]
    ) -> Sequence[Sequence[str | None] | None]:
        """What groups matched where it is found first in each of some lines; ``None`` where not.

        Args:
            groups: their names or numbers.

        Raises:
            InvalidArgumentError: it is no regular expression, has no such group, or takes too long.
        """
        answer = _answer(self.text, self._flags, lines, groups)
        if isinstance(answer, str):
            raise InvalidArgumentError(_("Not a regular expression: {reason}", reason=answer))
        return answer

    @property
    def _is_plain(self) -> bool:
        return not self.is_regexp or bool(_PLAIN.fullmatch(self.text))

    @property
    def _flags(self) -> int:
        return 0 if self.is_exact else int(re.IGNORECASE)


def close() -> None:
    """End the process; the next pattern starts another one."""
    with _lock:
        _end()


class _Process:
    """Answers one question after the other, as long as nobody wants it ended."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: value for name in _PASSED_ON if (value := config.environment(name))},
            start_new_session=True,  # Ctrl-C is for the kernel
        )
        call(partial(self._ask, b"\n"), _START_TIME)

    def ask(self, question: bytes) -> bytes:
        """The answer, empty when the process has ended by itself.

        Raises:
            TimeoutError: there was none in time. The process has to be ended then, as after any
                other error: its answer would be taken for that to the next question.
        """
        return call(partial(self._ask, question), _LIMIT)

    def _ask(self, question: bytes) -> bytes:
        pipes = self._process
        assert pipes.stdin is not None  # noqa: S101
        assert pipes.stdout is not None  # noqa: S101
        try:
            pipes.stdin.write(question)
            pipes.stdin.flush()
            return pipes.stdout.readline()
        except OSError:  # it has ended
            return b""

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


_lock = threading.Lock()
_process: _Process | None = None


def _answer(
    pattern: str, flags: int, lines: Sequence[str], groups: Sequence[int | str]
) -> list[list[str | None] | None] | str:
    """What the groups matched in each line, or why the pattern is none."""
    question = json.dumps([pattern, flags, list(lines), list(groups)]).encode() + b"\n"
    try:
        with _lock:
            answer: list[list[str | None] | None] | str = json.loads(_asked(question))
            return answer
    except TimeoutError:
        raise InvalidArgumentError(
            _("The regular expression {pattern} takes too long", pattern=pattern),
            _("Repeat nothing that repeats itself, as in (a+)+, or look for plain text"),
        ) from None
    except (OSError, ValueError) as error:
        raise InvalidArgumentError(
            _("Nothing can be looked for by a regular expression here: {error}", error=error),
            _("Look for plain text"),
        ) from None


def _asked(question: bytes) -> bytes:
    """Ask the process, or another one if that has ended since it was asked last."""
    global _process  # noqa: PLW0603  # one for all patterns of a kernel
    try:
        if _process is not None and (answer := _process.ask(question)):
            return answer
        _end()
        _process = _Process()
        return _process.ask(question)
    except BaseException:
        _end()
        raise


def _end() -> None:
    global _process  # noqa: PLW0603
    if _process is not None:
        _process.end()
    _process = None


def _begin_in_child() -> None:
    """A forked child must not talk into its parent's pipes, nor wait for its threads."""
    global _lock, _process
    _lock, _process = threading.Lock(), None


atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_in_child)
