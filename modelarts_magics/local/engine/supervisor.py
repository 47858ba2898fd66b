"""Programs under the shim of ``shim.py``: started, awaited and ended without blocking."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..surroundings import child_environment

_RUNNER = str(Path(__file__).with_name("shim.py"))
_POLL = 0.05
_SHIM_DELAY = 20.0  # seconds beyond the grace after which a shim that was told to end is killed


class CannotStart(Exception):
    """The program could not be started; the text says why."""


@dataclass(frozen=True)
class Program:
    """What to run, in the words of the shim's JSON line."""

    argv: tuple[str, ...]
    cwd: str
    env: dict[str, str]
    output: str
    grace: float = 5.0


class RunningProgram:
    """A program that was started; its methods may be called at any time and more than once.

    Args:
        pid: of the program, and of its process group.
        shim: what watches it.
        grace: seconds between SIGTERM and SIGKILL.
    """

    def __init__(self, pid: int, shim: _Shim, grace: float) -> None:
        self.pid = pid
        self._shim = shim
        self._grace = grace
        self._kill_timer: asyncio.TimerHandle | None = None
        self._exit = asyncio.ensure_future(self._outcome())

    async def wait(self) -> int:
        """Wait until no process of it is left; minus the signal number when one ended it."""
        return await asyncio.shield(self._exit)

    async def ends_within(self, seconds: float) -> bool:
        """Wait for the end, but not longer than that; returns whether it came."""
        done, _ = await asyncio.wait([self._exit], timeout=seconds)
        return bool(done)

    def stop(self) -> None:
        """Begin to end it; ``wait`` tells when that is done."""
        if self._kill_timer or self._exit.done():
            return
        self._shim.input.close()
        loop = asyncio.get_running_loop()
        self._kill_timer = loop.call_later(self._grace + _SHIM_DELAY, self._shim.kill)

    async def _outcome(self) -> int:
        report = await self._shim.report()
        await self._shim.wait()
        if self._kill_timer:
            self._kill_timer.cancel()
        if report.get("exit") is not None:
            return int(report["exit"])
        await self._end_group()
        return -signal.SIGKILL

    async def _end_group(self) -> None:
        """The shim was killed: do its work from here."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGKILL):
            limit = loop.time() + self._grace
            exists = _signal_group(self.pid, number)
            while exists and loop.time() < limit:
                await asyncio.sleep(_POLL)
                exists = _signal_group(self.pid, 0)


async def launch(program: Program) -> RunningProgram:
    """Start a program.

    Raises:
        CannotStart: it does not exist, may not be run, or its folder is missing.
    """
    shim = await _Shim.start(program.output)
    await shim.tell(vars(program))
    report = await shim.report()
    if "pid" in report:
        return RunningProgram(report["pid"], shim, program.grace)
    await shim.wait()
    raise CannotStart(report.get("error", "its supervisor ended"))


def _signal_group(group: int, number: int) -> bool:
    """Whether there still was such a group."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


class _Shim:
    """The process of ``shim.py``."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        input: asyncio.StreamWriter,
        output: asyncio.StreamReader,
    ) -> None:
        self._process = process
        self.input = input
        self._output = output

    @classmethod
    async def start(cls, errors: str) -> _Shim:
        """Start it in a session of its own, so that Ctrl-C in a terminal does not reach it."""
        with open(errors, "ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", _RUNNER),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
                env=child_environment(),
                start_new_session=True,
            )
        if process.stdin is None or process.stdout is None:
            raise CannotStart("its supervisor has no pipes")
        return cls(process, process.stdin, process.stdout)

    async def tell(self, message: dict[str, Any]) -> None:
        try:
            self.input.write(json.dumps(message).encode() + b"\n")
            await self.input.drain()
        except ConnectionError:
            return  # it died; that it reports nothing tells the same

    async def report(self) -> dict[str, Any]:
        """Its next line; empty when there is none."""
        line = await self._output.readline()
        report: dict[str, Any] = json.loads(line) if line.endswith(b"\n") else {}
        return report

    async def wait(self) -> None:
        await self._process.wait()
        self.input.close()

    def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
