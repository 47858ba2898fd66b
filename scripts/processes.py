"""Child processes that end when we say so."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

_GRACE = 10.0  # seconds between asking a process to end and killing its group


class NotRunning(Exception):
    """A process that should be there has ended, or does not answer."""


class Stopped(Exception):
    """The user asked for the end while things were still starting."""


class StopSignals:
    """Remembers that somebody wants the end.

    The handler only sets a flag: an exception thrown from it could fall between the start of a
    process and the line that notes its id, and that process would stay.
    """

    def __init__(self) -> None:
        self.received = False

    def __call__(self) -> bool:
        return self.received

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._receive)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self.received = True


class Child:
    """A process in a session of its own, its output in a file.

    Ctrl-C in a terminal goes to every process of the foreground group; in sessions of their own
    they end when we say so, and JupyterLab does not ask whether we are sure.
    """

    def __init__(
        self, name: str, command: Sequence[str], environment: dict[str, str], log: Path
    ) -> None:
        self.name = name
        self.log = log
        with open(log, "wb", opener=_not_through_a_link) as output:
            self.process = subprocess.Popen(
                list(command),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise when the process has ended."""
        if self.process.poll() is not None:
            raise NotRunning(
                f"{self.name} ended with code {self.process.returncode}:\n{self.tail()}"
            )

    def tail(self) -> str:
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-15:])

    def ask_to_end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()

    def wait(self) -> None:
        try:
            self.process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _not_through_a_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o666)
