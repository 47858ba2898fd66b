"""Runs one program in a process group of its own, and ends all of it when standard input ends.

This is a script, not a module to import: the service starts it by path, with an isolated
interpreter that imports nothing but the standard library. It reads one JSON line::

    {"argv": [...], "cwd": "/dir", "env": {...}, "output": "/dir/file", "grace": 5.0}

and writes ``{"pid": 123}`` when the program runs, then ``{"exit": 0}`` when nothing of it is left
(minus the signal number when one ended it), or only ``{"error": "why"}`` when it cannot be started.

Standard input reaches its end when the service closes it and also when the service dies in
whatever way, so a stop and a crash are the same thing here: SIGTERM, a grace, SIGKILL.

The program starts with every signal at its default: that a shell or nohup made the service ignore
some was not chosen by the program, which otherwise could not be interrupted by its own tools.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from typing import Any

_STDIN, _STDOUT = 0, 1
_PR_SET_CHILD_SUBREAPER = 36
_IGNORED_BY_PYTHON = {signal.SIGPIPE, getattr(signal, "SIGXFSZ", None)}  # restored by Popen
_AFTER_KILL = 5.0  # a process in an uninterruptible wait may outlive even SIGKILL
_POLL = 0.05


class _Program:
    """The program's process group, and what was adopted from it."""

    def __init__(self, spec: dict[str, Any]) -> None:
        with open(spec["output"], "ab") as output:
            leader = subprocess.Popen(
                spec["argv"],
                cwd=spec["cwd"],
                env=spec["env"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = leader.pid
        self.exit: int | None = None
        self._leader = leader

    def is_alive(self) -> bool:
        """Whether any process of it is left; collects those that ended."""
        return self._collect() or self._group_exists()

    def signal(self, number: int) -> None:
        """Once to each: a second SIGTERM could kill what is just ending as the first one asked."""
        for pid in _children():
            if _group_of(pid) != self.pid:
                _quietly(os.kill, pid, number)
        _quietly(os.killpg, self.pid, number)

    def end(self, grace: float) -> None:
        """Ask what is left to end, wait for ``grace`` seconds, then kill."""
        if not self.is_alive():
            return
        self.signal(signal.SIGTERM)
        give_up = time.monotonic() + grace
        while self.is_alive() and time.monotonic() < give_up:
            time.sleep(_POLL)
        give_up = time.monotonic() + _AFTER_KILL
        while self.is_alive() and time.monotonic() < give_up:
            self.signal(signal.SIGKILL)
            time.sleep(_POLL)

    def _collect(self) -> bool:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.pid:
                self.exit = self._leader.returncode = os.waitstatus_to_exitcode(status)

    def _group_exists(self) -> bool:
        try:
            os.killpg(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:  # macOS says so of a group in which only zombies are left
            return False
        return True


def main() -> None:
    line = sys.stdin.readline()
    if not line:
        return
    spec = json.loads(line)
    _forget_inherited_signals()
    _adopt_orphans()
    wake = _wake_on(signal.SIGCHLD, signal.SIGTERM)
    try:
        program = _Program(spec)
    except (OSError, ValueError) as error:
        _say(error=str(error))
        return
    _say(pid=program.pid)
    _until_exit_or_end_of_input(program, wake)
    program.end(spec["grace"])
    _say(exit=program.exit)


def _until_exit_or_end_of_input(program: _Program, wake: int) -> None:
    while program.exit is None:
        ready, _, _ = select.select([_STDIN, wake], [], [])
        if _STDIN in ready and not os.read(_STDIN, 1024):
            return
        if wake in ready and signal.SIGTERM in os.read(wake, 1024):
            return
        program.is_alive()


def _forget_inherited_signals() -> None:
    """Neither ignore nor block what was ignored or blocked where the service was started."""
    for number in signal.valid_signals() - _IGNORED_BY_PYTHON:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _adopt_orphans() -> None:
    """On Linux, become the parent of what the program leaves behind, even in other sessions."""
    if sys.platform != "linux":
        return
    try:
        import ctypes  # noqa: PLC0415  # not every build of Python has it

        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        return


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as children:
            return [int(pid) for pid in children.read().split()]
    except OSError:
        return []  # not Linux: the process group is all that is known


def _group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except OSError:
        return 0  # it has ended meanwhile


def _wake_on(*signals: int) -> int:
    """Make signals readable: their numbers arrive as bytes on the returned descriptor."""
    reader, writer = os.pipe()
    for end in (reader, writer):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(writer)
    for number in signals:
        signal.signal(number, lambda *_: None)
    return reader


def _quietly(send: Any, target: int, number: int) -> None:
    try:
        send(target, number)
    except (ProcessLookupError, PermissionError):
        return


def _say(**message: Any) -> None:
    try:
        os.write(_STDOUT, json.dumps(message).encode() + b"\n")
    except OSError:
        return  # the service is gone; what is left to do does not depend on it


if __name__ == "__main__":
    main()
