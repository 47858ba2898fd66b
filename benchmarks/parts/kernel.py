"""A real kernel without a front end."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable

import psutil
from jupyter_client.manager import KernelManager, start_new_kernel
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

REPOSITORY = Path(__file__).resolve().parents[2]

# What a cell says first: our package, a job of the service, and a panel as the magic makes one.
OPEN_PANEL = """
from modelarts_magics.core.api.v1 import rules
from modelarts_magics.core.api.v1.logs import ByteEndpoint
from modelarts_magics.core.http.rate_limit import RateLimit
from modelarts_magics.estimator import Estimator
from modelarts_magics.notebook.log.panel import LogPanel
from modelarts_magics.session import Session

def open_panel(url, *, slice_length=2048, is_limited=True, view="auto"):
    ByteEndpoint.longest_slice = rules.LONGEST_SLICE = slice_length
    Session.set_endpoint(modelarts_endpoint=url)
    session = Session(access_key="a", secret_key="s", project_id="p", region_name="r")
    if not is_limited:
        session.client.transport.limiter = RateLimit(float("inf"))
    job = Estimator(session, job_id="1", version_id="2")
    panel = LogPanel(job, tail=None, view=view)
    panel.show()
    return panel
"""


class Kernel:
    """Runs code, and tells what it prints as JSON."""

    def __init__(self, client: Any, pid: int) -> None:
        self._client = client
        self.process = psutil.Process(pid)

    def run(self, code: str, timeout: float = 120.0) -> Any:
        """The last JSON line that some code prints; ``None`` without one."""
        printed: list[str] = []

        def heard(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
                printed.append(message["content"]["text"])

        self.watch(code, heard, timeout)
        lines = "".join(printed).splitlines()
        return json.loads(lines[-1]) if lines else None

    def watch(
        self, code: str, heard: Callable[[dict[str, Any]], None], timeout: float = 120.0
    ) -> None:
        """Run some code as a cell; hear each message that tells of it, as it comes."""
        reply = self._client.execute_interactive(code, timeout=timeout, output_hook=heard)
        if reply["content"]["status"] != "ok":
            raise SystemExit("\n".join(reply["content"]["traceback"]))

    @property
    def memory(self) -> int:
        """Resident bytes."""
        return int(self.process.memory_info().rss)

    @property
    def cpu_seconds(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def running() -> Iterator[Kernel]:
    os.environ["NO_PROXY"] = "127.0.0.1"
    manager, client = start_new_kernel(cwd=str(REPOSITORY))
    try:
        yield Kernel(client, _pid(manager))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _pid(manager: KernelManager) -> int:
    provisioner = manager.provisioner
    assert isinstance(provisioner, LocalProvisioner)
    assert provisioner.pid is not None
    return provisioner.pid
