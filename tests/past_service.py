"""An embedded service whose clock can be set: what it did long ago is there now."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import requests

from modelarts_magics.core.auth.signing import SignatureAuth
from modelarts_magics.local.service import Service

DAY = 86_400.0  # seconds
_TIME_LIMIT = 60.0  # seconds


class PastService:
    """A service in a thread of this process.

    Attributes:
        ago: how many seconds its time lies behind that of everybody else.
    """

    def __init__(self, ago: float) -> None:
        self.ago = ago
        self.address: dict[str, str] = {}

    def clock(self) -> float:
        return time.time() - self.ago

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A call of API v2, signed in the time of the service."""
        keys = json.loads(Path(self.address["credentials_file"]).read_text("utf-8"))
        now = lambda: datetime.fromtimestamp(self.clock(), timezone.utc)  # noqa: E731
        auth = SignatureAuth(keys["access_key"], keys["secret_key"], now=now)
        url = f"{self.address['endpoint']}/v2/{self.address['project_id']}{path}"
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, url, json=body, auth=auth, timeout=_TIME_LIMIT)
            assert answer.ok, answer.text
            return answer.json()

    def made(self, body: Any, phase: str) -> str:
        """Make a job and wait for a phase of it; its id."""
        job_id: str = self.call("POST", "/training-jobs", body)["metadata"]["id"]
        self.until_phase(job_id, phase)
        return job_id

    def until_phase(self, job_id: str, phase: str) -> None:
        give_up = time.monotonic() + _TIME_LIMIT
        while self.call("GET", f"/training-jobs/{job_id}")["status"]["phase"] != phase:
            assert time.monotonic() < give_up
            time.sleep(0.05)


@contextmanager
def running(root: Path, ago: float) -> Iterator[PastService]:
    """A service whose time begins so many seconds ago."""
    past, is_up = PastService(ago), threading.Event()
    loop = asyncio.new_event_loop()
    is_over = asyncio.Event()

    async def run() -> None:
        service = Service(root, clock=past.clock, heartbeat=0.05)
        past.address = await service.start()
        is_up.set()
        try:
            await is_over.wait()
        finally:
            await service.stop()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    try:
        assert is_up.wait(_TIME_LIMIT)
        yield past
    finally:
        loop.call_soon_threadsafe(is_over.set)
        thread.join()
        loop.close()
