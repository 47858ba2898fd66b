"""One TensorBoard: started, found by the address that it prints, watched, ended."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from .supervisor import CannotStart, Program, RunningProgram, child_environment, launch

STARTUP = 120.0  # seconds; the first import on a cold and busy machine is slow
_POLL = 0.1
_HEAD = 256 * 1024  # bytes of its output in which its address is
_TAIL = 4096  # bytes of its output that explain why it ended
_ADDRESS = re.compile(rb"^TensorBoard \S+ at http://127\.0\.0\.1:([0-9]+)/", re.MULTILINE)


class TensorBoard:
    """A TensorBoard that was started; it answers when ``ready`` says so.

    Args:
        program: its process group.
        output: the file with what it prints.
    """

    def __init__(self, program: RunningProgram, output: Path) -> None:
        self._output = output
        self._program = program
        self._exit = asyncio.ensure_future(program.wait())
        self._is_late = False

    async def ready(self) -> str | None:
        """Wait until it answers; returns its URL, or ``None`` when it ended or took too long."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + STARTUP
        while not self._exit.done() and loop.time() < give_up:
            url = self._address()
            if url and await _answers(url):
                return url
            await asyncio.wait([self._exit], timeout=_POLL)
        self._is_late = not self._exit.done()
        return None

    async def outcome(self) -> str:
        """Wait until nothing of it is left; returns why it ended, with the end of its output."""
        code = await self._exit
        late = f"TensorBoard did not answer within {STARTUP:.0f} seconds."
        why = late if self._is_late else f"TensorBoard ended with exit code {code}."
        return f"{why}\n{self._last_words()}"

    def stop(self) -> None:
        self._program.stop()

    def _last_words(self) -> str:
        with open(self._output, "rb") as output:
            output.seek(max(0, output.seek(0, os.SEEK_END) - _TAIL))
            return output.read(_TAIL).decode(errors="replace").strip()

    def _address(self) -> str | None:
        """It chooses a free port by itself and prints it: nobody can take that port in between."""
        with open(self._output, "rb") as output:
            found = _ADDRESS.search(output.read(_HEAD))
        return f"http://127.0.0.1:{int(found[1])}/" if found else None


async def start_tensorboard(logdir: Path, output: Path) -> TensorBoard:
    """Start a TensorBoard on a free port of this machine.

    Raises:
        CannotStart: it is not installed, or the program cannot be run.
    """
    if find_spec("tensorboard") is None:
        raise CannotStart('TensorBoard is not installed: pip install "modelarts-magics[local]"')
    output.write_bytes(b"")
    program = Program(
        argv=(
            *(sys.executable, "-m", "tensorboard.main"),
            *("--logdir", str(logdir)),
            *("--host", "127.0.0.1"),
            *("--port", "0"),
        ),
        cwd=str(output.parent),
        env=child_environment(PYTHONUNBUFFERED="1"),
        output=str(output),
    )
    return TensorBoard(await launch(program), output)


async def _answers(url: str) -> bool:
    request = HTTPRequest(url, request_timeout=5, follow_redirects=False)
    try:
        response = await AsyncHTTPClient().fetch(request, raise_error=False)
    except (OSError, HTTPClientError):
        return False
    return response.code == 200
