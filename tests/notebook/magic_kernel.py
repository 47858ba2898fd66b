"""A real Jupyter kernel, driven as a front end does."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

import isolation
from jupyter_client.manager import KernelManager
from kernel_client import close

_TIME_LIMIT = 180.0  # seconds until a kernel counts as hung


@dataclass
class KernelCell:
    """A cell that has run, as the messages tell it."""

    reply: dict[str, Any] = field(default_factory=dict)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    prompts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return self.reply["status"] == "error"

    @property
    def displays(self) -> list[dict[str, Any]]:
        return [o["data"] for o in self.outputs if "data" in o]

    @property
    def errors(self) -> list[dict[str, Any]]:
        return [o for o in self.outputs if "traceback" in o]

    @property
    def printed(self) -> str:
        return "".join(o["text"] for o in self.outputs if "text" in o)

    @property
    def mistake(self) -> str:
        """The one line of a failed cell."""
        assert self.failed, self.outputs
        [error] = self.errors
        assert self.reply["traceback"] == error["traceback"]
        [line] = error["traceback"]
        assert "\n" not in line
        return line


# A kernel whose user has unloaded the extension and gone to another folder.
_ANEW = """
%unload_ext modelarts_magics
import os
os.environ.clear()
os.environ.update({environment})
os.chdir({home})
%reset -f
%load_ext modelarts_magics
"""


class Kernel:
    """A kernel process with its own home."""

    def __init__(self, home: Path, more: dict[str, str] | None = None) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(
            env={**isolation.environment(home), **(more or {})}, cwd=str(home)
        )
        self.client = self.manager.client()
        try:
            self.client.start_channels()
            self.client.wait_for_ready(timeout=_TIME_LIMIT)
            self.run(isolation.GUARD)
            self.run("%load_ext modelarts_magics")
        except BaseException:
            self.close()
            raise

    def begin_anew(self, home: Path, more: dict[str, str]) -> None:
        """Make it as good as one that was just started, with this environment, in this home."""
        home.mkdir()
        names = {**isolation.environment(home), **more}
        cell = self.run(_ANEW.format(environment=repr(names), home=repr(str(home))))
        assert not cell.failed, cell.outputs

    def run(
        self,
        code: str,
        answers: Sequence[str] = (),
        allow_stdin: bool = True,
        interrupt_when: threading.Event | None = None,
        interrupt_at: str = "",
        when_asked: Callable[[], None] | None = None,
        cell_id: str = "",
    ) -> KernelCell:
        """Run a cell to its end, answering its prompts.

        Args:
            interrupt_when: interrupt it once this is set.
            interrupt_at: interrupt it once it has printed this.
            when_asked: called at a prompt that has no answer.
            cell_id: of the cell, as JupyterLab tells it; other front ends tell none.
        """
        cell = KernelCell()
        asked = self._execute(code, allow_stdin, cell_id)
        to_interrupt = interrupt_when is not None or bool(interrupt_at)
        waiting = list(answers)
        end = time.monotonic() + _TIME_LIMIT
        while True:
            assert time.monotonic() < end, f"the cell does not end: {cell}"
            if allow_stdin and self.client.stdin_channel.msg_ready():
                cell.prompts.append(self.client.get_stdin_msg(timeout=1)["content"])
                if waiting:
                    self.client.input(waiting.pop(0))
                elif when_asked:
                    when_asked()
            is_reached = interrupt_when is not None and interrupt_when.is_set()
            if to_interrupt and (is_reached or (interrupt_at and interrupt_at in cell.printed)):
                self.manager.interrupt_kernel()
                to_interrupt = False
            try:
                message = self.client.get_iopub_msg(timeout=0.05)
            except queue.Empty:
                continue
            if message["parent_header"].get("msg_id") != asked:
                continue
            content = message["content"]
            if message["msg_type"] == "status" and content["execution_state"] == "idle":
                break
            if message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
                cell.outputs.append(content)
        assert waiting == [], f"never asked for: {len(waiting)}"
        cell.reply = self._reply(asked)
        return cell

    def begin(self, code: str, cell_id: str = "") -> str:
        """Start a cell; the id of its request."""
        return self._execute(code, False, cell_id)

    def _execute(self, code: str, allow_stdin: bool, cell_id: str) -> str:
        # After an error a kernel would throw away for a moment what it is asked next.
        if not cell_id:
            return str(self.client.execute(code, allow_stdin=allow_stdin, stop_on_error=False))
        content = {  # older kernels want each of them
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": allow_stdin,
            "stop_on_error": False,
        }
        metadata = {"cellId": cell_id}
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def complete(self, code: str) -> dict[str, Any]:
        return self._reply(self.client.complete(code, len(code)))

    def kill(self) -> None:
        """SIGKILL: the kernel has no time to clean up."""
        self.manager.provisioner.process.kill()  # type: ignore[union-attr]

    def _reply(self, asked: str) -> dict[str, Any]:
        while True:
            reply = self.client.get_shell_msg(timeout=_TIME_LIMIT)
            if reply["parent_header"].get("msg_id") == asked:
                return reply["content"]

    def close(self) -> None:
        close(self.client)
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=False)
        self.manager.cleanup_resources()
