"""What a visualization job runs: one TensorBoard, found by the address that it prints."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from ..storage.obs import Obs
from ..storage.records import Ending, JobSpec, NewJob, StoredJob, TaskRecord
from ..surroundings import child_environment
from .jobs import Exits, Verdict
from .supervisor import CannotStart, Program, RunningProgram

STARTUP = 120.0  # seconds; the first import on a cold and busy machine is slow
_LOG = "tensorboard.log"
_POLL = 0.1
_HEAD = 256 * 1024  # bytes of its output in which its address is
_TAIL = 4096  # bytes of its output that explain why it ended
_ADDRESS = re.compile(rb"^TensorBoard \S+ at http://127\.0\.0\.1:([0-9]+)/", re.MULTILINE)


class TensorBoardWork:
    """See ``Work``.

    Args:
        obs: where the event files are.
    """

    quota = 16

    def __init__(self, obs: Obs) -> None:
        self._obs = obs

    def check(self, spec: JobSpec) -> None:
        self._obs.locate(spec.input)

    def tasks(self, _new: NewJob) -> list[TaskRecord]:
        return [TaskRecord("worker-0", _LOG)]

    def programs(self, job: StoredJob, folder: Path) -> list[Program]:
        """A TensorBoard on a free port of this machine."""
        (folder / _LOG).write_bytes(b"")
        logdir = self._obs.locate(job.spec.input)
        if find_spec("tensorboard") is None:
            raise CannotStart('TensorBoard is not installed: pip install "modelarts-magics[local]"')
        program = Program(
            argv=(
                *(sys.executable, "-m", "tensorboard.main"),
                *("--logdir", str(logdir)),
                *("--host", "127.0.0.1"),
                *("--port", "0"),
            ),
            cwd=str(folder),
            env=child_environment(PYTHONUNBUFFERED="1"),
            output=str(folder / _LOG),
        )
        return [program]

    async def ready(self, programs: Sequence[RunningProgram], folder: Path) -> str | None:
        """Wait until it answers.

        Raises:
            CannotStart: it took too long.
        """
        loop = asyncio.get_running_loop()
        give_up = loop.time() + STARTUP
        while loop.time() < give_up:
            url = _address(folder / _LOG)
            if url and await _answers(url):
                return url
            if await programs[0].ends_within(_POLL):
                return None
        raise CannotStart(f"TensorBoard did not answer within {STARTUP:.0f} seconds.")

    async def verdict(self, _job: StoredJob, folder: Path, exits: Exits) -> Verdict:
        """It is not meant to end by itself: why it did, with the end of its output."""
        if exits.is_stopped:
            return Verdict(Ending.STOPPED, None, [""] * len(exits.codes))
        ending = Ending.FAILED if exits.error is None else Ending.NOT_STARTED
        why = exits.error or f"TensorBoard ended with exit code {exits.codes[0]}."
        reason = f"{why}\n{_last_words(folder / _LOG)}".strip()
        return Verdict(ending, reason, [reason] * len(exits.codes))


def _last_words(path: Path) -> str:
    try:
        with open(path, "rb") as output:
            output.seek(max(0, output.seek(0, os.SEEK_END) - _TAIL))
            return output.read(_TAIL).decode(errors="replace").strip()
    except OSError:  # most likely why it could not be started
        return ""


def _address(path: Path) -> str | None:
    """It chooses a free port by itself and prints it: nobody can take that port in between."""
    with open(path, "rb") as output:
        found = _ADDRESS.search(output.read(_HEAD))
    return f"http://127.0.0.1:{int(found[1])}/" if found else None


async def _answers(url: str) -> bool:
    request = HTTPRequest(url, request_timeout=5, follow_redirects=False)
    try:
        response = await AsyncHTTPClient().fetch(request, raise_error=False)
    except (OSError, HTTPClientError):
        return False
    return response.code == 200
