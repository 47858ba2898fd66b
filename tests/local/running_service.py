"""A service in a process of its own, as a user starts it, and what the tests do with it."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TypeVar

import requests

from modelarts_magics.core.auth.signing import SignatureAuth
from modelarts_magics.local.service import Service

T = TypeVar("T")
TIME_LIMIT = 60.0  # seconds; far more than anything here takes
FINAL = {3, 5, 10, 11, 12, 13, 14}


def until(look: Callable[[], T], what: str = "it") -> T:
    """Poll until something is true; returns it."""
    give_up = time.monotonic() + TIME_LIMIT
    while not (found := look()):
        assert time.monotonic() < give_up, f"waited in vain for {what}"
        time.sleep(0.02)
    return found


class RunningService:
    """A service that answers; ``stop`` or ``kill`` ends it."""

    def __init__(
        self, root: Path, *arguments: str, port: int = 0, launcher: Sequence[str] = ()
    ) -> None:
        """``launcher`` is a command that runs the one that follows it, such as nohup."""
        self.root = root
        self.words = root.parent / f"{root.name}.words"
        command = [
            *launcher,
            sys.executable,
            "-W",
            "default",
            "-m",
            "modelarts_magics.local",
            "--root",
            str(root),
        ]
        with open(self.words, "ab") as words:
            self.process = subprocess.Popen(
                [*command, "--port", str(port), *arguments],
                stdout=subprocess.PIPE,
                stderr=words,
                text=True,
            )
        assert self.process.stdout
        self.first_line = self.process.stdout.readline()
        assert self.first_line, self.words.read_text()
        self.address = json.loads(self.first_line)
        self.endpoint = self.address["endpoint"]
        self.base = f"{self.endpoint}/v1/{self.address['project_id']}"
        self.credentials = json.loads(Path(self.address["credentials_file"]).read_text())
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.auth = self.signature()

    def signature(self) -> SignatureAuth:
        return SignatureAuth(self.credentials["access_key"], self.credentials["secret_key"])

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a signed request to a path below the project."""
        return self.session.request(method, self.base + path, timeout=TIME_LIMIT, **options)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return self.succeed("GET", path, params=query)

    def succeed(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer = self.call(method, path, **options)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert "error_code" not in body, answer.text
        return body

    def refuse(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """Send what is to be refused; returns the HTTP status and the code."""
        answer = self.call(method, path, **options)
        body = answer.json()
        assert body["is_success"] is False
        assert body["error_message"] == body["error_msg"] != ""
        assert answer.headers["X-request-id"]
        return answer.status_code, body["error_code"]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self._ended()

    def kill(self) -> None:
        self.process.kill()
        self._ended()

    def _ended(self) -> int:
        code = self.process.wait(TIME_LIMIT)
        self.session.close()
        if self.process.stdout:
            self.process.stdout.close()
        return code

    # ---- training -------------------------------------------------------------------------------

    def write_code(self, source: str, folder: str = "/bucket/code/") -> dict[str, Any]:
        """Put a program into a bucket; returns the config of a job that runs it."""
        code = self.root / "obs" / folder.strip("/")
        code.mkdir(parents=True, exist_ok=True)
        name = f"boot_{abs(hash(source))}.py"
        if not (code / name).exists():  # another job may be reading it just now
            (code / name).write_text(source, encoding="utf-8")
        return {
            "app_url": folder,
            "boot_file_url": folder + name,
            "engine_id": 1,
            "spec_id": 1,
            "worker_server_num": 1,
        }

    def train(self, name: str, source: str, **config: Any) -> Training:
        config = {**self.write_code(source), **config}
        body = {"job_name": name, "config": config}
        made = self.succeed("POST", "/training-jobs", json=body)
        return Training(self, made["job_id"], made["version_id"])


class Training:
    """A version of a training job."""

    def __init__(self, service: RunningService, job_id: Any, version_id: Any) -> None:
        self.service = service
        self.job_id, self.version_id = int(job_id), int(version_id)
        self.job_path = f"/training-jobs/{job_id}"
        self.path = f"{self.job_path}/versions/{version_id}"

    def info(self) -> dict[str, Any]:
        return self.service.get(self.path)

    def status(self) -> int:
        return int(self.info()["status"])

    def wait(self, *statuses: int) -> int:
        wanted = set(statuses) or FINAL
        return until(
            lambda: (status := self.status()) in wanted and status, f"{self.path} in {wanted}"
        )

    def log_files(self) -> list[str]:
        return self.service.get(self.path + "/log/file-names")["log_file_list"]

    def log(self, worker: int = 0) -> str:
        """The whole log by the documented loop; a character that was cut is read again."""
        log_file, text, position = self.log_files()[worker], "", 0
        while True:
            chunk = self.service.get(self.path + "/log", log_file=log_file, start_byte=position)
            whole = chunk["log"].rstrip("\N{REPLACEMENT CHARACTER}")
            if not whole:
                return text
            text += whole
            position += len(whole.encode())

    def has_logged(self, text: str) -> bool:
        newest = self.service.get(self.path + "/log", log_file=self.log_files()[0], start_byte=-1)
        return text in newest["log"]


@contextmanager
def running_service(
    root: Path, *arguments: str, port: int = 0, launcher: Sequence[str] = ()
) -> Iterator[RunningService]:
    service = RunningService(root, *arguments, port=port, launcher=launcher)
    try:
        yield service
    finally:
        service.stop() if service.process.poll() is None else service._ended()


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected does not."""
    state = _ps("-o", "stat=", "-p", str(pid)).strip()
    return bool(state) and not state.startswith("Z")


def descendants(pid: int) -> set[int]:
    parents = {}
    for line in _ps("-A", "-o", "pid=,ppid=").splitlines():
        child, parent = map(int, line.split())
        parents[child] = parent
    found: set[int] = set()
    while new := {child for child, parent in parents.items() if parent in {pid, *found}} - found:
        found |= new
    return found


def none_left(pids: set[int]) -> None:
    until(lambda: not any(map(is_alive, pids)), f"the end of {pids}")


def arguments_of(pid: int) -> str:
    return _ps("-o", "args=", "-p", str(pid))


def _ps(*arguments: str) -> str:
    return subprocess.run(["ps", *arguments], capture_output=True, text=True, check=False).stdout


class StartedService:
    """A service in this process; ``now`` is its time, in epoch seconds."""

    def __init__(self) -> None:
        self.now = time.time()
        self.address: dict[str, str] = {}

    def clock(self) -> float:
        return self.now

    def date(self) -> datetime:
        return datetime.fromtimestamp(self.now, timezone.utc)

    @property
    def endpoint(self) -> str:
        return self.address["endpoint"]

    @property
    def credentials(self) -> dict[str, str]:
        return json.loads(Path(self.address["credentials_file"]).read_text())

    def call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        keys = self.credentials
        auth = SignatureAuth(keys["access_key"], keys["secret_key"], now=self.date)
        url = f"{self.endpoint}/v1/{self.address['project_id']}{path}"
        return requests.request(method, url, auth=auth, timeout=TIME_LIMIT, **options).json()

    def wait(self, path: str, status: int) -> dict[str, Any]:
        until(lambda: self.call("GET", path)["status"] == status, f"{path} in status {status}")
        return self.call("GET", path)


def in_process(root: Path, scenario: Callable[[StartedService], None], **options: Any) -> None:
    """Run a service here, and a scenario with it in another thread."""

    async def run() -> None:
        started = StartedService()
        service = Service(root, clock=started.clock, **options)
        started.address = await service.start()
        try:
            await asyncio.to_thread(scenario, started)
        finally:
            await service.stop()

    asyncio.run(run())


def listening_addresses(service: RunningService) -> set[str]:
    """The local addresses on which somebody listens on the service's port."""
    port = int(service.endpoint.rpartition(":")[2])
    return {address for address in ("127.0.0.1", *_own_addresses()) if _connects(address, port)}


def _own_addresses() -> set[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing, but chooses a source address
        except OSError:
            return set()
        return {probe.getsockname()[0]}


def _connects(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex((address, port)) == 0
